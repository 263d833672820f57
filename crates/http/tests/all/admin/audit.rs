//! `/admin/v1/orgs/{orgId}/audit`.

use serde_json::{Value, json};
use wicketgate_testbed::both_engines;

use super::{Admin, fields};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    what_was_administered_is_in_the_audit_log_page_by_page,
    questions_that_mean_nothing_are_refused_by_name,
}

async fn what_was_administered_is_in_the_audit_log_page_by_page(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let new = json!({"name": "Okta", "role": "org_user_manager"});
    let created = admin.post("/service-users", &new).await.expect(201);
    let id = created.id();
    let path = format!("/service-users/{id}");
    admin.patch(&path, &json!({"active": false})).await.expect(200);
    let mut entries: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin
            .get(&format!("/audit?limit=1&resource={id}{cursor}"))
            .await
            .expect(200)
            .json();
        entries.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    let kinds: Vec<&str> = entries
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["service_user.updated", "service_user.created"]);
    assert_eq!(entries[0]["payload"]["previous"], json!({"active": true}));
    assert_eq!(entries[0]["targetName"], "Okta");
    let of_tokens = admin
        .items("/audit?kind=credential.&to=2100-01-01T00:00:00Z")
        .await;
    assert!(!of_tokens.is_empty());
    assert!(
        of_tokens
            .iter()
            .all(|entry| entry["kind"] == "credential.created")
    );
}

async fn questions_that_mean_nothing_are_refused_by_name(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    for (query, field) in [
        ("resource=x", "resource"),
        ("from=yesterday", "from"),
        ("kind=", "kind"),
        ("actor=a%20b", "actor"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("since=1", "since"),
    ] {
        assert_eq!(
            fields(&admin.get(&format!("/audit?{query}")).await),
            [field],
            "{query}"
        );
    }
}
