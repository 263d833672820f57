//! What is exposed, against the table of names.

use std::{collections::BTreeMap, time::Duration};

use uuid::Uuid;

use super::*;

const ORG: Uuid = Uuid::from_u128(7);

/// Metrics of which each has at least one series.
fn all() -> Metrics {
    let metrics = Metrics::new(1_700_000_000);
    let routes = metrics.requests.routes([("GET", "/scim/v2/{orgId}/Users")]);
    routes.answered("/scim/v2/{orgId}/Users", "GET", 200, Duration::from_millis(3));
    metrics.requests.tell_apart([ORG]);
    metrics.requests.of_org(ORG, 200);
    metrics.refused.count("token", "unknown");
    metrics.database.queue("reads").stands(1, 2, 3);
    metrics
}

/// The families of a text, each with its kind and help.
fn families(text: &str) -> BTreeMap<&str, (&str, &str)> {
    let mut families = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) {
            families.entry(name).or_insert(("", "")).1 = help.trim_end_matches('.');
        }
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            families.entry(name).or_insert(("", "")).0 = kind;
        }
    }
    families
}

/// The series of a text, without their values.
fn series(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.rsplit_once(' ').unwrap().0)
        .collect()
}

#[test]
fn everything_in_the_table_is_exposed_and_nothing_else() {
    let text = all().text();
    let named: BTreeMap<_, _> = METRICS
        .iter()
        .map(|metric| (metric.name, (metric.kind, metric.help)))
        .collect();
    assert_eq!(families(&text), named);
}

#[test]
fn series_have_the_labels_that_the_table_says() {
    let text = all().text();
    for series in series(&text) {
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let mut labels: Vec<&str> = labels
            .trim_end_matches('}')
            .split("\",")
            .filter_map(|label| label.split_once('='))
            .map(|(label, _)| label)
            .filter(|label| *label != "le")
            .collect();
        let metric = METRICS
            .iter()
            .find(|metric| {
                let rest = name.strip_prefix(metric.name);
                rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
            })
            .unwrap_or_else(|| panic!("{series}"));
        let mut expected = metric.labels.to_vec();
        labels.sort_unstable();
        expected.sort_unstable();
        assert_eq!(labels, expected, "{series}");
    }
}

#[test]
fn routes_and_methods_of_no_table_are_counted_together() {
    let metrics = all();
    let routes = metrics.requests.routes([("GET", "/Users")]);
    for number in 0..10_000_u16 {
        let text = format!("x{number}");
        routes.answered(&text, &text, 404, Duration::ZERO);
        routes.answered("/Users", &text, 405, Duration::ZERO);
        routes.answered(&text, "GET", number, Duration::ZERO);
    }
    let text = metrics.text();
    assert!(
        text.contains(r#"wicketgate_http_requests_total{route="(none)",method="other",status="4xx"} 20000"#),
        "{text}"
    );
    assert!(!text.contains("x1"), "{text}");
    // One route, none with "other", and none with "GET" in five classes.
    let counted = series(&text)
        .into_iter()
        .filter(|series| series.starts_with("wicketgate_http_requests_total"))
        .count();
    assert_eq!(counted, 7);
}

#[test]
fn only_organizations_that_were_listed_are_told_apart() {
    let metrics = Metrics::new(0);
    metrics.requests.of_org(ORG, 200);
    assert!(!metrics.text().contains("organization_requests"));
    metrics.requests.tell_apart([ORG]);
    for status in [200, 201, 404] {
        metrics.requests.of_org(ORG, status);
        metrics.requests.of_org(Uuid::from_u128(8), status);
    }
    let text = metrics.text();
    let counted = |class: &str, count: u32| {
        let line = format!(
            "wicketgate_organization_requests_total{{org_id=\"{ORG}\",status=\"{class}\"}} {count}\n"
        );
        assert!(text.contains(&line), "{line}{text}");
    };
    counted("2xx", 2);
    counted("4xx", 1);
    counted("5xx", 0);
    assert!(!text.contains(&Uuid::from_u128(8).to_string()));
}

#[test]
fn a_request_is_in_flight_until_it_is_dropped() {
    let metrics = Metrics::new(0);
    let (one, other) = (metrics.requests.begin(), metrics.requests.begin());
    assert!(metrics.text().contains("wicketgate_http_requests_in_flight 2\n"));
    drop((one, other));
    assert!(metrics.text().contains("wicketgate_http_requests_in_flight 0\n"));
}

#[test]
fn what_a_queue_measures_is_under_its_name() {
    let metrics = Metrics::new(0);
    let queue = metrics.database.queue("writes");
    queue.taken(Duration::from_millis(2));
    queue.ran(TaskKind::Write, Duration::from_millis(3), 2);
    queue.committed(5);
    queue.full();
    queue.late();
    queue.stands(4, 1, 1);
    let text = metrics.text();
    for line in [
        r#"wicketgate_database_queue_wait_seconds_sum{queue="writes"} 0.002"#,
        r#"wicketgate_database_task_duration_seconds_count{queue="writes",task="write"} 1"#,
        r#"wicketgate_database_task_duration_seconds_count{queue="writes",task="read"} 0"#,
        r#"wicketgate_database_tasks_repeated_total{queue="writes"} 2"#,
        r#"wicketgate_database_tasks_refused_total{queue="writes",reason="full"} 1"#,
        r#"wicketgate_database_tasks_refused_total{queue="writes",reason="late"} 1"#,
        r#"wicketgate_database_queue_depth{queue="writes"} 4"#,
        r#"wicketgate_database_group_commit_size_bucket{le="4"} 0"#,
        r#"wicketgate_database_group_commit_size_bucket{le="8"} 1"#,
    ] {
        assert!(text.lines().any(|have| have == line), "{line}\n{text}");
    }
}

/// A file of the repository.
macro_rules! file {
    ($path:literal) => {
        include_str!(concat!("../../../", $path))
    };
}

#[test]
fn the_reference_page_has_every_metric_and_no_other() {
    let page = file!("docs/src/reference/metrics.md");
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `wicketgate_") || line.starts_with("| `process_"))
        .collect();
    let expected: Vec<String> = METRICS
        .iter()
        .map(|metric| {
            let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
            let labels = labels.join(", ");
            format!(
                "| `{}` | {} | {labels} | {} |",
                metric.name, metric.kind, metric.help
            )
        })
        .collect();
    assert_eq!(rows, expected);
}

/// The metrics that a query asks for, each with the labels that it selects by.
fn asked(query: &str) -> Vec<(String, Vec<String>)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut asked = Vec::new();
    for (at, _) in query.char_indices() {
        let rest = &query[at..];
        let is_start = !query[..at].ends_with(is_part);
        if !is_start || !(rest.starts_with("wicketgate_") || rest.starts_with("process_")) {
            continue;
        }
        let (name, after) = rest.split_at(rest.find(|c: char| !is_part(c)).unwrap_or(rest.len()));
        let selector = after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'))
            .map_or("", |(selector, _)| selector);
        let labels = selector
            .split(',')
            .filter_map(|label| label.split_once('='))
            .map(|(label, _)| label.trim().to_owned())
            .collect();
        asked.push((name.to_owned(), labels));
    }
    asked
}

/// Fails where a query asks for something that is not measured. `job` and `instance` are Prometheus' own labels.
#[track_caller]
fn check(query: &str) {
    let asked = asked(query);
    assert!(!asked.is_empty(), "it asks for nothing: {query}");
    for (name, labels) in asked {
        let metric = METRICS.iter().find(|metric| match metric.kind {
            "histogram" => name
                .strip_prefix(metric.name)
                .is_some_and(|rest| ["_bucket", "_sum", "_count"].contains(&rest)),
            _ => name == metric.name,
        });
        let metric = metric.unwrap_or_else(|| panic!("{name} is not measured: {query}"));
        for label in labels {
            let is_known =
                ["job", "instance"].contains(&label.as_str()) || metric.labels.contains(&label.as_str());
            assert!(is_known, "{name} has no label {label}: {query}");
        }
    }
}

#[test]
fn every_query_of_the_dashboard_asks_for_what_is_measured() {
    let dashboard: serde_json::Value = serde_json::from_str(file!("deploy/grafana/wicketgate.json")).unwrap();
    let mut queries: Vec<&str> = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|panel| panel["targets"].as_array().into_iter().flatten())
        .map(|target| target["expr"].as_str().unwrap())
        .collect();
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    queries.extend(
        variables
            .iter()
            .filter(|variable| variable["type"] == "query")
            .map(|variable| variable["query"].as_str().unwrap()),
    );
    queries.iter().copied().for_each(check);
    // What nobody looks at need not be measured.
    let all = queries.join(" ");
    for metric in METRICS {
        assert!(all.contains(metric.name), "{} is on no panel", metric.name);
    }
}

#[test]
fn every_alert_of_the_page_asks_for_what_is_measured() {
    let page = file!("docs/src/topics/watching.md");
    let alerts: Vec<&str> = page.split("- alert: ").skip(1).collect();
    assert!(alerts.len() >= 8, "{}", alerts.len());
    for alert in alerts {
        let (_, query) = alert.split_once("expr:").unwrap();
        check(query.split("\n      #").next().unwrap());
    }
}
