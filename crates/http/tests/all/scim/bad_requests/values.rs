//! Values and PATCH requests past their limits.

use serde_json::{Value, json};
use wicketgate_scim::{
    message::PATCH_OP,
    schema::{GROUP, USER},
};

use super::{Bad, bad};

pub(super) fn large() -> Vec<Bad> {
    let user = |members: Value| {
        let mut user = json!({"schemas": [USER], "userName": "large"});
        user.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        user
    };
    let addresses = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| json!({"value": format!("{number}@x.example")}))
            .collect()
    };
    let mut all = Vec::new();
    for (body, words) in [
        (
            user(json!({"userName": "ü".repeat(257)})),
            &["userName", "257", "256"][..],
        ),
        (
            user(json!({"externalId": "ü".repeat(513)})),
            &["externalId", "513", "512"],
        ),
        (
            user(json!({"title": "x".repeat(2_049)})),
            &["title", "2049", "2048"],
        ),
        (
            user(json!({"title": "ü".repeat(1_025)})),
            &["title", "2050", "2048"],
        ),
        (
            user(json!({"name": {"givenName": "x".repeat(2_049)}})),
            &["name.givenName", "2049", "2048"],
        ),
        (
            user(json!({"emails": [{"value": "x".repeat(2_049)}]})),
            &["emails[0].value", "2049", "2048"],
        ),
        (user(json!({"emails": addresses(101)})), &["emails", "101", "100"]),
        (
            user(json!({"urn:example:1.0:Badge": {"colour": "x".repeat(2_049)}})),
            &["colour", "2049", "2048"],
        ),
        (
            user(json!({"urn:example:1.0:Badge": {"colours": vec!["x"; 101]}})),
            &["colours", "101", "100"],
        ),
        (
            user(json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]})),
            &["emails", "primary"],
        ),
    ] {
        let body = body.to_string();
        all.push(bad(
            "POST",
            "/Users",
            body.clone(),
            400,
            Some("invalidValue"),
            words,
        ));
        all.push(bad(
            "PUT",
            "/Users/{user}",
            body,
            400,
            Some("invalidValue"),
            words,
        ));
    }
    let group =
        |members: Value| json!({"schemas": [GROUP], "displayName": "Large", "members": members}).to_string();
    let many = group(Value::from(vec![json!({"value": "x"}); 100_001]));
    all.push(bad(
        "POST",
        "/Groups",
        many,
        400,
        Some("invalidValue"),
        &["members", "100001", "100000"],
    ));
    let long = json!({"schemas": [GROUP], "displayName": "x".repeat(2_049)}).to_string();
    all.push(bad(
        "POST",
        "/Groups",
        long,
        400,
        Some("invalidValue"),
        &["displayName", "2049", "2048"],
    ));
    all.push(bad(
        "POST",
        "/Groups",
        group(json!([{"display": "x"}])),
        400,
        Some("invalidValue"),
        &["members"],
    ));
    all
}

pub(super) fn patches() -> Vec<Bad> {
    let patch = |operations: Value| json!({"schemas": [PATCH_OP], "Operations": operations}).to_string();
    let operation = json!({"op": "replace", "path": "title", "value": "x"});
    let addresses: Vec<Value> = (0..101)
        .map(|number| json!({"value": format!("{number}@x.example")}))
        .collect();
    let mut all = Vec::new();
    for (operations, scim_type, words) in [
        (
            Value::from(vec![operation; 1_001]),
            "invalidSyntax",
            &["Operations", "1001", "1000"][..],
        ),
        (
            json!([{"op": "add", "path": "title", "value": "x".repeat(2_049)}]),
            "invalidValue",
            &["title", "2048"],
        ),
        (
            json!([{"op": "add", "path": "userName", "value": "x".repeat(257)}]),
            "invalidValue",
            &["userName", "256"],
        ),
        (
            json!([{"op": "add", "path": "externalId", "value": "x".repeat(513)}]),
            "invalidValue",
            &["externalId", "512"],
        ),
        (
            json!([{"op": "add", "path": "emails", "value": addresses}]),
            "invalidValue",
            &["emails", "100"],
        ),
        (
            json!([{"op": "add", "path": "x".repeat(4_097), "value": 1}]),
            "invalidPath",
            &["path", "4096"],
        ),
    ] {
        all.push(bad(
            "PATCH",
            "/Users/{user}",
            patch(operations),
            400,
            Some(scim_type),
            words,
        ));
    }
    let members = json!([{"op": "add", "path": "members", "value": vec![json!({"value": "x"}); 100_001]}]);
    all.push(bad(
        "PATCH",
        "/Groups/{group}",
        patch(members),
        400,
        Some("invalidValue"),
        &["members", "100000"],
    ));
    all
}
