//! One row for each route: what its path names and a request that the right caller is served. Isolation and permissions
//! are tested over these rows, and a route without one fails by name.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_http::routes;
use wicketgate_scim::{
    message::{BULK_REQUEST, PATCH_OP, SEARCH_REQUEST},
    schema::{GROUP, USER},
};

use crate::harness::{Answer, TestGateway};

/// What stands for `{id}` in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Nothing,
    User,
    Group,
    Role,
    Entitlement,
}

/// A route and a request for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) object: Object,
    body: fn() -> Value,
}

const fn row(method: &'static str, path: &'static str, object: Object, body: fn() -> Value) -> Row {
    Row {
        method,
        path,
        object,
        body,
    }
}

/// No body.
fn none() -> Value {
    Value::Null
}

fn new_user() -> Value {
    json!({"schemas": [USER], "userName": "new@example.com"})
}

fn new_group() -> Value {
    json!({"schemas": [GROUP], "displayName": "New", "members": []})
}

fn user_patch() -> Value {
    let operations = json!([{"op": "replace", "path": "title", "value": "Pilot"}]);
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

fn group_patch() -> Value {
    let operations = json!([{"op": "replace", "path": "displayName", "value": "Renamed"}]);
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

fn search() -> Value {
    json!({"schemas": [SEARCH_REQUEST], "count": 1})
}

fn bulk() -> Value {
    let operations = json!([{"method": "DELETE", "path": "/Users/1"}]);
    json!({"schemas": [BULK_REQUEST], "Operations": operations})
}

fn report() -> Value {
    json!([{"token": crate::harness::unknown_token(), "type": "t", "url": "u", "source": "commit"}])
}

/// A form: a text instead of an object.
fn token_request() -> Value {
    "grant_type=client_credentials".into()
}

fn token_query() -> Value {
    "token=x".into()
}

/// The rows, in the order in which the golden matrix shows them.
pub(crate) const ROWS: &[Row] = &[
    row("GET", "/livez", Object::Nothing, none),
    row("GET", "/readyz", Object::Nothing, none),
    row("POST", "/.well-known/secret-scanning", Object::Nothing, report),
    row(
        "GET",
        "/.well-known/oauth-authorization-server",
        Object::Nothing,
        none,
    ),
    row("GET", "/oauth/v2/keys", Object::Nothing, none),
    row("POST", "/oauth/v2/token", Object::Nothing, token_request),
    row("POST", "/oauth/v2/revoke", Object::Nothing, token_query),
    row("POST", "/oauth/v2/introspect", Object::Nothing, token_query),
    row("GET", "/scim/v2/{orgId}", Object::Nothing, none),
    row("GET", "/scim/v2/{orgId}/Users", Object::Nothing, none),
    row("POST", "/scim/v2/{orgId}/Users", Object::Nothing, new_user),
    row("GET", "/scim/v2/{orgId}/Users/{id}", Object::User, none),
    row("PUT", "/scim/v2/{orgId}/Users/{id}", Object::User, new_user),
    row("PATCH", "/scim/v2/{orgId}/Users/{id}", Object::User, user_patch),
    row("DELETE", "/scim/v2/{orgId}/Users/{id}", Object::User, none),
    row("GET", "/scim/v2/{orgId}/Groups", Object::Nothing, none),
    row("POST", "/scim/v2/{orgId}/Groups", Object::Nothing, new_group),
    row("GET", "/scim/v2/{orgId}/Groups/{id}", Object::Group, none),
    row("PUT", "/scim/v2/{orgId}/Groups/{id}", Object::Group, new_group),
    row(
        "PATCH",
        "/scim/v2/{orgId}/Groups/{id}",
        Object::Group,
        group_patch,
    ),
    row("DELETE", "/scim/v2/{orgId}/Groups/{id}", Object::Group, none),
    row("GET", "/scim/v2/{orgId}/Roles", Object::Nothing, none),
    row("GET", "/scim/v2/{orgId}/Roles/{id}", Object::Role, none),
    row("POST", "/scim/v2/{orgId}/Roles/.search", Object::Nothing, search),
    row("GET", "/scim/v2/{orgId}/Entitlements", Object::Nothing, none),
    row(
        "GET",
        "/scim/v2/{orgId}/Entitlements/{id}",
        Object::Entitlement,
        none,
    ),
    row(
        "POST",
        "/scim/v2/{orgId}/Entitlements/.search",
        Object::Nothing,
        search,
    ),
    row(
        "GET",
        "/scim/v2/{orgId}/ServiceProviderConfig",
        Object::Nothing,
        none,
    ),
    row("GET", "/scim/v2/{orgId}/ResourceTypes", Object::Nothing, none),
    row(
        "GET",
        "/scim/v2/{orgId}/ResourceTypes/{name}",
        Object::Nothing,
        none,
    ),
    row("GET", "/scim/v2/{orgId}/Schemas", Object::Nothing, none),
    row("GET", "/scim/v2/{orgId}/Schemas/{urn}", Object::Nothing, none),
    row("POST", "/scim/v2/{orgId}/.search", Object::Nothing, search),
    row("POST", "/scim/v2/{orgId}/Users/.search", Object::Nothing, search),
    row("POST", "/scim/v2/{orgId}/Groups/.search", Object::Nothing, search),
    row("POST", "/scim/v2/{orgId}/Bulk", Object::Nothing, bulk),
    row("GET", "/scim/v2/{orgId}/Me", Object::Nothing, none),
    row("HEAD", "/scim/v2/{orgId}/Me", Object::Nothing, none),
    row("POST", "/scim/v2/{orgId}/Me", Object::Nothing, new_user),
    row("PUT", "/scim/v2/{orgId}/Me", Object::Nothing, new_user),
    row("PATCH", "/scim/v2/{orgId}/Me", Object::Nothing, user_patch),
    row("DELETE", "/scim/v2/{orgId}/Me", Object::Nothing, none),
    row("OPTIONS", "/scim/v2/{orgId}/Me", Object::Nothing, none),
];

impl Row {
    /// Whether the route belongs to an organization.
    pub(crate) fn is_of_an_org(&self) -> bool {
        self.path.contains("{orgId}")
    }

    /// Sends the row's request, with these texts in its path.
    pub(crate) async fn send(
        &self,
        gateway: &TestGateway,
        org: &str,
        id: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let path = self
            .path
            .replace("{orgId}", org)
            .replace("{id}", id)
            .replace("{name}", "User")
            .replace("{urn}", USER);
        let mut headers = headers.to_vec();
        let body = match (self.body)() {
            Value::Null => None,
            Value::String(form) => {
                headers.push(("Content-Type", "application/x-www-form-urlencoded"));
                Some(form)
            }
            body => Some(body.to_string()),
        };
        gateway
            .call(
                self.method,
                &path,
                token,
                &headers,
                body.as_deref().map(str::as_bytes),
            )
            .await
    }
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let known: BTreeSet<String> = routes()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let tested: BTreeSet<String> = ROWS
        .iter()
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    let untested: Vec<_> = known.difference(&tested).collect();
    let gone: Vec<_> = tested.difference(&known).collect();
    assert!(
        untested.is_empty() && gone.is_empty(),
        "routes without a row: {untested:?}; rows without a route: {gone:?}"
    );
    assert_eq!(tested.len(), ROWS.len(), "a row is there twice");
}
