//! What is wrong before anything is read: paths, methods, media types, sizes.

use wicketgate_testbed::both_engines;

use super::refused;
use crate::harness::TestGateway;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const ENDPOINTS: [&str; 3] = ["/oauth/v2/token", "/oauth/v2/revoke", "/oauth/v2/introspect"];

both_engines! {
    run with crate::oauth::run:
    an_unknown_path_is_refused_in_the_words_of_oauth,
    another_method_is_refused_and_told_which_there_are,
    a_body_that_is_no_form_is_not_read,
    a_body_is_read_up_to_its_limit,
    no_page_of_another_site_is_let_in,
}

async fn an_unknown_path_is_refused_in_the_words_of_oauth(gateway: TestGateway) {
    for path in [
        "/oauth",
        "/oauth/",
        "/oauth/v2",
        "/oauth/v2/",
        "/oauth/v2/token/",
        "/oauth/v2/tokens",
        "/oauth/v2/Token",
        "/oauth/v1/token",
        "/oauth/v2/%74oken",
        "/.well-known/oauth-authorization-server/",
        "/.well-known/oauth-authorization-server/elsewhere",
    ] {
        for method in ["GET", "POST"] {
            let answer = gateway.call(method, path, None, &[FORM], Some(b"")).await;
            refused(&answer, 404, "invalid_request", &["endpoint"]);
        }
    }
}

async fn another_method_is_refused_and_told_which_there_are(gateway: TestGateway) {
    for endpoint in ENDPOINTS {
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let answer = gateway.call(method, endpoint, None, &[], None).await;
            refused(&answer, 405, "invalid_request", &["POST"]);
            assert_eq!(answer.header("allow"), Some("POST"));
        }
    }
    for endpoint in ["/oauth/v2/keys", "/.well-known/oauth-authorization-server"] {
        for method in ["POST", "OPTIONS"] {
            let answer = gateway.call(method, endpoint, None, &[], None).await;
            refused(&answer, 405, "invalid_request", &["GET"]);
            assert_eq!(answer.header("allow"), Some("GET"));
        }
    }
}

async fn a_body_that_is_no_form_is_not_read(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    let authorization = client.basic();
    let body = b"grant_type=client_credentials&token=x";
    for endpoint in ENDPOINTS {
        for headers in [
            [("Content-Type", "application/json"), ("X-A", "b")],
            [("Content-Type", "text/plain"), ("X-A", "b")],
            [("Content-Type", "multipart/form-data; boundary=x"), ("X-A", "b")],
            [
                (
                    "Content-Type",
                    "application/x-www-form-urlencoded; charset=latin1",
                ),
                ("X-A", "b"),
            ],
            [("Content-Type", ""), ("X-A", "b")],
            [FORM, ("Content-Encoding", "gzip")],
        ] {
            let headers = [headers[0], headers[1], ("Authorization", &authorization)];
            let answer = gateway.call("POST", endpoint, None, &headers, Some(body)).await;
            refused(&answer, 415, "invalid_request", &["body"]);
        }
    }
    for spelling in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded",
    ] {
        let headers = [
            ("Content-Type", spelling),
            ("Authorization", authorization.as_str()),
        ];
        let answer = gateway
            .call("POST", "/oauth/v2/token", None, &headers, Some(body))
            .await;
        answer.expect(200);
    }
}

async fn a_body_is_read_up_to_its_limit(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    let padded = |len: usize| {
        let start = "grant_type=client_credentials&token=x&padding=";
        format!("{start}{}", "a".repeat(len - start.len()))
    };
    for endpoint in ENDPOINTS {
        let answer = gateway
            .post_form(endpoint, Some(&client.basic()), &padded(8_192))
            .await;
        answer.expect(200);
        let answer = gateway
            .post_form(endpoint, Some(&client.basic()), &padded(8_193))
            .await;
        refused(&answer, 413, "invalid_request", &["8192"]);
    }
}

async fn no_page_of_another_site_is_let_in(gateway: TestGateway) {
    let client = gateway.with_org().await.client().await;
    let authorization = client.basic();
    let headers = [
        FORM,
        ("Authorization", authorization.as_str()),
        ("Origin", "https://evil.example"),
    ];
    let body = b"grant_type=client_credentials";
    let answer = gateway
        .call("POST", "/oauth/v2/token", None, &headers, Some(body))
        .await;
    super::issued(&answer, "scim");
    let preflight = [
        ("Origin", "https://evil.example"),
        ("Access-Control-Request-Method", "POST"),
    ];
    let answer = gateway
        .call("OPTIONS", "/oauth/v2/token", None, &preflight, None)
        .await;
    refused(&answer, 405, "invalid_request", &[]);
}
