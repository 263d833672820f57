//! Reads the body of a PATCH request: its envelope and the shape of each operation. It does not know resource types, so
//! no attribute is looked up here.

use serde_json::Value;

use super::{MAX_OPERATIONS, Op, Operation, PatchRequest, numbered};
use crate::{Error, Mode, Object, compat, message::PATCH_OP, resource::Rewrite, schema::is_same_name};

/// Reads the body of a PATCH request. Names are compared without regard to case, as all attribute names are.
pub fn parse(mut body: Object, mode: Mode) -> Result<PatchRequest, Error> {
    let mut rewrites = Vec::new();
    check_schemas(take(&mut body, "schemas").as_ref(), mode, &mut rewrites)?;
    let operations = take_entry(&mut body, "Operations");
    if let Some((key, _)) = &operations {
        compat::operations_case(key, &mut rewrites);
    }
    let Some((_, Value::Array(sent))) = operations else {
        return Err(Error::syntax(
            "\"Operations\" is missing: a PATCH request is an object with an array of operations.",
        ));
    };
    if sent.is_empty() && mode.is_tolerant() {
        compat::operations_empty(&mut rewrites);
    } else if sent.is_empty() || sent.len() > MAX_OPERATIONS {
        return Err(Error::syntax(format!(
            "\"Operations\" has {} elements: send 1 to {MAX_OPERATIONS}.",
            sent.len()
        )));
    }
    let count = sent.len();
    let mut operations = Vec::with_capacity(count);
    for (index, operation) in sent.into_iter().enumerate() {
        let operation =
            read(operation, mode, &mut rewrites).map_err(|error| numbered(error, index, count))?;
        operations.push(operation);
    }
    Ok(PatchRequest { operations, rewrites })
}

fn check_schemas(schemas: Option<&Value>, mode: Mode, rewrites: &mut Vec<Rewrite>) -> Result<(), Error> {
    let urns = match schemas {
        Some(Value::Array(urns)) => urns.as_slice(),
        None | Some(Value::Null) => &[],
        Some(one) => std::slice::from_ref(one),
    };
    let is_patch_op = |urn: &Value| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(PATCH_OP));
    if mode == Mode::Interop
        && let Some(other) = urns.iter().find(|urn| !is_patch_op(urn))
    {
        let shown: String = other.to_string().chars().take(100).collect();
        return Err(Error::syntax(format!(
            "\"schemas\" of a PATCH request names {shown}: send \"{PATCH_OP}\" alone."
        )));
    }
    if urns.iter().any(is_patch_op) {
        return Ok(());
    }
    if urns.is_empty() && mode.is_tolerant() {
        compat::patch_schemas_missing(rewrites);
        return Ok(());
    }
    Err(Error::syntax(format!(
        "\"schemas\" of a PATCH request must contain \"{PATCH_OP}\"."
    )))
}

fn read(operation: Value, mode: Mode, rewrites: &mut Vec<Rewrite>) -> Result<Operation, Error> {
    let Value::Object(mut operation) = operation else {
        return Err(Error::syntax(
            "An operation is an object with \"op\", \"path\" and \"value\".",
        ));
    };
    let Some(Value::String(op)) = take(&mut operation, "op") else {
        return Err(Error::syntax("\"op\" is missing: use add, remove or replace."));
    };
    let op = match compat::entra::op_case(&op, rewrites).as_ref() {
        "add" => Op::Add,
        "remove" => Op::Remove,
        "replace" => Op::Replace,
        _ => {
            let shown: String = op.chars().take(100).collect();
            return Err(Error::syntax(format!(
                "\"op\" is \"{shown}\": use add, remove or replace."
            )));
        }
    };
    let path = match take(&mut operation, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.is_empty() && mode.is_tolerant() => {
            compat::empty_path(rewrites);
            None
        }
        Some(Value::String(path)) => Some(compat::entra::path(&path, mode, rewrites)?),
        Some(_) => return Err(Error::path("\"path\" must be a string.")),
    };
    let value = take(&mut operation, "value");
    if value.is_none() && op != Op::Remove {
        return Err(Error::value(format!(
            "\"value\" is missing: {} needs one.",
            op.as_str()
        )));
    }
    let operation = Operation { op, path, value };
    compat::entra::remove_with_value(&operation, rewrites);
    Ok(operation)
}

/// Takes a member by name without regard to case.
fn take(object: &mut Object, name: &str) -> Option<Value> {
    take_entry(object, name).map(|(_, value)| value)
}

fn take_entry(object: &mut Object, name: &str) -> Option<(String, Value)> {
    let key = object.keys().find(|key| is_same_name(key, name))?.clone();
    object.remove_entry(&key)
}
