//! Which media type is answered, and which bodies are read (RFC 7644 §3.8). Encodings and sizes of bodies are not
//! decided here.

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};

use super::error::Error;
use crate::content::{self, Refused, joined, parameter, parts};

/// SCIM's own media type.
pub(crate) const SCIM: &str = "application/scim+json";
const JSON: &str = "application/json";

/// The media type of the answer: SCIM's own, unless the client takes JSON and not that.
pub(crate) fn accepted(headers: &HeaderMap) -> Result<&'static str, Error> {
    let header = joined(headers, ACCEPT);
    if header.trim().is_empty() {
        return Ok(SCIM);
    }
    let ranges: Vec<Range> = parts(&header, b',').filter_map(Range::read).collect();
    [SCIM, JSON]
        .into_iter()
        .find(|media_type| Range::weight(&ranges, media_type) > 0.0)
        .ok_or(Error::NotAcceptable)
}

/// Refuses a body that is not JSON in UTF-8, by what its headers say. Without a `Content-Type` it is taken for that.
pub(crate) fn check_content(headers: &HeaderMap) -> Result<(), Error> {
    if joined(headers, CONTENT_TYPE).trim().is_empty() {
        return Ok(content::check_encoding(headers)?);
    }
    Ok(content::check(headers, &[SCIM, JSON])?)
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Encoded => Self::UnsupportedEncoding,
            Refused::MediaType => Self::UnsupportedMediaType,
        }
    }
}

/// One media range of an `Accept` header.
struct Range<'h> {
    name: &'h str,
    quality: f32,
}

impl<'h> Range<'h> {
    fn read(text: &'h str) -> Option<Self> {
        let mut pieces = parts(text, b';');
        let name = pieces.next().filter(|name| name.contains('/'))?;
        let weight = pieces
            .filter_map(parameter)
            .find(|(name, _)| name.eq_ignore_ascii_case("q"));
        let quality = match weight {
            Some((_, quality)) => quality
                .parse()
                .ok()
                .filter(|quality| (0.0..=1.0).contains(quality))?,
            None => 1.0,
        };
        Some(Self { name, quality })
    }

    /// The weight of a media type: the most specific range decides (RFC 9110 §12.5.1).
    fn weight(ranges: &[Self], media_type: &str) -> f32 {
        [media_type, "application/*", "*/*"]
            .into_iter()
            .find_map(|name| {
                let named = ranges
                    .iter()
                    .filter(|range| range.name.eq_ignore_ascii_case(name));
                named.map(|range| range.quality).reduce(f32::max)
            })
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CONTENT_ENCODING, HeaderName, HeaderValue};

    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn scim_is_answered_unless_only_json_is_taken() {
        for (accept, answered) in [
            ("", Some(SCIM)),
            ("application/scim+json", Some(SCIM)),
            ("application/scim+json; charset=utf-8", Some(SCIM)),
            ("APPLICATION/SCIM+JSON", Some(SCIM)),
            ("*/*", Some(SCIM)),
            ("application/*", Some(SCIM)),
            ("text/html, */*;q=0.1", Some(SCIM)),
            ("application/json", Some(JSON)),
            ("application/json, application/scim+json;q=0.1", Some(SCIM)),
            ("application/scim+json;q=0, application/json", Some(JSON)),
            ("application/scim+json;q=0, */*", Some(JSON)),
            ("application/json; v=\"a,b;c\"; q=1.0", Some(JSON)),
            ("text/html", None),
            ("application/xml, text/*", None),
            ("*/*;q=0", None),
            ("application/scim+json;q=high", None),
            ("json", None),
        ] {
            assert_eq!(accepted(&headers(&ACCEPT, &[accept])).ok(), answered, "{accept}");
        }
    }

    #[test]
    fn several_accept_headers_are_one_list() {
        assert_eq!(accepted(&headers(&ACCEPT, &["text/html", JSON])).ok(), Some(JSON));
        assert_eq!(accepted(&HeaderMap::new()).ok(), Some(SCIM));
    }

    #[test]
    fn json_in_utf8_is_read_in_every_spelling() {
        for content_type in [
            "",
            "application/scim+json",
            "application/json",
            "Application/JSON;Charset=UTF-8",
            "application/scim+json; charset=utf-8",
            "application/scim+json ; charset=\"utf-8\"",
            "application/json; charset=utf8",
            "application/json; profile=x",
        ] {
            assert!(
                check_content(&headers(&CONTENT_TYPE, &[content_type])).is_ok(),
                "{content_type}"
            );
        }
        assert!(check_content(&HeaderMap::new()).is_ok());
    }

    #[test]
    fn other_bodies_are_not_read() {
        for content_type in [
            "text/plain",
            "application/xml",
            "application/json; charset=latin1",
            "application/jsonx",
            "json",
            "*/*",
        ] {
            assert!(
                matches!(
                    check_content(&headers(&CONTENT_TYPE, &[content_type])),
                    Err(Error::UnsupportedMediaType)
                ),
                "{content_type}"
            );
        }
    }

    #[test]
    fn encoded_bodies_are_not_read() {
        for (encoding, is_read) in [
            ("identity", true),
            ("Identity", true),
            ("", true),
            ("gzip", false),
            ("identity, br", false),
        ] {
            assert_eq!(
                check_content(&headers(&CONTENT_ENCODING, &[encoding])).is_ok(),
                is_read,
                "{encoding}"
            );
        }
    }
}
