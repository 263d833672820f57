//! Whether a request was made by a page of ours. What browsers say about that cannot be forged by another site's page;
//! the tokens in forms are in `form_token.rs`.

use actix_web::http::header::{HeaderMap, HeaderName, ORIGIN};

use crate::Site;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request that changes something comes from a page of this site: `Sec-Fetch-Site` says `same-origin`, or, in
/// a browser that does not send it, `Origin` is ours. A request that says neither was not made by a form of ours.
pub(crate) fn is_ours(site: &Site, headers: &HeaderMap) -> bool {
    let mut fetch = headers.get_all(SEC_FETCH_SITE);
    match (fetch.next(), fetch.next()) {
        (Some(value), None) => value == "same-origin",
        (Some(_), Some(_)) => false,
        (None, _) => {
            let mut origins = headers.get_all(ORIGIN);
            match (origins.next(), origins.next()) {
                (Some(origin), None) => origin.as_bytes() == site.origin().as_bytes(),
                (Some(_), Some(_)) | (None, _) => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn check(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_ours(&Site::new("https://scim.example.com/gate").unwrap(), &map)
    }

    #[test]
    fn a_form_of_ours_is_known_by_what_the_browser_says() {
        for headers in [
            &[("sec-fetch-site", "same-origin")][..],
            // A page that sends no referrer has the origin `null`.
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", "https://scim.example.com")],
        ] {
            assert!(check(headers), "{headers:?}");
        }
    }

    #[test]
    fn everything_else_is_another_site() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "Same-Origin")],
            &[("sec-fetch-site", "same-origin, cross-site")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
            ],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://scim.example.com"),
            ],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://scim.example.com"),
            ],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "http://scim.example.com")],
            &[("origin", "https://scim.example.com.evil.example")],
            &[("origin", "https://scim.example.com:444")],
            &[("origin", "https://scim.example.com/")],
            &[("origin", "https://SCIM.example.com")],
            &[("origin", "https://example.com")],
            &[
                ("origin", "https://scim.example.com"),
                ("origin", "https://evil.example"),
            ],
            &[("referer", "https://scim.example.com/gate/console")],
        ] {
            assert!(!check(headers), "{headers:?}");
        }
    }
}
