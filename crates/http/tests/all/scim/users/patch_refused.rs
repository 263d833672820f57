//! `PATCH /Users/{id}` refused: what the refusal says, and where modes differ.

use serde_json::{Value, json};
use wicketgate_scim::{Mode, message::PATCH_OP, schema::USER};
use wicketgate_testbed::both_engines;

use super::anna;
use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    operations_that_are_none_are_refused,
    values_that_do_not_fit_are_refused,
    a_body_that_is_no_patch_is_refused,
    modes_differ_where_the_rfc_does,
}

/// Patches a user, and fails unless each request is refused and nothing has changed.
async fn all_refused(org: &TestOrg, cases: impl IntoIterator<Item = (Value, u16, &str, &str)>) {
    let anna = anna(org).await;
    org.user("berta").await;
    let before = org.snapshot().await;
    for (operations, status, scim_type, word) in cases {
        let answer = org.patch(&anna, &operations).await;
        assert_eq!(answer.status, status, "{operations}: {answer:?}");
        refused(&answer, status, Some(scim_type), &[word]);
    }
    assert_eq!(org.snapshot().await, before);
}

async fn operations_that_are_none_are_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let cases = [
        (json!([[]]), 400, "invalidSyntax", "operation"),
        (json!(["replace"]), 400, "invalidSyntax", "operation"),
        (
            json!([{"path": "title", "value": "x"}]),
            400,
            "invalidSyntax",
            "op",
        ),
        (
            json!([{"op": "move", "path": "title", "value": "x"}]),
            400,
            "invalidSyntax",
            "move",
        ),
        (
            json!([{"op": "add", "path": "title"}]),
            400,
            "invalidValue",
            "value",
        ),
        (
            json!([{"op": "replace", "value": "x"}]),
            400,
            "invalidValue",
            "object",
        ),
        (json!([{"op": "remove"}]), 400, "noTarget", "path"),
        (
            json!([{"op": "replace", "path": "title[", "value": "x"}]),
            400,
            "invalidFilter",
            "character 7",
        ),
        (
            json!([{"op": "replace", "path": "..title", "value": "x"}]),
            400,
            "invalidPath",
            "path",
        ),
        (
            json!([{"op": "replace", "path": 7, "value": "x"}]),
            400,
            "invalidPath",
            "path",
        ),
        (
            json!([{"op": "replace", "path": "emails[type regex \"x\"].value", "value": "x"}]),
            400,
            "invalidFilter",
            "regex",
        ),
        (
            json!([{"op": "replace", "path": "emails[colour eq \"x\"].value", "value": "x"}]),
            400,
            "invalidFilter",
            "colour",
        ),
    ];
    all_refused(&org, cases).await;
}

async fn values_that_do_not_fit_are_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let cases = [
        (
            json!([{"op": "replace", "path": "id", "value": "x"}]),
            400,
            "mutability",
            "id",
        ),
        (
            json!([{"op": "replace", "path": "meta.version", "value": "x"}]),
            400,
            "mutability",
            "meta",
        ),
        (
            json!([{"op": "add", "path": "groups", "value": [{"value": "x"}]}]),
            400,
            "mutability",
            "groups",
        ),
        (
            json!([{"op": "remove", "path": "userName"}]),
            400,
            "mutability",
            "userName",
        ),
        (
            json!([{"op": "replace", "path": "userName", "value": ""}]),
            400,
            "invalidValue",
            "userName",
        ),
        (
            json!([{"op": "replace", "path": "userName", "value": "BERTA"}]),
            409,
            "uniqueness",
            "userName",
        ),
        (
            json!([{"op": "replace", "path": "active", "value": "perhaps"}]),
            400,
            "invalidValue",
            "active",
        ),
        (
            json!([{"op": "replace", "path": "name", "value": "Anna"}]),
            400,
            "invalidValue",
            "name",
        ),
    ];
    all_refused(&org, cases).await;
}

async fn a_body_that_is_no_patch_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let anna = anna(&org).await;
    let before = org.snapshot().await;
    for body in [
        json!({"schemas": [PATCH_OP]}),
        json!({"schemas": [PATCH_OP], "Operations": {}}),
        json!({"schemas": [USER], "Operations": [{"op": "remove", "path": "title"}]}),
    ] {
        let answer = org
            .send("PATCH", &anna, &[], Some(body.to_string().as_bytes()))
            .await;
        refused(&answer, 400, Some("invalidSyntax"), &[]);
    }
    assert_eq!(org.snapshot().await, before);
}

async fn modes_differ_where_the_rfc_does(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let unmatched =
        json!([{"op": "replace", "path": "emails[type eq \"other\"].value", "value": "o@x.example"}]);
    let unknown = json!([{"op": "replace", "path": "favouriteColour", "value": "blue"}]);
    let pathless = json!([{"op": "replace", "value": {"title": "Captain"}}]);
    for (mode, of_unmatched, of_unknown, of_pathless) in [
        (Mode::Tolerant, None, None, None),
        (Mode::Strict, Some("noTarget"), Some("invalidPath"), None),
        (
            Mode::Interop,
            Some("noTarget"),
            Some("invalidPath"),
            Some("invalidSyntax"),
        ),
    ] {
        org.set_mode(Mode::Tolerant).await;
        let anna = anna(&org).await;
        org.set_mode(mode).await;
        for (operations, expected) in [
            (&unmatched, of_unmatched),
            (&unknown, of_unknown),
            (&pathless, of_pathless),
        ] {
            let answer = org.patch(&anna, operations).await;
            match expected {
                None => assert_eq!(answer.status, 200, "{mode} {operations}: {answer:?}"),
                Some(scim_type) => refused(&answer, 400, Some(scim_type), &[]),
            }
        }
        org.delete(&anna).await.expect(204);
    }
}
