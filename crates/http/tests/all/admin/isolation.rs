//! To an account, organizations where it has no role are exactly like those that do not exist; and what a body names is
//! looked for in the own organization only. Service users are tested with every other route, in `isolation/`.

use serde_json::json;
use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::Admin;
use crate::{
    harness::TestGateway,
    route_rows::{Object, ROWS, UNKNOWN},
};

both_engines! {
    run with crate::admin::run:
    an_organization_without_a_role_looks_unknown_to_an_account,
    objects_of_another_organization_look_unknown_to_an_account,
    a_service_user_of_another_organization_looks_unknown_in_a_body,
}

async fn an_organization_without_a_role_looks_unknown_to_an_account(gateway: TestGateway) {
    let (a, b) = (gateway.with_org().await, gateway.with_org().await);
    let owner = a.account("anna@example.com", Role::OrgOwner).await;
    let ended = gateway.ended_session("anna@example.com").await;
    let before = b.snapshot().await;
    for row in ROWS.iter().filter(|row| row.is_of_admin() && row.is_of_an_org()) {
        for (token, status) in [
            (Some(owner.as_str()), 404),
            (Some(ended.as_str()), 401),
            (None, 401),
        ] {
            let unknown = row.send(&gateway, UNKNOWN, UNKNOWN, token, &[]).await;
            assert_eq!(unknown.status, status, "{row:?}: {unknown:?}");
            for org in [b.id.to_string(), b.id.to_string().to_uppercase(), "x".to_owned()] {
                let answer = row.send(&gateway, &org, UNKNOWN, token, &[]).await;
                assert_eq!(answer, unknown, "{row:?} on {org}");
            }
        }
    }
    assert_eq!(b.snapshot().await, before);
}

async fn objects_of_another_organization_look_unknown_to_an_account(gateway: TestGateway) {
    let (a, b) = (gateway.with_org().await, gateway.with_org().await);
    let owner = a.account("anna@example.com", Role::OrgOwner).await;
    let mut foreign = Vec::new();
    for object in Object::ALL {
        foreign.push((object, b.object(object, "theirs").await));
    }
    let (a_before, b_before) = (a.snapshot().await, b.snapshot().await);
    let own = a.id.to_string();
    for row in ROWS
        .iter()
        .filter(|row| row.is_of_admin() && row.object != Object::Nothing)
    {
        let (_, id) = foreign.iter().find(|(object, _)| *object == row.object).unwrap();
        let unknown = row.send(&gateway, &own, UNKNOWN, Some(&owner), &[]).await;
        assert_eq!(unknown.status, 404, "{row:?}: {unknown:?}");
        let answer = row.send(&gateway, &own, id, Some(&owner), &[]).await;
        assert_eq!(answer, unknown, "{row:?}");
    }
    assert_eq!((a.snapshot().await, b.snapshot().await), (a_before, b_before));
}

async fn a_service_user_of_another_organization_looks_unknown_in_a_body(gateway: TestGateway) {
    let (a, b) = (Admin::new(&gateway).await, Admin::new(&gateway).await);
    let theirs = b.service_user().await;
    let before = b.org.snapshot().await;
    for (path, rest) in [
        ("/tokens", json!({"name": "x", "expiresIn": null})),
        (
            "/clients",
            json!({"name": "x", "authentication": "client_secret"}),
        ),
    ] {
        let naming = |id: &str| {
            let mut body = rest.clone();
            body["serviceUserId"] = json!(id);
            body
        };
        let unknown = a
            .post(path, &naming(UNKNOWN))
            .await
            .expect(400)
            .with_names(&[(UNKNOWN, "ID")]);
        let answer = a
            .post(path, &naming(&theirs))
            .await
            .with_names(&[(&theirs, "ID")]);
        assert_eq!(answer, unknown);
    }
    let unknown = a.get(&format!("/tokens?serviceUserId={UNKNOWN}")).await;
    assert_eq!(a.get(&format!("/tokens?serviceUserId={theirs}")).await, unknown);
    assert_eq!(b.org.snapshot().await, before);
}
