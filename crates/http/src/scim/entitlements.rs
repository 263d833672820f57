//! The endpoints `/Roles` and `/Entitlements`: what the organization offers, for identity providers that discover it.
//! They are there only while the organization offers a value, and nothing is changed through them.

use std::sync::Arc;

use wicketgate_domain::{Entitlement, EntitlementKind, Query};
use wicketgate_scim::{
    Mode, Object, filter,
    resource::{Meta, render},
    schema::{ResourceType, is_same_name},
    sort,
};

use super::{Answer, Call, conditions::Tag, reply::Reply};

/// The resource type of a kind.
pub(super) fn resource_type(kind: EntitlementKind) -> Arc<ResourceType> {
    match kind {
        EntitlementKind::Role => ResourceType::role(),
        EntitlementKind::Entitlement => ResourceType::entitlement(),
    }
}

/// The kind whose endpoint a path below the organization's begins with.
pub(super) fn kind(segments: &[String], mode: Mode) -> Option<EntitlementKind> {
    let first = segments.first()?;
    EntitlementKind::ALL.into_iter().find(|kind| {
        let rt = resource_type(*kind);
        let endpoint = rt.endpoint.trim_start_matches('/');
        endpoint == first || (mode.is_tolerant() && is_same_name(endpoint, first))
    })
}

/// `GET /Roles`.
pub(crate) async fn list_roles(call: Call) -> Answer {
    list(&call, EntitlementKind::Role).await
}

/// `POST /Roles/.search`.
pub(crate) async fn search_roles(call: Call) -> Answer {
    search(&call, EntitlementKind::Role).await
}

/// `GET /Roles/{id}`.
pub(crate) async fn get_role(call: Call) -> Answer {
    get(&call, EntitlementKind::Role).await
}

/// `GET /Entitlements`.
pub(crate) async fn list_entitlements(call: Call) -> Answer {
    list(&call, EntitlementKind::Entitlement).await
}

/// `POST /Entitlements/.search`.
pub(crate) async fn search_entitlements(call: Call) -> Answer {
    search(&call, EntitlementKind::Entitlement).await
}

/// `GET /Entitlements/{id}`.
pub(crate) async fn get_entitlement(call: Call) -> Answer {
    get(&call, EntitlementKind::Entitlement).await
}

async fn list(call: &Call, kind: EntitlementKind) -> Answer {
    let rt = resource_type(kind);
    let reply = Reply::new(call, &rt)?;
    page(call, kind, &rt, &reply).await
}

async fn search(call: &Call, kind: EntitlementKind) -> Answer {
    let rt = resource_type(kind);
    let reply = Reply::to_search(call, &rt, call.search_body().await?)?;
    page(call, kind, &rt, &reply).await
}

async fn get(call: &Call, kind: EntitlementKind) -> Answer {
    let rt = resource_type(kind);
    let reply = Reply::new(call, &rt)?;
    let value = call.org.entitlements().get(kind, &call.target).await?;
    let (tag, location) = (tag(&value), location(call, &rt, &value));
    let resource = resource(call, &rt, value);
    reply.rendered_or_unchanged(call, tag, location, resource)
}

async fn page(call: &Call, kind: EntitlementKind, rt: &ResourceType, reply: &Reply) -> Answer {
    let query = reply.page("")?;
    call.record.asked(query.filter.as_ref());
    let values = call.org.entitlements();
    let resources = values.list(kind).await?.into_iter();
    let resources = resources.map(|value| resource(call, rt, value)).collect();
    let found = select(rt, &query, resources);
    let page = values.page(kind, &query, found)?;
    call.record.found_many(page.total);
    reply.rendered(page)
}

/// Those that match, in the order that is asked for. An organization offers few: they are looked at one by one.
fn select(rt: &ResourceType, query: &Query, resources: Vec<Object>) -> Vec<Object> {
    let mut found: Vec<Object> = match &query.filter {
        None => resources,
        Some(filter) => resources
            .into_iter()
            .filter(|resource| filter::matches(rt, filter, resource))
            .collect(),
    };
    if let Some(order) = &query.sort {
        found.sort_by(|a, b| sort::compare(rt, order, a, b));
    }
    found
}

fn tag(value: &Entitlement) -> Tag {
    Tag::of_version(value.last_modified.as_millisecond())
}

fn location(call: &Call, rt: &ResourceType, value: &Entitlement) -> String {
    // An id has only characters that stand in a path as they are.
    format!("{}{}/{}", call.links().base(), rt.endpoint, value.id)
}

fn resource(call: &Call, rt: &ResourceType, value: Entitlement) -> Object {
    let meta = Meta {
        id: &value.id,
        location: location(call, rt, &value),
        version: tag(&value).to_string(),
        created: value.created,
        last_modified: value.last_modified,
    };
    let mut attributes = Object::new();
    attributes.insert("displayName".to_owned(), value.display_name.into());
    if value.kind == EntitlementKind::Entitlement {
        attributes.insert("type".to_owned(), rt.name.as_str().into());
    }
    if let Some(description) = value.description {
        attributes.insert("description".to_owned(), description.into());
    }
    render(rt, attributes, Object::new(), &meta)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_the_kind_whose_endpoint_it_begins_with() {
        let kind = |path: &str, mode| {
            let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
            kind(&segments, mode).map(EntitlementKind::as_str)
        };
        assert_eq!(kind("Roles", Mode::Strict), Some("role"));
        assert_eq!(kind("Entitlements/a/b", Mode::Strict), Some("entitlement"));
        assert_eq!(kind("roles/a", Mode::Tolerant), Some("role"));
        for path in ["", "roles", "Users", "Role", "Roles2", "x/Roles"] {
            assert_eq!(kind(path, Mode::Strict), None, "{path}");
        }
    }
}
