//! What an entry of the audit log changed, field by field, in words.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::org::resource::{name_of, text};

/// What an entry says beside what happened.
pub(crate) struct Changes {
    /// Each field that differs, with what was before and what is now.
    pub(crate) fields: Vec<Change>,
    /// What else the entry says, such as which credential it is about.
    pub(crate) about: Vec<(String, String)>,
}

/// One field.
pub(crate) struct Change {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// What the payload of an entry says: `data` is the state after it, `previous` what was before of what `changed` names.
pub(super) fn changes(payload: &Value) -> Changes {
    let held = |name: &str| payload.get(name).and_then(Value::as_object);
    let (data, previous) = (held("data"), held("previous"));
    let names: Vec<&str> = if let Some(changed) = payload.get("changed").and_then(Value::as_array) {
        changed.iter().filter_map(Value::as_str).collect()
    } else {
        // Something that was created has no state before, and something that was deleted has none after.
        let all: BTreeSet<&str> = data
            .into_iter()
            .chain(previous)
            .flat_map(|state| state.keys().map(String::as_str))
            .collect();
        all.into_iter().collect()
    };
    let of = |state: Option<&serde_json::Map<String, Value>>, name: &str| {
        state
            .and_then(|state| state.get(name))
            .map_or_else(|| "nothing".to_owned(), text)
    };
    let fields = names
        .into_iter()
        .map(|name| Change {
            name: name_of(name),
            before: of(previous, name),
            after: of(data, name),
        })
        .collect();
    let about = payload
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| {
            !["data", "previous", "changed", "part", "parts"].contains(&name.as_str()) && !value.is_null()
        })
        .map(|(name, value)| (name_of(name), text(value)))
        .collect();
    Changes { fields, about }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(payload: &Value) -> Vec<String> {
        let changes = changes(payload);
        changes
            .fields
            .iter()
            .map(|change| format!("{}: {} -> {}", change.name, change.before, change.after))
            .chain(
                changes
                    .about
                    .iter()
                    .map(|(name, value)| format!("{name} = {value}")),
            )
            .collect()
    }

    #[test]
    fn what_differs_is_shown_before_and_after() {
        assert_eq!(
            shown(&json!({
                "credentialId": "0123456789ABCDEF",
                "data": {"logDays": 30, "endlessTokens": true, "mode": "strict"},
                "previous": {"logDays": 90, "mode": "tolerant"},
                "changed": ["logDays", "mode", "endlessTokens"],
            })),
            [
                "Days the log is kept: 90 -> 30",
                "Mode: tolerant -> strict",
                "Endless tokens: nothing -> yes",
                "Credential id = 0123456789ABCDEF",
            ]
        );
    }

    #[test]
    fn what_was_created_or_deleted_is_shown_whole() {
        assert_eq!(
            shown(&json!({"data": {"userName": "anna"}})),
            ["User name: nothing -> anna"]
        );
        assert_eq!(
            shown(&json!({"previous": {"displayName": "Pilots"}, "groups": []})),
            ["Display name: Pilots -> nothing", "Groups = nothing"]
        );
        assert!(shown(&json!({})).is_empty());
    }
}
