//! Service users: what identity providers act as.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wicketgate_auth::ServiceUserId;
use wicketgate_domain::{DEFAULT_DOMAIN, ServiceUser};

use super::{
    Answer, Call, Org,
    fields::{parsed, text},
    once::Begun,
    openapi::{Doc, body, shape},
    page,
    reply::{self, Condition},
    time,
};

const TAG: &str = "Service users";
pub(super) const ROLES: &str = "write org_owner, org_user_manager or org_user_reader";

/// A service user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServiceUser)]
struct Shown {
    /// Its id.
    id: String,
    /// Its name, unique in the organization without regard to case.
    name: String,
    /// What it may do.
    #[schema(value_type = String)]
    role: &'static str,
    /// Whose externalId it reads and writes.
    provisioning_domain: String,
    /// Whether its credentials are accepted.
    active: bool,
    /// When it was created.
    created_at: String,
}

impl Shown {
    fn new(service_user: ServiceUser) -> Self {
        Self {
            id: service_user.id.to_string(),
            name: service_user.name,
            role: service_user.role.as_str(),
            provisioning_domain: service_user.provisioning_domain,
            active: service_user.active,
            created_at: time(service_user.created),
        }
    }
}

/// What a service user may do.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a word")]
#[expect(clippy::enum_variant_names, reason = "the words of the roles")]
enum ServiceUserRole {
    OrgOwner,
    OrgUserManager,
    OrgUserReader,
}

/// A service user to create.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewServiceUser {
    /// Its name, unique in the organization without regard to case.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    role: ServiceUserRole,
    /// Whose externalId it reads and writes; default where it is left out.
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9_.:-]+$",
        nullable = false
    )]
    provisioning_domain: Option<String>,
}

/// A change of a service user. What is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct ServiceUserPatch {
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    role: Option<ServiceUserRole>,
    /// Whether its credentials are accepted, from the next request on.
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// How many credentials were revoked.
#[derive(Serialize, ToSchema)]
struct Revoked {
    /// Those that were accepted until now.
    revoked: usize,
}

pub(super) const LIST: Doc = Doc::list(
    "listServiceUsers",
    TAG,
    "The organization's service users, the oldest first.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/service-users`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    page::by_key(
        &call.http,
        &query,
        async |after, limit| owner.service_users().page(after, limit).await,
        |service_user| service_user.id.to_string(),
        Shown::new,
    )
    .await
}

pub(super) const CREATE: Doc = Doc::creation(
    "createServiceUser",
    TAG,
    "Create a service user.",
    body::<NewServiceUser>,
    shape::<Shown>,
);

/// `POST /admin/v1/orgs/{orgId}/service-users`.
pub(super) async fn create(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let name = fields.text("name");
    let role = fields.parsed("role", ROLES);
    let domain = fields.optional("provisioningDomain", "write a text, or leave it out", text);
    let (name, role) = fields.finish(name.zip(role))?;
    let domain = domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
    let created = call
        .door
        .owner()?
        .service_users()
        .create(&name, role, domain)
        .await?;
    let location = call
        .http
        .link(call.door.id(), &format!("/service-users/{}", created.id));
    call.created(Some(location), &Shown::new(created)).await
}

pub(super) const GET: Doc = Doc::get("getServiceUser", TAG, "A service user.", shape::<Shown>).tagged();

/// `GET /admin/v1/orgs/{orgId}/service-users/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let shown = Shown::new(owner.service_users().get(call.http.id(0)?).await?);
    reply::tagged(&shown, &shown)
}

pub(super) const PATCH: Doc = Doc::change(
    "updateServiceUser",
    TAG,
    "Change the name, the role or the state of a service user, by JSON merge patch.",
    body::<ServiceUserPatch>,
    shape::<Shown>,
)
.conditional()
.or(&[409]);

/// `PATCH /admin/v1/orgs/{orgId}/service-users/{id}`.
pub(super) async fn patch(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let id: ServiceUserId = call.http.id(0)?;
    let condition = Condition::read(call.http.request.headers());
    let mut fields = call.http.fields().await?;
    let name = fields.optional("name", "write a text", text);
    let role = fields.optional("role", ROLES, parsed);
    let active = fields.optional("active", "write true or false", Value::as_bool);
    fields.finish(Some(()))?;
    let changed = owner
        .service_users()
        .change(id, move |service_user| {
            condition.check(&Shown::new(service_user.clone()))?;
            if let Some(name) = &name {
                service_user.name.clone_from(name);
            }
            service_user.role = role.unwrap_or(service_user.role);
            service_user.active = active.unwrap_or(service_user.active);
            Ok(())
        })
        .await?;
    let shown = Shown::new(changed);
    reply::tagged(&shown, &shown)
}

pub(super) const REVOKE_ALL: Doc = Doc::get(
    "revokeServiceUserCredentials",
    TAG,
    "Revoke every credential of a service user: its tokens, the secrets of its clients and what was issued to them.",
    shape::<Revoked>,
);

/// `POST /admin/v1/orgs/{orgId}/service-users/{id}/revoke-credentials`.
pub(super) async fn revoke_all(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let revoked = owner.service_users().revoke_all(call.http.id(0)?).await?;
    reply::json(&Revoked { revoked })
}
