//! Deviations first seen from Microsoft Entra ID. It changes shapes, never values.

use std::borrow::Cow;

use serde_json::Value;

use super::RuleName;
use crate::{
    Error, Mode,
    filter::{Filter, check_element},
    patch::{Op, Operation},
    path::PatchPath,
    resource::Rewrite,
    schema::{Attribute, ResourceType},
};

/// `Add`, `Remove`, `Replace`: the RFC spells the keywords in lower case.
pub(crate) fn op_case<'a>(op: &'a str, rewrites: &mut Vec<Rewrite>) -> Cow<'a, str> {
    if op.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Rewrite::report(rewrites, RuleName::OpCase, "op");
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
        Rewrite::report(rewrites, RuleName::RemoveWithValue, path.to_string());
    }
}

/// `{"op":"replace","value":{"name.givenName":"…"}}`: the key of an object without `path` is itself a path.
pub(crate) fn path_as_key(rt: &ResourceType, path: &PatchPath, rewrites: &mut Vec<Rewrite>) {
    let is_path = path.urn.is_some() || path.sub.is_some() || path.filter.is_some();
    if is_path
        && let Some(name) = &path.name
        && rt.find(path.urn.as_deref(), name, path.sub.as_deref()).is_some()
    {
        Rewrite::report(rewrites, RuleName::PathAsKey, path.unfiltered());
    }
}

/// `members[value eq 23a3]`: text without quotes. Reads the path, and reports what the RFC's grammar would refuse.
pub(crate) fn path(text: &str, mode: Mode, rewrites: &mut Vec<Rewrite>) -> Result<PatchPath, Error> {
    let path = PatchPath::parse(text, mode)?;
    if mode.is_tolerant() && path.filter.is_some() && PatchPath::parse(text, Mode::Strict).is_err() {
        Rewrite::report(rewrites, RuleName::FilterLiteralUnquoted, path.unfiltered());
    }
    Ok(path)
}

/// `roles[primary eq "True"].value`: a literal of another type than the attribute's. Checks the filter of a path, and
/// reports what the RFC would refuse.
pub(crate) fn element_filter(
    attribute: &Attribute,
    filter: &Filter,
    mode: Mode,
    rewrites: &mut Vec<Rewrite>,
) -> Result<Filter, Error> {
    let checked = check_element(attribute, filter.clone(), mode)?;
    if mode.is_tolerant()
        && checked != *filter
        && check_element(attribute, filter.clone(), Mode::Strict).is_err()
    {
        Rewrite::report(rewrites, RuleName::FilterLiteralType, attribute.name.as_str());
    }
    Ok(checked)
}
