//! Authorization requests as browsers bring them: what the person is shown, and what the client is told.

use super::*;

const ID: &str = "wicket_client_0123456789ABCDEF";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn parse(rest: &str) -> Result<AuthorizationRequest, Error> {
    AuthorizationRequest::parse(&format!("client_id={ID}&{rest}"))
}

#[test]
fn a_whole_request_is_read() {
    let request = parse(&format!(
        "response_type=code&redirect_uri=https%3A%2F%2Fa.example%2Fcb&scope=scim+offline_access&state=a%20b%26&\
         code_challenge={CHALLENGE}&code_challenge_method=S256&resource=https%3A%2F%2Fscim.example.com&prompt=consent"
    ))
    .unwrap();
    assert_eq!(request.client_id.to_string(), ID);
    assert_eq!(request.redirect_uri.as_deref(), Some("https://a.example/cb"));
    assert_eq!(request.state.as_deref(), Some("a b&"));
    let asked = request.asked.unwrap();
    assert_eq!(asked.scope.as_deref(), Some("scim offline_access"));
    assert_eq!(asked.resource.as_deref(), Some("https://scim.example.com"));
    assert_eq!(asked.code_challenge.unwrap().to_string(), CHALLENGE);
}

#[test]
fn what_may_be_left_out_may_also_be_empty() {
    for rest in [
        "response_type=code",
        "response_type=code&redirect_uri=&scope=&state=&code_challenge=&code_challenge_method=&resource=",
    ] {
        let request = parse(rest).unwrap();
        assert_eq!((request.redirect_uri, request.state), (None, None));
        assert_eq!(
            request.asked.unwrap(),
            Asked {
                scope: None,
                resource: None,
                code_challenge: None
            }
        );
    }
}

#[test]
fn without_one_client_and_one_redirect_uri_nothing_may_be_redirected() {
    for (query, code, word) in [
        (
            "response_type=code".to_owned(),
            ErrorCode::InvalidRequest,
            "client_id",
        ),
        (
            "response_type=code&client_id=".to_owned(),
            ErrorCode::InvalidRequest,
            "client_id",
        ),
        (
            "response_type=code&client_id=anna".to_owned(),
            ErrorCode::InvalidClient,
            "client",
        ),
        (
            format!("response_type=code&client_id={ID}&client_id={ID}"),
            ErrorCode::InvalidRequest,
            "client_id",
        ),
        (
            format!("client_id={ID}&redirect_uri=https://a.example&redirect_uri=https://b.example"),
            ErrorCode::InvalidRequest,
            "redirect_uri",
        ),
        (
            format!("client_id={ID}&redirect_uri=https://a.example/%ff"),
            ErrorCode::InvalidRequest,
            "redirect_uri",
        ),
        (
            format!("client_id={ID}&state={}", "a".repeat(8_192)),
            ErrorCode::InvalidRequest,
            "8192",
        ),
    ] {
        let error = AuthorizationRequest::parse(&query).unwrap_err();
        assert_eq!(error.code, code, "{query}");
        assert!(error.description.contains(word), "{query}: {error}");
    }
}

#[test]
fn what_else_is_wrong_is_kept_for_the_client() {
    for (rest, code, word) in [
        ("", ErrorCode::InvalidRequest, "response_type"),
        ("response_type=", ErrorCode::InvalidRequest, "response_type"),
        (
            "response_type=token",
            ErrorCode::UnsupportedResponseType,
            "response_type",
        ),
        (
            "response_type=code+token",
            ErrorCode::UnsupportedResponseType,
            "response_type",
        ),
        (
            "response_type=Code",
            ErrorCode::UnsupportedResponseType,
            "response_type",
        ),
        (
            "response_type=code&response_type=code",
            ErrorCode::InvalidRequest,
            "response_type",
        ),
        (
            "response_type=code&scope=a&scope=b",
            ErrorCode::InvalidRequest,
            "scope",
        ),
        (
            "response_type=code&state=a&state=b",
            ErrorCode::InvalidRequest,
            "state",
        ),
        (
            "response_type=code&resource=a&resource=b",
            ErrorCode::InvalidTarget,
            "resource",
        ),
        (
            "response_type=code&code_challenge=x&code_challenge_method=S256",
            ErrorCode::InvalidRequest,
            "code_challenge",
        ),
        (
            "response_type=code&code_challenge_method=S256",
            ErrorCode::InvalidRequest,
            "code_challenge",
        ),
    ] {
        let request = parse(rest).unwrap();
        let error = request.asked.unwrap_err();
        assert_eq!(error.code, code, "{rest}");
        assert!(error.description.contains(word), "{rest}: {error}");
    }
}

#[test]
fn a_challenge_is_never_a_plain_one() {
    for method in [
        "",
        "&code_challenge_method=",
        "&code_challenge_method=plain",
        "&code_challenge_method=s256",
    ] {
        let request = parse(&format!("response_type=code&code_challenge={CHALLENGE}{method}")).unwrap();
        let error = request.asked.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequest, "{method}");
        assert!(error.description.contains("S256"), "{method}: {error}");
    }
}
