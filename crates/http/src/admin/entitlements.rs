//! The roles and entitlements that an organization offers, for identity providers that discover them.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_domain::{Entitlement, EntitlementKind};

use super::{
    Answer, Call, Http, Org,
    error::Error,
    fields::text,
    openapi::{Doc, Parameter, body, shape},
    page, reply, time,
};

const TAG: &str = "Entitlements";
const KIND: &str = "kind";

/// A role or entitlement that the organization offers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Entitlement)]
struct Shown {
    /// What kind of value it is: role or entitlement.
    #[schema(value_type = String)]
    kind: &'static str,
    /// What users are given as value.
    id: String,
    /// What people call it.
    display_name: String,
    /// What it is for.
    #[schema(required)]
    description: Option<String>,
    /// When it was defined.
    created_at: String,
    /// When it was last changed.
    last_modified: String,
}

impl Shown {
    fn new(value: Entitlement) -> Self {
        Self {
            kind: value.kind.as_str(),
            id: value.id,
            display_name: value.display_name,
            description: value.description,
            created_at: time(value.created),
            last_modified: time(value.last_modified),
        }
    }
}

/// What people are told of a value.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct EntitlementDefinition {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    display_name: String,
    /// What it is for.
    #[schema(max_length = 1000, nullable = false)]
    description: Option<String>,
}

/// The kind in the path; any other text is unknown.
fn kind(http: &Http) -> Result<EntitlementKind, Error> {
    let word = http.target(0);
    EntitlementKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or(Error::NotFound)
}

pub(super) const LIST: Doc = Doc::list(
    "listEntitlements",
    TAG,
    "What the organization offers: roles before entitlements, in the order of their ids.",
    shape::<Shown>,
)
.with_query(&[Parameter {
    name: KIND,
    description: "Only those of this kind.",
    schema: || serde_json::json!({"type": "string", "enum": ["role", "entitlement"]}),
}]);

/// `GET /admin/v1/orgs/{orgId}/entitlements`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR, KIND])?;
    let kind: Option<EntitlementKind> = query.parsed(KIND, "write role or entitlement")?;
    let values = owner.entitlements().list().await?.into_iter();
    let shown: Vec<Shown> = values
        .filter(|value| kind.is_none_or(|kind| value.kind == kind))
        .map(Shown::new)
        .collect();
    // An id is unique among both kinds.
    page::of_all(&call.http, &query, &shown, |value| value.id.clone())
}

pub(super) const GET: Doc = Doc::get(
    "getEntitlement",
    TAG,
    "A role or entitlement that the organization offers.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/entitlements/{kind}/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    call.door.owner()?;
    let value = call
        .door
        .entitlements()
        .get(kind(&call.http)?, call.http.target(1))
        .await?;
    reply::json(&Shown::new(value))
}

pub(super) const DEFINE: Doc = Doc::change(
    "defineEntitlement",
    TAG,
    "Offer a role or entitlement, or call it something else. Doing it twice changes nothing.",
    body::<EntitlementDefinition>,
    shape::<Shown>,
)
.or(&[409]);

/// `PUT /admin/v1/orgs/{orgId}/entitlements/{kind}/{id}`.
pub(super) async fn define(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let kind = kind(&call.http)?;
    let mut fields = call.http.fields().await?;
    let name = fields.text("displayName");
    let description = fields.optional("description", "write a text, or leave it out", text);
    let name = fields.finish(name)?;
    let defined = owner
        .entitlements()
        .define(kind, call.http.target(1), &name, description.as_deref())
        .await?;
    reply::json(&Shown::new(defined))
}

pub(super) const REMOVE: Doc = Doc::act(
    "removeEntitlement",
    TAG,
    "Offer a value no longer. Users who hold it keep it.",
);

/// `DELETE /admin/v1/orgs/{orgId}/entitlements/{kind}/{id}`.
pub(super) async fn remove(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let values = owner.entitlements();
    values.remove(kind(&call.http)?, call.http.target(1)).await?;
    Ok(reply::done())
}
