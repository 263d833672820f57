//! The headers that tell a browser what a page of ours may do, which is little. Every answer gets them.

use actix_web::{
    HttpResponse,
    http::header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::Site;

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The content security policy of a page whose forms are sent to us, and perhaps on to `also`: Chromium also holds the
/// redirect that answers a form to this policy.
pub(crate) fn content_security(also: Option<&str>) -> String {
    let (space, also) = also.map_or(("", ""), |origin| (" ", origin));
    format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; \
         form-action 'self'{space}{also}; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
    )
}

/// Adds the headers to an answer. What an answer has decided for itself stays.
pub(crate) fn stamp(site: &Site, response: &mut HttpResponse) {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    if let Ok(policy) = content_security(None).parse() {
        set(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (COOP, "same-origin"),
        (CORP, "same-origin"),
        (
            PERMISSIONS_POLICY,
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        set(name, HeaderValue::from_static(value));
    }
    if site.is_https() {
        set(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(url: &str, mut response: HttpResponse) -> HttpResponse {
        stamp(&Site::new(url).unwrap(), &mut response);
        response
    }

    #[test]
    fn every_answer_is_told_what_it_may_do() {
        let response = stamped("https://scim.example.com", HttpResponse::Ok().finish());
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; \
                 form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
            ),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(response.headers().get(name).unwrap(), value);
        }
    }

    #[test]
    fn plain_http_is_not_told_to_stay_with_tls() {
        let response = stamped("http://localhost:8080", HttpResponse::Ok().finish());
        assert!(!response.headers().contains_key("strict-transport-security"));
    }

    #[test]
    fn an_answer_keeps_what_it_has_decided() {
        let made = HttpResponse::Ok()
            .insert_header((
                CONTENT_SECURITY_POLICY,
                content_security(Some("https://okta.example")),
            ))
            .finish();
        let response = stamped("https://scim.example.com", made);
        let policy = response
            .headers()
            .get(CONTENT_SECURITY_POLICY)
            .unwrap()
            .to_str()
            .unwrap();
        assert!(
            policy.contains("form-action 'self' https://okta.example;"),
            "{policy}"
        );
    }

    #[test]
    fn no_page_may_run_scripts_of_others_or_be_framed() {
        let policy = content_security(None);
        assert!(
            policy.contains("script-src 'self';") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    }
}
