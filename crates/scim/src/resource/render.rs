//! A stored resource, rendered as an answer. It does not choose attributes: see [`projection`](crate::projection).

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Object, date,
    resource::order::{order_members, order_unknown, order_value},
    schema::{ResourceType, is_urn},
};

/// What the service provider knows about a resource (RFC 7643 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta<'a> {
    /// The resource's id.
    pub id: &'a str,
    /// Its URL.
    pub location: String,
    /// Its weak entity tag, `W/"…"`: the same as in the `ETag` header.
    pub version: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it was last changed.
    pub last_modified: Timestamp,
}

/// Renders a resource: `schemas`, `id`, `externalId`, core attributes in schema order, extensions, `meta`.
///
/// The order is the schema's at every depth, and by name where there is no schema, whatever the order of `stored`.
/// `computed` holds what the domain derives, such as `groups` or `members`. `schemas` names the base schema and each
/// extension that holds something.
pub fn render(rt: &ResourceType, stored: Object, computed: Object, meta: &Meta<'_>) -> Object {
    let mut members: Vec<(usize, String, Value)> = Vec::with_capacity(stored.len() + computed.len());
    for (key, mut value) in stored.into_iter().chain(computed) {
        if let Some(attribute) = rt.schema.attribute(&key) {
            order_value(attribute, &mut value);
        } else if let (Some(extension), Value::Object(container)) = (rt.extension(&key), &mut value) {
            order_members(&extension.schema.attributes, container);
        } else {
            order_unknown(&mut value);
        }
        members.push((rank(rt, &key), key, value));
    }
    members.sort_by(|(a, a_key, _), (b, b_key, _)| (a, a_key).cmp(&(b, b_key)));

    let mut schemas = vec![Value::String(rt.schema.id.clone())];
    for (_, key, _) in members.iter().filter(|(_, key, _)| is_urn(key)) {
        schemas.push(Value::String(key.clone()));
    }

    let mut resource = Object::with_capacity(members.len() + 3);
    resource.insert("schemas".to_owned(), Value::Array(schemas));
    resource.insert("id".to_owned(), Value::from(meta.id));
    for (_, key, value) in members {
        resource.insert(key, value);
    }
    resource.insert("meta".to_owned(), Value::Object(meta.object(&rt.name)));
    resource
}

/// The position of an attribute in the answer.
fn rank(rt: &ResourceType, key: &str) -> usize {
    if key == "externalId" {
        return 0;
    }
    let core = &rt.schema.attributes;
    if let Some(index) = core.iter().position(|attribute| attribute.name == key) {
        return 1 + index;
    }
    let extension = rt
        .extensions
        .iter()
        .position(|extension| extension.schema.id == key);
    1 + core.len() + extension.unwrap_or(rt.extensions.len())
}

impl Meta<'_> {
    fn object(&self, resource_type: &str) -> Object {
        Object::from_iter([
            ("resourceType".to_owned(), Value::from(resource_type)),
            ("created".to_owned(), Value::String(date::format(self.created))),
            (
                "lastModified".to_owned(),
                Value::String(date::format(self.last_modified)),
            ),
            ("location".to_owned(), Value::from(self.location.as_str())),
            ("version".to_owned(), Value::from(self.version.as_str())),
        ])
    }
}
