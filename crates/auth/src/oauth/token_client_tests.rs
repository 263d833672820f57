//! How clients say who they are in a request for tokens, well and badly.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    tests::{ID, OTHER_ID, SECRET, basic, client, parse, refused, with_secret},
    *,
};
use crate::oauth::JWT_BEARER;

#[test]
fn a_client_presents_itself_by_header_or_body() {
    let grant = "grant_type=client_credentials";
    for authorization in [
        basic(ID, SECRET),
        basic(ID, SECRET).replace("Basic ", "basic   "),
        basic(ID, SECRET).trim_end_matches('=').to_owned(),
        // Both halves are form-encoded (RFC 6749 §2.3.1), which changes nothing in ours.
        basic(&ID.replace('_', "%5F"), &SECRET.replace('_', "%5f")),
    ] {
        let request = parse(Some(&authorization), "", grant).unwrap();
        assert_eq!(client(&request), format!("{ID} {SECRET} true"), "{authorization}");
    }
    let same = format!("{grant}&client_id={ID}");
    assert!(parse(Some(&basic(ID, SECRET)), "", &same).is_ok());
    let request = parse(None, "", &with_secret(grant)).unwrap();
    assert_eq!(client(&request), format!("{ID} {SECRET} false"));
    assert!(matches!(request.grant, GrantRequest::ClientCredentials));
}

#[test]
fn a_secret_with_any_character_survives_both_ways() {
    let secret = "a:b+c d%26&=\u{e9}";
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let grant = "grant_type=client_credentials";
    for request in [
        parse(Some(&basic(ID, &encoded)), "", grant),
        parse(
            None,
            "",
            &format!("{grant}&client_id={ID}&client_secret={encoded}"),
        ),
    ] {
        let PresentedClient::Secret { secret: read, .. } = request.unwrap().client else {
            panic!("not a secret")
        };
        assert_eq!(read.reveal(), secret);
    }
}

#[test]
fn an_assertion_names_its_client_or_lets_the_jwt_say_it() {
    let kind: String = url::form_urlencoded::byte_serialize(JWT_BEARER.as_bytes()).collect();
    let body = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion=a.b.c");
    let request = parse(None, "", &body).unwrap();
    assert_eq!(client(&request), "None a.b.c");
    let request = parse(None, "", &format!("{body}&client_id={ID}")).unwrap();
    assert_eq!(client(&request), format!("Some(ClientId({ID})) a.b.c"));
}

#[test]
fn assertions_that_are_half_there_are_refused() {
    let kind: String = url::form_urlencoded::byte_serialize(JWT_BEARER.as_bytes()).collect();
    let grant = "grant_type=client_credentials";
    for (body, code, word) in [
        (
            format!("{grant}&client_assertion=a.b.c"),
            ErrorCode::InvalidRequest,
            "client_assertion_type",
        ),
        (
            format!("{grant}&client_assertion_type={kind}"),
            ErrorCode::InvalidRequest,
            "client_assertion",
        ),
        (
            format!("{grant}&client_assertion_type=saml&client_assertion=a"),
            ErrorCode::InvalidClient,
            "assertion",
        ),
        (
            format!("{grant}&client_assertion_type={kind}&client_assertion=a&client_id=b"),
            ErrorCode::InvalidClient,
            "id",
        ),
    ] {
        refused(None, "", &body, code, word);
    }
}

#[test]
fn two_ways_at_once_are_refused() {
    let kind: String = url::form_urlencoded::byte_serialize(JWT_BEARER.as_bytes()).collect();
    let grant = "grant_type=client_credentials";
    let header = basic(ID, SECRET);
    let assertion = format!("client_assertion_type={kind}&client_assertion=a.b.c");
    for (authorization, body) in [
        (Some(&header), with_secret(grant)),
        (Some(&header), format!("{grant}&client_secret={SECRET}")),
        (Some(&header), format!("{grant}&{assertion}")),
        (None, with_secret(&format!("{grant}&{assertion}"))),
    ] {
        refused(
            authorization.map(String::as_str),
            "",
            &body,
            ErrorCode::InvalidRequest,
            "more than one way",
        );
    }
    let other = format!("{grant}&client_id={OTHER_ID}");
    refused(Some(&header), "", &other, ErrorCode::InvalidRequest, "client_id");
}

#[test]
fn who_presents_nothing_readable_is_answered_like_an_unknown_client() {
    let grant = "grant_type=client_credentials";
    let headers = [
        String::new(),
        "Basic".to_owned(),
        "Basic !!!!".to_owned(),
        format!("Basic {}", STANDARD.encode(ID)),
        format!("Basic {}", STANDARD.encode([0xff, b':', b'a'])),
        format!("Bearer {SECRET}"),
        SECRET.to_owned(),
        basic(ID, ""),
        basic("", SECRET),
        basic("anna", SECRET),
        basic(ID, "%zz"),
    ];
    for header in &headers {
        let error = parse(Some(header), "", grant).unwrap_err();
        assert_eq!(error, Error::invalid_client(), "{header:?}");
    }
    for body in [
        grant.to_owned(),
        format!("{grant}&client_id={ID}"),
        format!("{grant}&client_id={ID}&client_secret="),
        format!("{grant}&client_secret={SECRET}"),
        format!("{grant}&client_id=anna&client_secret={SECRET}"),
        format!("{grant}&client_id=%00&client_secret={SECRET}").replace("%00", "%20"),
    ] {
        assert_eq!(
            parse(None, "", &body).unwrap_err(),
            Error::invalid_client(),
            "{body:?}"
        );
    }
}
