//! What the headers of a request say about its body. Its size is not decided here, nor what it says.

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName};

/// Why a body is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is encoded, compressed for instance.
    Encoded,
    /// It is of another media type.
    MediaType,
}

/// Refuses a body that is encoded, or is not text in UTF-8 of one of these media types.
pub(crate) fn check(headers: &HeaderMap, known: &[&str]) -> Result<(), Refused> {
    check_encoding(headers)?;
    let content_type = joined(headers, CONTENT_TYPE);
    let mut pieces = parts(&content_type, b';');
    let media_type = pieces.next().unwrap_or_default();
    if !known.iter().any(|known| known.eq_ignore_ascii_case(media_type)) {
        return Err(Refused::MediaType);
    }
    let is_utf8 = |charset: &str| {
        ["utf-8", "utf8"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(charset))
    };
    match pieces
        .filter_map(parameter)
        .find(|(name, _)| name.eq_ignore_ascii_case("charset"))
    {
        Some((_, charset)) if !is_utf8(charset) => Err(Refused::MediaType),
        Some(_) | None => Ok(()),
    }
}

/// Refuses a body that is encoded.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), Refused> {
    let encodings = joined(headers, CONTENT_ENCODING);
    if parts(&encodings, b',')
        .all(|encoding| encoding.is_empty() || encoding.eq_ignore_ascii_case("identity"))
    {
        Ok(())
    } else {
        Err(Refused::Encoded)
    }
}

/// The values of a header as one list.
pub(crate) fn joined(headers: &HeaderMap, name: HeaderName) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(",")
}

/// The parts between separators that are not quoted, trimmed.
pub(crate) fn parts(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        !quoted && c == char::from(separator)
    })
    .map(str::trim_ascii)
}

/// A parameter's name and value, without the quotes.
pub(crate) fn parameter(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim_ascii(), value.trim_ascii().trim_matches('"')))
}
