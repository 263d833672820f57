//! Successful answers: JSON that nobody on the way keeps.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, ETAG, HeaderMap, IF_MATCH, LOCATION},
    },
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use wicketgate_domain as domain;

use super::{Answer, error::Error};

pub(super) const JSON: &str = "application/json";

/// What is asked for.
pub(super) fn json(document: &impl Serialize) -> Answer {
    Ok(whole(StatusCode::OK, text(document)?, None))
}

/// What is asked for, and the tag by which a change can name the part of it that can be changed.
pub(super) fn tagged(document: &impl Serialize, changeable: &impl Serialize) -> Answer {
    let tag = Tag::of(&text(changeable)?);
    let text = text(document)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((ETAG, tag.to_string()))
        .content_type(JSON);
    Ok(response.body(text))
}

/// Done, with nothing to show.
pub(super) fn done() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// An answer that was written already.
pub(super) fn whole(status: StatusCode, text: String, location: Option<&str>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(JSON);
    if let Some(location) = location {
        response.insert_header((LOCATION, location));
    }
    response.body(text)
}

pub(super) fn text(document: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(document).map_err(unwritable)
}

pub(super) fn unwritable(error: serde_json::Error) -> Error {
    Error::Domain(domain::Error::Internal(Box::new(error)))
}

/// An entity tag: what it names is what it was computed from, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag([u8; 16]);

impl Tag {
    fn of(text: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let (half, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Self(*half)
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\"")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("\"")
    }
}

/// What `If-Match` demands.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// Nothing.
    None,
    /// One of these tags.
    Tags(Vec<String>),
}

impl Condition {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut tags = Vec::new();
        for value in headers.get_all(IF_MATCH) {
            for tag in value.to_str().unwrap_or_default().split(',').map(str::trim_ascii) {
                if tag == "*" {
                    return Self::None;
                }
                tags.push(tag.to_owned());
            }
        }
        if tags.is_empty() && !headers.contains_key(IF_MATCH) {
            Self::None
        } else {
            Self::Tags(tags)
        }
    }

    /// Refuses a document that no tag names. For the transaction that changes what it shows.
    pub(super) fn check(&self, document: &impl Serialize) -> Result<(), domain::Error> {
        let Self::Tags(tags) = self else {
            return Ok(());
        };
        let text =
            serde_json::to_string(document).map_err(|error| domain::Error::Internal(Box::new(error)))?;
        let current = Tag::of(&text).to_string();
        if tags.contains(&current) {
            Ok(())
        } else {
            Err(domain::Error::VersionMismatch { current: 0 })
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn condition(values: &[&'static str]) -> Condition {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IF_MATCH, HeaderValue::from_static(value));
        }
        Condition::read(&headers)
    }

    #[test]
    fn a_document_is_named_by_its_own_tag_alone() {
        let tag = Tag::of("\"a\"").to_string();
        let named = Condition::Tags(vec!["\"x\"".to_owned(), tag.clone()]);
        assert!(named.check(&"a").is_ok());
        assert!(named.check(&"b").is_err());
        assert_eq!(tag.len(), 34);
    }

    #[test]
    fn without_if_match_or_with_a_star_anything_will_do() {
        for condition in [condition(&[]), condition(&["*"]), condition(&["\"x\"", "*"])] {
            assert!(condition.check(&"a").is_ok());
        }
        for condition in [condition(&[""]), condition(&["\"x\""]), condition(&["W/\"1\""])] {
            assert!(condition.check(&"a").is_err());
        }
    }
}
