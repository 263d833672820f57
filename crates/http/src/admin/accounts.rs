//! The accounts that look after an organization.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::AccountId;
use wicketgate_domain::OrgAccount;

use super::{
    Answer, Call, Org,
    openapi::{Doc, body, shape},
    page, reply, time,
};

pub(super) const TAG: &str = "Accounts";
pub(super) const ROLES: &str = "write org_owner or org_viewer";

/// An account as the organization sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
struct Shown {
    /// Its id.
    id: String,
    /// Its e-mail address.
    email: String,
    /// What the person is called.
    display_name: String,
    /// What it is in the organization.
    #[schema(value_type = String)]
    role: &'static str,
    /// Since when it has had a role there.
    since: String,
}

impl Shown {
    fn new(account: OrgAccount) -> Self {
        Self {
            id: account.id.to_string(),
            email: account.email,
            display_name: account.display_name,
            role: account.role.as_str(),
            since: time(account.since),
        }
    }
}

/// What an account may be in an organization.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a word")]
pub(super) enum AccountRole {
    OrgOwner,
    OrgViewer,
}

/// A change of what an account is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct AccountPatch {
    role: AccountRole,
}

pub(super) const LIST: Doc = Doc::list(
    "listAccounts",
    TAG,
    "The accounts that have a role in the organization, the oldest first.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/accounts`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let viewer = call.door.viewer()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    let accounts = viewer.accounts().await?;
    let shown: Vec<Shown> = accounts.into_iter().map(Shown::new).collect();
    page::of_all(&call.http, &query, &shown, |account| account.id.clone())
}

pub(super) const PATCH: Doc = Doc::change(
    "updateAccount",
    TAG,
    "Change what an account is in the organization. Needs a recent sign-in.",
    body::<AccountPatch>,
    shape::<Shown>,
)
.or(&[409]);

/// `PATCH /admin/v1/orgs/{orgId}/accounts/{id}`.
pub(super) async fn patch(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    call.door.require_fresh()?;
    let id: AccountId = call.http.id(0)?;
    let mut fields = call.http.fields().await?;
    let role = fields.parsed("role", ROLES);
    let role = fields.finish(role)?;
    owner.accounts().set_role(id, role).await?;
    reply::json(&Shown::new(owner.accounts().get(id).await?))
}

pub(super) const REMOVE: Doc = Doc::act(
    "removeAccount",
    TAG,
    "Take an account its role: its next request finds the organization closed. Needs a recent sign-in.",
)
.or(&[409]);

/// `DELETE /admin/v1/orgs/{orgId}/accounts/{id}`.
pub(super) async fn remove(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner.accounts().remove(call.http.id(0)?).await?;
    Ok(reply::done())
}
