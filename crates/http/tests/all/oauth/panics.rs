//! A panic while a request is answered: told in the words of OAuth, and the gateway goes on.

use std::sync::Arc;

use wicketgate_auth::{Fetch, Fetching};
use wicketgate_domain::{ClientAuthentication, ClientKeys};
use wicketgate_http::Limits;
use wicketgate_testbed::{Database, both_engines};

use super::{
    assertions::claims,
    issued,
    key::{Key, asserting},
    refused,
};
use crate::harness::{TestGateway, run_among};

both_engines! {
    run with crate::oauth::panics::run:
    a_panic_is_answered_in_the_words_of_oauth_and_the_next_request_is_served,
}

/// A way to ask others that has a bug.
struct Broken;

impl Fetch for Broken {
    fn fetch(&self, _request: http::Request<Vec<u8>>) -> Fetching<'_> {
        Box::pin(async { panic!("the secret of a panic") })
    }
}

pub(crate) fn run<F: Future>(database: Database, scenario: impl FnOnce(TestGateway) -> F) -> F::Output {
    run_among(Arc::new(Broken), Limits::default(), database, scenario)
}

async fn a_panic_is_answered_in_the_words_of_oauth_and_the_next_request_is_served(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let keys = ClientKeys::At("https://idp.example.com/keys".to_owned());
    let client = org.client_that(ClientAuthentication::PrivateKeyJwt(keys)).await;
    let assertion = Key::new("one").sign(&claims(&client, "1"));
    for endpoint in ["token", "introspect", "revoke"] {
        let body = asserting(&assertion, &[("token", "wicket_at_x")]);
        // Each in a minute of its own, because the keys are asked for once a minute.
        gateway.turn_clock(60);
        let answer = gateway
            .post_form(&format!("/oauth/v2/{endpoint}"), None, &body)
            .await;
        refused(&answer, 500, "server_error", &[]);
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(!text.contains("secret"), "{text}");
    }
    let client = org.client().await;
    issued(&client.client_credentials().await, "scim");
}
