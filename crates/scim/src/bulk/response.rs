//! The answer to a bulk request (RFC 7644 §3.7.3).

use serde_json::{Value, json};

use crate::{Object, message::BULK_RESPONSE};

/// What became of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationResult {
    /// The method, as sent when it is none.
    pub method: String,
    /// The client's name for the operation.
    pub bulk_id: Option<String>,
    /// The resource's new version.
    pub version: Option<String>,
    /// The resource's URL. `None` where there is no resource.
    pub location: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// An error body, for an operation that failed.
    pub response: Option<Value>,
}

/// The body of the answer: results in the order of the request, of the operations that were processed.
pub fn response(results: Vec<OperationResult>) -> Value {
    let operations = results.into_iter().map(OperationResult::into_value).collect();
    Value::Object(Object::from_iter([
        ("schemas".to_owned(), json!([BULK_RESPONSE])),
        ("Operations".to_owned(), Value::Array(operations)),
    ]))
}

impl OperationResult {
    fn into_value(self) -> Value {
        let mut result = Object::with_capacity(6);
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                result.insert(name.to_owned(), Value::String(value));
            }
        };
        put("location", self.location);
        put("method", Some(self.method));
        put("bulkId", self.bulk_id);
        put("version", self.version);
        // A string, as in an error body.
        put("status", Some(self.status.to_string()));
        if let Some(body) = self.response {
            result.insert("response".to_owned(), body);
        }
        Value::Object(result)
    }
}
