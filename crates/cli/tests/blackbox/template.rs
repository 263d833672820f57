//! Documents and texts of a conversation's file with their variables put in.
//!
//! `{name}` is a variable; as a whole string it is the variable's document, inside one its text. `{"<echo>": "name",
//! "<but>": {…}}` is a variable's document with a merge patch applied.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What has been given or captured, by name.
pub(crate) type Variables = BTreeMap<String, Value>;

/// A document of the file with its variables put in.
pub(crate) fn value_of(template: &Value, variables: &Variables) -> Result<Value, String> {
    match template {
        Value::String(text) => match whole_variable(text) {
            Some(name) => variables.get(name).cloned().ok_or_else(|| unknown(name)),
            None => filled(text, variables, str::to_owned).map(Value::String),
        },
        Value::Array(elements) => elements
            .iter()
            .map(|element| value_of(element, variables))
            .collect(),
        Value::Object(object) => {
            if let Some(Value::String(name)) = object.get("<echo>") {
                let mut document = variables.get(name).cloned().ok_or_else(|| unknown(name))?;
                if let Some(change) = object.get("<but>") {
                    merge(&mut document, &value_of(change, variables)?);
                }
                return Ok(document);
            }
            let members = object
                .iter()
                .map(|(key, value)| Ok((key.clone(), value_of(value, variables)?)));
            members.collect::<Result<Map<_, _>, String>>().map(Value::Object)
        }
        scalar => Ok(scalar.clone()),
    }
}

/// RFC 7396: what is null goes, objects are merged, everything else takes the place of what was there.
fn merge(document: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        change.clone_into(document);
        return;
    };
    if !document.is_object() {
        *document = Value::Object(Map::new());
    }
    for (key, value) in change {
        match (value, document.as_object_mut()) {
            (_, None) => {}
            (Value::Null, Some(object)) => _ = object.shift_remove(key),
            (value, Some(object)) => merge(object.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

/// A text of the file with its variables put in, each of them `encoded`.
pub(crate) fn filled(
    text: &str,
    variables: &Variables,
    encoded: fn(&str) -> String,
) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = next_variable(rest) {
        filled.push_str(before);
        match variables.get(name).ok_or_else(|| unknown(name))? {
            Value::String(value) => filled.push_str(&encoded(value)),
            value => filled.push_str(&encoded(&value.to_string())),
        }
        rest = after;
    }
    Ok(filled + rest)
}

fn whole_variable(text: &str) -> Option<&str> {
    next_variable(text)
        .and_then(|(before, name, after)| (before.is_empty() && after.is_empty()).then_some(name))
}

/// What is before the first variable, its name, and what is after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('{').find_map(|(start, _)| {
        let (name, after) = text[start + 1..].split_once('}')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_name.then_some((&text[..start], name, after))
    })
}

fn unknown(name: &str) -> String {
    format!("the variable {{{name}}} has no value yet")
}

/// A value as it stands in a URL.
pub(crate) fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables() -> Variables {
        [
            ("id".to_owned(), json!("a/b")),
            ("user".to_owned(), json!({"id": 1, "name": {"a": 1, "b": 2}})),
        ]
        .into()
    }

    #[test]
    fn a_variable_is_put_in_as_text_as_a_document_or_with_changes() {
        let filled = |template: Value| value_of(&template, &variables()).unwrap();
        assert_eq!(
            filled(json!({"x": ["members[value eq \"{id}\"]"]})),
            json!({"x": ["members[value eq \"a/b\"]"]})
        );
        assert_eq!(
            filled(json!("{user}")),
            json!({"id": 1, "name": {"a": 1, "b": 2}})
        );
        assert_eq!(
            filled(json!({"<echo>": "user", "<but>": {"id": null, "name": {"b": "{id}"}, "c": [1]}})),
            json!({"name": {"a": 1, "b": "a/b"}, "c": [1]})
        );
        assert_eq!(filled(json!("{} and {not a name}")), json!("{} and {not a name}"));
    }

    #[test]
    fn a_variable_in_a_path_is_encoded_and_one_without_a_value_is_named() {
        assert_eq!(
            super::filled("/Users/{id}?x=%20", &variables(), percent_encoded).unwrap(),
            "/Users/a%2Fb?x=%20"
        );
        assert_eq!(
            value_of(&json!({"x": "{nobody}"}), &variables()).unwrap_err(),
            "the variable {nobody} has no value yet"
        );
    }
}
