//! References to resources that do not exist yet (RFC 7644 §3.7.2): where they stand in an operation, and putting the
//! id in their place. Names are compared exactly.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{Method, Operation};
use crate::{
    Mode, Object,
    filter::{Filter, Literal},
    path::PatchPath,
    schema::is_same_name,
};

const PREFIX: &str = "bulkId:";

/// Puts the ids of created resources in the place of references, in an operation's path and data. A reference that
/// `ids` does not have stays.
pub(super) fn resolve(operation: &mut Operation, ids: &HashMap<String, String>) {
    let Operation {
        method, path, data, ..
    } = operation;
    if let Some(id) = &mut path.id {
        substitute(id, ids);
    }
    if let Some(data) = data {
        strings(data, *method, &mut |text| substitute(text, ids));
    }
}

/// The bulkId that a value refers to: it is `bulkId:…`, or a URL or path whose last segment is.
pub(super) fn referred(text: &str) -> Option<&str> {
    let whole = text.strip_prefix(PREFIX).filter(|bulk_id| !bulk_id.is_empty());
    whole.or_else(|| {
        let (before, last) = text.rsplit_once('/')?;
        let is_path = !before.is_empty() && !before.ends_with('/') && !text.contains(char::is_whitespace);
        last.strip_prefix(PREFIX)
            .filter(|bulk_id| is_path && !bulk_id.is_empty())
    })
}

fn substitute(text: &mut String, ids: &HashMap<String, String>) {
    if let Some(bulk_id) = referred(text)
        && let Some(id) = ids.get(bulk_id)
    {
        let kept = text.len() - bulk_id.len() - PREFIX.len();
        text.truncate(kept);
        text.push_str(id);
    }
}

/// The bulkIds that a value refers to.
pub(super) fn in_value(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => referred(text).map(str::to_owned).into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(in_value).collect(),
        Value::Object(members) => members.values().flat_map(in_value).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => BTreeSet::new(),
    }
}

/// Visits every string of an operation's data in which a reference may stand: every value, and for PATCH the values in
/// the filters of paths.
pub(super) fn strings(data: &mut Object, method: Method, visit: &mut dyn FnMut(&mut String)) {
    for (key, value) in data.iter_mut() {
        match value {
            Value::Array(operations) if method == Method::Patch && is_same_name(key, "Operations") => {
                for operation in operations {
                    patch_operation(operation, visit);
                }
            }
            other => each(other, visit),
        }
    }
}

fn patch_operation(operation: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    let Value::Object(members) = operation else {
        return each(operation, visit);
    };
    for (key, value) in members.iter_mut() {
        match value {
            Value::String(path) if is_same_name(key, "path") => patch_path(path, visit),
            other => each(other, visit),
        }
    }
}

/// A path that cannot be read is left for the PATCH itself to refuse.
fn patch_path(text: &mut String, visit: &mut dyn FnMut(&mut String)) {
    if !text.contains(PREFIX) {
        return;
    }
    let Ok(mut path) = PatchPath::parse(text, Mode::Tolerant) else {
        return;
    };
    let before = path.clone();
    if let Some(filter) = &mut path.filter {
        literals(filter, visit);
    }
    if path != before {
        *text = path.to_string();
    }
}

fn literals(filter: &mut Filter, visit: &mut dyn FnMut(&mut String)) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter_mut().for_each(|part| literals(part, visit)),
        Filter::Not(inner) => literals(inner, visit),
        Filter::Compare {
            value: Literal::String(text),
            ..
        } => visit(text),
        Filter::ValuePath { filter, then, .. } => {
            literals(filter, visit);
            if let Some((_, _, Literal::String(text))) = then {
                visit(text);
            }
        }
        Filter::Compare { .. } | Filter::Present(_) | Filter::Constant(_) => {}
    }
}

fn each(value: &mut Value, visit: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, visit)),
        Value::Object(members) => members.iter_mut().for_each(|(_, member)| each(member, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bulk::Path;

    fn resolved(method: Method, id: Option<&str>, data: &Value) -> (String, Value) {
        let mut operation = Operation {
            method,
            bulk_id: None,
            version: None,
            path: Path {
                endpoint: "/Users".to_owned(),
                id: id.map(str::to_owned),
            },
            data: data.as_object().cloned(),
        };
        let ids = [("q", "1"), ("a]\"b", "2"), ("Q", "3")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        resolve(&mut operation, &HashMap::from(ids));
        (
            operation.path.to_string(),
            operation.data.map_or(Value::Null, Value::Object),
        )
    }

    #[test]
    fn a_reference_is_resolved_wherever_a_value_stands() {
        let sent = json!({
            "members": [{"value": "bulkId:q", "$ref": "../Users/bulkId:q"}, {"$ref": "https://x/scim/v2/o/Users/bulkId:Q"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "bulkId:q", "$ref": "/Users/bulkId:q"}},
            "urn:example:x": ["bulkId:q"],
        });
        let expected = json!({
            "members": [{"value": "1", "$ref": "../Users/1"}, {"$ref": "https://x/scim/v2/o/Users/3"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "1", "$ref": "/Users/1"}},
            "urn:example:x": ["1"],
        });
        assert_eq!(
            resolved(Method::Put, Some("bulkId:q"), &sent),
            ("/Users/1".to_owned(), expected)
        );
    }

    #[test]
    fn what_only_resembles_a_reference_stays() {
        let sent = json!({"a": "bulkid:q", "b": "see bulkId:q", "c": "see x/bulkId:q", "d": "bulkId:", "e": "bulkId:unknown",
            "f": "/bulkId:q", "bulkId:q": 1, "g": "bulkId:q "});
        assert_eq!(resolved(Method::Post, None, &sent).1, sent);
    }

    #[test]
    fn values_and_filters_of_a_patch_are_resolved() {
        let sent = json!({"Operations": [
            {"op": "remove", "path": "members[value eq \"bulkId:q\" or not (value eq \"bulkId:a]\\\"b\")]"},
            {"op": "add", "PATH": "members[value eq bulkId:Q].display", "value": "bulkId:q"},
            {"op": "add", "path": "members", "value": [{"value": "bulkId:q"}]},
            {"op": "add", "path": "members[value eq \"bulkId:q\"", "value": 1},
            {"op": "add", "path": "members[value  eq  \"bulkId:none\"]"},
        ]});
        let expected = json!({"Operations": [
            {"op": "remove", "path": "members[value eq \"1\" or not (value eq \"2\")]"},
            {"op": "add", "PATH": "members[value eq \"3\"].display", "value": "1"},
            {"op": "add", "path": "members", "value": [{"value": "1"}]},
            {"op": "add", "path": "members[value eq \"bulkId:q\"", "value": 1},
            {"op": "add", "path": "members[value  eq  \"bulkId:none\"]"},
        ]});
        assert_eq!(resolved(Method::Patch, Some("9"), &sent).1, expected);
    }
}
