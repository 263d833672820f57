//! Schemas and resource types of RFC 7643 §6 and §7, data-driven: nothing else in the workspace knows an attribute by
//! heart that is not looked up here.

mod attribute;
mod build;
mod common;
pub mod definition;
mod document;
mod enterprise_user;
mod entitlement;
mod group;
mod user;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

pub use attribute::{Attribute, Mutability, Returned, Type, Uniqueness};
pub use common::common;
pub(crate) use document::{Detail, document};

/// The URN of the core User schema.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The URN of the core Group schema.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The URN of the enterprise User extension.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The URN of Okta's Role schema.
pub const ROLE: &str = "urn:okta:scim:schemas:core:1.0:Role";
/// The URN of Okta's Entitlement schema.
pub const ENTITLEMENT: &str = "urn:okta:scim:schemas:core:1.0:Entitlement";

/// The one attribute whose values are kept apart from their resource: they are rows, and may be many.
pub const MEMBERS: &str = "members";

/// A schema: a URN and its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The URN, as spelled in `schemas`.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// What it describes.
    pub description: String,
    /// Top-level attributes, in the order in which they are returned.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// What follows this schema's URN and a colon in `key`: `department` in the fully qualified name of that attribute.
    pub fn unqualified<'k>(&self, key: &'k str) -> Option<&'k str> {
        let (urn, rest) = key.split_at_checked(self.id.len())?;
        if urn.eq_ignore_ascii_case(&self.id) {
            rest.strip_prefix(':')
        } else {
            None
        }
    }

    /// A top-level attribute by name, without regard to case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| is_same_name(&attribute.name, name))
    }
}

/// An extension of a resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The extension's schema.
    pub schema: Schema,
    /// Whether each resource must carry it.
    pub required: bool,
}

/// A resource type: a base schema, its extensions and an endpoint (RFC 7643 §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// `User`; also the value of `meta.resourceType`.
    pub name: String,
    /// `/Users`, relative to the organization's base URL.
    pub endpoint: String,
    /// What it describes.
    pub description: String,
    /// The base schema. The common attributes `externalId`, `id`, `meta`, `schemas` are not in it: see [`common()`].
    pub schema: Schema,
    /// Extensions.
    pub extensions: Vec<Extension>,
}

/// Where an attribute path leads. The one lookup that filters, PATCH, projection and sorting use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// The canonical URN of the extension that has the attribute; `None` for core and common attributes.
    pub extension: Option<&'a str>,
    /// The top-level attribute.
    pub attribute: &'a Attribute,
    /// The sub-attribute, when the path names one.
    pub sub: Option<&'a Attribute>,
}

impl<'a> Target<'a> {
    /// The attribute the path ends at: the sub-attribute when there is one.
    pub fn leaf(&self) -> &'a Attribute {
        self.sub.unwrap_or(self.attribute)
    }
}

impl ResourceType {
    /// User, with the enterprise extension. All callers share one value.
    pub fn user() -> Arc<Self> {
        static USER_TYPE: OnceLock<Arc<ResourceType>> = OnceLock::new();
        let built = USER_TYPE.get_or_init(|| {
            Arc::new(Self {
                name: "User".to_owned(),
                endpoint: "/Users".to_owned(),
                description: "A person's account.".to_owned(),
                schema: user::schema(),
                extensions: vec![Extension {
                    schema: enterprise_user::schema(),
                    required: false,
                }],
            })
        });
        Arc::clone(built)
    }

    /// Group. All callers share one value.
    pub fn group() -> Arc<Self> {
        static GROUP_TYPE: OnceLock<Arc<ResourceType>> = OnceLock::new();
        let built = GROUP_TYPE.get_or_init(|| {
            Arc::new(Self {
                name: "Group".to_owned(),
                endpoint: "/Groups".to_owned(),
                description: "A set of users and groups.".to_owned(),
                schema: group::schema(),
                extensions: Vec::new(),
            })
        });
        Arc::clone(built)
    }

    /// Resolves `[urn:]name[.sub]` without regard to case. `None` means that there is no such attribute.
    ///
    /// The URN of the base schema is accepted and says nothing. An attribute of an extension is found only under the
    /// extension's URN.
    pub fn find(&self, urn: Option<&str>, name: &str, sub: Option<&str>) -> Option<Target<'_>> {
        let extension = match urn {
            None => None,
            Some(urn) if urn.eq_ignore_ascii_case(&self.schema.id) => None,
            Some(urn) => Some(&self.extension(urn)?.schema),
        };
        let attribute = match extension {
            Some(schema) => schema.attribute(name)?,
            None => self.schema.attribute(name).or_else(|| common(name))?,
        };
        let sub = match sub {
            Some(sub) => Some(attribute.sub_attribute(sub)?),
            None => None,
        };
        Some(Target {
            extension: extension.map(|schema| schema.id.as_str()),
            attribute,
            sub,
        })
    }

    /// This type with further extensions, behind those it has.
    #[must_use]
    pub fn extended(&self, extensions: impl IntoIterator<Item = Extension>) -> Self {
        let mut extended = self.clone();
        extended.extensions.extend(extensions);
        extended
    }

    /// The extension with this URN, without regard to case.
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions
            .iter()
            .find(|extension| extension.schema.id.eq_ignore_ascii_case(urn))
    }
}

/// Attribute names are compared without regard to ASCII case (RFC 7643 §2.1).
pub fn is_same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Whether a key is a URN, and so names an extension instead of a core attribute.
pub fn is_urn(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"))
}
