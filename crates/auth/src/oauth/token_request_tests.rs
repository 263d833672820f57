//! Requests for tokens as clients send them, well and badly.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;

pub(super) const ID: &str = "wicket_client_0123456789ABCDEF";
pub(super) const OTHER_ID: &str = "wicket_client_0123456789abcdef";
pub(super) const SECRET: &str = "wicket_cs_secret";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub(super) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(super) fn with_secret(rest: &str) -> String {
    format!("client_id={ID}&client_secret={SECRET}&{rest}")
}

pub(super) fn parse(authorization: Option<&str>, query: &str, body: &str) -> Result<TokenRequest, Error> {
    TokenRequest::parse(authorization, query, body.as_bytes())
}

#[track_caller]
pub(super) fn refused(authorization: Option<&str>, query: &str, body: &str, code: ErrorCode, word: &str) {
    let error = parse(authorization, query, body).unwrap_err();
    assert_eq!(error.code, code, "{query:?} {body:?}: {error}");
    assert!(error.description.contains(word), "{query:?} {body:?}: {error}");
}

pub(super) fn client(request: &TokenRequest) -> String {
    match &request.client {
        PresentedClient::Secret { id, secret, basic } => format!("{id} {} {basic}", secret.reveal()),
        PresentedClient::Assertion { id, assertion } => format!("{id:?} {}", assertion.reveal()),
    }
}

#[test]
fn each_grant_is_read_with_its_parameters() {
    let body = with_secret(&format!(
        "grant_type=authorization_code&code=the+code&redirect_uri=https%3A%2F%2Fa.example%2Fcb&code_verifier={VERIFIER}"
    ));
    match parse(None, "", &body).unwrap().grant {
        GrantRequest::AuthorizationCode {
            code,
            redirect_uri,
            code_verifier,
        } => {
            assert_eq!(code.reveal(), "the code");
            assert_eq!(redirect_uri.as_deref(), Some("https://a.example/cb"));
            assert_eq!(code_verifier.unwrap().reveal(), VERIFIER);
        }
        other => panic!("{other:?}"),
    }
    let body = with_secret("grant_type=authorization_code&code=c&redirect_uri=&code_verifier=");
    assert!(matches!(
        parse(None, "", &body).unwrap().grant,
        GrantRequest::AuthorizationCode {
            redirect_uri: None,
            code_verifier: None,
            ..
        }
    ));
    match parse(None, "", &with_secret("grant_type=refresh_token&refresh_token=r"))
        .unwrap()
        .grant
    {
        GrantRequest::RefreshToken { refresh_token } => assert_eq!(refresh_token.reveal(), "r"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_grant_without_what_it_needs_is_refused() {
    for (rest, code, word) in [
        ("", ErrorCode::InvalidRequest, "grant_type"),
        ("grant_type=", ErrorCode::InvalidRequest, "grant_type"),
        ("grant_type=authorization_code", ErrorCode::InvalidRequest, "code"),
        (
            "grant_type=authorization_code&code=",
            ErrorCode::InvalidRequest,
            "code",
        ),
        (
            "grant_type=refresh_token",
            ErrorCode::InvalidRequest,
            "refresh_token",
        ),
        (
            "grant_type=password&username=a&password=b",
            ErrorCode::UnsupportedGrantType,
            "grant_type",
        ),
        (
            "grant_type=implicit",
            ErrorCode::UnsupportedGrantType,
            "grant_type",
        ),
        (
            "grant_type=CLIENT_CREDENTIALS",
            ErrorCode::UnsupportedGrantType,
            "grant_type",
        ),
        (
            "grant_type=client_credentials+",
            ErrorCode::UnsupportedGrantType,
            "grant_type",
        ),
        (
            "grant_type=authorization_code&code=c&code_verifier=short",
            ErrorCode::InvalidRequest,
            "code_verifier",
        ),
    ] {
        refused(None, "", &with_secret(rest), code, word);
    }
}

#[test]
fn a_parameter_that_is_there_twice_is_named() {
    let base = [
        ("grant_type", "authorization_code"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("code", "c"),
        ("redirect_uri", "https://a.example/"),
        ("code_verifier", VERIFIER),
        ("scope", "scim"),
        ("refresh_token", "r"),
        ("client_assertion", "a"),
        ("client_assertion_type", "t"),
        ("username", "u"),
        ("password", "p"),
        ("token", "t"),
        ("token_type_hint", "h"),
        ("state", "s"),
        ("response_type", "code"),
        ("code_challenge", "c"),
        ("code_challenge_method", "S256"),
    ];
    let form = |pairs: &[(&str, &str)]| {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    };
    for (name, value) in base {
        // The same, another, none: which is meant is anybody's guess.
        for second in [value, "other", ""] {
            let mut pairs = base.to_vec();
            pairs.push((name, second));
            refused(
                None,
                "",
                &form(&pairs),
                ErrorCode::InvalidRequest,
                &format!("{name} is there"),
            );
        }
    }
    let twice = with_secret("grant_type=client_credentials&resource=a&resource=a");
    refused(None, "", &twice, ErrorCode::InvalidTarget, "resource");
    // An encoded name is the same name.
    let encoded = with_secret("grant_type=client_credentials&%67rant_type=client_credentials");
    refused(None, "", &encoded, ErrorCode::InvalidRequest, "grant_type");
    refused(
        None,
        "scope=scim&scope=scim",
        &with_secret("grant_type=client_credentials"),
        ErrorCode::InvalidRequest,
        "scope",
    );
}

#[test]
fn unknown_parameters_are_ignored_however_often_they_are_there() {
    let body =
        with_secret("grant_type=client_credentials&audience=x&audience=y&%ff=1&&=&x&tenant=%zz&Scope=none");
    assert!(parse(None, "api-version=1&api-version=2", &body).is_ok());
}

#[test]
fn the_scope_is_in_the_query_or_in_the_body() {
    let grant = with_secret("grant_type=client_credentials");
    let scoped = |scope: &str| format!("{grant}&scope={scope}");
    for (query, body, scope) in [
        ("", &grant, None),
        ("scope=", &grant, None),
        ("scope=scim.read", &grant, Some("scim.read")),
        ("scope=scim%20offline_access", &grant, Some("scim offline_access")),
        ("scope=scim+offline_access", &grant, Some("scim offline_access")),
        ("", &scoped("scim"), Some("scim")),
        ("scope=scim", &scoped("scim"), Some("scim")),
        ("scope=", &scoped("scim"), Some("scim")),
        ("scope=scim", &scoped(""), Some("scim")),
    ] {
        let request = parse(None, query, body).unwrap();
        assert_eq!(request.scope.as_deref(), scope, "{query} {body}");
    }
    refused(
        None,
        "scope=scim",
        &scoped("scim.read"),
        ErrorCode::InvalidRequest,
        "scope",
    );
}

#[test]
fn the_resource_is_handed_on_untouched() {
    let body =
        with_secret("grant_type=client_credentials&resource=https%3A%2F%2Fscim.example.com%2Fscim%2Fv2%2FX");
    let request = parse(None, "", &body).unwrap();
    assert_eq!(
        request.resource.as_deref(),
        Some("https://scim.example.com/scim/v2/X")
    );
}

#[test]
fn nothing_but_the_scope_may_be_in_the_query() {
    let body = with_secret("grant_type=client_credentials");
    for name in [
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "grant_type",
        "code",
        "code_verifier",
        "refresh_token",
        "redirect_uri",
        "resource",
        "username",
        "password",
    ] {
        for value in ["x", ""] {
            refused(
                None,
                &format!("{name}={value}"),
                &body,
                ErrorCode::InvalidRequest,
                name,
            );
        }
    }
}

#[test]
fn a_body_or_a_query_is_read_up_to_its_limit() {
    let body = with_secret("grant_type=client_credentials&padding=");
    let padded = |len: usize| format!("{body}{}", "a".repeat(len - body.len()));
    assert!(parse(None, "", &padded(8_192)).is_ok());
    refused(None, "", &padded(8_193), ErrorCode::InvalidRequest, "8192");
    let query = "a".repeat(8_193);
    refused(None, &query, &body, ErrorCode::InvalidRequest, "8192");
    assert!(parse(None, &query[1..], &body).is_ok());
}

#[test]
fn what_is_no_form_encoded_text_is_refused_by_name() {
    for value in ["%", "%4", "%zz", "%ff", "%C3%28", "%00", "a%00b", "% 41", "%+1"] {
        for name in ["grant_type", "scope", "code", "client_secret"] {
            let body = format!("client_id={ID}&{name}={value}");
            refused(None, "", &body, ErrorCode::InvalidRequest, name);
        }
    }
    let error = TokenRequest::parse(None, "", b"grant_type=\xff").unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidRequest);
}

#[test]
fn no_refusal_and_no_debug_text_repeats_a_secret() {
    let marked = "SECRETMARK";
    for body in [
        format!("client_id={marked}&client_secret={marked}&grant_type=client_credentials"),
        format!("client_id={ID}&client_secret={marked}&grant_type={marked}"),
        format!("client_id={ID}&client_secret={marked}&client_secret={marked}"),
        format!("client_id={ID}&client_secret={marked}&grant_type=refresh_token&refresh_token={marked}"),
        format!(
            "client_id={ID}&client_secret={marked}&grant_type=authorization_code&code={marked}&code_verifier={}",
            marked.repeat(5)
        ),
        format!("client_id={ID}&client_assertion={marked}&client_assertion_type={marked}"),
        format!("client_secret=%zz{marked}"),
    ] {
        let shown = format!("{:?}", parse(None, "", &body));
        assert!(!shown.contains(marked), "{shown}");
        let shown = format!("{:?}", parse(Some(&basic(ID, marked)), "", &body));
        assert!(!shown.contains(marked), "{shown}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(header in "\\PC*", query in "\\PC*", body: Vec<u8>) {
        let _ = TokenRequest::parse(Some(&header), &query, &body);
    }

    #[test]
    fn no_form_makes_reading_panic(body in "((client_id|client_secret|grant_type|code|scope|x)(=|%|\\+)\\PC{0,9}&?){0,9}") {
        let _ = TokenRequest::parse(None, &body, body.as_bytes());
    }
}
