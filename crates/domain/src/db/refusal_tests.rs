//! What the database is asked when a stranger presents something: the same statements in the same order, whatever is
//! wrong with it. How many digests are computed is counted in the auth crate.

use std::{sync::Arc, thread::ThreadId};

use wicketgate_auth::{
    OrgId, OsEntropy, Pepper, Peppers, Presented, Role, Token, TokenKind,
    oauth::{ErrorCode, TokenRequest},
};
use wicketgate_testbed::{Database, both_engines};

use super::scope::trace;
use crate::{
    AccessTokenFormat, Caller, ClientAuthentication, DEFAULT_DOMAIN, DatabaseOptions, Endpoint,
    ExchangeError, Gateway, Instance, NewClient, RefreshRotation, Refusal, Sources, SystemClock,
};

both_engines! {
    run with crate::db::refusal_tests::run:
    every_refused_token_costs_the_same_statements,
    every_refused_client_costs_the_same_statements,
}

/// Two organizations, and the threads that read and write for them.
struct Setting {
    gateway: Gateway,
    own: Party,
    foreign: Party,
    threads: Vec<ThreadId>,
    // Removed when the test ends.
    #[expect(dead_code, reason = "held, not read")]
    database: Database,
}

struct Party {
    org: OrgId,
    token: String,
    client: String,
    secret: String,
}

fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(Setting) -> F) {
    let options = DatabaseOptions {
        // One reads, so that it is known which.
        threads: 1,
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    };
    Instance::migrate(&options).unwrap();
    let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
    let sources = Sources::new(SystemClock, OsEntropy);
    let instance = Instance::open(&options, peppers, sources, Arc::new(crate::Offline)).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let own = party(&instance).await;
        let foreign = party(&instance).await;
        let db = &instance.shared.db;
        let threads = vec![
            db.read(|_| Ok(trace::watch())).await.unwrap(),
            db.write(|_| Ok(trace::watch())).await.unwrap(),
        ];
        let setting = Setting {
            gateway: instance.gateway(),
            own,
            foreign,
            threads,
            database,
        };
        scenario(setting).await;
    });
}

async fn party(instance: &Instance) -> Party {
    let org = instance.create_org("A").await.unwrap().id;
    let door = instance.org(org).await.unwrap();
    let owner = door.owner().unwrap();
    let service_user = owner
        .service_users()
        .create("okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await
        .unwrap()
        .id;
    let (_, token) = owner.tokens().create(service_user, "first", None).await.unwrap();
    let (client, secret) = owner
        .clients()
        .create(NewClient {
            service_user,
            name: "okta".to_owned(),
            authentication: ClientAuthentication::ClientSecret,
            access_token_format: AccessTokenFormat::Opaque,
            refresh_rotation: RefreshRotation::Grace,
            redirect_uris: Vec::new(),
            secret_life: None,
        })
        .await
        .unwrap();
    Party {
        org,
        token: token.reveal().to_owned(),
        client: client.id.to_string(),
        secret: secret.unwrap().reveal().to_owned(),
    }
}

impl Setting {
    /// What the database was asked since this was asked last. Where transactions end is left out: one that has only read
    /// ends after the answer, or together with the beginning of the next.
    fn statements(&self) -> Vec<String> {
        self.threads
            .iter()
            .flat_map(|thread| trace::take(*thread))
            .filter(|sql| !["BEGIN", "COMMIT"].iter().any(|word| sql.starts_with(word)))
            .collect()
    }
}

fn unknown(kind: TokenKind) -> String {
    Token::generate(kind, &mut OsEntropy).reveal().to_owned()
}

/// The token with its id and another secret.
fn with_other_secret(token: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let covered = &token[..token.len() - 6];
    let last = if covered.ends_with('a') { 'b' } else { 'a' };
    let covered = format!("{}{last}", &covered[..covered.len() - 1]);
    let mut rest = crc32fast::hash(covered.as_bytes()) as usize;
    let mut checksum = [b'0'; 6];
    for digit in checksum.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    let other = format!("{covered}{}", std::str::from_utf8(&checksum).unwrap());
    assert!(Token::parse(&other).is_ok(), "the other token is well-formed");
    other
}

async fn every_refused_token_costs_the_same_statements(setting: Setting) {
    let mut costs = Vec::new();
    for token in [
        unknown(TokenKind::PersonalAccessToken),
        with_other_secret(&setting.foreign.token),
        with_other_secret(&setting.own.token),
    ] {
        let presented = Presented::from_authorization(Some(&format!("Bearer {token}")));
        setting.statements();
        let refused = setting
            .gateway
            .enter(
                setting.own.org,
                &presented,
                Caller::default(),
                "request".to_owned(),
            )
            .await;
        assert!(
            matches!(
                refused,
                Err(Refusal::Denied(wicketgate_auth::Denied::Unauthenticated(_)))
            ),
            "{refused:?}"
        );
        costs.push(setting.statements());
    }
    assert!(
        costs[0].iter().any(|sql| sql.contains("credential_owners")),
        "{:?}",
        costs[0]
    );
    assert_eq!(costs[0], costs[1]);
    assert_eq!(costs[0], costs[2]);
}

async fn every_refused_client_costs_the_same_statements(setting: Setting) {
    let mut costs = Vec::new();
    let own = &setting.own;
    for (client, secret) in [
        (
            "wicket_client_0123456789ABCDEF".to_owned(),
            unknown(TokenKind::ClientSecret),
        ),
        ("wicket_client_0123456789ABCDEF".to_owned(), own.secret.clone()),
        (own.client.clone(), unknown(TokenKind::ClientSecret)),
        (own.client.clone(), with_other_secret(&own.secret)),
        // A secret of somebody else, which is genuine.
        (own.client.clone(), setting.foreign.secret.clone()),
    ] {
        let body = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
        let request = TokenRequest::parse(None, "", body.as_bytes()).unwrap();
        let endpoint = Endpoint {
            public_url: "https://gateway.example.test".to_owned(),
            request_id: "request".to_owned(),
        };
        setting.statements();
        let refused = setting.gateway.exchange(request, &endpoint).await;
        assert!(
            matches!(&refused, Err(ExchangeError::OAuth(error)) if error.code == ErrorCode::InvalidClient),
            "{refused:?}"
        );
        costs.push(setting.statements());
    }
    assert!(
        costs[0].iter().any(|sql| sql.contains("client_owners")),
        "{:?}",
        costs[0]
    );
    for cost in &costs {
        assert_eq!(*cost, costs[0]);
    }
}
