//! What stands in the path: an organization, and an object in it. Every route with every credential.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{B_ENTITLEMENT, B_ROLE, NO_IDS, UNKNOWN, World};
use crate::{
    harness::{ROLES, TestGateway, unknown_token, with_other_secret},
    route_rows::{Object, ROWS},
};

both_engines! {
    run with crate::oauth::run:
    a_foreign_organization_looks_unknown,
    a_credential_that_does_not_hold_learns_nothing_about_the_path,
    every_credential_that_does_not_hold_is_answered_alike,
    a_foreign_object_looks_unknown,
    a_foreign_object_looks_unknown_to_conditions,
    what_is_no_route_is_alike_in_a_foreign_and_an_unknown_organization,
    an_oversized_request_is_alike_in_a_foreign_and_an_unknown_organization,
    what_belongs_to_no_organization_says_the_same_to_everybody,
}

/// Texts in the place of an organization's id that open nothing to a token of `a`.
fn other_orgs(world: &World) -> Vec<String> {
    let mut orgs = vec![
        UNKNOWN.to_owned(),
        world.b.id.to_string(),
        world.b.id.to_string().to_uppercase(),
        world.a.id.to_string().to_uppercase(),
        world.a.id.to_string().replace('-', ""),
        format!("%7B{}%7D", world.a.id),
        // A UUID, but of version 4.
        "3f2b8c1e-5d4a-4b6c-9e8f-7a6b5c4d3e2f".to_owned(),
    ];
    orgs.extend(NO_IDS.map(str::to_owned));
    orgs
}

async fn a_foreign_organization_looks_unknown(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let a_user = world.a.user("anna@a.example.com").await;
    for row in ROWS.iter().filter(|row| row.is_of_an_org()) {
        for role in ROLES {
            let token = Some(world.a.token(role));
            // Ids of `b`, ids of `a` and ids of nobody.
            for id in [&world.b_user, &world.b_group, B_ROLE, &a_user, UNKNOWN] {
                let unknown = row.send(&world.gateway, UNKNOWN, id, token, &[]).await;
                assert_eq!(unknown.status, 404, "{row:?}: {unknown:?}");
                for org in other_orgs(&world) {
                    let answer = row.send(&world.gateway, &org, id, token, &[]).await;
                    assert_eq!(answer, unknown, "{row:?} as {role} of A on {org}");
                }
                if row.object == Object::Nothing {
                    break;
                }
            }
        }
    }
    world.b_is_unchanged().await;
}

async fn a_credential_that_does_not_hold_learns_nothing_about_the_path(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let a_user = world.a.user("anna@a.example.com").await;
    let revoked = world.a.revoked_token().await;
    let expired = world.a.expired_token().await;
    let wrong = with_other_secret(world.a.manager());
    let unknown = unknown_token();
    let before = world.a.snapshot().await;
    let credentials = [
        None,
        Some("garbage"),
        Some(unknown.as_str()),
        Some(wrong.as_str()),
        Some(revoked.as_str()),
        Some(expired.as_str()),
    ];
    for row in ROWS.iter().filter(|row| row.is_of_an_org()) {
        for credential in credentials {
            let nowhere = row.send(&world.gateway, UNKNOWN, UNKNOWN, credential, &[]).await;
            assert_eq!(nowhere.status, 401, "{row:?} with {credential:?}: {nowhere:?}");
            assert!(
                nowhere.header("www-authenticate").is_some(),
                "{row:?}: {nowhere:?}"
            );
            let mut orgs = other_orgs(&world);
            orgs.push(world.a.id.to_string());
            for org in orgs {
                for id in [&a_user, &world.b_user] {
                    let answer = row.send(&world.gateway, &org, id, credential, &[]).await;
                    assert_eq!(answer, nowhere, "{row:?} with {credential:?} on {org}");
                }
            }
        }
    }
    assert_eq!(world.a.snapshot().await, before);
    world.b_is_unchanged().await;
}

async fn every_credential_that_does_not_hold_is_answered_alike(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let credentials = [
        unknown_token(),
        with_other_secret(world.a.manager()),
        with_other_secret(world.b.manager()),
        world.a.revoked_token().await,
        world.b.revoked_token().await,
        world.a.expired_token().await,
        world.b.expired_token().await,
    ];
    let own = world.a.id.to_string();
    for row in ROWS.iter().filter(|row| row.is_of_an_org()) {
        let garbage = row
            .send(&world.gateway, &own, UNKNOWN, Some("garbage"), &[])
            .await;
        for credential in &credentials {
            let answer = row
                .send(&world.gateway, &own, UNKNOWN, Some(credential), &[])
                .await;
            assert_eq!(answer, garbage, "{row:?}");
        }
    }
}

async fn a_foreign_object_looks_unknown(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let own = world.a.id.to_string();
    let mut own_objects = Vec::new();
    let mut foreign_objects = Vec::new();
    for object in Object::ALL {
        own_objects.push((object, world.a.object(object, "mine").await));
        foreign_objects.push(world.b.object(object, "yours").await);
    }
    let before = world.a.snapshot().await;
    let b_before = world.b.snapshot().await;
    for row in ROWS.iter().filter(|row| row.object != Object::Nothing) {
        let (_, own_object) = own_objects
            .iter()
            .find(|(object, _)| *object == row.object)
            .unwrap();
        // Own objects of the other kinds are as unknown as the rest.
        let other_kinds = own_objects
            .iter()
            .filter(|(object, _)| object.kind() != row.object.kind())
            .map(|(_, id)| id.clone());
        for role in ROLES {
            let token = Some(world.a.token(role));
            let unknown = row.send(&world.gateway, &own, UNKNOWN, token, &[]).await;
            let is_write = row.method != "GET";
            let may = if row.is_of_admin() {
                role == Role::OrgOwner
            } else {
                !is_write || role != Role::OrgUserReader
            };
            let expected = if may { 404 } else { 403 };
            assert_eq!(unknown.status, expected, "{row:?} as {role}: {unknown:?}");
            let mut ids = foreign_objects.clone();
            // A URN has no case, and no hyphens in some of these.
            if row.object != Object::Schema {
                ids.extend([own_object.to_uppercase(), own_object.replace('-', "")]);
                ids.retain(|id| id != own_object);
            }
            ids.extend([format!("{own_object}.scim"), format!("%20{own_object}")]);
            ids.extend(NO_IDS.map(str::to_owned));
            ids.extend(other_kinds.clone());
            for id in ids {
                let answer = row.send(&world.gateway, &own, &id, token, &[]).await;
                assert_eq!(answer, unknown, "{row:?} as {role} of A on {id}");
            }
        }
    }
    assert_eq!(world.a.snapshot().await, before);
    assert_eq!(world.b.snapshot().await, b_before);
}

async fn a_foreign_object_looks_unknown_to_conditions(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let own = world.a.id.to_string();
    let conditions = [
        ("If-Match", "W/\"1\""),
        ("If-Match", "W/\"99\""),
        ("If-Match", "*"),
        ("If-None-Match", "W/\"1\""),
        ("If-None-Match", "*"),
    ];
    for row in ROWS.iter().filter(|row| row.object != Object::Nothing) {
        for condition in conditions {
            let token = Some(world.a.manager());
            let unknown = row.send(&world.gateway, &own, UNKNOWN, token, &[condition]).await;
            for id in [&world.b_user, &world.b_group, B_ROLE, B_ENTITLEMENT] {
                let answer = row.send(&world.gateway, &own, id, token, &[condition]).await;
                assert_eq!(answer, unknown, "{row:?} with {condition:?}");
            }
        }
    }
    world.b_is_unchanged().await;
}

async fn what_is_no_route_is_alike_in_a_foreign_and_an_unknown_organization(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let token = Some(world.a.manager());
    for (method, endpoint) in [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/Nothing"),
        ("GET", "//Users"),
        ("GET", "/Users/1/2"),
        ("GET", "/../Users"),
        ("POST", "/Schemas"),
        ("TRACE", "/Users"),
        ("GET", "/Users?filter=nonsense"),
        ("GET", "/Users?count=abc"),
        ("GET", "/Users?count=1&count=2"),
    ] {
        for credential in [token, None, Some("garbage")] {
            let path = |org: &str| format!("/scim/v2/{org}{endpoint}");
            let expected = if credential == token { 404 } else { 401 };
            let unknown = world
                .gateway
                .call(method, &path(UNKNOWN), credential, &[], None)
                .await;
            assert_eq!(unknown.status, expected, "{method} {endpoint}: {unknown:?}");
            for org in other_orgs(&world) {
                let answer = world
                    .gateway
                    .call(method, &path(&org), credential, &[], None)
                    .await;
                assert_eq!(answer, unknown, "{method} {endpoint} on {org}");
            }
        }
    }
    world.b_is_unchanged().await;
}

async fn an_oversized_request_is_alike_in_a_foreign_and_an_unknown_organization(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let oversized = vec![b' '; (1 << 20) + 1];
    for credential in [Some(world.a.manager()), None, Some("garbage")] {
        for (headers, body) in [
            (&[][..], oversized.as_slice()),
            (&[][..], b"{\"userName\":"),
            (&[("Content-Type", "text/plain")][..], b"{}"),
            (&[("Accept", "text/html")][..], b"{}"),
        ] {
            let path = |org: &str| format!("/scim/v2/{org}/Users");
            let unknown = world
                .gateway
                .call("POST", &path(UNKNOWN), credential, headers, Some(body))
                .await;
            let expected = if credential == Some(world.a.manager()) {
                404
            } else {
                401
            };
            assert_eq!(unknown.status, expected, "{unknown:?}");
            for org in other_orgs(&world) {
                let answer = world
                    .gateway
                    .call("POST", &path(&org), credential, headers, Some(body))
                    .await;
                assert_eq!(answer, unknown, "{headers:?} on {org}");
            }
        }
    }
    world.b_is_unchanged().await;
}

async fn what_belongs_to_no_organization_says_the_same_to_everybody(gateway: TestGateway) {
    let world = World::new(gateway).await;
    // Elsewhere the admin API answers by who asks: see `permissions.rs`.
    let is_open = |path: &str| matches!(path, "/admin/v1/openapi.json" | "/admin/v1/sessions");
    let rows = ROWS.iter().filter(|row| !row.is_of_an_org());
    for row in rows.filter(|row| !row.is_of_admin() || is_open(row.path)) {
        let nobody = row.send(&world.gateway, "", "", None, &[]).await;
        // A token of an organization proves nothing about a client. Reports of leaked ones are taken from anybody.
        let is_for_clients = row.path.starts_with("/oauth/") && row.method == "POST";
        let is_sign_in = row.path.ends_with("/sessions");
        let status = if is_for_clients || is_sign_in { 401 } else { 200 };
        assert_eq!(nobody.status, status, "{nobody:?}");
        for token in ["garbage", world.a.manager(), world.b.token(Role::OrgOwner)] {
            assert_eq!(
                row.send(&world.gateway, "", "", Some(token), &[]).await,
                nobody,
                "{row:?}"
            );
        }
    }
}
