//! The `Authorization` header in every form that identity providers' consoles make of a token, and tokens that are no
//! longer good. Which organization a token opens is tested in the http crate.

use std::{
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use wicketgate_testbed::{Database, both_engines};

use crate::{
    client::{Answer, text},
    harness::Installation,
};

both_engines! {
    a_token_is_taken_in_every_form_that_okta_sends,
    anything_else_is_unauthenticated,
    a_revoked_token_is_refused_with_the_next_request,
    an_expired_token_is_refused,
}

fn a_token_is_taken_in_every_form_that_okta_sends(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    let token = &organization.token;
    let forms = [
        format!("Bearer {token}"),
        format!("bearer {token}"),
        format!("BEARER {token}"),
        token.clone(),
        format!("Bearer Bearer {token}"),
        format!("Basic {}", STANDARD.encode(format!("okta:{token}"))),
        format!("basic {}", STANDARD.encode(format!("okta:{token}"))),
        format!("Basic {}", STANDARD.encode(format!("{token}:"))),
    ];
    for (n, authorization) in forms.iter().enumerate() {
        let client = client.with_authorization(Some(authorization));
        client.get("/Users?startIndex=1&count=2").expect(200);
        client.create_user(&format!("user{n}@okta.local"));
    }
    server.stop();
}

fn anything_else_is_unauthenticated(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    let token = &organization.token;
    client.get("/Users").expect(200);

    let end = token.len() - 1;
    let last = if token.ends_with('0') { '1' } else { '0' };
    for authorization in [
        "non-token".to_owned(),
        "Bearer".to_owned(),
        format!("Bearer {}", &token[..end]),
        format!("Bearer {}{last}", &token[..end]),
        format!("Bearer {token} {token}"),
        format!("Token {token}"),
        format!("Basic {token}"),
        format!("Basic {}", STANDARD.encode(":")),
        format!("Basic {}", STANDARD.encode("okta:secret")),
    ] {
        let client = client.with_authorization(Some(&authorization));
        assert_unauthenticated(&client.get("/Users"), &authorization);
        let body = crate::client::user("nobody@okta.local");
        assert_unauthenticated(&client.post("/Users", &body), &authorization);
    }
    let stranger = client.with_authorization(None);
    assert_unauthenticated(&stranger.get("/Users"), "no header");
    assert_unauthenticated(
        &stranger.get(&format!("/Users?access_token={token}")),
        "a token in the query",
    );
    assert_eq!(client.get("/Users").expect(200).json()["totalResults"], json!(0));
    server.stop();
}

/// With the gateway running, and through a command of its own: there is nothing that could remember the token.
fn a_revoked_token_is_refused_with_the_next_request(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let other = installation.token(
        &organization.id,
        &organization.service_user,
        &["--name", "second"],
    );
    let client = server.client(&organization);
    let revoked = client.with_authorization(Some(&format!("Bearer {}", text(&other, "/token"))));
    for _ in 0..3 {
        revoked.get("/Users").expect(200);
    }
    installation.run(&[
        "token",
        "revoke",
        "--org",
        &organization.id,
        "--token",
        &text(&other, "/id"),
    ]);
    assert_unauthenticated(&revoked.get("/Users"), "a revoked token");
    client.get("/Users").expect(200);
    server.stop();
}

fn an_expired_token_is_refused(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let short = ["--name", "short", "--expires-in", "3s"];
    let short = installation.token(&organization.id, &organization.service_user, &short);
    let client = server.client(&organization);
    let expiring = client.with_authorization(Some(&format!("Bearer {}", text(&short, "/token"))));
    expiring.get("/Users").expect(200);

    let deadline = Instant::now() + Duration::from_secs(30);
    let answer = loop {
        let answer = expiring.get("/Users");
        if answer.status != 200 {
            break answer;
        }
        assert!(
            Instant::now() < deadline,
            "a token of three seconds is still accepted"
        );
        thread::sleep(Duration::from_millis(50));
    };
    assert_unauthenticated(&answer, "an expired token");
    client.get("/Users").expect(200);
    server.stop();
}

fn assert_unauthenticated(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 401, "{what}: {answer}");
    assert_eq!(
        answer.header("Content-Type"),
        Some("application/scim+json"),
        "{what}"
    );
    assert!(
        answer
            .header("WWW-Authenticate")
            .is_some_and(|value| value.starts_with("Bearer")),
        "{what}"
    );
    let body = answer.json();
    assert_eq!(
        body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:Error"]),
        "{what}"
    );
    assert_eq!(body["status"], json!("401"), "{what}");
    assert!(!text(&body, "/detail").is_empty(), "{what}");
}
