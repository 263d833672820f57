//! The body of a query by POST (RFC 7644 §3.4.3, RFC 9865 §3). It reads types only: what a filter or an attribute means
//! is looked up where a GET's parameters are.

use serde_json::Value;

use crate::{Error, Mode, Object, envelope::Envelope, message::SEARCH_REQUEST};

/// A search request. Each member is what the query parameter of the same name is; `None`: absent or null.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchRequest {
    /// The attributes to return. Never an empty list.
    pub attributes: Option<Vec<String>>,
    /// The attributes not to return. Never an empty list.
    pub excluded_attributes: Option<Vec<String>>,
    /// Which resources. Empty text is passed on for the caller to refuse: it is no filter.
    pub filter: Option<String>,
    /// What to sort by.
    pub sort_by: Option<String>,
    /// `ascending` or `descending`, or anything else that was sent.
    pub sort_order: Option<String>,
    /// The first result, as sent: below 1 is for the caller to read as 1.
    pub start_index: Option<i64>,
    /// How many results, as sent: a negative number is for the caller to read as 0.
    pub count: Option<i64>,
    /// Where an earlier page ended. Empty text asks for the first page by cursor.
    pub cursor: Option<String>,
}

impl SearchRequest {
    /// Reads a body. Names are compared without regard to case. A member of the wrong type is `invalidSyntax` and
    /// named; in tolerant mode a number may be text, and a list text with commas.
    pub fn parse(body: Object, mode: Mode) -> Result<Self, Error> {
        let mut members = Envelope::open(body, SEARCH_REQUEST, mode)?;
        let request = Self {
            attributes: names(&mut members, "attributes", mode)?,
            excluded_attributes: names(&mut members, "excludedAttributes", mode)?,
            filter: members.text("filter")?,
            sort_by: members.text("sortBy")?,
            sort_order: members.text("sortOrder")?,
            start_index: members.number("startIndex")?,
            count: members.number("count")?,
            cursor: members.text("cursor")?,
        };
        members.close()?;
        Ok(request)
    }
}

fn names(members: &mut Envelope, name: &str, mode: Mode) -> Result<Option<Vec<String>>, Error> {
    let list: Option<Vec<String>> = match members.take(name) {
        None => return Ok(None),
        Some(Value::Array(items)) => items
            .into_iter()
            .map(|item| match item {
                Value::String(item) => Some(item),
                _ => None,
            })
            .collect(),
        Some(Value::String(text)) if mode.is_tolerant() => Some(
            text.split(',')
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
        ),
        Some(_) => None,
    };
    match list {
        Some(list) => Ok((!list.is_empty()).then_some(list)),
        None => Err(Error::syntax(format!(
            "{name} must be an array of attribute names, as in [\"userName\", \"name.familyName\"]."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ScimType;

    const MODES: [Mode; 3] = [Mode::Tolerant, Mode::Strict, Mode::Interop];

    /// Reads the members after a valid `schemas`.
    fn read(members: &Value, mode: Mode) -> Result<SearchRequest, Error> {
        let mut body = Object::from_iter([("schemas".to_owned(), json!([SEARCH_REQUEST]))]);
        body.extend(members.as_object().unwrap().clone());
        SearchRequest::parse(body, mode)
    }

    fn refusal(members: &Value, mode: Mode) -> String {
        let error = read(members, mode).unwrap_err();
        assert_eq!(error.scim_type, ScimType::InvalidSyntax, "{members}");
        error.detail
    }

    #[test]
    fn every_member_is_read_whatever_the_case_of_its_name() {
        let sent = json!({
            "ATTRIBUTES": ["userName", "name.familyName"], "excludedattributes": ["emails"],
            "Filter": "userName sw \"J\"", "sortby": "userName", "SortOrder": "descending",
            "startindex": 11, "COUNT": -3, "Cursor": "abc",
        });
        let expected = SearchRequest {
            attributes: Some(["userName", "name.familyName"].map(str::to_owned).to_vec()),
            excluded_attributes: Some(vec!["emails".to_owned()]),
            filter: Some("userName sw \"J\"".to_owned()),
            sort_by: Some("userName".to_owned()),
            sort_order: Some("descending".to_owned()),
            start_index: Some(11),
            count: Some(-3),
            cursor: Some("abc".to_owned()),
        };
        for mode in MODES {
            assert_eq!(read(&sent, mode).unwrap(), expected);
        }
    }

    #[test]
    fn null_and_an_empty_list_are_absent() {
        let sent = json!({
            "attributes": [], "excludedAttributes": null, "filter": null, "sortBy": null, "sortOrder": null,
            "startIndex": null, "count": null, "cursor": null,
        });
        for mode in MODES {
            assert_eq!(read(&sent, mode).unwrap(), SearchRequest::default());
        }
    }

    #[test]
    fn an_empty_filter_or_cursor_stays_what_was_sent() {
        let request = read(&json!({"filter": "", "cursor": ""}), Mode::Tolerant).unwrap();
        assert_eq!(
            (request.filter.as_deref(), request.cursor.as_deref()),
            (Some(""), Some(""))
        );
    }

    #[test]
    fn the_schema_is_demanded_and_in_tolerant_mode_only_no_other_may_stand_there() {
        let parse = |schemas: Option<Value>, mode| {
            let body = schemas
                .map(|schemas| ("schemas".to_owned(), schemas))
                .into_iter()
                .collect();
            SearchRequest::parse(body, mode)
        };
        for mode in MODES {
            assert!(parse(Some(json!(["x", SEARCH_REQUEST.to_uppercase()])), mode).is_ok());
            let error = parse(Some(json!(["urn:example:x"])), mode).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidSyntax);
            assert!(error.detail.contains(SEARCH_REQUEST));
            for schemas in [None, Some(json!([])), Some(json!(SEARCH_REQUEST))] {
                assert_eq!(parse(schemas, mode).is_ok(), mode == Mode::Tolerant);
            }
        }
    }

    #[test]
    fn a_member_of_the_wrong_type_is_named() {
        for (name, value) in [
            ("attributes", json!({"a": 1})),
            ("attributes", json!(["userName", 1])),
            ("excludedAttributes", json!(true)),
            ("filter", json!(["x"])),
            ("sortBy", json!({})),
            ("sortOrder", json!(true)),
            ("startIndex", json!(1.5)),
            ("startIndex", json!("one")),
            ("count", json!(true)),
            ("count", json!("")),
            ("count", json!("+1")),
            ("cursor", json!([])),
        ] {
            for mode in MODES {
                let detail = refusal(&json!({name: value}), mode);
                assert!(detail.starts_with(name), "{detail}");
            }
        }
    }

    #[test]
    fn numbers_and_lists_as_text_are_understood_in_tolerant_mode_only() {
        let sent = json!({"startIndex": "5", "count": " 10 ", "attributes": "userName, emails ,"});
        let request = read(&sent, Mode::Tolerant).unwrap();
        assert_eq!((request.start_index, request.count), (Some(5), Some(10)));
        assert_eq!(request.attributes.unwrap(), ["userName", "emails"]);
        for name in ["startIndex", "count", "attributes"] {
            assert!(refusal(&json!({name: sent[name]}), Mode::Strict).starts_with(name));
        }
    }

    #[test]
    fn a_number_past_64_bits_is_the_largest_or_the_smallest() {
        let sent = json!({"startIndex": "99999999999999999999", "count": "-99999999999999999999"});
        let request = read(&sent, Mode::Tolerant).unwrap();
        assert_eq!(
            (request.start_index, request.count),
            (Some(i64::MAX), Some(i64::MIN))
        );
    }

    #[test]
    fn an_unknown_member_is_ignored_unless_the_mode_is_interop() {
        let sent = json!({"page": 1});
        assert!(read(&sent, Mode::Tolerant).is_ok() && read(&sent, Mode::Strict).is_ok());
        assert!(refusal(&sent, Mode::Interop).contains("\"page\""));
    }
}
