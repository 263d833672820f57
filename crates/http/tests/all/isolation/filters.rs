//! What stands in filters, and what uniqueness could tell: values of another organization select nothing and are free.

use serde_json::json;
use wicketgate_auth::Role;
use wicketgate_scim::schema::{GROUP, USER};
use wicketgate_testbed::both_engines;

use super::{B_ENTITLEMENT, B_EXTERNAL_ID, B_GROUP_NAME, B_ROLE, B_USER_NAME, UNKNOWN, World};
use crate::harness::{ROLES, TestGateway, percent_encoded};

both_engines! {
    run with crate::harness::run:
    filters_select_nothing_of_another_organization,
    lists_hold_nothing_of_another_organization,
    names_in_use_by_another_organization_are_free,
    an_external_id_is_no_way_to_a_foreign_user,
}

async fn filters_select_nothing_of_another_organization(gateway: TestGateway) {
    let world = World::new(gateway).await;
    // Something to be found, so that an empty answer says something.
    let a_user = world.a.user("anna@a.example.com").await;
    world.a.group("Pilots", &[&a_user]).await;
    let cases = [
        ("/Users", "id eq \"{}\"", world.b_user.as_str(), UNKNOWN),
        ("/Users", "id eq \"{}\"", &world.b_user, "not-an-id"),
        ("/Users", "userName eq \"{}\"", B_USER_NAME, "nobody@example.com"),
        ("/Users", "externalId eq \"{}\"", B_EXTERNAL_ID, "00u-of-nobody"),
        (
            "/Users",
            "emails.value eq \"{}\"",
            B_USER_NAME,
            "nobody@example.com",
        ),
        (
            "/Users",
            "active eq true and userName eq \"{}\"",
            B_USER_NAME,
            "nobody@example.com",
        ),
        ("/Groups", "id eq \"{}\"", &world.b_group, UNKNOWN),
        ("/Groups", "displayName eq \"{}\"", B_GROUP_NAME, "Nobody"),
        ("/Groups", "members.value eq \"{}\"", &world.b_user, UNKNOWN),
        ("/Groups", "members.value eq \"{}\"", &world.b_user, "not-an-id"),
        ("/Roles", "id eq \"{}\"", B_ROLE, "role-of-nobody"),
        ("/Entitlements", "id eq \"{}\"", B_ENTITLEMENT, "nobodys"),
    ];
    for (endpoint, template, foreign, unknown) in cases {
        for role in ROLES {
            let mut answers = Vec::new();
            for value in [foreign, unknown] {
                let filter = percent_encoded(&template.replace("{}", value));
                let target = world.a.path(&format!("{endpoint}?filter={filter}"));
                let token = Some(world.a.token(role));
                answers.push(
                    world
                        .gateway
                        .call("GET", &target, token, &[], None)
                        .await
                        .expect(200),
                );
            }
            assert_eq!(answers[0], answers[1], "{endpoint} {template} as {role}");
            assert_eq!(answers[0].json()["totalResults"], 0, "{endpoint} {template}");
            assert_eq!(answers[0].json()["Resources"], json!([]), "{endpoint} {template}");
        }
    }
    world.b_is_unchanged().await;
}

async fn lists_hold_nothing_of_another_organization(gateway: TestGateway) {
    let world = World::new(gateway).await;
    for endpoint in [
        "/Users",
        "/Groups",
        "/Users?filter=active%20eq%20true",
        "/Users?count=0",
    ] {
        let answer = world.a.get(endpoint).await.expect(200);
        assert_eq!(answer.json()["totalResults"], 0, "{answer:?}");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains(&world.b_user) && !text.contains("ecret"), "{text}");
    }
    world.b_is_unchanged().await;
}

async fn names_in_use_by_another_organization_are_free(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let user = json!({"schemas": [USER], "userName": B_USER_NAME, "externalId": B_EXTERNAL_ID});
    let group = json!({"schemas": [GROUP], "displayName": B_GROUP_NAME});
    let free = json!({"schemas": [USER], "userName": "free@a.example.com", "externalId": "free"});
    let taken = world.a.post("/Users", &user).await.expect(201);
    let other = world.a.post("/Users", &free).await.expect(201);
    world.a.post("/Groups", &group).await.expect(201);
    let names = |answer: &crate::harness::Answer| -> Vec<String> {
        answer.headers.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&taken), names(&other));
    // Renaming to a name of B's succeeds as well.
    world
        .a
        .delete(&format!("/Users/{}", taken.id()))
        .await
        .expect(204);
    world
        .a
        .put(&format!("/Users/{}", other.id()), &user)
        .await
        .expect(200);
    world.b_is_unchanged().await;
}

async fn an_external_id_is_no_way_to_a_foreign_user(gateway: TestGateway) {
    let world = World::new(gateway).await;
    for external_id in ["0", "1", "-1", &world.b_user, &world.b.id.to_string()] {
        let user = json!({"schemas": [USER], "userName": external_id, "externalId": external_id});
        let created = world.a.post("/Users", &user).await.expect(201);
        assert_ne!(created.id(), external_id);
        assert_eq!(created.json()["externalId"], external_id);
        let found = world
            .a
            .find("/Users", &format!("externalId eq \"{external_id}\""))
            .await
            .expect(200);
        assert_eq!(found.json()["totalResults"], 1, "{found:?}");
        let path = world.a.path(&format!("/Users/{external_id}"));
        let token = Some(world.a.token(Role::OrgUserManager));
        world
            .gateway
            .call("DELETE", &path, token, &[], None)
            .await
            .expect(404);
    }
    world.b_is_unchanged().await;
}
