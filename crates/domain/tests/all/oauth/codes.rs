//! Codes: given by an owner, exchanged once, by the client that asked.

use std::sync::Arc;

use wicketgate_auth::oauth::{AuthorizationRequest, ErrorCode};
use wicketgate_domain::{AuthorizationError, Error};
use wicketgate_testbed::both_engines;

use super::{CALLBACK, Pair, Party, endpoint};
use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    a_code_is_exchanged_for_tokens_of_what_was_approved,
    a_second_use_of_a_code_revokes_what_came_of_the_first,
    a_code_expires_after_a_minute,
    a_code_belongs_to_its_client,
    the_redirect_uri_is_named_again_if_it_was_named,
    a_challenge_needs_its_verifier_and_a_verifier_its_challenge,
    a_refused_exchange_leaves_the_code_as_it_was,
    only_a_registered_redirect_uri_is_ever_redirected_to,
    what_is_wrong_beyond_the_redirect_uri_is_told_to_the_client,
    an_owner_approves_clients_of_the_own_organization_only,
    the_operator_cannot_approve,
}

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn a_code_is_exchanged_for_tokens_of_what_was_approved(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let seq = party.org.last_seq().await;
    let approved = party.approve("&scope=scim.read").await.unwrap();
    assert_eq!(approved.redirect_uri.as_str(), CALLBACK);
    assert_eq!(approved.grant.service_user, party.service_user);
    let response = party.exchange_code(&approved.code, "").await.unwrap();
    assert_eq!(
        (response.scope.to_string().as_str(), response.expires_in),
        ("scim.read", 3600)
    );
    let pair = Pair::from(response);
    assert!(party.opens(&pair.access).await);
    assert_eq!(party.org.kinds_after(seq).await, ["grant.approved"]);
    let org = party.org.owner().await;
    let listed = org.owner().unwrap().grants().list().await.unwrap();
    assert_eq!(listed, [approved.grant]);
}

async fn a_second_use_of_a_code_revokes_what_came_of_the_first(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let code = party.code().await;
    let first = Pair::from(party.exchange_code(&code, "").await.unwrap());
    let second = Pair::from(party.refresh(&first.refresh).await.unwrap());
    let seq = party.org.last_seq().await;
    for _ in 0..2 {
        let again = party.exchange_code(&code, "").await;
        assert_eq!(again.map(|_| ()), Err(ErrorCode::InvalidGrant));
    }
    for pair in [first, second] {
        assert!(!party.opens(&pair.access).await);
        assert_eq!(
            party.refresh(&pair.refresh).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
    let events = party.org.events_after(seq).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        (events[0].kind.as_str(), &events[0].payload["reason"]),
        ("grant.revoked", &"replayed".into())
    );
    assert_eq!(events[0].actor["id"], party.id().to_string());
    assert_eq!(events[0].request_id, "request-oauth");
}

async fn a_code_expires_after_a_minute(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    installation.clock.advance(-61_000);
    let code = party.code().await;
    assert_eq!(
        party.exchange_code(&code, "").await.map(|_| ()),
        Err(ErrorCode::InvalidGrant)
    );
    installation.clock.advance(31_000);
    let code = party.code().await;
    assert!(party.exchange_code(&code, "").await.is_ok());
}

async fn a_code_belongs_to_its_client(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let same_org = Party::of(&party.org, &installation, |_| {}).await;
    let other_org = Party::new(&installation).await;
    let code = party.code().await;
    for thief in [&same_org, &other_org] {
        assert_eq!(
            thief.exchange_code(&code, "").await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
    let pair = Pair::from(party.exchange_code(&code, "").await.unwrap());
    for thief in [&same_org, &other_org] {
        assert_eq!(
            thief.exchange_code(&code, "").await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
        assert_eq!(
            thief.refresh(&pair.refresh).await.map(|_| ()),
            Err(ErrorCode::InvalidGrant)
        );
    }
    // What strangers present is no second use.
    assert!(party.refresh(&pair.refresh).await.is_ok());
}

async fn the_redirect_uri_is_named_again_if_it_was_named(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let named = format!("&redirect_uri={CALLBACK}");
    for (asked, exchanged, is_given) in [
        ("", "", true),
        ("", named.as_str(), true),
        ("", "&redirect_uri=https://idp.example.test/other", false),
        (named.as_str(), named.as_str(), true),
        (named.as_str(), "", false),
        (
            named.as_str(),
            "&redirect_uri=https://idp.example.test/callback/",
            false,
        ),
    ] {
        let code = party.approve(asked).await.unwrap().code;
        let answer = party.exchange_code(&code, exchanged).await;
        assert_eq!(answer.is_ok(), is_given, "{asked} {exchanged}");
    }
}

async fn a_challenge_needs_its_verifier_and_a_verifier_its_challenge(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let challenge = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let verifier = format!("&code_verifier={VERIFIER}");
    let wrong = format!("&code_verifier={CHALLENGE}");
    for (asked, exchanged, is_given) in [
        (challenge.as_str(), verifier.as_str(), true),
        (challenge.as_str(), wrong.as_str(), false),
        (challenge.as_str(), "", false),
        ("", verifier.as_str(), false),
        ("", "", true),
    ] {
        let code = party.approve(asked).await.unwrap().code;
        let answer = party.exchange_code(&code, exchanged).await.map(|_| ());
        assert_eq!(answer.is_ok(), is_given, "{asked} {exchanged}");
        assert!(is_given || answer == Err(ErrorCode::InvalidGrant));
    }
}

async fn a_refused_exchange_leaves_the_code_as_it_was(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let code = party.approve("&scope=scim.read").await.unwrap().code;
    for (more, refusal) in [
        (
            "&redirect_uri=https://idp.example.test/other",
            ErrorCode::InvalidGrant,
        ),
        ("&scope=scim", ErrorCode::InvalidScope),
        (
            "&resource=https://elsewhere.example.test",
            ErrorCode::InvalidTarget,
        ),
    ] {
        assert_eq!(
            party.exchange_code(&code, more).await.map(|_| ()),
            Err(refusal),
            "{more}"
        );
    }
    assert!(party.exchange_code(&code, "").await.is_ok());
}

async fn only_a_registered_redirect_uri_is_ever_redirected_to(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let gateway = installation.instance.gateway();
    for other in [
        "https://idp.example.test/callback/",
        "https://idp.example.test/Callback",
        "https://idp.example.test/callback?x=1",
        "http://idp.example.test/callback",
        "https://idp.example.test:443/callback",
        "https://evil.example.test/callback",
    ] {
        let query = format!(
            "response_type=nonsense&client_id={}&redirect_uri={other}",
            party.id()
        );
        let request = AuthorizationRequest::parse(&query).unwrap();
        match gateway.authorization(&request, &endpoint()).await {
            Err(AuthorizationError::Shown(_)) => {}
            answer => panic!("{other}: {answer:?}"),
        }
    }
    let query = format!(
        "response_type=code&client_id={}&redirect_uri={CALLBACK}&state=s",
        party.id()
    );
    let request = AuthorizationRequest::parse(&query).unwrap();
    let asked = gateway.authorization(&request, &endpoint()).await.unwrap();
    assert_eq!(
        (asked.name.as_str(), asked.org, asked.org_name.as_str()),
        ("okta", party.org.id, "acme")
    );
    assert_eq!(asked.redirect_uri.as_str(), CALLBACK);
    // Without any, or with several and none named, there is nowhere to go.
    let none = Party::of(&party.org, &installation, |new| new.redirect_uris = Vec::new()).await;
    let two = ["https://a.example.test/", "https://b.example.test/"].map(|uri| uri.parse().unwrap());
    let several = Party::of(&party.org, &installation, |new| new.redirect_uris = two.to_vec()).await;
    for party in [none, several] {
        match party.approve("").await {
            Err(AuthorizationError::Shown(_)) => {}
            answer => panic!("{answer:?}"),
        }
    }
}

async fn what_is_wrong_beyond_the_redirect_uri_is_told_to_the_client(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let gateway = installation.instance.gateway();
    for (more, code) in [
        ("response_type=token", ErrorCode::UnsupportedResponseType),
        ("response_type=code&scope=openid", ErrorCode::InvalidScope),
        (
            "response_type=code&resource=https://elsewhere.example.test",
            ErrorCode::InvalidTarget,
        ),
        (
            "response_type=code&code_challenge=x&code_challenge_method=plain",
            ErrorCode::InvalidRequest,
        ),
    ] {
        let query = format!("client_id={}&{more}", party.id());
        let request = AuthorizationRequest::parse(&query).unwrap();
        match gateway.authorization(&request, &endpoint()).await {
            Err(AuthorizationError::Redirected { redirect_uri, error }) => {
                assert_eq!((redirect_uri.as_str(), error.code), (CALLBACK, code), "{more}");
            }
            answer => panic!("{more}: {answer:?}"),
        }
    }
}

async fn an_owner_approves_clients_of_the_own_organization_only(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let other = installation.org("other").await;
    let entered = other.owner().await;
    let query = format!("response_type=code&client_id={}", party.id());
    let request = AuthorizationRequest::parse(&query).unwrap();
    match entered
        .owner()
        .unwrap()
        .grants()
        .approve(&request, &endpoint())
        .await
    {
        Err(AuthorizationError::Shown(error)) => assert_eq!(error.code, ErrorCode::InvalidClient),
        answer => panic!("{answer:?}"),
    }
    assert_eq!(entered.owner().unwrap().grants().list().await.unwrap(), []);
}

async fn the_operator_cannot_approve(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let org = installation.instance.org(party.org.id).await.unwrap();
    let request =
        AuthorizationRequest::parse(&format!("response_type=code&client_id={}", party.id())).unwrap();
    let refused = org.owner().unwrap().grants().approve(&request, &endpoint()).await;
    let refused = refused.map_err(|error| match error {
        AuthorizationError::Store(error) => error,
        other => panic!("{other:?}"),
    });
    assert_refused!(
        refused,
        Error::Refused {
            field: "approval",
            ..
        }
    );
}
