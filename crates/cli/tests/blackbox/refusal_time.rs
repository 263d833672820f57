//! Refusals take the same time, whatever was wrong: nobody learns from a clock which tokens or clients there are. What
//! is compared are medians of interleaved requests, because whatever else the machine does meets all cases alike. That
//! the same work is done is proved inside, statement by statement; this is the view from outside.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ureq::Agent;
use wicketgate_auth::{OsEntropy, Token, TokenKind};
use wicketgate_testbed::{Database, both_engines};

use crate::{
    client::text,
    harness::{Installation, Organization, Server},
};

both_engines! {
    every_token_that_is_refused_is_refused_after_the_same_time,
    every_client_that_is_refused_is_refused_after_the_same_time,
}

/// How often each token is presented.
const ROUNDS: usize = 1_000;
/// Requests before anything is measured.
const WARM_UP: usize = 50;
/// How many clients there are of each kind, and how often each is presented: one time less than makes it wait.
const CLIENTS: usize = 16;
const FAILURES: usize = 9;
/// What is a difference: more of the shorter time than this share, and more than this.
const SHARE: f64 = 0.25;
const LEAST: Duration = Duration::from_micros(300);

/// A well-formed token with the id of another one and a secret of its own.
fn with_other_secret(token: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const CHECKSUM: usize = 6;

    let covered = &token[..token.len() - CHECKSUM];
    let last = if covered.ends_with('a') { 'b' } else { 'a' };
    let covered = format!("{}{last}", &covered[..covered.len() - 1]);
    let mut rest = crc32fast::hash(covered.as_bytes()) as usize;
    let mut checksum = [b'0'; CHECKSUM];
    for digit in checksum.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    let other = format!("{covered}{}", String::from_utf8_lossy(&checksum));
    assert!(Token::parse(&other).is_ok(), "the other token is well-formed");
    other
}

/// A well-formed token that nobody issued.
fn unknown(kind: TokenKind) -> String {
    Token::generate(kind, &mut OsEntropy).reveal().to_owned()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Prints the medians, and fails where two differ by more than the machine's noise.
fn assert_alike(what: &str, cases: &mut [(&str, Vec<Duration>)]) {
    let medians: Vec<(&str, Duration)> = cases
        .iter_mut()
        .map(|(case, times)| (*case, median(times)))
        .collect();
    println!(
        "{what}, medians of {} requests each: {medians:?}",
        cases[0].1.len()
    );
    let shortest = medians.iter().map(|(_, time)| *time).min().unwrap();
    for (case, time) in &medians {
        let more = time.saturating_sub(shortest);
        assert!(
            more <= LEAST || more.as_secs_f64() <= SHARE * shortest.as_secs_f64(),
            "{case} takes {more:?} longer than {shortest:?}: {medians:?}"
        );
    }
}

fn every_token_that_is_refused_is_refused_after_the_same_time(database: &Database) {
    let installation = Installation::new(database);
    let (own, foreign) = (
        installation.organization("Own"),
        installation.organization("Foreign"),
    );
    let server = installation.serve();
    let client = server.client(&own);
    client.get("/Users").expect(200);
    let mut cases = [
        ("an unknown token", Vec::new()),
        ("another organization's token with another secret", Vec::new()),
        ("the own token with another secret", Vec::new()),
    ];
    let clients = [
        unknown(TokenKind::PersonalAccessToken),
        with_other_secret(&foreign.token),
        with_other_secret(&own.token),
    ]
    .map(|token| client.with_authorization(Some(&format!("Bearer {token}"))));
    for round in 0..WARM_UP + ROUNDS {
        for turn in 0..clients.len() {
            // Each comes first as often as last.
            let place = (round + turn) % clients.len();
            let started = Instant::now();
            let answer = clients[place].get("/Users");
            let taken = started.elapsed();
            answer.expect(401);
            if round >= WARM_UP {
                cases[place].1.push(taken);
            }
        }
    }
    assert_alike("refused tokens", &mut cases);
    server.stop();
}

fn register(installation: &Installation<'_>, organization: &Organization) -> (String, String) {
    let made = installation.run(&[
        "client",
        "create",
        "--org",
        &organization.id,
        "--service-user",
        &organization.service_user,
        "--name",
        "okta",
    ]);
    (text(&made, "/clientId"), text(&made, "/clientSecret"))
}

/// Posts a form as a client, and is the status.
fn post(agent: &Agent, server: &Server, endpoint: &str, (id, secret): &(String, String), form: &str) -> u16 {
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let mut answer = agent
        .post(format!("http://{}/oauth/v2/{endpoint}", server.address()))
        .header("Authorization", basic)
        .content_type("application/x-www-form-urlencoded")
        .send(form)
        .expect("a form is answered");
    // Read to its end, so that the connection is used again.
    answer.body_mut().read_to_vec().expect("the answer arrives whole");
    answer.status().as_u16()
}

fn every_client_that_is_refused_is_refused_after_the_same_time(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let good = register(&installation, &organization);
    let mut cases = [
        ("an unknown client", Vec::new()),
        ("a client with an unknown secret", Vec::new()),
        ("a client with another secret", Vec::new()),
    ];
    let clients: Vec<[(String, String); 3]> = (0..CLIENTS)
        .map(|number| {
            let (one, other) = (
                register(&installation, &organization),
                register(&installation, &organization),
            );
            [
                (
                    format!("wicket_client_{number:016}"),
                    unknown(TokenKind::ClientSecret),
                ),
                (one.0, unknown(TokenKind::ClientSecret)),
                (other.0, with_other_secret(&other.1)),
            ]
        })
        .collect();
    let server = installation.serve();
    let config = Agent::config_builder().http_status_as_error(false).build();
    let agent = config.new_agent();
    let succeed = || {
        // An address at which a client proved who it is need not wait for what failed there before.
        let status = post(&agent, &server, "introspect", &good, "token=x");
        assert_eq!(status, 200);
    };
    (0..WARM_UP).for_each(|_| succeed());
    for (number, trio) in clients.iter().enumerate() {
        for round in 0..FAILURES {
            succeed();
            for turn in 0..trio.len() {
                let place = (number + round + turn) % trio.len();
                let started = Instant::now();
                let status = post(
                    &agent,
                    &server,
                    "token",
                    &trio[place],
                    "grant_type=client_credentials",
                );
                let taken = started.elapsed();
                assert_eq!(status, 401, "{}", cases[place].0);
                cases[place].1.push(taken);
            }
        }
    }
    assert_alike("refused clients", &mut cases);
    server.stop();
}
