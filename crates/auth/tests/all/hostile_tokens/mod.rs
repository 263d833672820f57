//! Hostile JSON Web Tokens against each of the three verifiers: none is accepted. Each differs from a genuine token,
//! which is accepted, in the one thing that its name says.

mod forged;
mod genuine;

use serde_json::{Value, json};
use wicketgate_auth::OsEntropy;
use wicketgate_auth::jwt::{AccessTokenClaims, InvalidJwkSet, JwkSet, SigningKey, verify_access_token};

use forged::Forger;
use genuine::{
    BASE, CLIENT, ISSUER, KINDS, Keys, Kind, NOW, access_rules, claims, ec_jwk, encode, header, token,
};

#[test]
fn no_hostile_token_is_accepted_and_the_genuine_ones_are() {
    let (keys, others) = (Keys::new(), Keys::new());
    let mut total = 0;
    for kind in KINDS {
        let genuine = token(&header(kind).to_string(), &claims(kind).to_string(), |m| {
            keys.sign(kind, m)
        });
        assert_eq!(keys.check(kind, &genuine), Ok(()), "{kind:?}");
        for other in KINDS.into_iter().filter(|other| *other != kind) {
            assert!(
                keys.check(other, &genuine).is_err(),
                "{other:?} accepted a token of {kind:?}"
            );
        }
        let table = Forger::new(&keys, &others, kind).table();
        assert!(table.len() >= 80, "{kind:?} has only {}", table.len());
        total += table.len();
        for (name, jwt) in table {
            assert!(keys.check(kind, &jwt).is_err(), "{kind:?} accepted: {name}");
        }
    }
    println!("{total} hostile tokens");
}

#[test]
fn what_is_harmless_is_accepted() {
    let keys = Keys::new();
    let accepted = |kind, name: &str, value: Value| {
        let mut claims = claims(kind);
        claims[name] = value;
        let jwt = token(&header(kind).to_string(), &claims.to_string(), |m| {
            keys.sign(kind, m)
        });
        assert_eq!(keys.check(kind, &jwt), Ok(()), "{kind:?} {name}");
    };
    for kind in KINDS {
        accepted(kind, "iat", json!(NOW + 60));
        accepted(kind, "unknown", json!({"nested": [1, 2.5, null]}));
    }
    accepted(Kind::Client, "exp", json!(NOW - 59));
    accepted(Kind::Client, "exp", json!(NOW + 3660));
    accepted(Kind::Client, "aud", json!(["https://other.example", ISSUER]));
    accepted(Kind::Entra, "aud", json!("api://app/.default"));
}

#[test]
fn access_tokens_of_a_generated_key_are_read_back_and_the_key_survives_storage() {
    let key = SigningKey::generate(&mut OsEntropy);
    let stored = SigningKey::from_bytes(key.to_bytes().as_slice()).unwrap();
    assert_eq!(stored.public_jwk(), key.public_jwk());
    let claims = AccessTokenClaims {
        issuer: ISSUER.to_owned(),
        audience: BASE.to_owned(),
        subject: "service-user".to_owned(),
        client_id: CLIENT.to_owned(),
        scope: "scim".to_owned(),
        token_id: "0123456789ABCDEF".parse().unwrap(),
        issued_at: NOW,
        expires_at: NOW + 3600,
    };
    let jwt = stored.sign_access_token(&claims);
    let set = JwkSet::parse(json!({"keys": [key.public_jwk()]}).to_string().as_bytes()).unwrap();
    assert_eq!(verify_access_token(&jwt, &set, &access_rules(), NOW), Ok(claims));
    for bytes in [&[0; 32][..], &[0xff; 32], &[1; 31], &[]] {
        assert!(SigningKey::from_bytes(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn private_shared_and_ambiguous_keys_are_refused_and_weak_ones_left_out() {
    let good = ec_jwk("p256", "P-256", &Keys::new().p256);
    let parse = |keys: Value| JwkSet::parse(json!({ "keys": keys }).to_string().as_bytes());
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut private = good.clone();
        private[name] = json!("AQAB");
        assert_eq!(
            parse(json!([private])).err(),
            Some(InvalidJwkSet::Private(0)),
            "{name}"
        );
    }
    assert_eq!(
        parse(json!([good, good])).err(),
        Some(InvalidJwkSet::RepeatedKid(1))
    );
    let modulus = |bytes: usize| encode([&[0xff][..], &vec![0; bytes - 2], &[1]].concat());
    for weak in [
        json!({"kty": "RSA", "n": modulus(128), "e": "AQAB"}),
        json!({"kty": "RSA", "n": modulus(256), "e": "AQ"}),
        json!({"kty": "RSA", "n": modulus(1025), "e": "AQAB"}),
        json!({"kty": "RSA", "alg": "RS512", "n": modulus(256), "e": "AQAB"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
    ] {
        assert!(
            matches!(parse(json!([weak])), Err(InvalidJwkSet::NoUsableKey(_))),
            "{weak}"
        );
        assert_eq!(parse(json!([weak, good])).unwrap().len(), 1, "{weak}");
    }
}
