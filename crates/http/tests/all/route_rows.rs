//! One row for each route: what its path names and a request that the right caller is served. Isolation and permissions
//! are tested over these rows, and a route without one fails by name.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wicketgate_http::routes;
use wicketgate_scim::{
    message::{BULK_REQUEST, PATCH_OP, SEARCH_REQUEST},
    schema::{GROUP, USER},
};

use crate::harness::{Answer, SCHEMA, TestGateway};

/// An id that was never given out.
pub(crate) const UNKNOWN: &str = "0193d8a4-9b7e-7c3d-8f21-5a6b7c8d9e0f";

/// What stands for `{id}` in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Nothing,
    User,
    Group,
    /// A user that no identity provider manages.
    ReleasedUser,
    /// A user that was deleted and can be restored.
    DeletedUser,
    /// A group that no identity provider manages.
    ReleasedGroup,
    Role,
    Entitlement,
    ServiceUser,
    Token,
    /// A token that is being rotated.
    RotatedToken,
    Client,
    /// A secret of a client: both ids, with a slash between them.
    Secret,
    Grant,
    Account,
    Invitation,
    IdentityProvider,
    /// An extension schema, by its URN.
    Schema,
    /// A row of the provisioning log.
    LogRow,
}

impl Object {
    /// Every kind.
    pub(crate) const ALL: [Self; 18] = [
        Self::User,
        Self::Group,
        Self::ReleasedUser,
        Self::DeletedUser,
        Self::ReleasedGroup,
        Self::Role,
        Self::Entitlement,
        Self::ServiceUser,
        Self::Token,
        Self::RotatedToken,
        Self::Client,
        Self::Secret,
        Self::Grant,
        Self::Account,
        Self::Invitation,
        Self::IdentityProvider,
        Self::Schema,
        Self::LogRow,
    ];

    /// What it is, whatever has happened to it.
    pub(crate) const fn kind(self) -> Self {
        match self {
            Self::ReleasedUser | Self::DeletedUser => Self::User,
            Self::ReleasedGroup => Self::Group,
            Self::RotatedToken => Self::Token,
            // A path of the client alone finds it by both ids too.
            Self::Secret => Self::Client,
            other => other,
        }
    }
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

fn empty() -> Value {
    json!({})
}

/// An address for each organization: failures are counted by address.
fn sign_in() -> Value {
    json!({"email": "SERVICE_USER@example.com", "password": "wrong"})
}

fn email() -> Value {
    json!({"email": "new@example.com"})
}

fn invitation() -> Value {
    json!({"email": "new@example.com", "role": "org_viewer"})
}

fn name() -> Value {
    json!({"name": "New"})
}

fn settings() -> Value {
    json!({"settings": {"graceDays": 14}})
}

fn new_service_user() -> Value {
    json!({"name": "New", "role": "org_user_reader"})
}

/// `SERVICE_USER` is replaced by the id of one of the organization.
fn new_token() -> Value {
    json!({"serviceUserId": "SERVICE_USER", "name": "New", "expiresIn": 3600})
}

fn new_client() -> Value {
    json!({"serviceUserId": "SERVICE_USER", "name": "New", "authentication": "client_secret"})
}

fn account_role() -> Value {
    json!({"role": "org_owner"})
}

fn provider() -> Value {
    json!({"issuer": "https://id.example.com", "name": "New", "clientId": "c", "clientSecret": "s"})
}

fn schema() -> Value {
    let attribute = json!({"name": "tail", "type": "string", "multiValued": false});
    let definition = json!({"id": SCHEMA, "name": "Plane", "attributes": [attribute]});
    json!({"resourceType": "User", "definition": definition})
}

fn entitlement() -> Value {
    json!({"displayName": "New"})
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
    row("GET", "/admin/v1/openapi.json", Object::Nothing, none),
    row("POST", "/admin/v1/sessions", Object::Nothing, sign_in),
    row("GET", "/admin/v1/sessions/current", Object::Nothing, none),
    row("DELETE", "/admin/v1/sessions/current", Object::Nothing, none),
    row("GET", "/admin/v1/roles", Object::Nothing, none),
    row("POST", "/admin/v1/operators/invitations", Object::Nothing, email),
    row("GET", "/admin/v1/orgs", Object::Nothing, none),
    row("POST", "/admin/v1/orgs", Object::Nothing, name),
    row("GET", "/admin/v1/orgs/{orgId}", Object::Nothing, none),
    row("PATCH", "/admin/v1/orgs/{orgId}", Object::Nothing, settings),
    row("DELETE", "/admin/v1/orgs/{orgId}", Object::Nothing, none),
    row("POST", "/admin/v1/orgs/{orgId}/pause", Object::Nothing, none),
    row("POST", "/admin/v1/orgs/{orgId}/resume", Object::Nothing, none),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/service-users",
        Object::Nothing,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/service-users",
        Object::Nothing,
        new_service_user,
    ),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/service-users/{id}",
        Object::ServiceUser,
        none,
    ),
    row(
        "PATCH",
        "/admin/v1/orgs/{orgId}/service-users/{id}",
        Object::ServiceUser,
        name,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/service-users/{id}/revoke-credentials",
        Object::ServiceUser,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/tokens", Object::Nothing, none),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/tokens",
        Object::Nothing,
        new_token,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/tokens/{id}", Object::Token, none),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/tokens/{id}",
        Object::Token,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/tokens/{id}/rotation",
        Object::Token,
        empty,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/tokens/{id}/rotation/complete",
        Object::RotatedToken,
        none,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/tokens/{id}/rotation",
        Object::RotatedToken,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/clients", Object::Nothing, none),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/clients",
        Object::Nothing,
        new_client,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/clients/{id}", Object::Client, none),
    row(
        "PATCH",
        "/admin/v1/orgs/{orgId}/clients/{id}",
        Object::Client,
        name,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/clients/{id}",
        Object::Client,
        none,
    ),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/clients/{id}/secrets",
        Object::Client,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/clients/{id}/secrets",
        Object::Client,
        empty,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/clients/{id}/secrets/{secretId}",
        Object::Secret,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/grants", Object::Nothing, none),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/grants/{id}",
        Object::Grant,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/accounts", Object::Nothing, none),
    row(
        "PATCH",
        "/admin/v1/orgs/{orgId}/accounts/{id}",
        Object::Account,
        account_role,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/accounts/{id}",
        Object::Account,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/invitations", Object::Nothing, none),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/invitations",
        Object::Nothing,
        invitation,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/invitations/{id}",
        Object::Invitation,
        none,
    ),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/identity-providers",
        Object::Nothing,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/identity-providers",
        Object::Nothing,
        provider,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/identity-providers/{id}",
        Object::IdentityProvider,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/schemas", Object::Nothing, none),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/schemas/{urn}",
        Object::Schema,
        none,
    ),
    row(
        "PUT",
        "/admin/v1/orgs/{orgId}/schemas/{urn}",
        Object::Nothing,
        schema,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/schemas/{urn}",
        Object::Schema,
        none,
    ),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/entitlements",
        Object::Nothing,
        none,
    ),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/entitlements/{kind}/{id}",
        Object::Role,
        none,
    ),
    row(
        "PUT",
        "/admin/v1/orgs/{orgId}/entitlements/{kind}/{id}",
        Object::Nothing,
        entitlement,
    ),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/entitlements/{kind}/{id}",
        Object::Role,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/users", Object::Nothing, none),
    row("GET", "/admin/v1/orgs/{orgId}/users/{id}", Object::User, none),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/users/{id}",
        Object::ReleasedUser,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/users/{id}/deactivate",
        Object::ReleasedUser,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/users/{id}/reactivate",
        Object::ReleasedUser,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/users/{id}/release",
        Object::User,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/users/{id}/restore",
        Object::DeletedUser,
        none,
    ),
    row(
        "GET",
        "/admin/v1/orgs/{orgId}/deleted-users",
        Object::Nothing,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/groups", Object::Nothing, none),
    row("GET", "/admin/v1/orgs/{orgId}/groups/{id}", Object::Group, none),
    row(
        "DELETE",
        "/admin/v1/orgs/{orgId}/groups/{id}",
        Object::ReleasedGroup,
        none,
    ),
    row(
        "POST",
        "/admin/v1/orgs/{orgId}/groups/{id}/release",
        Object::Group,
        none,
    ),
    row("GET", "/admin/v1/orgs/{orgId}/audit", Object::Nothing, none),
    row("GET", "/admin/v1/orgs/{orgId}/log", Object::Nothing, none),
    row("GET", "/admin/v1/orgs/{orgId}/log/{id}", Object::LogRow, none),
    row("GET", "/admin/v1/orgs/{orgId}/log-export", Object::Nothing, none),
    row("GET", "/admin/v1/orgs/{orgId}/log-tail", Object::Nothing, none),
    row("POST", "/admin/v1/orgs/{orgId}/export", Object::Nothing, none),
];

impl Row {
    /// Whether the route belongs to an organization.
    pub(crate) fn is_of_an_org(&self) -> bool {
        self.path.contains("{orgId}")
    }

    /// Whether the route is one of the admin API.
    pub(crate) fn is_of_admin(&self) -> bool {
        self.path.starts_with("/admin/")
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
        self.send_naming(gateway, org, id, UNKNOWN, token, headers).await
    }

    /// The same, with the id of a service user in the body.
    pub(crate) async fn send_naming(
        &self,
        gateway: &TestGateway,
        org: &str,
        id: &str,
        service_user: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let (first, second) = id.split_once('/').unwrap_or((id, id));
        let urn = match self.object {
            Object::Schema => first,
            _ if self.is_of_admin() => SCHEMA,
            _ => USER,
        };
        let id = if self.object == Object::Nothing {
            "new"
        } else {
            first
        };
        let path = self
            .path
            .replace("{orgId}", org)
            .replace("{id}", id)
            .replace("{secretId}", second)
            .replace("{kind}", "role")
            .replace("{name}", "User")
            .replace("{urn}", urn);
        let is_deletion = self.method == "DELETE" && self.path.ends_with("{orgId}");
        let path = path + if is_deletion { "?withoutExport=true" } else { "" };
        let mut headers = headers.to_vec();
        if self.is_of_admin() {
            headers.push(("Content-Type", "application/json"));
        }
        let body = match (self.body)() {
            Value::Null => None,
            Value::String(form) => {
                headers.push(("Content-Type", "application/x-www-form-urlencoded"));
                Some(form)
            }
            body => Some(body.to_string().replace("SERVICE_USER", service_user)),
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
