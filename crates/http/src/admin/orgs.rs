//! Organizations: an operator's list of them, and each by itself.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::{OrgId, OrgState};
use wicketgate_domain::{ExportFirst, Operator, Organization};

use super::{
    Answer, Call, Http, Org,
    once::Begun,
    openapi::{Doc, Parameter, body, shape},
    page, reply,
    settings::ShownSettings,
    time,
};

pub(super) const TAG: &str = "Organizations";
const WITHOUT_EXPORT: &str = "withoutExport";

/// An organization with its settings and totals.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Org)]
pub(super) struct ShownOrg {
    /// Its id, which is in every one of its URLs.
    id: String,
    /// Its name.
    name: String,
    /// Whether it is served: active, paused or deleted.
    #[schema(value_type = String)]
    state: &'static str,
    /// What identity providers are given.
    scim_base_url: String,
    /// How many users it has.
    users: i64,
    /// How many of them are active.
    active_users: i64,
    /// How many groups it has.
    groups: i64,
    /// When it was created.
    created_at: String,
    /// What it has chosen.
    pub(super) settings: ShownSettings,
}

impl ShownOrg {
    pub(super) fn new(organization: &Organization, http: &Http) -> Self {
        Self {
            id: organization.id.to_string(),
            name: organization.name.clone(),
            state: match organization.state {
                OrgState::Active => "active",
                OrgState::Paused => "paused",
                OrgState::Deleted => "deleted",
            },
            scim_base_url: format!("{}/scim/v2/{}", http.surface.public_url, organization.id),
            users: organization.users,
            active_users: organization.active_users,
            groups: organization.groups,
            created_at: time(organization.created),
            settings: ShownSettings::new(&organization.settings),
        }
    }
}

/// An organization to create.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewOrg {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

pub(super) const LIST: Doc = Doc::list(
    "listOrgs",
    TAG,
    "All organizations, the oldest first. For operators.",
    shape::<ShownOrg>,
);

/// `GET /admin/v1/orgs`.
pub(super) async fn list(call: Call<Operator>) -> Answer {
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    page::by_key(
        &call.http,
        &query,
        async |after: Option<OrgId>, limit| call.door.orgs_page(after, limit).await,
        |organization| organization.id.to_string(),
        |organization| ShownOrg::new(&organization, &call.http),
    )
    .await
}

pub(super) const CREATE: Doc = Doc::creation(
    "createOrg",
    TAG,
    "Create an organization. For operators.",
    body::<NewOrg>,
    shape::<ShownOrg>,
);

/// `POST /admin/v1/orgs`.
pub(super) async fn create(mut call: Call<Operator>) -> Answer {
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let name = fields.text("name");
    let name = fields.finish(name)?;
    let organization = call.door.create_org(&name).await?;
    let location = call.http.link(organization.id, "");
    let shown = ShownOrg::new(&organization, &call.http);
    call.created(Some(location), &shown).await
}

pub(super) const GET: Doc = Doc::get(
    "getOrg",
    TAG,
    "The organization with its settings and totals.",
    shape::<ShownOrg>,
)
.tagged();

/// `GET /admin/v1/orgs/{orgId}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let organization = call.door.viewer()?.show().await?;
    let shown = ShownOrg::new(&organization, &call.http);
    reply::tagged(&shown, &shown.settings)
}

pub(super) const PAUSE: Doc = Doc::act(
    "pauseOrg",
    TAG,
    "Pause the organization: its identity providers are told to try again later. For operators with a recent sign-in.",
)
.or(&[400]);

/// `POST /admin/v1/orgs/{orgId}/pause`.
pub(super) async fn pause(call: Call<Org>) -> Answer {
    call.door.owner()?.pause().await?;
    Ok(reply::done())
}

pub(super) const RESUME: Doc = Doc::act(
    "resumeOrg",
    TAG,
    "Serve a paused or deleted organization again. For operators with a recent sign-in.",
);

/// `POST /admin/v1/orgs/{orgId}/resume`.
pub(super) async fn resume(call: Call<Org>) -> Answer {
    call.door.owner()?.resume().await?;
    Ok(reply::done())
}

pub(super) const DELETE: Doc = Doc::act(
    "deleteOrg",
    TAG,
    "Delete the organization: no credential of it is accepted any more. It can be resumed for 30 days, and is purged after \
     that. It must have been exported within the last 24 hours. For operators with a recent sign-in.",
)
.with_query(&[Parameter {
    name: WITHOUT_EXPORT,
    description: "Whether no export is wanted.",
    schema: || serde_json::json!({"type": "boolean", "default": false}),
}]);

/// `DELETE /admin/v1/orgs/{orgId}`.
pub(super) async fn delete(call: Call<(Operator, OrgId)>) -> Answer {
    let query = call.http.query(&[WITHOUT_EXPORT])?;
    let export = match query.parsed(WITHOUT_EXPORT, "write true or false")? {
        Some(true) => ExportFirst::NotWanted,
        Some(false) | None => ExportFirst::Required,
    };
    let (operator, org) = call.door;
    operator.delete_org(org, export).await?;
    Ok(reply::done())
}
