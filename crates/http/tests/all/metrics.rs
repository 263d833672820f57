//! What is measured while requests are answered: what happened is counted once, and no request can add a series by its
//! text.

use std::collections::BTreeSet;

use wicketgate_auth::Role;
use wicketgate_domain::RequestLimits;
use wicketgate_metrics::METRICS;
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::harness::{TestGateway, TestOrg, run};

both_engines! {
    run with crate::harness::run:
    what_happens_is_counted_once,
    what_came_to_nothing_is_no_event,
    limits_that_turn_requests_away_are_counted,
}

/// What a text says of a series; 0 where there is none.
fn value(text: &str, series: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map_or(0, |value| value.parse().unwrap())
}

fn series(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(' ').unwrap().0)
        .collect()
}

impl TestOrg {
    /// Asks for a user to be created, and is the status.
    async fn creates(&self, name: &str) -> u16 {
        let path = format!("/scim/v2/{}/Users", self.id);
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2:User"],"userName":"{name}@example.com"}}"#
        );
        let token = Some(self.token(Role::OrgUserManager));
        let answer = self
            .gateway
            .call("POST", &path, token, &[], Some(body.as_bytes()))
            .await;
        answer.status
    }
}

/// How much a series grows while something happens.
async fn growth<F: Future>(gateway: &TestGateway, series: &str, happens: F) -> (u64, F::Output) {
    let metrics = || gateway.surface().gateway.metrics_text();
    let before = value(&metrics(), series);
    let output = happens.await;
    (value(&metrics(), series) - before, output)
}

async fn what_happens_is_counted_once(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let created =
        r#"wicketgate_http_requests_total{route="/scim/v2/{orgId}/Users",method="POST",status="2xx"}"#;
    assert_eq!(growth(&gateway, created, org.creates("anna")).await, (1, 201));
    let timed = created.replace("requests_total", "request_duration_seconds_count");
    assert_eq!(growth(&gateway, &timed, org.creates("bert")).await, (1, 201));
    let events = "wicketgate_events_appended_total";
    assert_eq!(growth(&gateway, events, org.creates("carl")).await, (1, 201));

    let surface = gateway.surface();
    let rows = "wicketgate_provisioning_log_rows_written_total";
    surface.gateway.flush_provisioning_log().await.unwrap();
    let (written, ()) = growth(&gateway, rows, async {
        org.creates("dora").await;
        surface.gateway.flush_provisioning_log().await.unwrap();
    })
    .await;
    assert_eq!(written, 1);

    let text = surface.gateway.metrics_text();
    assert_eq!(value(&text, "wicketgate_http_requests_in_flight"), 0);
    assert_eq!(value(&text, "wicketgate_provisioning_log_rows_waiting"), 0);
    let is_sqlite = text.contains(r#"queue="writes""#);
    let (reads, writes) = if is_sqlite {
        ("reads", "writes")
    } else {
        ("all", "all")
    };
    for (queue, task) in [(reads, "read"), (writes, "write")] {
        let count =
            |name: &str, labels: &str| value(&text, &format!("wicketgate_database_{name}{{{labels}}}"));
        let queue = format!("queue=\"{queue}\"");
        let tasks = count("task_duration_seconds_count", &format!("{queue},task=\"{task}\""));
        assert!(tasks > 0, "{queue} {task}: {text}");
        assert!(count("queue_wait_seconds_count", &queue) >= tasks, "{text}");
        assert!(count("connections", &queue) >= 1, "{text}");
        assert!(count("threads", &queue) >= count("connections", &queue), "{text}");
        assert_eq!(count("queue_depth", &queue), 0);
    }
    let groups = value(&text, "wicketgate_database_group_commit_size_count");
    assert_eq!(groups > 0, is_sqlite, "{text}");
}

async fn what_came_to_nothing_is_no_event(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.creates("anna").await;
    let events = "wicketgate_events_appended_total";
    assert_eq!(growth(&gateway, events, org.creates("anna")).await, (0, 409));
    let refused = r#"wicketgate_authentication_refused_total{credential="token",reason="missing"}"#;
    let path = format!("/scim/v2/{}/Users", org.id);
    let nobody = async { gateway.call("GET", &path, None, &[], None).await.status };
    assert_eq!(growth(&gateway, refused, nobody).await, (1, 401));
}

async fn limits_that_turn_requests_away_are_counted(gateway: TestGateway) {
    let org = gateway.with_org().await;
    org.limit(RequestLimits {
        per_second: 1,
        burst: 1,
        at_a_time: 0,
    })
    .await;
    let limited = r#"wicketgate_requests_limited_total{limit="organization_rate"}"#;
    let (counted, refused) = growth(&gateway, limited, async {
        let mut refused = 0;
        for number in 0..20 {
            refused += u64::from(org.creates(&format!("user-{number}")).await == 429);
        }
        refused
    })
    .await;
    assert_eq!(counted, refused);
    assert!(refused > 0);
}

/// Texts that no two requests share. Each has the marker in it.
struct Texts(u64);

const MARKER: &str = "zqzq";

impl Texts {
    fn number(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn text(&mut self) -> String {
        format!("{MARKER}{:x}", self.number())
    }
}

/// What a client may put its own words into: places in a path, in a query and in a body.
const SHAPES: [&str; 14] = [
    "/@",
    "/@/@?@=@",
    "/scim/v2/@/Users",
    "/scim/v2/{org}/@",
    "/scim/v2/{org}/Users/@",
    "/scim/v2/{org}/Users/@?attributes=@",
    "/scim/v2/{org}/Users?filter=userName%20eq%20%22@%22",
    "/scim/v2/{org}/Users?filter=@%20xx%20%22@%22",
    "/scim/v2/{org}/Groups?startIndex=@",
    "/scim/v2/{org}/Schemas/@",
    "/oauth/v2/@",
    "/admin/v1/orgs/@/users",
    "/admin/v1/@",
    "/.well-known/@",
];
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "@",
];

async fn send(org: &TestOrg, texts: &mut Texts, shape: usize, method: usize, credential: usize) {
    let mut filled = String::new();
    for (number, part) in SHAPES[shape].split('@').enumerate() {
        if number > 0 {
            filled += &texts.text();
        }
        filled += part;
    }
    let path = filled.replace("{org}", &org.id.to_string());
    let method = METHODS[method].replace('@', &texts.text().to_ascii_uppercase());
    let token = match credential {
        0 => None,
        1 => Some(texts.text()),
        _ => Some(org.token(Role::OrgUserManager).to_owned()),
    };
    let agent = texts.text();
    let headers = [
        ("User-Agent", agent.as_str()),
        ("X-Forwarded-For", agent.as_str()),
    ];
    org.gateway
        .call(&method, &path, token.as_deref(), &headers, None)
        .await;
}

#[test]
fn ten_thousand_requests_with_words_of_their_own_add_no_series() {
    run(Database::new(Engine::Sqlite), |gateway| async move {
        let org = gateway.with_org().await;
        let metrics = || gateway.surface().gateway.metrics_text();
        let mut texts = Texts(1);
        for shape in 0..SHAPES.len() {
            for method in 0..METHODS.len() {
                for credential in 0..3 {
                    send(&org, &mut texts, shape, method, credential).await;
                }
            }
        }
        let first = metrics();
        for _ in 0..10_000 {
            let mut below = |bound: usize| usize::try_from(texts.number()).unwrap() % bound;
            let (shape, method, credential) = (below(SHAPES.len()), below(METHODS.len()), below(3));
            send(&org, &mut texts, shape, method, credential).await;
        }
        let last = metrics();
        assert_eq!(series(&last), series(&first));
        assert!(!last.to_ascii_lowercase().contains(MARKER), "{last}");
        // They were counted, or the texts would say nothing.
        let answered: u64 = series(&last)
            .iter()
            .filter(|series| series.starts_with("wicketgate_http_requests_total"))
            .map(|series| value(&last, series))
            .sum();
        assert!(answered >= 10_000, "{answered}");
        for name in series(&last) {
            let known = METRICS.iter().any(|metric| name.starts_with(metric.name));
            assert!(known, "{name}");
        }
    });
}
