//! The hostile tokens, by what is wrong in them. Whether one is refused is not looked at here.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::genuine::{ENTRA, Keys, Kind, NOW, TENANT, claims, ec_sign, encode, header, rsa_sign, token};

/// What is wrong with a token, and the token.
type Table = Vec<(String, String)>;
/// What signs, with whichever key and algorithm.
type Sign<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

/// Makes hostile tokens of one kind.
pub(super) struct Forger<'a> {
    keys: &'a Keys,
    /// Keys that the verifier does not know.
    others: &'a Keys,
    kind: Kind,
    /// The header of the genuine token.
    header: String,
    /// Its claims.
    claims: String,
}

impl<'a> Forger<'a> {
    pub(super) fn new(keys: &'a Keys, others: &'a Keys, kind: Kind) -> Self {
        Self {
            keys,
            others,
            kind,
            header: header(kind).to_string(),
            claims: claims(kind).to_string(),
        }
    }

    /// All of them.
    pub(super) fn table(&self) -> Table {
        [
            self.unsigned(),
            self.signed_with_what_is_public(),
            self.signed_with_another_key(),
            self.headers(),
            self.claims_of_another_type(),
            self.claims_spelled_otherwise(),
            self.times(),
            self.claims_of_the_kind(),
            self.texts(),
        ]
        .concat()
    }

    /// Signs as the genuine one is signed.
    fn own(&self, header: &str, claims: &str) -> String {
        token(header, claims, |message| self.keys.sign(self.kind, message))
    }

    /// The genuine one with another value of one claim.
    fn change(&self, name: &str, value: Value) -> String {
        let mut claims = claims(self.kind);
        claims[name] = value;
        self.own(&self.header, &claims.to_string())
    }

    /// The claims that have to be there.
    fn required(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Client => &["iss", "sub", "aud", "jti", "exp"],
            Kind::Entra => &["iss", "sub", "aud", "tid", "exp", "nbf", "iat"],
            Kind::Access => &["iss", "sub", "aud", "jti", "client_id", "scope", "exp", "iat"],
        }
    }

    /// Algorithms that are none.
    fn unsigned(&self) -> Table {
        let mut table = Table::new();
        for alg in ["none", "None", "nOnE", "NONE", ""] {
            let mut header = header(self.kind);
            header["alg"] = json!(alg);
            table.push((
                format!("alg {alg:?} unsigned"),
                token(&header.to_string(), &self.claims, |_| Vec::new()),
            ));
            table.push((
                format!("alg {alg:?} signed"),
                self.own(&header.to_string(), &self.claims),
            ));
        }
        table
    }

    /// A public key taken for a secret.
    fn signed_with_what_is_public(&self) -> Table {
        let mut table = Table::new();
        let modulus = self.keys.public["keys"][0]["n"].as_str().unwrap();
        for secret in [
            modulus.as_bytes(),
            &URL_SAFE_NO_PAD.decode(modulus).unwrap(),
            self.keys.p256.public_key().as_ref(),
        ] {
            let mut header = header(self.kind);
            header["alg"] = json!("HS256");
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            let jwt = token(&header.to_string(), &self.claims, |message| {
                hmac::sign(&key, message).as_ref().to_vec()
            });
            table.push(("HS256 with the public key".to_owned(), jwt));
        }
        table
    }

    /// The wrong key for the algorithm, or a key of somebody else.
    fn signed_with_another_key(&self) -> Table {
        let mut table = Table::new();
        let swapped: [(&str, &str, Sign<'_>); 8] = [
            ("PS256", "rsa", &|message| {
                rsa_sign(&self.keys.rsa, &RSA_PSS_SHA256, message)
            }),
            ("RS384", "rsa", &|message| {
                rsa_sign(&self.keys.rsa, &RSA_PKCS1_SHA384, message)
            }),
            ("RS256", "rsa", &|message| {
                rsa_sign(&self.keys.rsa, &RSA_PSS_SHA256, message)
            }),
            ("RS256", "rsa", &|message| {
                rsa_sign(&self.others.rsa, &RSA_PKCS1_SHA256, message)
            }),
            ("ES256", "p256", &|message| ec_sign(&self.others.p256, message)),
            ("ES256", "p384", &|message| ec_sign(&self.keys.p384, message)),
            ("ES384", "p256", &|message| ec_sign(&self.keys.p256, message)),
            ("ES256", "rsa", &|message| ec_sign(&self.keys.p256, message)),
        ];
        for (alg, kid, sign) in swapped {
            let header = json!({"alg": alg, "kid": kid, "typ": header(self.kind)["typ"]}).to_string();
            table.push((format!("{alg} with {kid}"), token(&header, &self.claims, sign)));
        }
        table
    }

    /// Headers that say otherwise how it is verified.
    fn headers(&self) -> Table {
        let mut table = Table::new();
        for (name, value) in [
            ("kid", json!("unknown")),
            ("kid", json!("")),
            ("kid", json!("../rsa")),
            ("kid", json!("' OR '1'='1")),
            ("kid", json!(7)),
            ("kid", Value::Null),
            ("alg", json!("rs256")),
            ("alg", json!(7)),
            ("alg", Value::Null),
            ("typ", json!("JWS")),
            ("typ", json!("dpop+jwt")),
            ("typ", json!(7)),
            (
                "typ",
                if self.kind == Kind::Access {
                    json!("JWT")
                } else {
                    json!("at+jwt")
                },
            ),
            ("jku", json!("https://evil.example/keys")),
            ("jku", Value::Null),
            ("jwk", self.others.public["keys"][0].clone()),
            ("x5u", json!("https://evil.example/")),
            ("x5c", json!(["MIIB"])),
            ("crit", json!(["exp"])),
            ("b64", json!(false)),
            ("zip", json!("DEF")),
            ("enc", json!("A256GCM")),
        ] {
            let mut header = header(self.kind);
            header[name] = value.clone();
            table.push((
                format!("header {name}: {value}"),
                self.own(&header.to_string(), &self.claims),
            ));
        }
        let twice = self.header.replacen('{', "{\"alg\":\"none\",", 1);
        table.push(("alg twice".to_owned(), self.own(&twice, &self.claims)));
        table
    }

    /// Claims that are missing, of another type, or said twice.
    fn claims_of_another_type(&self) -> Table {
        let mut table = Table::new();
        for name in self.required() {
            let mut without = claims(self.kind);
            without.as_object_mut().unwrap().remove(*name);
            table.push((format!("no {name}"), self.own(&self.header, &without.to_string())));
            for value in [
                Value::Null,
                json!(true),
                json!({"value": 1}),
                json!([]),
                json!([7]),
                json!(7),
            ] {
                // A token may have been good for as long as it likes.
                let is_long_ago = *name == "nbf" || (self.kind == Kind::Access && *name == "iat");
                if is_long_ago && value == json!(7) {
                    continue;
                }
                table.push((format!("{name}: {value}"), self.change(name, value)));
            }
            let twice = self
                .claims
                .replacen('{', &format!("{{\"{name}\":{},", claims(self.kind)[*name]), 1);
            table.push((format!("{name} twice"), self.own(&self.header, &twice)));
        }
        table
    }

    /// Values that are nearly the right ones, and an audience of others.
    fn claims_spelled_otherwise(&self) -> Table {
        let mut table = Table::new();
        for name in ["iss", "sub", "aud", "tid"] {
            if !self.required().contains(&name) || (self.kind, name) == (Kind::Access, "sub") {
                continue;
            }
            let claims = claims(self.kind);
            let right = claims[name].as_str().unwrap();
            for wrong in [
                format!("{right}/"),
                format!(" {right}"),
                format!("{right}\0"),
                format!("{right}\u{200b}"),
            ] {
                table.push((format!("{name}: {wrong:?}"), self.change(name, json!(wrong))));
            }
        }
        table.push((
            "aud: others".to_owned(),
            self.change("aud", json!(["https://a.example", "https://b.example"])),
        ));
        table
    }

    /// Moments that are over, far off, or no moments.
    fn times(&self) -> Table {
        let mut table = Table::new();
        for value in [
            json!("1800000300"),
            json!(1_800_000_300.5),
            json!(1e300),
            json!(u64::MAX),
            json!(-1),
            json!(0),
            json!(NOW - 61),
            json!(NOW - 60),
            json!(i64::MIN),
        ] {
            table.push((format!("exp: {value}"), self.change("exp", value)));
        }
        for value in [json!(NOW + 61), json!(i64::MAX), json!("1"), json!(1.5)] {
            table.push((format!("iat: {value}"), self.change("iat", value.clone())));
            if self.kind != Kind::Access {
                table.push((format!("nbf: {value}"), self.change("nbf", value)));
            }
        }
        table
    }

    /// What only this kind of token promises.
    fn claims_of_the_kind(&self) -> Table {
        let mut table = Table::new();
        match self.kind {
            Kind::Client => {
                for value in [json!(NOW + 3661), json!(i64::MAX)] {
                    table.push((format!("exp too far: {value}"), self.change("exp", value)));
                }
                for value in [json!(""), json!("a\0"), json!("j".repeat(257))] {
                    table.push((format!("jti: {value}"), self.change("jti", value)));
                }
            }
            Kind::Entra => {
                let other = TENANT.replace('1', "9");
                let mut both = claims(self.kind);
                (both["tid"], both["iss"]) = (json!(other), json!(ENTRA.replace(TENANT, &other)));
                table.push((
                    "another tenant".to_owned(),
                    self.own(&self.header, &both.to_string()),
                ));
                table.push(("another tid".to_owned(), self.change("tid", json!(other))));
                table.push(("ver 1.0".to_owned(), self.change("ver", json!("1.0"))));
                table.push((
                    "over a day".to_owned(),
                    self.change("exp", json!(NOW - 300 + 86_401)),
                ));
                table.push((
                    "aud in an array".to_owned(),
                    self.change("aud", json!(["api://app"])),
                ));
            }
            Kind::Access => table.push(("jti".to_owned(), self.change("jti", json!("short")))),
        }
        table
    }

    /// Texts that are not the genuine one, and what is no JSON object.
    fn texts(&self) -> Table {
        let mut table = Table::new();
        let claims = &self.claims;
        let good = self.own(&self.header, claims);
        let [first, second, third] = good.split('.').collect::<Vec<_>>()[..] else {
            unreachable!()
        };
        for text in [
            String::new(),
            "..".to_owned(),
            format!("{first}.{second}"),
            format!("{first}.{second}."),
            format!(".{second}.{third}"),
            format!("{first}..{third}"),
            format!("{good}.{third}"),
            format!("{good}."),
            format!(" {good}"),
            format!("{good}\n"),
            format!("{first}. {second}.{third}"),
            format!("{good}="),
            format!("{good}é"),
            format!("{good}\0"),
            good.replace('.', "\u{ff0e}"),
            good[..good.len() - 4].to_owned(),
            format!("{first}.{second}.{}", encode([0; 64])),
            format!("{second}.{first}.{third}"),
            format!("Bearer {good}"),
            self.own(&self.header, &format!("[{claims}]")),
            self.own(&self.header, &format!("{claims}{{}}")),
            self.own("null", &self.claims),
            self.own(&self.header, &json!(good).to_string()),
            self.own(&self.header, &"[".repeat(2000)),
            self.own(
                &self.header,
                &self
                    .claims
                    .replacen('{', &format!("{{\"a\":\"{}\",", "a".repeat(8192)), 1),
            ),
        ] {
            table.push((text.chars().take(80).collect(), text));
        }
        table
    }
}
