//! `/admin/v1/orgs/{orgId}/log`.

use serde_json::Value;
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    what_was_provisioned_is_in_the_log_page_by_page,
    the_log_is_exported_and_followed,
    questions_about_the_log_that_mean_nothing_are_refused_by_name,
}

/// An organization whose log has a user, a second one of its name, and another user.
async fn provisioned(gateway: &TestGateway) -> Admin {
    let admin = Admin::new(gateway).await;
    admin.org.user("anna@example.com").await;
    let again = serde_json::json!({"userName": "anna@example.com"});
    admin.org.post("/Users", &again).await.expect(409);
    admin.org.user("bert@example.com").await;
    flush(gateway).await;
    admin
}

async fn flush(gateway: &TestGateway) {
    let gateway = gateway.surface().gateway;
    gateway.flush_provisioning_log().await.unwrap();
}

async fn what_was_provisioned_is_in_the_log_page_by_page(gateway: TestGateway) {
    let admin = provisioned(&gateway).await;
    let all = admin.items("/log").await;
    assert_eq!(all.len(), 3);
    let mut rows: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin
            .get(&format!("/log?limit=1{cursor}"))
            .await
            .expect(200)
            .json();
        rows.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(rows, all);
    let failed = admin.items("/log?failed=true").await;
    assert_eq!((failed.len(), &failed[0]["status"]), (1, &Value::from(409)));
    let id = failed[0]["id"].as_str().unwrap();
    let one = admin.get(&format!("/log/{id}")).await.expect(200).json();
    assert_eq!(one["row"], failed[0]);
    assert!(one["body"].is_object(), "{one}");
    refused(&admin.get("/log/x").await, 404, "not-found", &[]);
}

async fn the_log_is_exported_and_followed(gateway: TestGateway) {
    let admin = provisioned(&gateway).await;
    let listed = admin.items("/log").await;
    let file = admin.get("/log-export").await.expect(200);
    let text = String::from_utf8(file.body).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, listed);
    let file = admin.get("/log-export?format=csv&failed=true").await.expect(200);
    assert!(file.header("content-type").unwrap().starts_with("text/csv"));
    let text = String::from_utf8(file.body).unwrap();
    assert!(text.starts_with("time,action,") && text.contains("409"), "{text}");
    // Whoever has seen the oldest row is sent the later ones, in order.
    let oldest = listed[2]["id"].as_str().unwrap();
    let tail = admin
        .send_with("GET", "/log-tail", &[("Last-Event-ID", oldest)], &Value::Null)
        .await
        .expect(200);
    assert_eq!(tail.header("content-type"), Some("text/event-stream"));
    let text = String::from_utf8(tail.body).unwrap();
    let ids: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("id: "))
        .collect();
    assert_eq!(
        ids,
        [
            listed[1]["id"].as_str().unwrap(),
            listed[0]["id"].as_str().unwrap()
        ]
    );
}

async fn questions_about_the_log_that_mean_nothing_are_refused_by_name(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    for (query, field) in [
        ("log?target=x", "target"),
        ("log?action=flown", "action"),
        ("log?failed=maybe", "failed"),
        ("log?status=many", "status"),
        ("log?status=600", "status"),
        ("log?from=yesterday", "from"),
        ("log?cursor=x", "cursor"),
        ("log-export?format=pdf", "format"),
        ("log-tail?from=now", "from"),
    ] {
        assert_eq!(fields(&admin.get(&format!("/{query}")).await), [field], "{query}");
    }
}
