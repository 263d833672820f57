//! The `Authorization` header: every form that identity providers send, and what opens nothing. Which reasons there are
//! for a refusal is tested in the auth crate.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use crate::harness::{ROLES, TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    every_form_that_identity_providers_send_opens_the_door,
    what_is_no_credential_opens_nothing,
    of_two_credentials_neither_is_taken,
    a_token_in_the_query_or_body_opens_nothing,
    a_revoked_token_is_refused_at_once,
    a_role_that_is_missing_is_named,
    a_paused_organization_asks_to_try_again,
}

async fn every_form_that_identity_providers_send_opens_the_door(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let token = org.manager();
    for value in [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("BEARER   {token}"),
        token.to_owned(),
        format!("Bearer Bearer {token}"),
        format!("Basic {}", base64(&format!("okta:{token}"))),
        format!("basic {}", base64(&format!(":{token}"))),
        format!("Basic {}", base64(&format!("{token}:"))),
    ] {
        let path = org.path("/Users");
        let answer = gateway
            .call("GET", &path, None, &[("Authorization", &value)], None)
            .await;
        assert_eq!(answer.status, 200, "{value}: {answer:?}");
    }
}

async fn of_two_credentials_neither_is_taken(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let good = format!("Bearer {}", org.manager());
    for second in [good.as_str(), "Bearer x"] {
        for headers in [
            [("Authorization", good.as_str()), ("Authorization", second)],
            [("Authorization", second), ("Authorization", good.as_str())],
        ] {
            let answer = gateway
                .call("GET", &org.path("/Users"), None, &headers, None)
                .await;
            assert_eq!(answer.status, 401, "{headers:?}");
        }
    }
}

async fn what_is_no_credential_opens_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let token = org.manager();
    for value in [
        String::new(),
        " ".to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer null".to_owned(),
        "Basic".to_owned(),
        "Basic Og==".to_owned(),
        "Basic !!!".to_owned(),
        format!("Digest {token}"),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {token}x"),
        format!("Bearer {token} {token}"),
        format!("Bearer \"{token}\""),
        format!("Basic {}", base64(token)),
        format!("Basic {}", base64(&format!("{token}:wrong"))),
    ] {
        let path = org.path("/Users");
        let answer = gateway
            .call("GET", &path, None, &[("Authorization", &value)], None)
            .await;
        refused(&answer, 401, None, &["Authorization"]);
        // A scheme without credentials presents nothing.
        let presented = !["", "Bearer", "Basic", "Basic Og=="].contains(&value.trim());
        assert_eq!(
            answer.header("www-authenticate"),
            Some(challenges(presented)),
            "{value}"
        );
    }
    let answer = gateway.call("GET", &org.path("/Users"), None, &[], None).await;
    refused(&answer, 401, None, &["Authorization"]);
    assert_eq!(answer.header("www-authenticate"), Some(challenges(false)));
}

/// Both schemes that open the door, the better one first.
fn challenges(presented: bool) -> &'static str {
    if presented {
        "Bearer realm=\"scim\", error=\"invalid_token\", Basic realm=\"scim\", charset=\"UTF-8\""
    } else {
        "Bearer realm=\"scim\", Basic realm=\"scim\", charset=\"UTF-8\""
    }
}

async fn a_token_in_the_query_or_body_opens_nothing(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let token = org.manager();
    for name in ["access_token", "token", "authorization", "Authorization"] {
        let path = org.path(&format!("/Users?{name}={token}"));
        refused(&gateway.call("GET", &path, None, &[], None).await, 401, None, &[]);
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let form = format!("{name}={token}");
        let answer = gateway
            .call("POST", &org.path("/Users"), None, &headers, Some(form.as_bytes()))
            .await;
        refused(&answer, 401, None, &[]);
    }
    let headers = [
        ("X-Api-Key", token),
        ("Cookie", token),
        ("Proxy-Authorization", token),
    ];
    refused(
        &gateway
            .call("GET", &org.path("/Users"), None, &headers, None)
            .await,
        401,
        None,
        &[],
    );
}

async fn a_revoked_token_is_refused_at_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let revoked = org.revoked_token().await;
    let answer = gateway
        .call("GET", &org.path("/Users"), Some(&revoked), &[], None)
        .await;
    refused(&answer, 401, None, &["revoked"]);
    org.get("/Users").await.expect(200);
}

async fn a_role_that_is_missing_is_named(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let reader = Some(org.token(Role::OrgUserReader));
    let before = org.snapshot().await;
    for (method, endpoint) in [
        ("POST", "/Users"),
        ("PUT", "/Users/1"),
        ("PATCH", "/Users/1"),
        ("DELETE", "/Users/1"),
        ("POST", "/Groups"),
        ("PUT", "/Groups/1"),
        ("PATCH", "/Groups/1"),
        ("DELETE", "/Groups/1"),
    ] {
        // The role is asked for before the body is read.
        let answer = gateway
            .call(method, &org.path(endpoint), reader, &[], Some(b"{"))
            .await;
        refused(&answer, 403, None, &["Org User Manager", "Org User Reader"]);
    }
    assert_eq!(org.snapshot().await, before);
    gateway
        .call("GET", &org.path("/Users"), reader, &[], None)
        .await
        .expect(200);
}

async fn a_paused_organization_asks_to_try_again(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let other = gateway.with_org().await;
    org.pause().await;
    for role in ROLES {
        for endpoint in ["/Users", "/ServiceProviderConfig", "/Nothing"] {
            let answer = gateway
                .call("GET", &org.path(endpoint), Some(org.token(role)), &[], None)
                .await;
            refused(&answer, 429, None, &["paused"]);
            assert!(answer.header("retry-after").unwrap().parse::<u32>().is_ok());
        }
    }
    // Nobody else learns of it.
    refused(
        &gateway.call("GET", &org.path("/Users"), None, &[], None).await,
        401,
        None,
        &[],
    );
    let stranger = Some(other.manager());
    refused(
        &gateway
            .call("GET", &org.path("/Users"), stranger, &[], None)
            .await,
        404,
        None,
        &[],
    );
    other.get("/Users").await.expect(200);
}

/// RFC 4648 §4, for a test's few bytes.
fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                encoded.push(char::from(DIGITS[bits >> (18 - 6 * place) & 63]));
            } else {
                encoded.push('=');
            }
        }
    }
    encoded
}
