//! Clients that sign assertions: whose keys are looked at, how often they are asked for, and that an assertion counts
//! once. What makes an assertion a bad one is tested where it is read.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use wicketgate_auth::{
    OsEntropy,
    jwt::SigningKey,
    oauth::{ErrorCode, JWT_BEARER, TokenRequest, TokenResponse},
};
use wicketgate_domain::{ClientAuthentication, ClientKeys};
use wicketgate_testbed::both_engines;

use super::{PUBLIC_URL, Party};
use crate::harness::Installation;

both_engines! {
    run with crate::harness::run:
    an_assertion_counts_once,
    an_assertion_for_another_server_or_client_is_refused,
    a_client_with_keys_has_no_secret_and_the_other_way_round,
    keys_at_an_address_are_asked_for_once_and_again_for_a_new_one,
    keys_are_good_for_a_day_while_their_address_does_not_answer,
}

const KEYS: &str = "https://idp.example.test/keys";
const MINUTE: i64 = 60_000;
/// The DER of a private key on P-256 up to its number.
const PKCS8_PREFIX: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04,
    0x20,
];

/// A key pair of a client.
struct Key(SigningKey);

impl Key {
    fn new() -> Self {
        Self(SigningKey::generate(&mut OsEntropy))
    }

    fn set(keys: &[&Self]) -> Value {
        let keys: Vec<Value> = keys.iter().map(|key| key.0.public_jwk()).collect();
        json!({"keys": keys})
    }

    fn sign(&self, claims: &Value) -> String {
        let der = [PKCS8_PREFIX.as_slice(), self.0.to_bytes().as_slice()].concat();
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.0.kid().to_owned());
        encode(&header, claims, &EncodingKey::from_ec_der(&der)).unwrap()
    }
}

impl Party {
    async fn assertion(&self, key: &Key, jti: &str) -> String {
        let now = self
            .installation
            .instance
            .database_time()
            .await
            .unwrap()
            .as_second();
        key.sign(&json!({
            "iss": self.id(), "sub": self.id(), "aud": format!("{PUBLIC_URL}/oauth/v2/token"),
            "exp": now + 300, "iat": now, "jti": jti,
        }))
    }

    async fn assert(&self, assertion: &str) -> Result<TokenResponse, ErrorCode> {
        let body = format!(
            "grant_type=client_credentials&client_assertion_type={JWT_BEARER}&client_assertion={assertion}"
        );
        self.ask(|| TokenRequest::parse(None, "", body.as_bytes()).unwrap())
            .await
    }

    async fn signed(&self, key: &Key, jti: &str) -> Result<(), ErrorCode> {
        let assertion = self.assertion(key, jti).await;
        self.assert(&assertion).await.map(|_| ())
    }
}

async fn given(installation: &Arc<Installation>, key: &Key) -> Party {
    let keys = ClientKeys::Given(Key::set(&[key]));
    Party::with(installation, |new| {
        new.authentication = ClientAuthentication::PrivateKeyJwt(keys);
    })
    .await
}

async fn published(installation: &Arc<Installation>) -> Party {
    let keys = ClientKeys::At(KEYS.to_owned());
    Party::with(installation, |new| {
        new.authentication = ClientAuthentication::PrivateKeyJwt(keys);
    })
    .await
}

const REFUSED: Result<(), ErrorCode> = Err(ErrorCode::InvalidClient);

async fn an_assertion_counts_once(installation: Arc<Installation>) {
    let key = Key::new();
    let party = given(&installation, &key).await;
    let assertion = party.assertion(&key, "one").await;
    let response = party.assert(&assertion).await.unwrap();
    assert!(party.opens(response.access_token.reveal()).await);
    assert_eq!(party.assert(&assertion).await.map(|_| ()), REFUSED);
    // In another process as well.
    let elsewhere = Party {
        installation: Arc::new(installation.restarted()),
        org: party.org.clone(),
        client: party.client.clone(),
        secret: String::new(),
        ..party
    };
    assert_eq!(elsewhere.assert(&assertion).await.map(|_| ()), REFUSED);
    assert_eq!(elsewhere.signed(&key, "two").await, Ok(()));
    // One that is refused for what it asks is used up too.
    let third = elsewhere.assertion(&key, "three").await;
    let body = format!(
        "grant_type=client_credentials&scope=nonsense&client_assertion_type={JWT_BEARER}&client_assertion={third}"
    );
    let refused = elsewhere
        .ask(|| TokenRequest::parse(None, "", body.as_bytes()).unwrap())
        .await;
    assert_eq!(refused.map(|_| ()), Err(ErrorCode::InvalidScope));
    assert_eq!(elsewhere.assert(&third).await.map(|_| ()), REFUSED);
}

async fn an_assertion_for_another_server_or_client_is_refused(installation: Arc<Installation>) {
    let (key, other) = (Key::new(), Key::new());
    let party = given(&installation, &key).await;
    let neighbour = given(&installation, &other).await;
    assert_eq!(party.signed(&other, "one").await, REFUSED);
    assert_eq!(neighbour.signed(&key, "one").await, REFUSED);
    let now = installation.instance.database_time().await.unwrap().as_second();
    let elsewhere = key.sign(&json!({
        "iss": party.id(), "sub": party.id(), "aud": "https://elsewhere.example.test/token",
        "exp": now + 300, "iat": now, "jti": "two",
    }));
    assert_eq!(party.assert(&elsewhere).await.map(|_| ()), REFUSED);
    assert_eq!(party.signed(&key, "one").await, Ok(()));
    // A name is used up for its client alone.
    assert_eq!(neighbour.signed(&other, "one").await, Ok(()));
}

async fn a_client_with_keys_has_no_secret_and_the_other_way_round(installation: Arc<Installation>) {
    let key = Key::new();
    let with_secret = Party::new(&installation).await;
    assert_eq!(with_secret.signed(&key, "one").await, REFUSED);
    let mut with_key = given(&installation, &key).await;
    with_key.secret = with_secret.secret.clone();
    assert_eq!(with_key.client_credentials().await.map(|_| ()), REFUSED);
}

async fn keys_at_an_address_are_asked_for_once_and_again_for_a_new_one(installation: Arc<Installation>) {
    let (first, second) = (Key::new(), Key::new());
    let party = published(&installation).await;
    installation
        .outside
        .publish(KEYS, &Key::set(&[&first]).to_string());
    for jti in ["1", "2", "3"] {
        assert_eq!(party.signed(&first, jti).await, Ok(()));
    }
    assert_eq!(installation.outside.asked(KEYS), 1);
    // A key that is not there is asked for, though not more than once a minute.
    installation
        .outside
        .publish(KEYS, &Key::set(&[&second]).to_string());
    assert_eq!(party.signed(&second, "4").await, REFUSED);
    assert_eq!(installation.outside.asked(KEYS), 1);
    installation.clock.advance(MINUTE);
    assert_eq!(party.signed(&second, "4").await, Ok(()));
    assert_eq!(party.signed(&first, "5").await, REFUSED);
    assert_eq!(installation.outside.asked(KEYS), 2);
    // After an hour the set is asked for in any case.
    installation.clock.advance(60 * MINUTE);
    assert_eq!(party.signed(&second, "6").await, Ok(()));
    assert_eq!(installation.outside.asked(KEYS), 3);
}

async fn keys_are_good_for_a_day_while_their_address_does_not_answer(installation: Arc<Installation>) {
    let key = Key::new();
    let party = published(&installation).await;
    assert_eq!(party.signed(&key, "1").await, REFUSED);
    installation.outside.publish(KEYS, &Key::set(&[&key]).to_string());
    installation.clock.advance(MINUTE);
    assert_eq!(party.signed(&key, "2").await, Ok(()));
    installation.outside.vanish(KEYS);
    installation.clock.advance(24 * 60 * MINUTE - 1);
    assert_eq!(party.signed(&key, "3").await, Ok(()));
    installation.clock.advance(1);
    assert_eq!(party.signed(&key, "4").await, REFUSED);
    installation.outside.publish(KEYS, "<html>not found</html>");
    installation.clock.advance(MINUTE);
    assert_eq!(party.signed(&key, "5").await, REFUSED);
}
