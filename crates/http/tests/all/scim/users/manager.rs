//! `manager`: a reference that may lead nowhere yet, and what is shown once it leads to a user.

use serde_json::{Value, json};
use uuid::Uuid;
use wicketgate_scim::{
    Mode,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{Answer, TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    a_manager_is_shown_with_name_and_link_wherever_the_user_is,
    a_manager_without_display_name_is_shown_by_full_name_or_user_name,
    an_unknown_manager_is_kept_and_shown_as_it_was_sent,
    a_name_and_a_link_that_the_client_sends_are_not_kept,
    a_link_alone_names_the_manager,
    a_renamed_manager_changes_the_tag_of_who_reports_to_them,
    a_deleted_manager_is_a_reference_that_leads_nowhere,
    strict_mode_refuses_a_manager_that_is_no_user,
    another_organizations_user_is_as_unknown_as_any_id,
    strict_mode_leaves_a_reference_alone_that_does_not_change,
    parts_of_the_manager_can_be_asked_for,
}

async fn reporting_to(org: &TestOrg, name: &str, manager: &str) -> Answer {
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": name, ENTERPRISE_USER: {"manager": {"value": manager}},
    });
    org.post("/Users", &user).await
}

fn manager(answer: &Answer) -> Value {
    answer.json()[ENTERPRISE_USER]["manager"].clone()
}

async fn a_manager_is_shown_with_name_and_link_wherever_the_user_is(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let boss = json!({"schemas": [USER], "userName": "boss", "displayName": "Bea Boss"});
    let boss = org.post("/Users", &boss).await.expect(201).id();
    let created = reporting_to(&org, "anna", &boss).await.expect(201);
    let shown = manager(&created);
    assert_eq!(shown["value"], boss.as_str());
    assert_eq!(shown["displayName"], "Bea Boss");
    let link = shown["$ref"].as_str().unwrap();
    assert!(link.ends_with(&org.path(&format!("/Users/{boss}"))), "{link}");

    let path = format!("/Users/{}", created.id());
    let read = org.get(&path).await.expect(200);
    assert_eq!(read.json(), created.json());
    assert_eq!(read.header("etag"), created.json()["meta"]["version"].as_str());
    let listed = org.find("/Users", "userName eq \"anna\"").await.expect(200);
    assert_eq!(listed.json()["Resources"][0], created.json());
    let replaced = org.put(&path, &created.json()).await.expect(200);
    assert_eq!(replaced.json(), created.json());
    let patched = org
        .patch(
            &path,
            &json!([{"op": "replace", "path": "title", "value": "Pilot"}]),
        )
        .await
        .expect(200);
    assert_eq!(manager(&patched), shown);
}

async fn a_manager_without_display_name_is_shown_by_full_name_or_user_name(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let named =
        json!({"schemas": [USER], "userName": "b", "name": {"givenName": "Bea", "familyName": "Boss"}});
    let named = org.post("/Users", &named).await.expect(201).id();
    let plain = org.user("boss@x.example").await;
    let anna = reporting_to(&org, "anna", &named).await.expect(201);
    assert_eq!(manager(&anna)["displayName"], "Bea Boss");
    let berta = reporting_to(&org, "berta", &plain).await.expect(201);
    assert_eq!(manager(&berta)["displayName"], "boss@x.example");
}

async fn an_unknown_manager_is_kept_and_shown_as_it_was_sent(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for unknown in ["00u-not-ours", &Uuid::nil().to_string()] {
        let created = reporting_to(&org, unknown, unknown).await.expect(201);
        assert_eq!(manager(&created), json!({"value": unknown}));
        let read = org.get(&format!("/Users/{}", created.id())).await.expect(200);
        assert_eq!(manager(&read), json!({"value": unknown}));
    }
}

async fn a_name_and_a_link_that_the_client_sends_are_not_kept(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna",
        ENTERPRISE_USER: {"manager": {"value": "x", "displayName": "Mallory", "$ref": "https://evil.example/Users/x"}},
    });
    let created = org.post("/Users", &user).await.expect(201);
    assert_eq!(manager(&created), json!({"value": "x"}));
}

async fn a_link_alone_names_the_manager(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (boss, other) = (org.user("boss").await, org.user("other").await);
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna",
        ENTERPRISE_USER: {"manager": {"$ref": format!("../Users/{boss}")}},
    });
    let created = org.post("/Users", &user).await.expect(201);
    assert_eq!(manager(&created)["value"], boss.as_str());
    let path = format!("/Users/{}", created.id());
    let link = json!([{"op": "replace", "path": format!("{ENTERPRISE_USER}:manager.$ref"),
        "value": format!("https://scim.example.com/Users/{other}")}]);
    let patched = org.patch(&path, &link).await.expect(200);
    assert_eq!(manager(&patched)["value"], other.as_str());
    assert_eq!(manager(&patched)["displayName"], "other");
    let elsewhere = json!([{"op": "replace", "path": format!("{ENTERPRISE_USER}:manager"),
        "value": {"$ref": "https://hr.example/people/7"}}]);
    let patched = org.patch(&path, &elsewhere).await.expect(200);
    assert_eq!(manager(&patched)["value"], other.as_str());
}

async fn a_renamed_manager_changes_the_tag_of_who_reports_to_them(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let boss = org.user("boss").await;
    let created = reporting_to(&org, "anna", &boss).await.expect(201);
    let path = format!("/Users/{}", created.id());
    let tag = created.header("etag").unwrap().to_owned();
    let held = org.send("GET", &path, &[("if-none-match", &tag)], None).await;
    held.expect(304);

    let rename = json!([{"op": "replace", "path": "displayName", "value": "Bea"}]);
    org.patch(&format!("/Users/{boss}"), &rename).await.expect(200);
    let read = org
        .send("GET", &path, &[("if-none-match", &tag)], None)
        .await
        .expect(200);
    assert_eq!(manager(&read)["displayName"], "Bea");
    assert_ne!(read.header("etag"), Some(tag.as_str()));
    assert_eq!(
        read.json()["meta"]["lastModified"],
        created.json()["meta"]["lastModified"]
    );
    // Either tag names the version that a write is meant for.
    org.send("DELETE", &path, &[("if-match", &tag)], None)
        .await
        .expect(204);
}

async fn a_deleted_manager_is_a_reference_that_leads_nowhere(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let boss = org.user("boss").await;
    let anna = reporting_to(&org, "anna", &boss).await.expect(201).id();
    org.delete(&format!("/Users/{boss}")).await.expect(204);
    let read = org.get(&format!("/Users/{anna}")).await.expect(200);
    assert_eq!(manager(&read), json!({"value": boss}));
}

async fn strict_mode_refuses_a_manager_that_is_no_user(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.set_mode(Mode::Strict).await;
    let boss = org.user("boss").await;
    let group = org.group("Staff", &[]).await;
    let anna = reporting_to(&org, "anna", &boss).await.expect(201);
    let path = format!("/Users/{}", anna.id());
    let before = org.latest_event().await;
    for unknown in ["boss", &Uuid::nil().to_string(), &group] {
        refused(
            &reporting_to(&org, "berta", unknown).await,
            400,
            Some("invalidValue"),
            &["manager.value"],
        );
        let body = json!({
            "schemas": [USER, ENTERPRISE_USER], "userName": "anna",
            ENTERPRISE_USER: {"manager": {"value": unknown}},
        });
        refused(
            &org.put(&path, &body).await,
            400,
            Some("invalidValue"),
            &["manager.value"],
        );
        let change = json!([
            {"op": "replace", "path": "title", "value": "Pilot"},
            {"op": "replace", "path": format!("{ENTERPRISE_USER}:manager.value"), "value": unknown},
        ]);
        refused(
            &org.patch(&path, &change).await,
            400,
            Some("invalidValue"),
            &["manager.value"],
        );
    }
    assert_eq!(org.latest_event().await, before);
    assert_eq!(org.get(&path).await.expect(200).json(), anna.json());
}

async fn another_organizations_user_is_as_unknown_as_any_id(gateway: TestGateway) {
    let (ours, theirs) = (gateway.with_org().await, gateway.with_org().await);
    let foreign = theirs.user("boss").await;
    let unknown = Uuid::nil().to_string();
    for mode in [Mode::Tolerant, Mode::Strict] {
        ours.set_mode(mode).await;
        let mut answers = Vec::new();
        for id in [&foreign, &unknown] {
            let answer = reporting_to(&ours, &format!("{mode}-anna"), id).await;
            let made = answer.json()["id"].as_str().unwrap_or("-").to_owned();
            if answer.status == 201 {
                assert_eq!(manager(&answer), json!({"value": id}));
                ours.delete(&format!("/Users/{made}")).await.expect(204);
            }
            let mut body = answer.json();
            if let Some(meta) = body.get_mut("meta") {
                *meta = Value::Null;
            }
            answers.push((
                answer.status,
                body.to_string().replace(id.as_str(), "ID").replace(&made, "MADE"),
            ));
        }
        assert_eq!(answers[0], answers[1], "{mode}");
    }
}

async fn strict_mode_leaves_a_reference_alone_that_does_not_change(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = reporting_to(&org, "anna", "not-here").await.expect(201);
    org.set_mode(Mode::Strict).await;
    let change = json!([{"op": "replace", "path": "title", "value": "Pilot"}]);
    let patched = org
        .patch(&format!("/Users/{}", anna.id()), &change)
        .await
        .expect(200);
    assert_eq!(manager(&patched), json!({"value": "not-here"}));
}

async fn parts_of_the_manager_can_be_asked_for(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let boss = org.user("boss").await;
    let anna = reporting_to(&org, "anna", &boss).await.expect(201).id();
    let shown = org
        .get(&format!(
            "/Users/{anna}?attributes={ENTERPRISE_USER}:manager.displayName"
        ))
        .await
        .expect(200);
    assert_eq!(manager(&shown), json!({"displayName": "boss"}));
    let without = org
        .get(&format!(
            "/Users/{anna}?excludedAttributes={ENTERPRISE_USER}:manager"
        ))
        .await
        .expect(200);
    assert_eq!(without.json().get(ENTERPRISE_USER), None);
}
