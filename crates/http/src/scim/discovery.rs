//! The discovery endpoints of RFC 7644 §4: what this surface can do, said truthfully. They show everything, whatever
//! the query says, but refuse to filter.

use std::sync::Arc;

use serde_json::Value;
use wicketgate_domain::{DEFAULT_COUNT, MAX_COUNT};
use wicketgate_scim::{
    discovery::{self, Capabilities},
    message::{Place, list_response},
    schema::ResourceType,
};

use super::{Answer, Call, entitlements, error::Error, media, reply::document};

/// What the other files of this module do. Whoever teaches them more says so here.
fn capabilities(call: &Call) -> Capabilities {
    let limits = &call.surface.limits;
    let number = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
    Capabilities {
        filter_max_results: MAX_COUNT.into(),
        bulk: Some((number(limits.bulk_operations), number(limits.group_body))),
        sort: true,
        etag: true,
        patch: true,
        cursor: true,
        default_page_size: DEFAULT_COUNT.into(),
        cursor_timeout: u32::try_from(call.org.cursor_life().as_secs()).ok(),
        documentation_uri: None,
    }
}

/// The resource types of the organization, as nobody else sees them: roles and entitlements only where it offers some.
async fn types(call: &Call) -> Result<Vec<Arc<ResourceType>>, Error> {
    let mut types = vec![
        Arc::clone(call.org.user_type()),
        Arc::clone(call.org.group_type()),
    ];
    let offered = call.org.entitlements().kinds().await?;
    types.extend(offered.into_iter().map(entitlements::resource_type));
    Ok(types)
}

/// The media type of the answer, once the request is known not to filter.
fn accepted(call: &Call) -> Result<&'static str, Error> {
    let media_type = media::accepted(call.request.headers())?;
    if call.parameters()?.has_filter() {
        Err(Error::DiscoveryFilter)
    } else {
        Ok(media_type)
    }
}

/// `GET /ServiceProviderConfig`.
pub(crate) async fn service_provider_config(call: Call) -> Answer {
    let media_type = accepted(&call)?;
    document(
        media_type,
        &discovery::service_provider_config(call.links().base(), &capabilities(&call)),
    )
}

/// `GET /ResourceTypes`.
pub(crate) async fn resource_types(call: Call) -> Answer {
    let media_type = accepted(&call)?;
    list(
        media_type,
        discovery::resource_types(call.links().base(), &types(&call).await?),
    )
}

/// `GET /ResourceTypes/{name}`.
pub(crate) async fn resource_type(call: Call) -> Answer {
    let media_type = accepted(&call)?;
    one(
        media_type,
        &discovery::resource_types(call.links().base(), &types(&call).await?),
        &call.target,
    )
}

/// `GET /Schemas`.
pub(crate) async fn schemas(call: Call) -> Answer {
    let media_type = accepted(&call)?;
    list(
        media_type,
        discovery::schemas(call.links().base(), &types(&call).await?),
    )
}

/// `GET /Schemas/{urn}`.
pub(crate) async fn schema(call: Call) -> Answer {
    let media_type = accepted(&call)?;
    one(
        media_type,
        &discovery::schemas(call.links().base(), &types(&call).await?),
        &call.target,
    )
}

fn list(media_type: &'static str, documents: Vec<Value>) -> Answer {
    let total = u64::try_from(documents.len()).unwrap_or(u64::MAX);
    let mut list = list_response(total, Place::Index(1), documents.len());
    if let Some(resources) = list.get_mut("Resources") {
        *resources = Value::Array(documents);
    }
    document(media_type, &list)
}

/// The document with this id. URNs and names are compared without regard to case.
fn one(media_type: &'static str, documents: &[Value], id: &str) -> Answer {
    let has_id = |document: &&Value| {
        document
            .get("id")
            .and_then(Value::as_str)
            .is_some_and(|known| known.eq_ignore_ascii_case(id))
    };
    document(media_type, documents.iter().find(has_id).ok_or(Error::NotFound)?)
}
