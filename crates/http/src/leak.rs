//! Reports of leaked credentials, in the form in which GitHub's secret scanning sends them. No signature is asked for:
//! whoever has a credential could have used it, and whoever has none is told nothing that its text does not say.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web::Data};
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use wicketgate_domain::Caller;
use wicketgate_metrics::Limit;

use crate::{Surface, body, dispatch::Seen, problem, scim::error::Chain, unread::Unread};

/// The largest report, in bytes.
const LARGEST_BODY: usize = 256 << 10;
/// How many tokens one report may name.
const MOST_TOKENS: usize = 100;
/// How many reports one network may send in a [`WINDOW`].
const MOST_REPORTS: u32 = 60;
const WINDOW: Duration = Duration::from_mins(1);
/// How many networks are told apart. Those beyond share one count.
const MOST_NETWORKS: usize = 4_096;

/// A request without a credential.
pub(crate) struct Call {
    pub(crate) surface: Data<Surface>,
    pub(crate) request: HttpRequest,
    pub(crate) unread: Unread,
    pub(crate) seen: Seen,
}

/// What answers one.
pub(crate) type Handler = fn(Call) -> LocalBoxFuture<'static, HttpResponse>;

/// Of each network: when its window began, and how many reports it sent since.
type Windows = HashMap<Option<String>, (Instant, u32)>;

/// How many reports came from each network lately. Clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reports(Arc<Mutex<Windows>>);

impl Reports {
    /// Counts a report, or says in how many seconds the next one is taken.
    fn admit(&self, address: Option<IpAddr>, now: Instant) -> Result<(), u64> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut network = Caller::new(address, None).network;
        if windows.len() >= MOST_NETWORKS && !windows.contains_key(&network) {
            windows.retain(|_, (started, _)| now.duration_since(*started) < WINDOW);
            if windows.len() >= MOST_NETWORKS {
                network = None;
            }
        }
        let (started, count) = windows.entry(network).or_insert((now, 0));
        let passed = now.duration_since(*started);
        if passed >= WINDOW {
            (*started, *count) = (now, 0);
        } else if *count >= MOST_REPORTS {
            return Err(WINDOW.saturating_sub(passed).as_secs() + 1);
        }
        *count += 1;
        Ok(())
    }
}

/// Revokes what was issued here, and labels each token of the report.
pub(crate) async fn report(call: Call) -> HttpResponse {
    let Call {
        surface,
        request,
        unread,
        seen,
    } = call;
    let peer = request.peer_addr().map(|peer| peer.ip());
    if let Err(seconds) = surface.reports.admit(peer, Instant::now()) {
        surface.gateway.metrics().limited.count(Limit::LeakReports);
        return problem::too_many("Too many reports: send the rest later.", seconds);
    }
    let time = surface.limits.body_time;
    let Ok(body) = body::read(request.headers(), &unread, LARGEST_BODY, time).await else {
        return problem::bad_request("The report did not arrive as a whole, or is larger than 256 KiB.");
    };
    let Some(tokens) = tokens(&body) else {
        return problem::bad_request(
            "A report is a JSON array of 1 to 100 objects, each with a text under the name \"token\".",
        );
    };
    let texts: Vec<&str> = tokens.iter().map(String::as_str).collect();
    match surface.gateway.report_leak(&texts, &seen.id().to_string()).await {
        Ok(verdicts) => {
            let answers: Vec<Value> = texts
                .iter()
                .zip(verdicts)
                .map(|(text, verdict)| {
                    json!({
                        "token_raw": text,
                        "token_type": verdict
                            .kind
                            .map_or("unknown", wicketgate_auth::TokenKind::as_str),
                        "label": if verdict.genuine { "true_positive" } else { "false_positive" },
                    })
                })
                .collect();
            HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .content_type("application/json")
                .body(Value::Array(answers).to_string())
        }
        Err(wicketgate_domain::Error::Busy) => {
            problem::too_many("Too many requests at a time: send the report again.", 1)
        }
        Err(error) => {
            tracing::error!(request.id = %seen.id(), error = %Chain(&error), "a leak report failed");
            problem::internal()
        }
    }
}

/// The tokens of a report, if it is one.
fn tokens(body: &[u8]) -> Option<Vec<String>> {
    let Ok(Value::Array(entries)) = serde_json::from_slice(body) else {
        return None;
    };
    if entries.is_empty() || entries.len() > MOST_TOKENS {
        return None;
    }
    entries
        .iter()
        .map(|entry| entry.get("token")?.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_an_array_of_one_to_a_hundred_tokens() {
        let report = |count| Value::Array(vec![json!({"token": "x", "type": "t", "url": "u"}); count]);
        assert_eq!(
            tokens(report(1).to_string().as_bytes()),
            Some(vec!["x".to_owned()])
        );
        assert_eq!(
            tokens(report(100).to_string().as_bytes()).map(|all| all.len()),
            Some(100)
        );
        for body in [
            report(0).to_string(),
            report(101).to_string(),
            String::new(),
            r#"{"token":"x"}"#.to_owned(),
            r#"[{"token":1}]"#.to_owned(),
            r#"["x"]"#.to_owned(),
        ] {
            assert_eq!(tokens(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_network_is_put_off_until_its_minute_is_over_and_others_are_not() {
        let (reports, start) = (Reports::default(), Instant::now());
        let [one, other] = ["192.0.2.1", "198.51.100.1"].map(|text| text.parse().ok());
        for _ in 0..MOST_REPORTS {
            assert_eq!(reports.admit(one, start), Ok(()));
        }
        let neighbour = "192.0.2.99".parse().ok();
        assert_eq!(reports.admit(neighbour, start + Duration::from_secs(20)), Err(41));
        assert_eq!(reports.admit(other, start), Ok(()));
        assert_eq!(reports.admit(one, start + WINDOW), Ok(()));
    }

    #[test]
    fn networks_that_are_not_told_apart_share_one_count() {
        let (reports, start) = (Reports::default(), Instant::now());
        for number in 0..=u16::MAX {
            let [a, b] = number.to_be_bytes();
            let _ = reports.admit(Some(IpAddr::from([10, a, b, 1])), start);
        }
        assert!(reports.0.lock().unwrap().len() <= MOST_NETWORKS + 1);
        assert!(reports.admit(Some(IpAddr::from([11, 0, 0, 1])), start).is_err());
    }
}
