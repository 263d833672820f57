//! The roles there are, and what each may do.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::{Permission, Role};

use super::{
    Answer, Call,
    caller::Credential,
    openapi::{Doc, shape},
    page::listed,
    reply,
};

/// A role, and what it may do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Role)]
struct DescribedRole {
    /// The word for it.
    role: String,
    /// What people call it.
    display_name: String,
    /// Whether service users may have it.
    for_service_users: bool,
    /// Whether accounts may have it.
    for_accounts: bool,
    /// What it may do.
    may: Vec<String>,
}

/// All roles on one page.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Roles {
    /// The roles, from the largest to the smallest.
    items: Vec<DescribedRole>,
    /// Always null: there is one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

const fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::ReadDirectory => "read users and groups",
        Permission::WriteDirectory => "create, change and delete users and groups",
        Permission::ReadOrg => "read about the organization itself, without credentials",
        Permission::AdministerOrg => {
            "look after the organization: service users, credentials, accounts, settings"
        }
    }
}

pub(super) const LIST: Doc = Doc::get(
    "listRoles",
    "About",
    "The roles, and what each may do.",
    shape::<Roles>,
);

/// `GET /admin/v1/roles`.
pub(super) async fn list(call: Call<Credential>) -> Answer {
    // Whoever has a credential may know.
    drop(call);
    let roles = Role::ALL.map(|role| DescribedRole {
        role: role.as_str().to_owned(),
        display_name: role.display_name().to_owned(),
        for_service_users: Role::OF_SERVICE_USERS.contains(&role),
        for_accounts: Role::OF_ACCOUNTS.contains(&role),
        may: Permission::ALL
            .into_iter()
            .filter(|permission| role.may(*permission))
            .map(|permission| words(permission).to_owned())
            .collect(),
    });
    reply::json(&listed(
        &serde_json::to_value(roles).map_err(reply::unwritable)?,
        None,
    ))
}
