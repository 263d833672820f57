//! The stylesheet, the script and the icon, which are in the binary.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
};

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/script.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// Changes with the stylesheet, so that browsers may keep it for as long as they like.
pub(crate) const STYLE_VERSION: &str = text(&STYLE_HASH);
/// Changes with the script.
pub(crate) const SCRIPT_VERSION: &str = text(&SCRIPT_HASH);

const STYLE_HASH: [u8; 8] = hexadecimal(fnv(STYLE.as_bytes()));
const SCRIPT_HASH: [u8; 8] = hexadecimal(fnv(SCRIPT.as_bytes()));

const fn text(digits: &'static [u8]) -> &'static str {
    match std::str::from_utf8(digits) {
        Ok(text) => text,
        Err(_) => "",
    }
}

const fn fnv(bytes: &[u8]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        hash = (hash ^ *byte as u32).wrapping_mul(0x0100_0193);
        rest = after;
    }
    hash
}

const fn hexadecimal(number: u32) -> [u8; 8] {
    let mut text = [b'0'; 8];
    let mut rest: &mut [u8] = &mut text;
    let mut shift: u32 = 32;
    while let Some((place, after)) = rest.split_first_mut() {
        shift -= 4;
        let digit = ((number >> shift) & 0xf) as u8;
        *place = if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        };
        rest = after;
    }
    text
}

/// The stylesheet of all pages.
pub(crate) fn style() -> HttpResponse {
    kept("text/css; charset=utf-8", STYLE)
}

/// The script of all pages. They work without it.
pub(crate) fn script() -> HttpResponse {
    kept("text/javascript; charset=utf-8", SCRIPT)
}

/// The icon of the console.
pub(crate) fn icon() -> HttpResponse {
    kept("image/svg+xml", ICON)
}

fn kept(media_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ))
        .content_type(media_type)
        .body(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn the_version_is_eight_hexadecimal_digits_of_the_content() {
        assert_eq!(hexadecimal(0x0123_abcd), *b"0123abcd");
        assert_eq!(fnv(b"a"), 0xe40c_292c);
        assert_eq!(STYLE_VERSION.len(), 8);
    }

    #[test]
    fn the_script_writes_no_markup_and_runs_no_text() {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
        ] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
    }

    #[test]
    fn the_stylesheet_fetches_nothing() {
        for word in ["url(", "@import", "http"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }

    #[test]
    fn everything_a_browser_has_to_fetch_is_small() {
        const LARGEST: usize = 60_000;
        let compressed = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap().len()
        };
        let sizes = [STYLE, SCRIPT, ICON].map(compressed);
        assert!(sizes.iter().sum::<usize>() < LARGEST, "{sizes:?}");
    }
}
