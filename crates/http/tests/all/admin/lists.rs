//! Pages and cursors, which are the same for every list.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields, send};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    every_list_is_gone_through_page_by_page,
    a_cursor_leads_nowhere_in_another_list_or_organization,
}

/// Makes four of everything that has a list.
async fn filled(gateway: &TestGateway) -> Admin {
    let admin = Admin::new(gateway).await;
    let service_user = admin.service_user().await;
    for number in 0..4 {
        let name = format!("n{number}");
        let user = json!({"name": name, "role": "org_user_reader"});
        admin.post("/service-users", &user).await.expect(201);
        let token = json!({"serviceUserId": service_user, "name": name, "expiresIn": null});
        admin.post("/tokens", &token).await.expect(201);
        let client = json!({"serviceUserId": service_user, "name": name, "authentication": "client_secret"});
        admin.post("/clients", &client).await.expect(201);
        let invitation = json!({"email": format!("{name}@example.com"), "role": "org_viewer"});
        admin.post("/invitations", &invitation).await.expect(201);
        let value = json!({"displayName": name});
        admin
            .send("PUT", &format!("/entitlements/role/{name}"), &value)
            .await
            .expect(200);
        admin.org.group(&name, &[]).await;
    }
    admin
}

async fn every_list_is_gone_through_page_by_page(gateway: TestGateway) {
    let admin = filled(&gateway).await;
    for list in [
        "/service-users",
        "/tokens",
        "/clients",
        "/invitations",
        "/entitlements",
        "/groups",
    ] {
        let whole = admin.items(list).await;
        assert!(whole.len() >= 4, "{list}");
        for limit in 1..=whole.len() {
            let mut items: Vec<Value> = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = admin
                    .get(&format!("{list}?limit={limit}{cursor}"))
                    .await
                    .expect(200)
                    .json();
                items.extend(page["items"].as_array().unwrap().clone());
                let Some(next) = page["nextCursor"].as_str() else {
                    break;
                };
                assert!(items.len() < whole.len(), "{list}: a cursor behind the last one");
                cursor = format!("&cursor={next}");
            }
            assert_eq!(items, whole, "{list} by {limit}");
        }
    }
}

async fn a_cursor_leads_nowhere_in_another_list_or_organization(gateway: TestGateway) {
    let (a, b) = (filled(&gateway).await, filled(&gateway).await);
    let page = a.get("/tokens?limit=1").await.expect(200).json();
    let cursor = page["nextCursor"].as_str().unwrap();
    for target in [
        b.path(&format!("/tokens?limit=1&cursor={cursor}")),
        b.path(&format!("/clients?limit=1&cursor={cursor}")),
    ] {
        let answer = send(&gateway, &b.token, "GET", &target, &[], &Value::Null).await;
        assert_eq!(fields(&answer), ["cursor"], "{target}");
    }
    for target in [
        format!("/clients?limit=1&cursor={cursor}"),
        format!(
            "/tokens?limit=1&cursor={cursor}&serviceUserId={}",
            a.service_user().await
        ),
        format!(
            "/tokens?limit=1&cursor={}",
            cursor.replace(|c: char| c.is_ascii_digit(), "x")
        ),
    ] {
        assert_eq!(fields(&a.get(&target).await), ["cursor"], "{target}");
    }
    // Other pages may have another size.
    a.get(&format!("/tokens?limit=3&cursor={cursor}"))
        .await
        .expect(200);
}
