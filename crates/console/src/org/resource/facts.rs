//! Attributes of users and groups in a form that people read: a label and what is held, one line for each value.

use serde_json::{Map, Value};

/// The longest line of a value, in characters. Certificates and photos are longer than anybody reads.
const LONGEST: usize = 200;

/// Some attributes under a heading: those of the core, or of one extension.
pub(crate) struct Section {
    /// The heading, and the anchor it has.
    pub(crate) heading: String,
    pub(crate) anchor: String,
    pub(crate) facts: Vec<(String, Vec<String>)>,
}

/// What a page says elsewhere: not among the attributes.
const ELSEWHERE: [&str; 7] = [
    "schemas",
    "id",
    "meta",
    "groups",
    "members",
    "active",
    "externalId",
];

/// The attributes of a resource as SCIM shows it. `names` says what each extension is called.
pub(crate) fn sections(resource: &Map<String, Value>, names: &[(String, String)]) -> Vec<Section> {
    let mut core = Vec::new();
    let mut extensions = Vec::new();
    for (name, value) in resource {
        match value {
            _ if ELSEWHERE.contains(&name.as_str()) => {}
            Value::Object(held) if name.contains(':') => {
                let heading = names
                    .iter()
                    .find(|(urn, _)| urn == name)
                    .map_or_else(|| name.clone(), |(_, heading)| title(heading));
                let mut facts = Vec::new();
                for (name, value) in held {
                    facts.extend(lines(name, value));
                }
                extensions.push(Section {
                    heading,
                    anchor: format!("extension-{}", extensions.len() + 1),
                    facts,
                });
            }
            value => core.extend(lines(name, value)),
        }
    }
    let core = Section {
        heading: "Attributes".to_owned(),
        anchor: "attributes".to_owned(),
        facts: core,
    };
    std::iter::once(core).chain(extensions).collect()
}

/// The name of a schema, in words where it is one word of several.
fn title(name: &str) -> String {
    if name.contains(' ') {
        name.to_owned()
    } else {
        label(name)
    }
}

/// One attribute: a row, or a row for each part where it has parts.
fn lines(name: &str, value: &Value) -> Vec<(String, Vec<String>)> {
    match value {
        Value::Object(parts) => {
            // A reference: whom it leads to says more than its id.
            if let Some(display) = parts.get("displayName").and_then(Value::as_str) {
                return vec![(label(name), vec![cut(display)])];
            }
            parts
                .iter()
                .filter(|(part, _)| *part != "$ref")
                .map(|(part, value)| {
                    let label = match (name, part.as_str()) {
                        ("name", "formatted") => "Full name".to_owned(),
                        ("name", part) => label(part),
                        (name, "value") => label(name),
                        (name, part) => format!("{}: {}", label(name), label(part).to_lowercase()),
                    };
                    (label, vec![text(value)])
                })
                .collect()
        }
        Value::Array(values) => vec![(label(name), values.iter().map(element).collect())],
        value => vec![(label(name), vec![text(value)])],
    }
}

/// One of several values, on one line.
fn element(value: &Value) -> String {
    let Value::Object(parts) = value else {
        return text(value);
    };
    let held = |name: &str| parts.get(name).map(text).filter(|text| !text.is_empty());
    let first = held("value").or_else(|| held("formatted").map(|text| text.replace('\n', ", ")));
    let mut line = first.unwrap_or_else(|| {
        let others = parts
            .iter()
            .filter(|(name, _)| !["type", "primary", "display", "$ref"].contains(&name.as_str()));
        others
            .map(|(_, value)| text(value))
            .collect::<Vec<_>>()
            .join(", ")
    });
    for name in ["display", "type"] {
        if let Some(more) = held(name).filter(|more| *more != line) {
            line.push_str(" · ");
            line.push_str(&more);
        }
    }
    if parts.get("primary") == Some(&Value::Bool(true)) {
        line.push_str(" · primary");
    }
    line
}

/// A value in words.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => cut(text),
        Value::Number(number) => number.to_string(),
        Value::Array(values) if values.is_empty() => "nothing".to_owned(),
        Value::Array(values) => cut(&values.iter().map(element).collect::<Vec<_>>().join(", ")),
        Value::Object(parts) if parts.is_empty() => "nothing".to_owned(),
        Value::Object(parts) => cut(&parts
            .iter()
            .map(|(name, value)| format!("{}: {}", label(name).to_lowercase(), text(value)))
            .collect::<Vec<_>>()
            .join(", ")),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// What an attribute is called: the usual words for the usual ones, and the words that its name is made of.
pub(crate) fn name_of(attribute: &str) -> String {
    label(attribute)
}

fn label(name: &str) -> String {
    let known = match name {
        "userName" => "User name",
        "ims" => "Instant messaging",
        "emails" => "E-mail addresses",
        "x509Certificates" => "Certificates",
        "profileUrl" => "Profile",
        "costCenter" => "Cost centre",
        "$ref" => "Link",
        "logDays" => "Days the log is kept",
        "bodyDays" => "Days bodies are kept",
        "graceDays" => "Days deleted users are kept",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut words = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for c in name.chars() {
        if (c.is_uppercase() && was_lower) || c == '_' {
            words.push(' ');
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        if words.is_empty() {
            words.extend(c.to_uppercase());
        } else if c != '_' {
            words.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(resource: &Value, names: &[(String, String)]) -> Vec<String> {
        sections(resource.as_object().unwrap(), names)
            .into_iter()
            .flat_map(|section| {
                let facts = section
                    .facts
                    .into_iter()
                    .map(|(label, lines)| format!("{label}={}", lines.join("|")));
                std::iter::once(format!("[{}]", section.heading))
                    .chain(facts)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn attributes_are_shown_in_words() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let resource = json!({
            "schemas": [urn],
            "id": "x",
            "userName": "anna",
            "active": true,
            "name": {"givenName": "Anna", "familyName": "Berg", "formatted": "Anna Berg"},
            "emails": [
                {"value": "anna@example.com", "type": "work", "primary": true},
                {"value": "a@example.org", "display": "private"},
            ],
            "addresses": [
                {"formatted": "Main Street 1\nExample", "type": "home"},
                {"locality": "Example", "country": "CH"},
            ],
            "nickName": "",
            "roles": [],
            "x509Certificates": [{"value": "A".repeat(300)}],
            (urn): {"employeeNumber": "7", "manager": {"value": "y", "$ref": "z", "displayName": "Ben"}},
            "urn:example:badge": {"isVisible": false, "floor": 3},
        });
        let names = [(urn.to_owned(), "EnterpriseUser".to_owned())];
        assert_eq!(
            shown(&resource, &names),
            [
                "[Attributes]".to_owned(),
                "User name=anna".to_owned(),
                "Given name=Anna".to_owned(),
                "Family name=Berg".to_owned(),
                "Full name=Anna Berg".to_owned(),
                "E-mail addresses=anna@example.com · work · primary|a@example.org · private".to_owned(),
                "Addresses=Main Street 1, Example · home|Example, CH".to_owned(),
                "Nick name=".to_owned(),
                "Roles=".to_owned(),
                format!("Certificates={}…", "A".repeat(200)),
                "[Enterprise user]".to_owned(),
                "Employee number=7".to_owned(),
                "Manager=Ben".to_owned(),
                "[urn:example:badge]".to_owned(),
                "Is visible=no".to_owned(),
                "Floor=3".to_owned(),
            ]
        );
    }

    #[test]
    fn a_manager_who_is_not_here_is_shown_by_its_id() {
        assert_eq!(
            lines("manager", &json!({"value": "42"})),
            [("Manager".to_owned(), vec!["42".to_owned()])]
        );
    }
}
