//! The envelopes of RFC 7644: list responses and errors, and the URNs of all messages. What stands inside is made
//! elsewhere.

use serde_json::{Value, json};

use crate::{Object, ScimType};

/// The URN of a list response (RFC 7644 §3.4.2).
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The URN of a PATCH request (RFC 7644 §3.5.2).
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// The URN of an error (RFC 7644 §3.12).
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The URN of a search request (RFC 7644 §3.4.3).
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// The URN of a bulk request (RFC 7644 §3.7).
pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The URN of a bulk response (RFC 7644 §3.7).
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// A list response. `total` counts all matches, `resources` are those of this page; an empty page is sent as `[]`.
pub fn list_response(total: u64, start_index: u64, resources: Vec<Value>) -> Value {
    // Built by hand: `json!` would copy every resource.
    let mut list = Object::with_capacity(5);
    list.insert("schemas".to_owned(), json!([LIST_RESPONSE]));
    list.insert("totalResults".to_owned(), Value::from(total));
    list.insert("startIndex".to_owned(), Value::from(start_index));
    list.insert("itemsPerPage".to_owned(), Value::from(resources.len()));
    list.insert("Resources".to_owned(), Value::Array(resources));
    Value::Object(list)
}

/// An error body. The status is a JSON string, as RFC 7644 §3.12 has it.
pub fn error_body(status: u16, scim_type: Option<ScimType>, detail: &str) -> Value {
    let mut body = Object::with_capacity(4);
    body.insert("schemas".to_owned(), json!([ERROR]));
    body.insert("status".to_owned(), Value::String(status.to_string()));
    if let Some(scim_type) = scim_type {
        body.insert("scimType".to_owned(), Value::from(scim_type.as_str()));
    }
    body.insert("detail".to_owned(), Value::from(detail));
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_counts_the_page_and_keeps_the_total() {
        let page = vec![json!({"id": "1"}), json!({"id": "2"})];
        assert_eq!(
            list_response(7, 3, page),
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 7, "startIndex": 3, "itemsPerPage": 2,
                "Resources": [{"id": "1"}, {"id": "2"}],
            })
        );
    }

    #[test]
    fn an_empty_list_still_has_resources() {
        let list = list_response(0, 1, Vec::new());
        assert_eq!(list.get("Resources"), Some(&json!([])));
        assert_eq!(list.get("itemsPerPage"), Some(&json!(0)));
    }

    #[test]
    fn the_status_of_an_error_is_a_string() {
        assert_eq!(
            error_body(409, Some(ScimType::Uniqueness), "userName is in use"),
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409", "scimType": "uniqueness", "detail": "userName is in use",
            })
        );
        assert_eq!(error_body(404, None, "gone").get("scimType"), None);
    }
}
