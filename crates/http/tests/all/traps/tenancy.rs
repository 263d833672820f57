//! Doors that stood open. The matrix of all routes is in `isolation/`.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_scim::{
    message::{BULK_REQUEST, PATCH_OP},
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::{
    harness::{ROLES, Snapshot, TestGateway, TestOrg, refused},
    route_rows::{Object, ROWS},
};

/// An id that was never given out.
const UNKNOWN: &str = "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f";

both_engines! {
    run with crate::harness::run:
    trap_37_a_token_opens_no_other_organization,
    trap_37_a_conflict_tells_nothing_of_another_organization,
    trap_38_an_empty_bearer_is_nobody,
    trap_37_no_route_reaches_a_thing_of_another_organization,
    trap_37_no_body_reaches_a_thing_of_another_organization,
    trap_37_no_filter_reaches_a_thing_of_another_organization,
    trap_37_no_bulk_operation_reaches_a_thing_of_another_organization,
    trap_37_no_cursor_opens_a_list_of_another_organization,
    trap_38_service_users_are_no_users,
    trap_38_nobody_below_the_role_writes,
    trap_39_an_external_id_is_never_taken_for_an_internal_one,
    trap_40_nobody_is_adopted_by_an_address,
    trap_40_a_changed_address_takes_over_nobody,
}

async fn trap_37_a_token_opens_no_other_organization(gateway: TestGateway) {
    let [a, b] = [gateway.with_org().await, gateway.with_org().await];
    let before = b.snapshot().await;
    let user = json!({"schemas": [USER], "userName": "grafted"}).to_string();
    for role in [Role::OrgOwner, Role::OrgUserManager] {
        let token = Some(a.token(role));
        let answer = gateway
            .call("POST", &b.path("/Users"), token, &[], Some(user.as_bytes()))
            .await;
        refused(&answer, 404, None, &[]);
        refused(
            &gateway.call("GET", &b.path("/Users"), token, &[], None).await,
            404,
            None,
            &[],
        );
    }
    assert_eq!(b.snapshot().await, before);
    assert_eq!(a.snapshot().await.users, []);
}

async fn trap_37_a_conflict_tells_nothing_of_another_organization(gateway: TestGateway) {
    let [a, b] = [gateway.with_org().await, gateway.with_org().await];
    for org in [&a, &b] {
        org.user("anna@example.com").await;
        org.group("Pilots", &[]).await;
    }
    assert_eq!(a.get("/Users").await.json()["totalResults"], 1);
    assert_eq!(b.get("/Users").await.json()["totalResults"], 1);
}

async fn trap_38_an_empty_bearer_is_nobody(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for value in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "bearer\t",
        "Basic",
        "Basic Og==",
        "null",
        "Bearer undefined",
    ] {
        for method in ["GET", "POST"] {
            let headers = [("Authorization", value)];
            let answer = gateway
                .call(method, &org.path("/Users"), None, &headers, None)
                .await;
            refused(&answer, 401, None, &[]);
        }
    }
}

async fn trap_39_an_external_id_is_never_taken_for_an_internal_one(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let victim = org.user("victim").await;
    let before = org.get(&format!("/Users/{victim}")).await;
    for external_id in ["1", "0", "-1", &victim] {
        let user =
            json!({"schemas": [USER], "userName": format!("user {external_id}"), "externalId": external_id});
        let created = org.post("/Users", &user).await.expect(201);
        assert_ne!(created.id(), victim);
        let operation = json!([{"op": "replace", "path": "active", "value": false}]);
        org.patch(&format!("/Users/{}", created.id()), &operation)
            .await
            .expect(200);
    }
    assert_eq!(org.get(&format!("/Users/{victim}")).await, before);
    org.get("/Users/1").await.expect(404);
}

async fn trap_37_no_route_reaches_a_thing_of_another_organization(gateway: TestGateway) {
    let [a, b] = [gateway.with_org().await, gateway.with_org().await];
    let user = b.user("secret").await;
    let group = b.group("Secret", &[&user]).await;
    let before = b.snapshot().await;
    let [a_id, b_id] = [a.id.to_string(), b.id.to_string()];
    // Those of the admin API answer in other words: `isolation/` goes through them.
    for row in ROWS.iter().filter(|row| row.is_of_an_org() && !row.is_of_admin()) {
        for role in ROLES {
            let token = Some(a.token(role));
            for id in [&user, &group] {
                let answer = row.send(&gateway, &b_id, id, token, &[]).await;
                refused(&answer, 404, None, &[]);
                let nowhere = row.send(&gateway, UNKNOWN, id, token, &[]).await;
                assert_eq!(answer, nowhere, "{row:?} as {role}");
                if row.object == Object::Nothing || role == Role::OrgUserReader {
                    continue;
                }
                let foreign = row.send(&gateway, &a_id, id, token, &[]).await;
                refused(&foreign, 404, None, &[]);
                let unknown = row.send(&gateway, &a_id, UNKNOWN, token, &[]).await;
                let [foreign, unknown] = [(foreign, id.as_str()), (unknown, UNKNOWN)]
                    .map(|(answer, id)| answer.with_names(&[(id, "ID")]));
                assert_eq!(foreign, unknown, "{row:?} as {role}");
            }
        }
    }
    assert_eq!(b.snapshot().await, before);
}

/// Two organizations, the second with a user and a group that the first must not reach.
struct Two {
    a: TestOrg,
    b: TestOrg,
    user: String,
    group: String,
    before: Snapshot,
}

impl Two {
    async fn new(gateway: &TestGateway) -> Self {
        let [a, b] = [gateway.with_org().await, gateway.with_org().await];
        let secret = json!({"schemas": [USER], "userName": "secret", "externalId": "00u1"});
        let user = b.post("/Users", &secret).await.expect(201).id();
        let group = b.group("Secret", &[&user, &b.user("other").await]).await;
        let before = b.snapshot().await;
        Self {
            a,
            b,
            user,
            group,
            before,
        }
    }

    async fn nothing_happened_to_the_other(&self) {
        assert_eq!(self.b.snapshot().await, self.before);
    }
}

async fn trap_37_no_body_reaches_a_thing_of_another_organization(gateway: TestGateway) {
    let two = Two::new(&gateway).await;
    let Two { a, user, group, .. } = &two;
    let own = a.group("Own", &[user, group]).await;
    assert_eq!(a.members(&own).await, [""; 0]);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": user}, {"value": group}]}]);
    a.patch(&format!("/Groups/{own}"), &add).await.expect(204);
    assert_eq!(a.members(&own).await, [""; 0]);
    // A manager is stored as it was sent, and stays as opaque as an id of nobody.
    let anna = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", ENTERPRISE_USER: {"manager": {"value": user}},
    });
    let anna = a.post("/Users", &anna).await.expect(201);
    assert_eq!(
        anna.json()[ENTERPRISE_USER]["manager"],
        json!({"value": user}),
        "{anna:?}"
    );
    two.nothing_happened_to_the_other().await;
}

async fn trap_37_no_filter_reaches_a_thing_of_another_organization(gateway: TestGateway) {
    let two = Two::new(&gateway).await;
    let Two { a, user, group, .. } = &two;
    for (endpoint, filter) in [
        ("/Users", format!("id eq \"{user}\"")),
        ("/Users", "userName eq \"secret\"".to_owned()),
        ("/Users", "externalId eq \"00u1\"".to_owned()),
        ("/Groups", format!("id eq \"{group}\"")),
        ("/Groups", format!("members.value eq \"{user}\"")),
        ("/Groups", "displayName eq \"secret\"".to_owned()),
    ] {
        let found = a.find(endpoint, &filter).await.expect(200).json();
        assert_eq!(found["totalResults"], 0, "{filter}");
        let seen = two.b.find(endpoint, &filter).await.expect(200).json();
        assert_eq!(seen["totalResults"], 1, "{filter}");
    }
}

async fn trap_37_no_bulk_operation_reaches_a_thing_of_another_organization(gateway: TestGateway) {
    let two = Two::new(&gateway).await;
    let Two { a, user, group, .. } = &two;
    let title = json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "x"}]});
    let operations = json!([
        {"method": "PUT", "path": format!("/Users/{user}"), "data": {"schemas": [USER], "userName": "x"}},
        {"method": "PATCH", "path": format!("/Users/{user}"), "data": title},
        {"method": "DELETE", "path": format!("/Users/{user}")},
        {"method": "PUT", "path": format!("/Groups/{group}"), "data": {"schemas": [GROUP], "displayName": "x"}},
        {"method": "DELETE", "path": format!("/Groups/{group}")},
    ]);
    let bulk = json!({"schemas": [BULK_REQUEST], "Operations": operations});
    let answer = a.post("/Bulk", &bulk).await.expect(200).json();
    let statuses: Vec<&Value> = answer["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| &operation["status"])
        .collect();
    assert_eq!(statuses, ["404"; 5], "{answer}");
    two.nothing_happened_to_the_other().await;
}

async fn trap_37_no_cursor_opens_a_list_of_another_organization(gateway: TestGateway) {
    let two = Two::new(&gateway).await;
    let Two { a, b, .. } = &two;
    let page = b.get("/Users?cursor&count=1").await.expect(200).json();
    let cursor = page["nextCursor"]
        .as_str()
        .unwrap_or_else(|| panic!("no cursor: {page}"));
    let next = format!("/Users?cursor={cursor}&count=1");
    assert_eq!(
        b.get(&next).await.expect(200).json()["Resources"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    refused(&a.get(&next).await, 400, Some("invalidCursor"), &[]);
}

async fn trap_38_service_users_are_no_users(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let ids = org.service_users().await;
    assert!(!ids.is_empty());
    for id in &ids {
        for endpoint in [format!("/Users/{id}"), format!("/Groups/{id}")] {
            org.get(&endpoint).await.expect(404);
            org.delete(&endpoint).await.expect(404);
        }
        let found = org.find("/Users", &format!("id eq \"{id}\"")).await.expect(200);
        assert_eq!(found.json()["totalResults"], 0);
        assert_eq!(org.members(&org.group(id, &[id]).await).await, [""; 0]);
    }
    assert_eq!(org.get("/Users").await.expect(200).json()["totalResults"], 0);
    assert_eq!(org.service_users().await, ids);
}

async fn trap_38_nobody_below_the_role_writes(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna").await;
    let before = org.snapshot().await;
    let body = json!({"schemas": [USER], "userName": "mallory"}).to_string();
    for (method, endpoint) in [
        ("POST", "/Users".to_owned()),
        ("PUT", format!("/Users/{id}")),
        ("PATCH", format!("/Users/{id}")),
        ("DELETE", format!("/Users/{id}")),
        ("POST", "/Groups".to_owned()),
    ] {
        let token = Some(org.token(Role::OrgUserReader));
        let answer = gateway
            .call(method, &org.path(&endpoint), token, &[], Some(body.as_bytes()))
            .await;
        refused(&answer, 403, None, &["Org User Manager"]);
    }
    assert_eq!(org.snapshot().await, before);
}

async fn trap_40_nobody_is_adopted_by_an_address(gateway: TestGateway) {
    let [a, b] = [gateway.with_org().await, gateway.with_org().await];
    let user = |name: &str| json!({"schemas": [USER], "userName": name, "emails": [{"value": "anna@x.example", "primary": true}]});
    let victim = b.post("/Users", &user("anna@x.example")).await.expect(201).id();
    let own = a.post("/Users", &user("own")).await.expect(201).id();
    let of_b = b.snapshot().await;
    let of_a = a.get(&format!("/Users/{own}")).await;
    // The same name and address: a user of its own, linked to nobody, whether in another organization or in the same.
    let created = a.post("/Users", &user("anna@x.example")).await.expect(201).id();
    assert!(created != victim && created != own);
    let deactivate = json!([{"op": "replace", "path": "active", "value": false}]);
    a.patch(&format!("/Users/{created}"), &deactivate)
        .await
        .expect(200);
    a.delete(&format!("/Users/{created}")).await.expect(204);
    assert_eq!(b.snapshot().await, of_b);
    assert_eq!(a.get(&format!("/Users/{own}")).await, of_a);
}

async fn trap_40_a_changed_address_takes_over_nobody(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = |name: &str| json!({"schemas": [USER], "userName": name, "emails": [{"value": name, "type": "work", "primary": true}]});
    let victim = org
        .post("/Users", &user("victim@x.example"))
        .await
        .expect(201)
        .id();
    let id = org
        .post("/Users", &user("mallory@x.example"))
        .await
        .expect(201)
        .id();
    let before = org.get(&format!("/Users/{victim}")).await;
    let credentials = org.service_users().await;
    let operations = json!([
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "victim@x.example"},
        {"op": "replace", "path": "password", "value": "taken-over"},
    ]);
    org.patch(&format!("/Users/{id}"), &operations).await.expect(200);
    assert_eq!(org.get(&format!("/Users/{victim}")).await, before);
    // By name there is still one of them, and by address both: nothing was merged.
    for (filter, total) in [
        ("userName eq \"victim@x.example\"", 1),
        ("userName eq \"mallory@x.example\"", 1),
        ("emails.value eq \"victim@x.example\"", 2),
    ] {
        let found = org.find("/Users", filter).await.expect(200).json();
        assert_eq!(found["totalResults"], total, "{filter}");
    }
    let rename = json!([{"op": "replace", "path": "userName", "value": "Victim@x.example"}]);
    let taken = org.patch(&format!("/Users/{id}"), &rename).await;
    refused(&taken, 409, Some("uniqueness"), &["userName"]);
    assert_eq!(org.get(&format!("/Users/{victim}")).await, before);
    assert_eq!(org.service_users().await, credentials);
}
