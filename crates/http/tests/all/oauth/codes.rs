//! Codes: exchanged once, within a minute, by the client they were given to and nobody else.

use wicketgate_testbed::both_engines;

use super::{granted, issued, opens, refused, with_redirect_uri};
use crate::harness::{REDIRECT_URI, TestClient, TestGateway};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

both_engines! {
    run with crate::oauth::run:
    a_code_gives_tokens_that_open_the_organization,
    a_second_use_of_a_code_revokes_what_the_first_gave,
    a_code_holds_for_a_minute,
    a_code_is_no_use_to_another_client,
    a_code_is_exchanged_with_the_redirect_uri_of_its_request,
    a_challenge_is_met_by_its_verifier_alone,
    a_verifier_without_a_challenge_is_refused,
    what_is_no_code_is_refused,
}

async fn exchange(client: &TestClient, code: &str, rest: &[(&str, &str)]) -> crate::harness::Answer {
    let mut pairs = vec![("grant_type", "authorization_code"), ("code", code)];
    pairs.extend_from_slice(rest);
    client.post("token", &pairs).await
}

async fn a_code_gives_tokens_that_open_the_organization(gateway: TestGateway) {
    let (org, other) = (gateway.with_org().await, gateway.with_org().await);
    let client = org.client().await;
    let first = granted(&org, &client).await;
    assert!(first.access_token.starts_with("wicket_at_"));
    assert!(first.refresh_token().starts_with("wicket_rt_"));
    assert_eq!(opens(&org, &first.access_token).await, 200);
    assert_eq!(opens(&other, &first.access_token).await, 404);
    assert_eq!(
        opens(&org, first.refresh_token()).await,
        401,
        "only access tokens open SCIM"
    );
    let code = org.code(&client, "scope=scim.read+offline_access").await;
    issued(&exchange(&client, &code, &[]).await, "scim.read");
}

async fn a_second_use_of_a_code_revokes_what_the_first_gave(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let code = org.code(&client, &with_redirect_uri()).await;
    let first = issued(&client.exchange(&code).await, "scim");
    assert_eq!(opens(&org, &first.access_token).await, 200);
    let bystander = granted(&org, &client).await;
    refused(&client.exchange(&code).await, 400, "invalid_grant", &[]);
    assert_eq!(opens(&org, &first.access_token).await, 401);
    refused(
        &client.refresh(first.refresh_token()).await,
        400,
        "invalid_grant",
        &[],
    );
    refused(&client.exchange(&code).await, 400, "invalid_grant", &[]);
    assert_eq!(
        opens(&org, &bystander.access_token).await,
        200,
        "another grant stands"
    );
}

async fn a_code_holds_for_a_minute(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    for (age, holds) in [(50, true), (61, false)] {
        gateway.turn_clock(-age);
        let code = org.code(&client, &with_redirect_uri()).await;
        gateway.turn_clock(age);
        let answer = client.exchange(&code).await;
        if holds {
            issued(&answer, "scim");
        } else {
            refused(&answer, 400, "invalid_grant", &[]);
        }
    }
}

async fn a_code_is_no_use_to_another_client(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let (client, sibling) = (org.client().await, org.client().await);
    let foreign = gateway.with_org().await.client().await;
    let code = org.code(&client, &with_redirect_uri()).await;
    for thief in [&sibling, &foreign] {
        refused(&thief.exchange(&code).await, 400, "invalid_grant", &[]);
    }
    issued(&client.exchange(&code).await, "scim");
}

async fn a_code_is_exchanged_with_the_redirect_uri_of_its_request(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    for wrong in [
        None,
        Some(""),
        Some("https://idp.example.com/oauth/callback/"),
        Some("https://idp.example.com/oauth/Callback"),
        Some("https://idp.example.com:443/oauth/callback"),
        Some("https://evil.example/oauth/callback"),
    ] {
        let code = org.code(&client, &with_redirect_uri()).await;
        let rest: Vec<_> = wrong.map(|uri| ("redirect_uri", uri)).into_iter().collect();
        refused(&exchange(&client, &code, &rest).await, 400, "invalid_grant", &[]);
    }
    // A request that named none has the only one that is registered.
    let code = org.code(&client, "").await;
    issued(&exchange(&client, &code, &[]).await, "scim");
    let code = org.code(&client, "").await;
    let rest = [("redirect_uri", "https://evil.example/oauth/callback")];
    refused(&exchange(&client, &code, &rest).await, 400, "invalid_grant", &[]);
}

async fn a_challenge_is_met_by_its_verifier_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let request = format!(
        "{}&code_challenge={CHALLENGE}&code_challenge_method=S256",
        with_redirect_uri()
    );
    let uri = ("redirect_uri", REDIRECT_URI);
    let other = VERIFIER.replace('d', "e");
    for (verifier, error) in [
        (None, "invalid_grant"),
        (Some(""), "invalid_grant"),
        (Some(other.as_str()), "invalid_grant"),
        (Some(CHALLENGE), "invalid_grant"),
        (Some("short"), "invalid_request"),
    ] {
        let code = org.code(&client, &request).await;
        let mut rest = vec![uri];
        rest.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        refused(&exchange(&client, &code, &rest).await, 400, error, &[]);
    }
    let code = org.code(&client, &request).await;
    issued(
        &exchange(&client, &code, &[uri, ("code_verifier", VERIFIER)]).await,
        "scim",
    );
}

async fn a_verifier_without_a_challenge_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let code = org.code(&client, &with_redirect_uri()).await;
    let rest = [("redirect_uri", REDIRECT_URI), ("code_verifier", VERIFIER)];
    refused(&exchange(&client, &code, &rest).await, 400, "invalid_grant", &[]);
}

async fn what_is_no_code_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let client = org.client().await;
    let tokens = granted(&org, &client).await;
    for code in [
        "garbage",
        tokens.refresh_token(),
        &tokens.access_token,
        &client.secret,
        org.manager(),
    ] {
        refused(&client.exchange(code).await, 400, "invalid_grant", &[]);
        if code != tokens.refresh_token() {
            refused(&client.refresh(code).await, 400, "invalid_grant", &[]);
        }
    }
    assert_eq!(opens(&org, &tokens.access_token).await, 200);
}
