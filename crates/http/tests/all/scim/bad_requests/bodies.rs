//! Bodies that are no acceptable JSON, or too large.

use serde_json::json;
use wicketgate_scim::schema::USER;

use super::{Bad, bad};

/// An object that contains objects, `levels` of them in all.
pub(in crate::scim) fn nested(levels: usize) -> String {
    let inner = levels - 1;
    format!(
        "{{\"userName\":\"deep\",\"x\":{}1{}}}",
        "{\"x\":".repeat(inner),
        "}".repeat(inner)
    )
}

pub(super) fn broken() -> Vec<Bad> {
    let mut all = Vec::new();
    for (body, word) in [
        (&b""[..], "empty"),
        (b" \n ", "empty"),
        (b"null", "object"),
        (b"[]", "object"),
        (b"\"anna\"", "object"),
        (b"7", "object"),
        (b"{", "JSON"),
        (b"{\"userName\":}", "JSON"),
        (b"{\"userName\":\"a\"", "JSON"),
        (b"{\"userName\":\"a\"}{}", "JSON"),
        (b"{\"userName\":\"a\",}", "JSON"),
        (b"{'userName':'a'}", "JSON"),
        (b"{\"userName\":NaN}", "JSON"),
        (b"userName=a", "JSON"),
        (b"<user/>", "JSON"),
        (b"\xef\xbb\xbf{\"userName\":\"a\"}", "JSON"),
        (b"{\"userName\":\"\xff\"}", "UTF-8"),
        (b"{\"userName\":\"\xed\xa0\x80\"}", "UTF-8"),
        (b"{\"userName\":\"\\ud800\"}", "JSON"),
        (b"{\"userName\":\"a\x00b\"}", "JSON"),
        (b"{\"userName\":\"a\\u0000b\"}", "U+0000"),
        (b"{\"userName\":\"a\",\"x\\u0000\":1}", "U+0000"),
        (
            b"{\"userName\":\"a\",\"name\":{\"givenName\":\"\\u0000\"}}",
            "U+0000",
        ),
        (
            b"{\"userName\":\"a\",\"userName\":\"b\"}",
            "duplicate key \"userName\"",
        ),
        (
            b"{\"userName\":\"a\",\"USERNAME\":\"b\"}",
            "duplicate key \"USERNAME\"",
        ),
        (
            b"{\"userName\":\"a\",\"name\":{\"givenName\":\"a\",\"GivenName\":\"b\"}}",
            "duplicate key \"GivenName\"",
        ),
        (b"{\"userName\":\"a\",\"x\":9223372036854775808}", "64 bit"),
        (b"{\"userName\":\"a\",\"x\":-9223372036854775809}", "64 bit"),
        (b"{\"userName\":\"a\",\"x\":[1e30]}", "64 bit"),
        (b"{\"userName\":\"a\",\"x\":1e999}", "JSON"),
    ] {
        for (method, endpoint) in [
            ("POST", "/Users"),
            ("PUT", "/Users/{user}"),
            ("PATCH", "/Users/{user}"),
            ("PUT", "/Groups/{group}"),
        ] {
            all.push(bad(method, endpoint, body, 400, Some("invalidSyntax"), &[word]));
        }
    }
    all.push(bad(
        "POST",
        "/Users",
        nested(33),
        400,
        Some("invalidSyntax"),
        &["32 levels"],
    ));
    all.push(bad(
        "POST",
        "/Users",
        "[".repeat(100_000),
        400,
        Some("invalidSyntax"),
        &["32 levels"],
    ));
    all.push(bad(
        "POST",
        "/Groups",
        "{\"x\":".repeat(100_000),
        400,
        Some("invalidSyntax"),
        &["32 levels"],
    ));
    all
}

pub(super) fn large() -> Vec<Bad> {
    let padded = |limit: usize| {
        let mut body = json!({"schemas": [USER], "userName": "large"})
            .to_string()
            .into_bytes();
        body.resize(limit + 1, b' ');
        body
    };
    vec![
        bad("POST", "/Users", padded(1 << 20), 413, None, &["1048576 bytes"]),
        bad(
            "PUT",
            "/Users/{user}",
            padded(1 << 20),
            413,
            None,
            &["1048576 bytes"],
        ),
        bad(
            "PATCH",
            "/Users/{user}",
            padded(1 << 20),
            413,
            None,
            &["1048576 bytes"],
        ),
        bad(
            "POST",
            "/Groups",
            padded(16 << 20),
            413,
            None,
            &["16777216 bytes"],
        ),
        bad(
            "PUT",
            "/Groups/{group}",
            padded(16 << 20),
            413,
            None,
            &["16777216 bytes"],
        ),
        bad(
            "PATCH",
            "/Groups/{group}",
            padded(16 << 20),
            413,
            None,
            &["16777216 bytes"],
        ),
    ]
}
