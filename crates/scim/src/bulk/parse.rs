//! Reads a bulk request: its envelope, and each operation on its own. It looks into no operation's data.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{BulkError, BulkRequest, Method, Operation, Path, Refused};
use crate::{
    Error, Mode, Object,
    envelope::Envelope,
    message::{BULK_REQUEST, PATCH_OP},
};

/// Reads the body of a bulk request of at most `max_operations` operations.
///
/// What is wrong with the request as a whole is refused, as are two operations with one `bulkId`. What is wrong with
/// one operation stands in its place.
pub fn parse(body: Object, mode: Mode, max_operations: usize) -> Result<BulkRequest, BulkError> {
    let mut members = Envelope::open(body, BULK_REQUEST, mode)?;
    let fail_on_errors = match members.number("failOnErrors")? {
        None => None,
        Some(number) => match u64::try_from(number) {
            Ok(number) if number > 0 => Some(number),
            _ => return Err(Error::syntax("failOnErrors must be at least 1, or left out.").into()),
        },
    };
    let sent = match members.take("Operations") {
        Some(Value::Array(sent)) if !sent.is_empty() => sent,
        _ => return Err(Error::syntax("Operations must be an array of at least one operation.").into()),
    };
    if sent.len() > max_operations {
        return Err(BulkError::TooManyOperations {
            sent: sent.len(),
            limit: max_operations,
        });
    }
    members.close()?;

    let operations: Vec<_> = sent.into_iter().map(|operation| read(operation, mode)).collect();
    check_bulk_ids(&operations)?;
    Ok(BulkRequest {
        fail_on_errors,
        operations,
    })
}

fn check_bulk_ids(operations: &[Result<Operation, Refused>]) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for operation in operations {
        let bulk_id = match operation {
            Ok(operation) => &operation.bulk_id,
            Err(refused) => &refused.bulk_id,
        };
        if let Some(bulk_id) = bulk_id
            && !seen.insert(bulk_id)
        {
            return Err(Error::value(format!(
                "bulkId \"{}\" stands at two operations: give each its own.",
                shown(bulk_id)
            )));
        }
    }
    Ok(())
}

fn read(operation: Value, mode: Mode) -> Result<Operation, Refused> {
    let mut refused = Refused {
        method: String::new(),
        bulk_id: None,
        error: Error::syntax("An operation is an object with method, path, bulkId and data."),
    };
    let Value::Object(members) = operation else {
        return Err(refused);
    };
    let mut members = Envelope::plain(members, mode);
    let bulk_id = members.text("bulkId");
    if let Ok(bulk_id) = &bulk_id {
        refused.bulk_id.clone_from(bulk_id);
    }
    let method = members.text("method");
    if let Ok(Some(method)) = &method {
        refused.method = shown(method);
    }
    let read = || {
        let method = known(method?, mode)?;
        Ok(Operation {
            method,
            bulk_id: named(bulk_id?, method)?,
            version: members.text("version")?,
            path: match members.text("path")? {
                Some(path) => Path::parse(&path, method, mode)?,
                None => return Err(Error::syntax("path is missing: say where, as in \"/Users\".")),
            },
            data: data(members.take("data"), method, mode)?,
        })
    };
    read().map_err(|error| Refused { error, ..refused })
}

fn known(sent: Option<String>, mode: Mode) -> Result<Method, Error> {
    let sent = sent.ok_or_else(|| Error::syntax("method is missing: use POST, PUT, PATCH or DELETE."))?;
    Method::ALL
        .into_iter()
        .find(|method| {
            method.as_str() == sent || (mode.is_tolerant() && method.as_str().eq_ignore_ascii_case(&sent))
        })
        .ok_or_else(|| {
            Error::syntax(format!(
                "method is \"{}\": use POST, PUT, PATCH or DELETE.",
                shown(&sent)
            ))
        })
}

fn named(bulk_id: Option<String>, method: Method) -> Result<Option<String>, Error> {
    match bulk_id {
        Some(bulk_id) if bulk_id.is_empty() => Err(Error::syntax("bulkId must not be empty.")),
        None if method == Method::Post => Err(Error::syntax(
            "bulkId is missing: a POST needs one that no other operation of the request has.",
        )),
        other => Ok(other),
    }
}

fn data(sent: Option<Value>, method: Method, mode: Mode) -> Result<Option<Object>, Error> {
    match (method, sent) {
        (Method::Delete, _) => Ok(None),
        (_, Some(Value::Object(data))) => Ok(Some(data)),
        // Erratum 5050: the RFC's own sample has the operations alone.
        (Method::Patch, Some(Value::Array(operations))) if mode.is_tolerant() => Ok(Some(patch(operations))),
        (_, None) => Err(Error::syntax(format!(
            "data is missing: a {} needs it.",
            method.as_str()
        ))),
        (Method::Patch, Some(_)) => Err(Error::syntax(
            "data of a PATCH must be an object with schemas and Operations.",
        )),
        (_, Some(_)) => Err(Error::syntax("data must be an object: the resource.")),
    }
}

/// The body of a PATCH request.
pub(super) fn patch(operations: Vec<Value>) -> Object {
    Object::from_iter([
        ("schemas".to_owned(), json!([PATCH_OP])),
        ("Operations".to_owned(), Value::Array(operations)),
    ])
}

/// A text of the client's, cut to a length that suits a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
