//! What users are looked up by, derived from the resource: columns of the row, and rows of `user_keys`.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wicketgate_scim::{Object, fold::fold, schema::ENTERPRISE_USER};

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
    pub(crate) path: &'static str,
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

impl UserKeys {
    /// The keys of a stored resource.
    pub(crate) fn of(resource: &Object) -> Self {
        let user_name = text(resource.get("userName")).unwrap_or_default().to_owned();
        let mut rows = Vec::new();
        for (attribute, path) in [("emails", EMAIL), ("phoneNumbers", "phoneNumbers.value")] {
            let elements = resource.get(attribute).and_then(Value::as_array);
            for (ordinal, element) in (0_i64..).zip(elements.into_iter().flatten()) {
                let Some(value) = text(element.get("value")) else {
                    continue;
                };
                let kind = key(text(element.get("type")).unwrap_or_default());
                if path == EMAIL && element.get("primary") == Some(&Value::Bool(true)) {
                    rows.push(KeyRow {
                        path: PRIMARY_EMAIL,
                        value_key: key(value),
                        kind: kind.clone(),
                        ordinal,
                    });
                }
                rows.push(KeyRow {
                    path,
                    value_key: key(value),
                    kind,
                    ordinal,
                });
            }
        }
        let enterprise = resource.get(ENTERPRISE_USER);
        let name = resource.get("name");
        let singular = [
            ("name.familyName", name.and_then(|name| name.get("familyName"))),
            ("name.givenName", name.and_then(|name| name.get("givenName"))),
            (
                "employeeNumber",
                enterprise.and_then(|part| part.get("employeeNumber")),
            ),
            ("department", enterprise.and_then(|part| part.get("department"))),
        ];
        for (path, value) in singular {
            if let Some(value) = text(value) {
                rows.push(KeyRow {
                    path,
                    value_key: key(value),
                    kind: String::new(),
                    ordinal: 0,
                });
            }
        }
        let manager = enterprise
            .and_then(|part| part.get("manager"))
            .and_then(|manager| manager.get("value"));
        if let Some(manager) = text(manager) {
            // manager.value regards case (erratum 8472).
            rows.push(KeyRow {
                path: "manager.value",
                value_key: bounded(manager.to_owned()),
                kind: String::new(),
                ordinal: 0,
            });
        }
        Self {
            user_name_key: key(&user_name),
            user_name,
            display_name_key: text(resource.get("displayName")).map(key),
            active: resource.get("active") != Some(&Value::Bool(false)),
            rows,
        }
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
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
        let keys = UserKeys::of(resource.as_object().unwrap());
        let rows: Vec<_> = keys
            .rows
            .iter()
            .map(|row| (row.path, row.value_key.as_str(), row.kind.as_str()))
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
