//! `/admin/v1/orgs` and the settings of an organization.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused, send};
use crate::harness::TestGateway;

both_engines! {
    run with crate::admin::run:
    an_operator_creates_pauses_resumes_and_deletes_an_organization,
    an_operator_that_enters_an_organization_is_recorded,
    settings_are_changed_member_by_member,
    settings_that_cannot_be_are_refused_by_name_and_change_nothing,
    a_change_meant_for_other_settings_is_refused,
    an_operator_invites_an_operator,
}

async fn an_operator_creates_pauses_resumes_and_deletes_an_organization(gateway: TestGateway) {
    let operator = gateway.operator("operator@example.com").await;
    let call = async |method: &str, target: &str, body: &Value| {
        send(&gateway, &operator, method, target, &[], body).await
    };
    let created = call("POST", "/admin/v1/orgs", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let id = created.id();
    let path = format!("/admin/v1/orgs/{id}");
    assert_eq!(
        created.header("location"),
        Some(&*format!("https://scim.example.com{path}"))
    );
    let org = created.json();
    assert_eq!(
        org["scimBaseUrl"],
        format!("https://scim.example.com/scim/v2/{id}")
    );
    assert_eq!((&org["name"], &org["state"]), (&json!("Acme"), &json!("active")));
    assert_eq!(org["settings"]["requestsPerSecond"], 50);
    for (act, state) in [("/pause", "paused"), ("/resume", "active")] {
        call("POST", &format!("{path}{act}"), &Value::Null)
            .await
            .expect(204);
        assert_eq!(
            call("GET", &path, &Value::Null).await.expect(200).json()["state"],
            state
        );
    }
    let listed = call("GET", "/admin/v1/orgs", &Value::Null)
        .await
        .expect(200)
        .json();
    assert_eq!(listed["items"][0]["id"], id);
    assert_eq!(listed["nextCursor"], Value::Null);
    let unexported = call("DELETE", &path, &Value::Null).await;
    refused(&unexported, 400, "invalid-input", &["export it first"]);
    let export = call("POST", &format!("{path}/export"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(export.header("content-type"), Some("application/x-ndjson"));
    let text = String::from_utf8(export.body).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["id"], id);
    assert_eq!(lines.last().unwrap()["type"], "end");
    call("DELETE", &path, &Value::Null).await.expect(204);
    assert_eq!(
        call("GET", &path, &Value::Null).await.expect(200).json()["state"],
        "deleted"
    );
    call("POST", &format!("{path}/resume"), &Value::Null)
        .await
        .expect(204);
    call("DELETE", &format!("{path}?withoutExport=true"), &Value::Null)
        .await
        .expect(204);
    refused(
        &call("POST", "/admin/v1/orgs", &json!({"name": ""})).await,
        400,
        "invalid-input",
        &["name"],
    );
}

async fn an_operator_that_enters_an_organization_is_recorded(gateway: TestGateway) {
    let operator = gateway.operator("operator@example.com").await;
    let org = gateway.with_org().await;
    let before = org.latest_event().await;
    let path = format!("/admin/v1/orgs/{}/tokens", org.id);
    gateway
        .call("GET", &path, Some(&operator), &[], None)
        .await
        .expect(200);
    let events = org.events().await;
    let entered = events.last().unwrap();
    assert_eq!((entered.kind.as_str(), entered.seq), ("org.entered", before + 1));
    assert_eq!(entered.actor["type"], "account");
}

async fn settings_are_changed_member_by_member(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let before = admin.get("").await.expect(200).json()["settings"].clone();
    let changed = admin
        .patch(
            "",
            &json!({"settings": {"scimMode": "strict", "graceDays": 14, "endlessTokens": false}}),
        )
        .await
        .expect(200);
    let mut expected = before.clone();
    expected["scimMode"] = json!("strict");
    expected["graceDays"] = json!(14);
    expected["endlessTokens"] = json!(false);
    assert_eq!(changed.json()["settings"], expected);
    // Null brings back what is usual.
    let back = json!({"settings": {"scimMode": null, "graceDays": null, "endlessTokens": null}});
    let back = admin.patch("", &back).await.expect(200);
    assert_eq!(back.json()["settings"], before);
    let latest = admin.org.latest_event().await;
    admin.patch("", &json!({})).await.expect(200);
    assert_eq!(admin.org.latest_event().await, latest, "nothing changed");
}

async fn settings_that_cannot_be_are_refused_by_name_and_change_nothing(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let before = admin.get("").await.expect(200);
    let wrong = json!({"settings": {"scimMode": "lax", "logDays": "7", "colour": "red"}});
    let answer = admin.patch("", &wrong).await;
    refused(&answer, 400, "invalid-input", &["tolerant, strict or interop"]);
    assert_eq!(
        fields(&answer),
        ["settings.scimMode", "settings.logDays", "settings.colour"]
    );
    for (setting, fix) in [
        (json!({"longestTokenDays": 29}), "choose 30 to 730 days"),
        (json!({"logDays": 6}), "choose 7 to 365 days"),
        (json!({"bodyDays": 8}), "choose 0, 7, 30 or 90 days"),
        (json!({"graceDays": 0}), "choose 1 to 90 days"),
        (json!({"requestBurst": 10001}), "choose 0 to 10000"),
    ] {
        let answer = admin.patch("", &json!({"settings": setting})).await;
        refused(&answer, 400, "invalid-input", &[fix]);
        let field = setting.as_object().unwrap().keys().next().unwrap();
        assert_eq!(fields(&answer), [field.as_str()]);
    }
    let answer = admin
        .patch("", &json!({"name": "Other", "settings": {"graceDays": 3}}))
        .await;
    assert_eq!(fields(&answer), ["name"]);
    assert_eq!(admin.get("").await, before);
}

async fn a_change_meant_for_other_settings_is_refused(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let tag = admin.get("").await.expect(200).header("etag").unwrap().to_owned();
    let change = json!({"settings": {"graceDays": 14}});
    let changed = admin
        .send_with("PATCH", "", &[("If-Match", &tag)], &change)
        .await
        .expect(200);
    let new_tag = changed.header("etag").unwrap();
    assert_ne!(new_tag, tag);
    let late = json!({"settings": {"graceDays": 15}});
    let answer = admin.send_with("PATCH", "", &[("If-Match", &tag)], &late).await;
    refused(&answer, 412, "changed-meanwhile", &[]);
    admin.org.user("anna@example.com").await;
    let again = admin.get("").await.expect(200);
    assert_eq!(
        again.header("etag"),
        Some(new_tag),
        "provisioning does not touch it"
    );
    assert_eq!(again.json()["users"], 1);
}

async fn an_operator_invites_an_operator(gateway: TestGateway) {
    let operator = gateway.operator("operator@example.com").await;
    let target = "/admin/v1/operators/invitations";
    let body = json!({"email": "new@example.com"});
    let invited = send(&gateway, &operator, "POST", target, &[], &body)
        .await
        .expect(201)
        .json();
    let link = invited["link"].as_str().unwrap();
    assert!(
        link.starts_with("https://scim.example.com/console/invitations/wicket"),
        "{link}"
    );
    let org = gateway.with_org().await;
    let owner = org.account("anna@example.com", Role::OrgOwner).await;
    for token in [owner.as_str(), org.token(Role::OrgOwner)] {
        let answer = send(&gateway, token, "POST", target, &[], &body).await;
        refused(&answer, 403, "role-needed", &["Operator"]);
    }
}
