//! Metrics of a running server: on a port of their own, and without people or secrets.

use std::net::TcpListener;

use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::{Gate, get, text};

both_engines! {
    metrics_are_on_their_own_port_only,
}

fn metrics_are_on_their_own_port_only(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let other = gate.org();
    let token = text(&gate.token(&org, &gate.service_user(&org)), "token");
    let gate = gate
        .with("WICKETGATE_METRICS_LISTEN", "127.0.0.1:0")
        .with("WICKETGATE_METRICS_ORGS", &org);
    let mut server = gate.serve();
    let said = server.answer();
    let gateway = text(&said, "listen").parse().unwrap();
    let metrics = text(&said, "metricsListen").parse().unwrap();

    let lookup = format!("/scim/v2/{org}/Users?filter=userName%20eq%20%22mallory%22");
    assert_eq!(get(gateway, &lookup, &token).0, 200);
    assert_eq!(get(gateway, &lookup, "mallory-token").0, 401);
    for path in [
        "/metrics",
        "/scim/metrics",
        "/admin/v1/metrics",
        "/console/metrics",
    ] {
        let (status, body) = get(gateway, path, &token);
        assert_ne!(status, 200, "{path}");
        assert!(!body.contains("wicketgate_"), "{path}: {body}");
    }
    for path in ["/", "/livez", "/metrics/", "/scim/v2", &lookup] {
        assert_eq!(get(metrics, path, &token).0, 404, "{path}");
    }

    let (status, read) = get(metrics, "/metrics", "");
    assert_eq!(status, 200, "{read}");
    for line in [
        r#"wicketgate_http_requests_total{route="/scim/v2/{orgId}/Users",method="GET",status="2xx"} 1"#
            .to_owned(),
        r#"wicketgate_authentication_refused_total{credential="token",reason="malformed"} 1"#.to_owned(),
        format!("wicketgate_organization_requests_total{{org_id=\"{org}\",status=\"2xx\"}} 1"),
    ] {
        assert!(read.lines().any(|have| have == line), "{line}\n{read}");
    }
    for secret in ["mallory", &token, &token[token.len() - 40..], &other] {
        assert!(!read.contains(secret), "{secret}: {read}");
    }
    server.stop();
}

#[test]
fn without_an_address_there_are_no_metrics() {
    let database = Database::new(Engine::Sqlite);
    let mut server = Gate::new(&database).serve();
    let said = server.answer();
    assert!(said.get("metricsListen").is_none(), "{said}");
    let address = text(&said, "listen").parse().unwrap();
    assert_eq!(get(address, "/metrics", "").0, 404);
    server.stop();
}

#[test]
fn an_address_that_is_taken_or_none_is_a_clear_error() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = |address: &str| {
        let metrics = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", address];
        gate.error(&metrics)
    };
    let error = serve(&address);
    assert!(
        error.contains(&format!("cannot show metrics on {address}")) && error.contains("--metrics-listen"),
        "{error}"
    );
    let error = serve("localhost:9090");
    assert!(
        error.contains("--metrics-listen is \"localhost:9090\"") && error.contains("127.0.0.1:9090"),
        "{error}"
    );
}
