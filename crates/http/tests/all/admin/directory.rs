//! `/admin/v1/orgs/{orgId}/users` and `/groups`.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused};
use crate::harness::{TestGateway, percent_encoded};

both_engines! {
    run with crate::admin::run:
    users_and_groups_are_shown_as_scim_shows_them,
    users_are_found_by_filter_and_page_by_page,
    what_an_identity_provider_manages_is_released_first,
    a_deleted_user_is_listed_and_brought_back,
    a_filter_that_means_nothing_is_refused,
}

async fn users_and_groups_are_shown_as_scim_shows_them(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let user = admin.org.user("anna@example.com").await;
    let group = admin.org.group("Pilots", &[&user]).await;
    let shown = admin.get(&format!("/groups/{group}")).await.expect(200);
    let of_scim = admin.org.get(&format!("/Groups/{group}")).await.expect(200);
    assert_eq!(shown.json(), of_scim.json());
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    let shown = admin.get(&format!("/users/{user}")).await.expect(200).json();
    let of_scim = admin.org.get(&format!("/Users/{user}")).await.expect(200);
    assert_eq!(shown["user"], of_scim.json());
    assert_eq!(
        (&shown["managedBy"], &shown["deletion"]),
        (&json!("default"), &Value::Null)
    );
    assert_eq!(admin.items("/users").await[0]["id"], user);
    let groups = admin.items("/groups").await;
    assert_eq!(
        (groups.len(), &groups[0]["id"], groups[0].get("members")),
        (1, &Value::from(group), None)
    );
    refused(&admin.get("/users/anna").await, 404, "not-found", &[]);
}

async fn users_are_found_by_filter_and_page_by_page(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    for number in 0..5 {
        admin.org.user(&format!("user{number}@example.com")).await;
    }
    admin.org.user("anna@example.com").await;
    let filter = percent_encoded("userName sw \"user\"");
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin
            .get(&format!("/users?filter={filter}&limit=2{cursor}"))
            .await
            .expect(200)
            .json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        names.extend(
            items
                .iter()
                .map(|user| user["userName"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["nextCursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let expected: Vec<String> = (0..5).map(|number| format!("user{number}@example.com")).collect();
    assert_eq!(names, expected);
    // The cursor belongs to that filter.
    assert_eq!(
        fields(&admin.get(&format!("/users?limit=2{cursor}")).await),
        ["cursor"]
    );
}

async fn a_filter_that_means_nothing_is_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    for filter in ["", "nonsense", "userName%20eq", "members%20pr"] {
        let answer = admin.get(&format!("/users?filter={filter}")).await;
        refused(&answer, 400, "invalid-input", &[]);
        assert_eq!(fields(&answer), ["filter"], "{filter}");
    }
}

async fn what_an_identity_provider_manages_is_released_first(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let user = admin.org.user("anna@example.com").await;
    let path = format!("/users/{user}");
    let act = async |verb: &str| admin.send("POST", &format!("{path}/{verb}"), &Value::Null).await;
    refused(&act("deactivate").await, 409, "managed", &["release"]);
    refused(&admin.delete(&path).await, 409, "managed", &["default"]);
    assert_eq!(act("release").await.expect(200).json()["managedBy"], Value::Null);
    let shut = act("deactivate").await.expect(200).json();
    assert_eq!(shut["user"]["active"], false);
    assert!(shut["blockedAt"].is_string());
    assert_eq!(act("reactivate").await.expect(200).json()["user"]["active"], true);
    let group = admin.org.group("Pilots", &[&user]).await;
    let group = format!("/groups/{group}");
    refused(&admin.delete(&group).await, 409, "managed", &[]);
    admin
        .send("POST", &format!("{group}/release"), &Value::Null)
        .await
        .expect(204);
    admin.delete(&group).await.expect(204);
    refused(&admin.get(&group).await, 404, "not-found", &[]);
}

async fn a_deleted_user_is_listed_and_brought_back(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let mut deleted = Vec::new();
    for name in ["anna", "bert", "cleo"] {
        let user = admin.org.user(&format!("{name}@example.com")).await;
        admin.org.delete(&format!("/Users/{user}")).await.expect(204);
        deleted.insert(0, user);
    }
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["user"]["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = admin.get("/deleted-users?limit=2").await.expect(200).json();
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = admin
        .get(&format!("/deleted-users?limit=2&cursor={cursor}"))
        .await
        .expect(200)
        .json();
    assert_eq!([ids(&first), ids(&second)].concat(), deleted);
    assert!(first["items"][0]["deletion"]["restorableUntil"].is_string());
    let path = format!("/users/{}", deleted[0]);
    let restored = admin
        .send("POST", &format!("{path}/restore"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(restored.json()["deletion"], Value::Null);
    assert_eq!(admin.items("/deleted-users").await.len(), 2);
    admin.org.get(&format!("/Users/{}", deleted[0])).await.expect(200);
}
