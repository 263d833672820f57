//! Entity tags: `ETag`, `If-Match` and `If-None-Match` on one resource (RFC 7644 §3.14).

use futures_util::future::join_all;
use serde_json::json;
use wicketgate_scim::{
    message::PATCH_OP,
    schema::{GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    a_version_that_the_client_holds_is_not_sent_again,
    a_user_whose_groups_changed_is_sent_again,
    a_write_for_another_version_is_refused,
    a_write_for_the_current_version_is_done,
    a_version_moves_with_every_change_and_only_then,
    of_two_writes_for_one_version_one_is_done,
}

/// A user and a group, each with a body that replaces and one that patches it.
async fn resources(org: &TestOrg) -> Vec<(String, String, String)> {
    let user = org.user("anna").await;
    let group = org.group("Pilots", &[]).await;
    let patch = |path: &str| {
        json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": path, "value": "New"}]})
            .to_string()
    };
    let put_user = json!({"schemas": [USER], "userName": "anna", "title": "Put"}).to_string();
    let put_group = json!({"schemas": [GROUP], "displayName": "Put"}).to_string();
    vec![
        (format!("/Users/{user}"), put_user, patch("title")),
        (format!("/Groups/{group}"), put_group, patch("displayName")),
    ]
}

async fn a_version_that_the_client_holds_is_not_sent_again(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (endpoint, ..) in resources(&org).await {
        for held in ["W/\"1\"", "\"1\"", "W/\"7\", W/\"1\"", "*"] {
            let answer = org
                .send("GET", &endpoint, &[("If-None-Match", held)], None)
                .await
                .expect(304);
            assert!(answer.body.is_empty(), "{held}");
            assert_eq!(answer.header("etag"), Some("W/\"1\""), "{held}");
            assert_eq!(answer.header("content-type"), None, "{held}");
        }
        for other in ["W/\"2\"", "\"x\"", "1", ""] {
            org.send("GET", &endpoint, &[("If-None-Match", other)], None)
                .await
                .expect(200);
        }
    }
}

async fn a_user_whose_groups_changed_is_sent_again(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = org.user("anna").await;
    let endpoint = format!("/Users/{user}");
    let mut tags = vec!["W/\"1\"".to_owned()];
    let group = org.group("Pilots", &[&user]).await;
    for change in [
        json!([{"op": "replace", "path": "displayName", "value": "Guides"}]),
        json!([{"op": "remove", "path": "members"}]),
    ] {
        let held = tags.last().cloned().unwrap_or_default();
        let again = org
            .send("GET", &endpoint, &[("If-None-Match", &held)], None)
            .await
            .expect(200);
        let tag = again.header("etag").unwrap().to_owned();
        assert_eq!(again.json()["meta"]["version"], json!(tag));
        org.send("GET", &endpoint, &[("If-None-Match", &tag)], None)
            .await
            .expect(304);
        tags.push(tag);
        org.patch(&format!("/Groups/{group}"), &change).await.expect(204);
    }
    assert_ne!(tags[1], tags[2], "the group has another name");
    let plain = org.get(&format!("{endpoint}?excludedAttributes=groups")).await;
    assert_eq!(plain.header("etag"), Some("W/\"1\""));
    // Whichever of its tags a client holds: the version that it writes to is the same.
    for tag in &tags {
        let answer = org.send("PATCH", &endpoint, &[("If-Match", tag)], Some(br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"userName","value":"anna"}]}"#)).await;
        answer.expect(200);
    }
}

async fn a_write_for_another_version_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (endpoint, put, patch) in resources(&org).await {
        let before = org.snapshot().await;
        for other in ["W/\"2\"", "\"0\"", "W/\"2\", W/\"3\"", "nonsense", "W/\"-1\""] {
            for (method, body) in [("PUT", Some(&put)), ("PATCH", Some(&patch)), ("DELETE", None)] {
                let body = body.map(String::as_bytes);
                let answer = org.send(method, &endpoint, &[("If-Match", other)], body).await;
                refused(&answer, 412, None, &["version", "W/\"1\""]);
            }
        }
        assert_eq!(org.snapshot().await, before);
    }
}

async fn a_write_for_the_current_version_is_done(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (endpoint, put, patch) in resources(&org).await {
        let put = Some(put.as_bytes());
        let patch = Some(patch.as_bytes());
        let header = |value: &'static str| [("If-Match", value)];
        let replaced = org
            .send("PUT", &endpoint, &header("W/\"1\""), put)
            .await
            .expect(200);
        assert_eq!(replaced.header("etag"), Some("W/\"2\""));
        let patched = org
            .send("PATCH", &endpoint, &header("W/\"9\", \"2\""), patch)
            .await;
        assert_eq!(patched.header("etag"), Some("W/\"3\""), "{patched:?}");
        org.send("PUT", &endpoint, &header("*"), put).await.expect(200);
        org.send("DELETE", &endpoint, &header("W/\"4\""), None)
            .await
            .expect(204);
    }
}

async fn a_version_moves_with_every_change_and_only_then(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = org.user("anna").await;
    let group = org.group("Pilots", &[]).await;
    let endpoint = format!("/Groups/{group}");
    let version = || async {
        org.get(&endpoint)
            .await
            .expect(200)
            .header("etag")
            .unwrap()
            .to_owned()
    };
    let add = json!([{"op": "add", "path": "members", "value": [{"value": anna}]}]);
    org.patch(&endpoint, &add).await.expect(204);
    assert_eq!(version().await, "W/\"2\"");
    org.patch(&endpoint, &add).await.expect(204);
    assert_eq!(version().await, "W/\"2\"");
    // A member that is deleted is a change of the group.
    org.delete(&format!("/Users/{anna}")).await.expect(204);
    assert_eq!(version().await, "W/\"3\"");
}

async fn of_two_writes_for_one_version_one_is_done(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let endpoint = format!("/Users/{}", org.user("anna").await);
    let bodies: Vec<String> = (0..10)
        .map(|number| {
            let operation = json!({"op": "replace", "path": "title", "value": number.to_string()});
            json!({"schemas": [PATCH_OP], "Operations": [operation]}).to_string()
        })
        .collect();
    let writes = bodies.iter().map(|body| {
        org.send(
            "PATCH",
            &endpoint,
            &[("If-Match", "W/\"1\"")],
            Some(body.as_bytes()),
        )
    });
    let mut statuses: Vec<u16> = join_all(writes)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412, 412, 412]);
    assert_eq!(org.get(&endpoint).await.header("etag"), Some("W/\"2\""));
}
