//! What a resource says, and whether its comparable form says the same.

use serde_json::Value;
use wicketgate_scim::{Object, schema::ResourceType};

use crate::comparable;

/// The resource in a column.
pub(super) fn resource(text: &str) -> Option<Object> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Some(object),
        Ok(_) | Err(_) => None,
    }
}

/// Whether `stored` is the comparable form of the resource by one of these types. While a definition waits, some forms
/// are still those of before.
pub(super) fn is_comparable(types: [&ResourceType; 2], resource: &Object, stored: Option<&str>) -> bool {
    let Some(stored) = stored.and_then(self::resource) else {
        return false;
    };
    types.into_iter().any(|rt| {
        let computed = known(rt, comparable::of(rt, resource));
        is_same(
            &Value::Object(known(rt, stored.clone())),
            &Value::Object(computed),
        )
    })
}

/// Without what belongs to schemas that are not declared: what a removed one has left is cleared away after it. The
/// `schemas` come in an order of their own, because PostgreSQL keeps the keys of a resource in one of its own.
fn known(rt: &ResourceType, mut form: Object) -> Object {
    form.retain(|key, _| is_known(rt, key));
    if let Some(Value::Array(schemas)) = form.get_mut(comparable::SCHEMAS) {
        schemas.sort_unstable_by(|one, other| one.as_str().cmp(&other.as_str()));
    }
    form
}

/// Whether a path is one of an extension.
pub(super) fn is_urn(path: &str) -> bool {
    path.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// Whether a path is one of the core schema or of a declared extension.
fn is_known(rt: &ResourceType, path: &str) -> bool {
    !is_urn(path)
        || rt.extensions.iter().any(|extension| {
            let urn = &extension.schema.id;
            path.get(..urn.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(urn))
                && path.get(urn.len()..).is_some_and(|rest| rest.starts_with(':'))
        })
}

/// Whether two documents say the same. PostgreSQL writes numbers in its own way, and reading digits may round.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other
                || one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| {
                    (one - other).abs() <= 4.0 * f64::EPSILON * one.abs().max(other.abs())
                })
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| is_same(value, other)))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_compared_by_value_and_everything_else_exactly() {
        assert!(is_same(
            &json!({"a": [1.0, 1e20], "b": "x"}),
            &json!({"b": "x", "a": [1, 100_000_000_000_000_000_000.0]})
        ));
        assert!(!is_same(&json!([1]), &json!([2])));
        assert!(!is_same(&json!([1]), &json!([1, 1])));
        assert!(!is_same(&json!({"a": 1}), &json!({"b": 1})));
        assert!(!is_same(&json!("1"), &json!(1)));
    }

    #[test]
    fn what_belongs_to_an_undeclared_schema_is_not_looked_at() {
        let rt = ResourceType::user();
        assert!(is_known(&rt, "userName"));
        let enterprise = format!("{}:department", wicketgate_scim::schema::ENTERPRISE_USER);
        assert!(is_known(&rt, &enterprise) && is_known(&rt, &enterprise.to_uppercase()));
        assert!(!is_known(&rt, "urn:example:gone:badge"));
    }
}
