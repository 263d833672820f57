//! PATCH bodies, applied to stored resources: what must hold of the outcome. What an operation means is said by the
//! tests of the engine, not here.

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode, Object, ScimType, json,
    message::PATCH_OP,
    patch::{self, Applied, PatchRequest, ValuesChange},
    resource::{self, Context},
    schema::{MEMBERS, ResourceType, is_urn},
};

use super::{MODES, stored};

/// Takes the bytes as the body of a PATCH request.
///
/// In each mode, for users and for groups, whatever is applied to a stored resource leaves one that
///
/// - is valid, and has no null, no empty array or object and, in tolerant mode, no empty text in it;
/// - has nothing in it that a client may not write, and every name in the schema's spelling;
/// - is read as itself when a client sends it back with PUT;
/// - is not changed by a PATCH that says again what it is;
/// - is the same whether the operations came at once or one after the other.
pub fn run(data: &[u8]) -> bool {
    let Ok(body) = json::parse_object(data) else {
        return false;
    };
    let mut understood = false;
    for mode in MODES {
        let request = match patch::parse(body.clone(), mode) {
            Ok(request) => request,
            Err(error) => {
                refused(error.scim_type);
                continue;
            }
        };
        for rt in [ResourceType::user(), ResourceType::group()] {
            for before in stored::all(&rt) {
                match apply(&rt, mode, before, &request) {
                    Ok(applied) => {
                        understood = true;
                        holds(&rt, mode, &applied);
                        one_after_the_other(&rt, mode, before, &request, &applied);
                    }
                    Err(error) => refused(error),
                }
            }
        }
    }
    understood
}

fn apply(
    rt: &ResourceType,
    mode: Mode,
    before: &Object,
    request: &PatchRequest,
) -> Result<Applied, ScimType> {
    patch::apply(rt, mode, before, request, detached(rt)).map_err(|error| error.scim_type)
}

/// As the domain does: a group's members are rows.
fn detached(rt: &ResourceType) -> Option<&'static str> {
    rt.schema.attribute(MEMBERS).map(|_| MEMBERS)
}

/// A body is never refused as if it were in conflict with another resource, or as too large.
fn refused(scim_type: ScimType) {
    assert!(
        matches!(
            scim_type,
            ScimType::InvalidFilter
                | ScimType::InvalidPath
                | ScimType::InvalidSyntax
                | ScimType::InvalidValue
                | ScimType::Mutability
                | ScimType::NoTarget
        ),
        "{scim_type:?}"
    );
}

fn holds(rt: &ResourceType, mode: Mode, applied: &Applied) {
    let after = &applied.resource;
    if let Err(error) = resource::validate(rt, after) {
        panic!("{mode}: {error}: {after:?}");
    }
    for (key, value) in after {
        assert!(
            says_something(mode, value),
            "{mode}: {key} says nothing: {after:?}"
        );
        assert!(
            is_stored_name(rt, key),
            "{mode}: {key} does not belong into what is stored: {after:?}"
        );
    }
    for change in &applied.detached {
        let (ValuesChange::Add(members) | ValuesChange::Replace(members)) = change else {
            continue;
        };
        let has_id = |member: &Object| member.contains_key("value") || member.contains_key("$ref");
        assert!(members.iter().all(has_id), "{mode}: {members:?}");
    }
    sent_back(rt, mode, after);
    said_again(rt, mode, after);
}

fn says_something(mode: Mode, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty() || !mode.is_tolerant(),
        Value::Array(items) => !items.is_empty() && items.iter().all(|item| says_something(mode, item)),
        Value::Object(parts) => !parts.is_empty() && parts.values().all(|part| says_something(mode, part)),
    }
}

fn is_stored_name(rt: &ResourceType, key: &str) -> bool {
    if let Some(extension) = rt.extension(key) {
        return extension.schema.id == key;
    }
    match rt.schema.attribute(key) {
        Some(attribute) => attribute.name == key && !["groups", "members", "password"].contains(&key),
        None => key == "externalId" || is_urn(key),
    }
}

/// What a client reads it may write: a PUT of it stores the same.
fn sent_back(rt: &ResourceType, mode: Mode, after: &Object) {
    let mut body = after.clone();
    body.insert("schemas".to_owned(), json!([rt.schema.id]));
    if mode != Mode::Tolerant {
        // Undeclared extensions are kept in tolerant mode alone; the resource that was changed here has one.
        body.retain(|key, _| !is_urn(key) || rt.extension(key).is_some());
    }
    let mut expected = body.clone();
    expected.remove("schemas");
    match resource::accept(rt, mode, Context::Replace, body) {
        Ok(accepted) => assert_eq!(
            Value::Object(accepted.attributes),
            Value::Object(expected),
            "{mode}"
        ),
        Err(error) => panic!("{mode}: what is stored is refused, {error}: {expected:?}"),
    }
}

fn said_again(rt: &ResourceType, mode: Mode, after: &Object) {
    if mode == Mode::Interop {
        return;
    }
    let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": after}]});
    let Value::Object(body) = body else {
        unreachable!("it was written as an object");
    };
    let again = patch::parse(body, mode).map(|request| apply(rt, mode, after, &request));
    match again {
        Ok(Ok(applied)) => assert_eq!(
            Value::Object(applied.resource),
            Value::Object(after.clone()),
            "{mode}"
        ),
        other => panic!("{mode}: {other:?}: {after:?}"),
    }
}

fn one_after_the_other(
    rt: &ResourceType,
    mode: Mode,
    before: &Object,
    request: &PatchRequest,
    at_once: &Applied,
) {
    if request.operations.len() < 2 {
        return;
    }
    let mut resource = before.clone();
    let mut detached = Vec::new();
    for operation in &request.operations {
        let one = PatchRequest {
            operations: vec![operation.clone()],
            rewrites: Vec::new(),
        };
        // On the way the resource may be without something that it needs, and may only at the end have it.
        let Ok(applied) = apply(rt, mode, &resource, &one) else {
            return;
        };
        resource = applied.resource;
        detached.extend(applied.detached);
    }
    assert_eq!(
        Value::Object(resource),
        Value::Object(at_once.resource.clone()),
        "{mode}"
    );
    assert_eq!(detached, at_once.detached, "{mode}");
}
