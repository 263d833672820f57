//! Deviations first seen from Microsoft Entra ID. It changes shapes, never values.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    patch::{Op, Operation},
    path::PatchPath,
    resource::Rewrite,
    schema::ResourceType,
};

/// `Add`, `Remove`, `Replace`: the RFC spells the keywords in lower case.
pub(crate) fn op_case<'a>(op: &'a str, rewrites: &mut Vec<Rewrite>) -> Cow<'a, str> {
    if op.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Rewrite::report(rewrites, "op-case", "op");
        Cow::Owned(op.to_ascii_lowercase())
    } else {
        Cow::Borrowed(op)
    }
}

/// `{"op":"Remove","path":"members","value":[…]}`: the RFC ignores `value` and would remove everybody; the client means
/// those listed. Only reported here, because an empty list must stay an empty list.
pub(crate) fn remove_with_value(operation: &Operation, rewrites: &mut Vec<Rewrite>) {
    if operation.op == Op::Remove
        && let Some(path) = operation.path.as_ref().filter(|path| path.filter.is_none())
        && operation
            .value
            .as_ref()
            .is_some_and(|value| !matches!(value, Value::Null))
    {
        Rewrite::report(rewrites, "remove-with-value", path.to_string());
    }
}

/// `{"op":"replace","value":{"name.givenName":"…"}}`: the key of an object without `path` is itself a path.
pub(crate) fn path_as_key(rt: &ResourceType, path: &PatchPath, rewrites: &mut Vec<Rewrite>) {
    let is_path = path.urn.is_some() || path.sub.is_some() || path.filter.is_some();
    if is_path
        && let Some(name) = &path.name
        && rt.find(path.urn.as_deref(), name, path.sub.as_deref()).is_some()
    {
        Rewrite::report(rewrites, "path-as-key", path.unfiltered());
    }
}
