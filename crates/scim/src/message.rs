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

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this position, from 1 (RFC 7644 §3.4.2.4).
    Index(u64),
    /// Before the page that this cursor leads to; `None`: it is the last one (RFC 9865 §2).
    Cursor(Option<String>),
}

/// A list response with an empty place for its resources. `total` counts all matches, `count` those of this page.
pub fn list_response(total: u64, place: Place, count: usize) -> Value {
    let mut list = Object::with_capacity(5);
    list.insert("schemas".to_owned(), json!([LIST_RESPONSE]));
    list.insert("totalResults".to_owned(), Value::from(total));
    if let Place::Index(start_index) = place {
        list.insert("startIndex".to_owned(), Value::from(start_index));
    }
    list.insert("itemsPerPage".to_owned(), Value::from(count));
    if let Place::Cursor(Some(next)) = place {
        list.insert("nextCursor".to_owned(), Value::from(next));
    }
    list.insert("Resources".to_owned(), Value::Array(Vec::new()));
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
        assert_eq!(
            list_response(7, Place::Index(3), 2),
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 7, "startIndex": 3, "itemsPerPage": 2, "Resources": [],
            })
        );
    }

    #[test]
    fn a_page_by_cursor_has_no_position_and_names_the_next_one_while_there_is_one() {
        let page = list_response(7, Place::Cursor(Some("abc".to_owned())), 2);
        assert_eq!(page.get("nextCursor"), Some(&json!("abc")));
        assert_eq!(page.get("startIndex"), None);
        let last = list_response(7, Place::Cursor(None), 1);
        assert_eq!(last.get("nextCursor"), None);
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
