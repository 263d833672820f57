//! What users are looked up by, derived from the resource: columns of the row, and rows of `user_keys`.

use std::{borrow::Cow, collections::HashSet, fmt::Write as _};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wicketgate_scim::{
    Object,
    fold::fold,
    schema::{Attribute, ENTERPRISE_USER, ResourceType, Schema, Target},
};

/// The path under which e-mail addresses are looked up.
pub(crate) const EMAIL: &str = "emails.value";
/// The path under which the one primary e-mail address is looked up.
pub(crate) const PRIMARY_EMAIL: &str = "emails[primary].value";

/// Index entries have a bounded size on PostgreSQL; longer keys are cut here and told apart by a digest.
const LONGEST_KEY: usize = 512;

/// Everything that a user's lookup keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserKeys {
    pub(crate) user_name: String,
    pub(crate) user_name_key: String,
    pub(crate) display_name_key: Option<String>,
    pub(crate) active: bool,
    pub(crate) rows: Vec<KeyRow>,
}

/// One row of `user_keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRow {
    pub(crate) path: Cow<'static, str>,
    pub(crate) value_key: String,
    /// The element's `type`, folded, or empty.
    pub(crate) kind: String,
    /// The element's position.
    pub(crate) ordinal: i64,
}

/// The form in which a value that disregards case is stored and compared.
pub(crate) fn key(value: &str) -> String {
    bounded(fold(value))
}

fn bounded(key: String) -> String {
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let mut cut = LONGEST_KEY;
    while !key.is_char_boundary(cut) {
        cut -= 1;
    }
    let digest = Sha256::digest(key.as_bytes());
    let cut = key.get(..cut).unwrap_or_default();
    digest.iter().fold(format!("{cut}#"), |mut bounded, byte| {
        // Writing to a string cannot fail.
        let _ = write!(bounded, "{byte:02x}");
        bounded
    })
}

/// Attributes of the standard schemas with one value that users are looked up by: extension, attribute, sub-attribute,
/// and the path under which their rows are.
const SINGULAR: [(Option<&str>, &str, Option<&str>, &str); 5] = [
    (None, "name", Some("familyName"), "name.familyName"),
    (None, "name", Some("givenName"), "name.givenName"),
    (Some(ENTERPRISE_USER), "employeeNumber", None, "employeeNumber"),
    (Some(ENTERPRISE_USER), "department", None, "department"),
    (Some(ENTERPRISE_USER), "manager", Some("value"), "manager.value"),
];

/// Attributes whose elements have a `value` that users are looked up by, and often a `type`.
const PLURAL: [(&str, &str); 2] = [("emails", EMAIL), ("phoneNumbers", "phoneNumbers.value")];

/// The path under which `user_keys` has the values of an attribute; `None` where it has none.
pub(crate) fn indexed_path(target: &Target<'_>) -> Option<Cow<'static, str>> {
    let sub = target.sub.map(|sub| sub.name.as_str());
    let name = target.attribute.name.as_str();
    if target.extension.is_none()
        && sub == Some("value")
        && let Some((_, path)) = PLURAL.iter().find(|(attribute, _)| *attribute == name)
    {
        return Some(Cow::Borrowed(path));
    }
    let singular = SINGULAR.iter().find(|(extension, attribute, part, _)| {
        (*extension, *attribute, *part) == (target.extension, name, sub)
    });
    if let Some((.., path)) = singular {
        return Some(Cow::Borrowed(path));
    }
    let leaf = target
        .attribute
        .indexed_value()
        .filter(|leaf| std::ptr::eq(*leaf, target.leaf()))?;
    Some(Cow::Owned(defined_path(
        target.extension?,
        target.attribute,
        leaf,
    )))
}

/// The path of an attribute that an organization has defined and wants indexed.
fn defined_path(urn: &str, attribute: &Attribute, leaf: &Attribute) -> String {
    if attribute.is_complex() {
        format!("{urn}:{}.{}", attribute.name, leaf.name)
    } else {
        format!("{urn}:{}", attribute.name)
    }
}

/// The paths of all attributes that an organization has defined and wants indexed. Rows of other paths of its own may be
/// left behind by a definition of before: nobody looks there.
pub(crate) fn defined_paths(rt: &ResourceType) -> HashSet<String> {
    rt.extensions
        .iter()
        .flat_map(|extension| {
            let schema = &extension.schema;
            schema
                .attributes
                .iter()
                .filter_map(|attribute| Some(defined_path(&schema.id, attribute, attribute.indexed_value()?)))
        })
        .collect()
}

/// The key of a value of this attribute.
pub(crate) fn key_of(leaf: &Attribute, value: &str) -> String {
    if leaf.case_exact {
        bounded(value.to_owned())
    } else {
        key(value)
    }
}

impl UserKeys {
    /// The keys of a stored resource.
    pub(crate) fn of(rt: &ResourceType, resource: &Object) -> Self {
        let user_name = text(resource.get("userName")).unwrap_or_default().to_owned();
        Self {
            user_name_key: key(&user_name),
            user_name,
            display_name_key: text(resource.get("displayName")).map(key),
            active: resource.get("active") != Some(&Value::Bool(false)),
            rows: rows(rt, resource),
        }
    }
}

fn rows(rt: &ResourceType, resource: &Object) -> Vec<KeyRow> {
    let mut rows = Vec::new();
    for (attribute, path) in PLURAL {
        let elements = resource.get(attribute).and_then(Value::as_array);
        for (ordinal, element) in (0_i64..).zip(elements.into_iter().flatten()) {
            let Some(value) = text(element.get("value")) else {
                continue;
            };
            let row = KeyRow {
                path: Cow::Borrowed(path),
                value_key: key(value),
                kind: key(text(element.get("type")).unwrap_or_default()),
                ordinal,
            };
            if path == EMAIL && element.get("primary") == Some(&Value::Bool(true)) {
                rows.push(KeyRow {
                    path: Cow::Borrowed(PRIMARY_EMAIL),
                    ..row.clone()
                });
            }
            rows.push(row);
        }
    }
    for (extension, name, sub, path) in SINGULAR {
        let Some(target) = rt.find(extension, name, sub) else {
            continue;
        };
        let found = extension.map_or(Some(resource), |urn| resource.get(urn)?.as_object());
        let value = found.and_then(|part| part.get(name));
        let value = sub.map_or(value, |sub| value?.get(sub));
        if let Some(value) = text(value) {
            rows.push(row(Cow::Borrowed(path), target.leaf(), value, 0));
        }
    }
    for extension in &rt.extensions {
        defined(&extension.schema, resource, &mut rows);
    }
    rows
}

/// Adds the rows of the attributes of an extension that are marked as indexed.
fn defined(schema: &Schema, resource: &Object, rows: &mut Vec<KeyRow>) {
    let Some(container) = resource.get(&schema.id) else {
        return;
    };
    for attribute in &schema.attributes {
        let Some(leaf) = attribute.indexed_value() else {
            continue;
        };
        let path = defined_path(&schema.id, attribute, leaf);
        let elements = match container.get(&attribute.name) {
            Some(Value::Array(elements)) => elements.as_slice(),
            Some(single) => std::slice::from_ref(single),
            None => &[],
        };
        for (ordinal, element) in (0_i64..).zip(elements) {
            let value = if attribute.is_complex() {
                element.get(&leaf.name)
            } else {
                Some(element)
            };
            if let Some(value) = text(value) {
                rows.push(row(Cow::Owned(path.clone()), leaf, value, ordinal));
            }
        }
    }
}

fn row(path: Cow<'static, str>, leaf: &Attribute, value: &str, ordinal: i64) -> KeyRow {
    KeyRow {
        path,
        value_key: key_of(leaf, value),
        kind: String::new(),
        ordinal,
    }
}

/// Text that is assigned: empty text is no value.
fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_key_is_cut_and_still_told_apart() {
        let (a, b) = (format!("{}a", "x".repeat(2000)), format!("{}b", "x".repeat(2000)));
        assert_ne!(key(&a), key(&b));
        assert_eq!(key(&a), key(&a.to_uppercase()));
        assert!(key(&a).len() < 600);
    }

    #[test]
    fn the_primary_address_has_a_row_of_its_own() {
        let resource = serde_json::json!({
            "userName": "Anna",
            "emails": [{"value": "A@x.example", "type": "work", "primary": true}, {"value": "b@x.example"}],
        });
        let keys = UserKeys::of(&ResourceType::user(), resource.as_object().unwrap());
        let rows: Vec<_> = keys
            .rows
            .iter()
            .map(|row| (&*row.path, row.value_key.as_str(), row.kind.as_str()))
            .collect();
        assert_eq!(
            rows,
            [
                (PRIMARY_EMAIL, "a@x.example", "work"),
                (EMAIL, "a@x.example", "work"),
                (EMAIL, "b@x.example", ""),
            ]
        );
        assert_eq!(
            (keys.user_name.as_str(), keys.user_name_key.as_str(), keys.active),
            ("Anna", "anna", true)
        );
    }
}
