//! Extension schemas that an organization defines for itself.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wicketgate_domain::{Extended, ExtensionSchema};
use wicketgate_scim::Object;

use super::{
    Answer, Call, Org,
    error::Error,
    fields::parsed,
    openapi::{Doc, body, shape},
    page, reply, time,
};

const TAG: &str = "Schemas";

/// An extension schema.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExtensionSchema)]
struct Shown {
    /// Its URN.
    urn: String,
    /// What it extends: User or Group.
    #[schema(value_type = String)]
    resource_type: &'static str,
    /// Whether every resource must have it.
    required: bool,
    /// Whether a definition still waits for resources to be derived by it: defining it again finishes it.
    unfinished: bool,
    /// When it was defined first.
    created_at: String,
    /// When its definition last changed.
    last_modified: String,
    /// The Schema resource (RFC 7643 §7).
    #[schema(value_type = Object)]
    definition: Object,
}

impl Shown {
    fn new(schema: &ExtensionSchema) -> Self {
        Self {
            urn: schema.schema.id.clone(),
            resource_type: schema.resource_type.as_str(),
            required: schema.required,
            unfinished: schema.unfinished,
            created_at: time(schema.created),
            last_modified: time(schema.last_modified),
            definition: schema.definition(),
        }
    }
}

/// What can be extended.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a word")]
enum ResourceTypeWord {
    User,
    Group,
}

/// An extension schema to define.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct SchemaDefinition {
    resource_type: ResourceTypeWord,
    /// Whether every resource must have it; false where it is left out.
    #[schema(nullable = false)]
    required: Option<bool>,
    /// The Schema resource (RFC 7643 §7). Its id is the URN in the path.
    #[schema(value_type = Object)]
    definition: Value,
}

pub(super) const LIST: Doc = Doc::list(
    "listSchemas",
    TAG,
    "The extension schemas that the organization has defined, the oldest first.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/schemas`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    let schemas = owner.schemas().list().await?;
    let shown: Vec<Shown> = schemas.iter().map(Shown::new).collect();
    page::of_all(&call.http, &query, &shown, |schema| schema.urn.clone())
}

pub(super) const GET: Doc = Doc::get("getSchema", TAG, "An extension schema.", shape::<Shown>);

/// `GET /admin/v1/orgs/{orgId}/schemas/{urn}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    reply::json(&Shown::new(&owner.schemas().get(call.http.target(0)).await?))
}

pub(super) const DEFINE: Doc = Doc::change(
    "defineSchema",
    TAG,
    "Define an extension schema, or change its definition. Doing it twice changes nothing.",
    body::<SchemaDefinition>,
    shape::<Shown>,
);

/// `PUT /admin/v1/orgs/{orgId}/schemas/{urn}`.
pub(super) async fn define(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let mut fields = call.http.fields().await?;
    let extended = fields.parsed::<Extended>("resourceType", "write User or Group");
    let required = fields.optional("required", "write true or false", Value::as_bool);
    let object = |value: &Value| value.as_object().cloned();
    let definition = fields.needed("definition", "write a Schema resource", object);
    let (extended, definition) = fields.finish(extended.zip(definition))?;
    let urn = call.http.target(0);
    let id: Option<String> = definition.get("id").and_then(parsed);
    if !id.is_some_and(|id| id.eq_ignore_ascii_case(urn)) {
        return Err(Error::field(
            "definition.id",
            format!("write the URN of the path: {urn}"),
        ));
    }
    let defined = owner
        .schemas()
        .define(extended, required.unwrap_or(false), &definition)
        .await?;
    reply::json(&Shown::new(&defined))
}

pub(super) const REMOVE: Doc = Doc::act(
    "removeSchema",
    TAG,
    "Remove an extension schema. What resources hold under its URN stays.",
);

/// `DELETE /admin/v1/orgs/{orgId}/schemas/{urn}`.
pub(super) async fn remove(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let schemas = owner.schemas();
    // Only what is there: not every database takes every text.
    let urn = schemas.get(call.http.target(0)).await?.schema.id;
    schemas.remove(&urn).await?;
    Ok(reply::done())
}
