//! Keeps `name.formatted` true to the parts of the name. It only knows the user's name.

use serde_json::Value;

use crate::Object;

const FORMATTED: &str = "formatted";
const PARTS: [&str; 5] = [
    "givenName",
    "familyName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
];

/// Settles `name.formatted` of a user that is about to be written; `before` is the stored user, `None` on create.
///
/// Absent, it is derived from the parts. Equal to the stored value while the parts changed, it is a stale echo and
/// derived again: always when the given or family name changed, and for the other parts when the stored value had been
/// derived itself. Any other value is the client's and stays.
pub fn settle_formatted(before: Option<&Object>, after: &mut Object) {
    let Some(Value::Object(name)) = after.get_mut("name") else {
        return;
    };
    let stored = before
        .and_then(|user| user.get("name"))
        .and_then(Value::as_object);
    let is_settled = match (name.get(FORMATTED), stored) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(sent), Some(stored)) => stored.get(FORMATTED) != Some(sent) || !is_stale(stored, name),
    };
    if is_settled {
        return;
    }
    if let Some(derived) = derive(name) {
        name.insert(FORMATTED.to_owned(), Value::String(derived));
    }
}

fn is_stale(stored: &Object, name: &Object) -> bool {
    let mut changed = PARTS
        .into_iter()
        .filter(|part| stored.get(*part) != name.get(*part))
        .peekable();
    if changed.peek().is_none() {
        return false;
    }
    let was_derived = stored.get(FORMATTED).and_then(Value::as_str) == derive(stored).as_deref();
    was_derived || changed.any(|part| part == "givenName" || part == "familyName")
}

/// "Ms. Barbara Jane Jensen, III" from its parts; `None` when there are none.
fn derive(name: &Object) -> Option<String> {
    let part = |key: &str| {
        name.get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    let mut formatted = String::new();
    for key in ["honorificPrefix", "givenName", "middleName", "familyName"] {
        if let Some(text) = part(key) {
            if !formatted.is_empty() {
                formatted.push(' ');
            }
            formatted.push_str(text);
        }
    }
    if let Some(suffix) = part("honorificSuffix") {
        if !formatted.is_empty() {
            formatted.push_str(", ");
        }
        formatted.push_str(suffix);
    }
    (!formatted.is_empty()).then_some(formatted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn user(name: Value) -> Object {
        Object::from_iter([("name".to_owned(), name)])
    }

    fn settled(before: Option<Value>, after: Value) -> Value {
        let mut after = user(after);
        settle_formatted(before.map(user).as_ref(), &mut after);
        after["name"][FORMATTED].clone()
    }

    #[test]
    fn an_absent_value_is_derived_from_the_parts() {
        let name = json!({
            "honorificPrefix": "Ms.", "givenName": "Barbara", "middleName": "Jane", "familyName": "Jensen",
            "honorificSuffix": "III",
        });
        assert_eq!(settled(None, name), "Ms. Barbara Jane Jensen, III");
        assert_eq!(settled(None, json!({"familyName": "Jensen"})), "Jensen");
    }

    #[test]
    fn a_sent_value_is_kept_on_create() {
        assert_eq!(
            settled(None, json!({"givenName": "Mona", "formatted": "Mona O."})),
            "Mona O."
        );
    }

    #[test]
    fn a_stale_echo_is_derived_again() {
        let before = json!({"givenName": "Mona", "familyName": "Octocat", "formatted": "Mona Octocat"});
        let after = json!({"givenName": "Jane", "familyName": "Smith", "formatted": "Mona Octocat"});
        assert_eq!(settled(Some(before), after), "Jane Smith");
    }

    #[test]
    fn a_stale_echo_of_the_clients_own_value_is_derived_again() {
        let before = json!({"givenName": "Mona", "formatted": "The Mona"});
        assert_eq!(
            settled(
                Some(before),
                json!({"givenName": "Jane", "formatted": "The Mona"})
            ),
            "Jane"
        );
    }

    #[test]
    fn a_new_value_is_kept() {
        let before = json!({"givenName": "Mona", "formatted": "Mona"});
        assert_eq!(
            settled(
                Some(before),
                json!({"givenName": "Jane", "formatted": "Lady Jane"})
            ),
            "Lady Jane"
        );
    }

    #[test]
    fn an_echo_with_the_same_parts_is_kept() {
        let name = json!({"givenName": "Mona", "formatted": "The Mona"});
        assert_eq!(settled(Some(name.clone()), name), "The Mona");
    }

    #[test]
    fn a_new_middle_name_changes_a_derived_value_only() {
        let derived = json!({"givenName": "Mona", "formatted": "Mona"});
        let own = json!({"givenName": "Mona", "formatted": "The Mona"});
        let after = |formatted| json!({"givenName": "Mona", "middleName": "L.", "formatted": formatted});
        assert_eq!(settled(Some(derived), after("Mona")), "Mona L.");
        assert_eq!(settled(Some(own), after("The Mona")), "The Mona");
    }

    #[test]
    fn an_echo_without_any_parts_is_kept() {
        let before = json!({"givenName": "Mona", "formatted": "Mona"});
        assert_eq!(settled(Some(before), json!({"formatted": "Mona"})), "Mona");
    }

    #[test]
    fn a_user_without_a_name_stays_without() {
        let mut after = Object::new();
        settle_formatted(Some(&user(json!({"givenName": "Mona"}))), &mut after);
        assert!(after.is_empty());
    }
}
