//! Rows C12 to C14, G1 to G3, L1, L2, R4 to R6, U1 to U3, D1 and D2: callers who may not do what they ask for.
//!
//! ZITADEL answers 404 to a token without the permission, even in its own organization, which sends administrators to
//! look for a mistake in the URL; here it is 403 with the name of the missing role.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_scim::{message::PATCH_OP, schema::USER};
use wicketgate_testbed::both_engines;

use crate::harness::{ROLES, TestGateway, TestOrg, refused, unknown_token};

both_engines! {
    run with crate::harness::run:
    c12_creating_without_a_token_is_unauthorized,
    c13_creating_without_the_role_is_forbidden,
    c14_creating_in_another_organization_is_not_found,
    g01_reading_without_a_token_is_unauthorized,
    g02_reading_needs_no_more_than_the_least_role,
    g03_reading_in_another_organization_is_not_found,
    l01_listing_without_a_token_is_unauthorized,
    l02_listing_needs_no_more_than_the_least_role,
    r04_replacing_without_a_token_is_unauthorized,
    r05_replacing_without_the_role_is_forbidden,
    r06_replacing_in_another_organization_is_not_found,
    u01_patching_without_a_token_is_unauthorized,
    u02_patching_without_the_role_is_forbidden,
    u03_patching_in_another_organization_is_not_found,
    d01_deleting_without_a_token_is_unauthorized,
    d02_deleting_without_the_role_is_forbidden_and_elsewhere_not_found,
}

/// An id that was never given out.
const UNKNOWN: &str = "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f";

fn user() -> Value {
    json!({"schemas": [USER], "userName": "mallory"})
}

fn patch() -> Value {
    let operations = json!([{"op": "replace", "path": "title", "value": "Captain"}]);
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

/// Without a token, and with one that nobody issued.
async fn is_unauthorized(gateway: &TestGateway, method: &str, of_one: bool, body: Option<Value>) {
    let org = gateway.with_org().await;
    let endpoint = endpoint(&org, of_one).await;
    let before = org.snapshot().await;
    let body = body.map(|body| body.to_string());
    let unknown = unknown_token();
    for token in [None, Some(unknown.as_str())] {
        let answer = gateway
            .call(
                method,
                &org.path(&endpoint),
                token,
                &[],
                body.as_deref().map(str::as_bytes),
            )
            .await;
        refused(&answer, 401, None, &[]);
        assert!(answer.header("www-authenticate").is_some(), "{answer:?}");
    }
    assert_eq!(org.snapshot().await, before);
}

/// With the role that may only read.
async fn is_forbidden(gateway: &TestGateway, method: &str, of_one: bool, body: Option<Value>) {
    let org = gateway.with_org().await;
    let endpoint = endpoint(&org, of_one).await;
    let before = org.snapshot().await;
    let body = body.map(|body| body.to_string());
    let token = Some(org.token(Role::OrgUserReader));
    let answer = gateway
        .call(
            method,
            &org.path(&endpoint),
            token,
            &[],
            body.as_deref().map(str::as_bytes),
        )
        .await;
    refused(&answer, 403, None, &["Org User Manager"]);
    assert_eq!(org.snapshot().await, before);
}

/// With a token of another organization, whatever its role there: on that organization's path, and on its own with the
/// id that belongs to the other.
async fn is_not_found(gateway: &TestGateway, method: &str, of_one: bool, body: Option<Value>) {
    let [stranger, org] = [gateway.with_org().await, gateway.with_org().await];
    let endpoint = endpoint(&org, of_one).await;
    let before = org.snapshot().await;
    let body = body.map(|body| body.to_string());
    let body = body.as_deref().map(str::as_bytes);
    for role in ROLES {
        let token = Some(stranger.token(role));
        let answer = gateway.call(method, &org.path(&endpoint), token, &[], body).await;
        refused(&answer, 404, None, &[]);
        let nowhere = format!("/scim/v2/{UNKNOWN}{endpoint}");
        assert_eq!(
            gateway.call(method, &nowhere, token, &[], body).await,
            answer,
            "{role}"
        );
        let reads = method == "GET";
        if of_one && (reads || role != Role::OrgUserReader) {
            let answer = gateway
                .call(method, &stranger.path(&endpoint), token, &[], body)
                .await;
            refused(&answer, 404, None, &[]);
        }
    }
    assert_eq!(org.snapshot().await, before);
}

async fn endpoint(org: &TestOrg, of_one: bool) -> String {
    let id = org.user("anna").await;
    if of_one {
        format!("/Users/{id}")
    } else {
        "/Users".to_owned()
    }
}

/// The role that may only read is answered.
async fn a_reader_is_served(gateway: &TestGateway, of_one: bool) {
    let org = gateway.with_org().await;
    let endpoint = endpoint(&org, of_one).await;
    let read = org.get(&endpoint).await.expect(200);
    let token = Some(org.token(Role::OrgUserReader));
    let answer = gateway.call("GET", &org.path(&endpoint), token, &[], None).await;
    assert_eq!(answer, read);
}

async fn c12_creating_without_a_token_is_unauthorized(gateway: TestGateway) {
    is_unauthorized(&gateway, "POST", false, Some(user())).await;
}

/// 403, not 404: see the head of this file.
async fn c13_creating_without_the_role_is_forbidden(gateway: TestGateway) {
    is_forbidden(&gateway, "POST", false, Some(user())).await;
}

async fn c14_creating_in_another_organization_is_not_found(gateway: TestGateway) {
    is_not_found(&gateway, "POST", false, Some(user())).await;
}

async fn g01_reading_without_a_token_is_unauthorized(gateway: TestGateway) {
    is_unauthorized(&gateway, "GET", true, None).await;
}

/// ZITADEL has accounts without any permission and answers them 404; here every role of a service user may read.
async fn g02_reading_needs_no_more_than_the_least_role(gateway: TestGateway) {
    a_reader_is_served(&gateway, true).await;
}

async fn g03_reading_in_another_organization_is_not_found(gateway: TestGateway) {
    is_not_found(&gateway, "GET", true, None).await;
}

async fn l01_listing_without_a_token_is_unauthorized(gateway: TestGateway) {
    is_unauthorized(&gateway, "GET", false, None).await;
}

/// ZITADEL has accounts without any permission and answers them 404; here every role of a service user may read.
async fn l02_listing_needs_no_more_than_the_least_role(gateway: TestGateway) {
    a_reader_is_served(&gateway, false).await;
}

async fn r04_replacing_without_a_token_is_unauthorized(gateway: TestGateway) {
    is_unauthorized(&gateway, "PUT", true, Some(user())).await;
}

/// 403, not 404: see the head of this file.
async fn r05_replacing_without_the_role_is_forbidden(gateway: TestGateway) {
    is_forbidden(&gateway, "PUT", true, Some(user())).await;
}

async fn r06_replacing_in_another_organization_is_not_found(gateway: TestGateway) {
    is_not_found(&gateway, "PUT", true, Some(user())).await;
}

async fn u01_patching_without_a_token_is_unauthorized(gateway: TestGateway) {
    is_unauthorized(&gateway, "PATCH", true, Some(patch())).await;
}

/// 403, not 404: see the head of this file.
async fn u02_patching_without_the_role_is_forbidden(gateway: TestGateway) {
    is_forbidden(&gateway, "PATCH", true, Some(patch())).await;
}

async fn u03_patching_in_another_organization_is_not_found(gateway: TestGateway) {
    is_not_found(&gateway, "PATCH", true, Some(patch())).await;
}

async fn d01_deleting_without_a_token_is_unauthorized(gateway: TestGateway) {
    is_unauthorized(&gateway, "DELETE", true, None).await;
}

/// 403, not 404, without the role: see the head of this file.
async fn d02_deleting_without_the_role_is_forbidden_and_elsewhere_not_found(gateway: TestGateway) {
    is_forbidden(&gateway, "DELETE", true, None).await;
    is_not_found(&gateway, "DELETE", true, None).await;
    let org = gateway.with_org().await;
    for id in [UNKNOWN, "1", "anna"] {
        refused(&org.delete(&format!("/Users/{id}")).await, 404, None, &[]);
    }
}
