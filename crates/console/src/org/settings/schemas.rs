//! What users and groups of an organization have beyond the standard, to look at.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{Entitlement, EntitlementKind, ExtensionSchema};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::enter,
    page::{Frame, Moment, Section},
};

#[derive(Template)]
#[template(path = "settings/schemas.html")]
struct Page<'a> {
    frame: Frame<'a>,
    settings: String,
    schemas: Vec<SchemaRow>,
    entitlements: Vec<EntitlementRow>,
}

struct SchemaRow {
    urn: String,
    name: String,
    of: &'static str,
    attributes: String,
    changed: Moment,
}

impl SchemaRow {
    fn new(found: &ExtensionSchema) -> Self {
        let names: Vec<&str> = found
            .schema
            .attributes
            .iter()
            .map(|attribute| attribute.name.as_ref())
            .collect();
        Self {
            attributes: names.join(", "),
            of: found.resource_type.as_str(),
            changed: Moment(found.last_modified),
            urn: found.schema.id.clone(),
            name: found.schema.name.clone(),
        }
    }
}

struct EntitlementRow {
    kind: &'static str,
    id: String,
    name: String,
    description: String,
}

impl EntitlementRow {
    fn new(found: Entitlement) -> Self {
        Self {
            kind: match found.kind {
                EntitlementKind::Role => "Role",
                EntitlementKind::Entitlement => "Entitlement",
            },
            id: found.id,
            name: found.display_name,
            description: found.description.unwrap_or_default(),
        }
    }
}

/// `GET /console/orgs/{orgId}/settings/schemas`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let schemas = owner.schemas().list().await?;
    let entitlements = owner.entitlements().list().await?;
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Settings),
        settings: entered.path("/settings"),
        schemas: schemas.iter().map(SchemaRow::new).collect(),
        entitlements: entitlements.into_iter().map(EntitlementRow::new).collect(),
    })
}
