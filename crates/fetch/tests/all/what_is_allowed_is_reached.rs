//! An allowed host is reached over real TLS, and what comes back from there is bounded.

use std::net::Ipv4Addr;
use std::time::Duration;

use http::StatusCode;
use wicketgate_auth::{Fetch, FetchError};
use wicketgate_fetch::{Fetcher, MAX_BODY};

use crate::sockets::{Answers, ROOT, answer, get, listen, rules, serve_once, untouched};

#[tokio::test]
async fn an_allowed_host_is_reached_over_tls_and_nothing_is_added_to_the_request() {
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let address = listener.local_addr().unwrap();
    let served = serve_once(listener, answer("200 OK\r\nX-Answer: yes", b"{\"keys\":[]}"));
    let fetcher = Fetcher::with_resolver(
        rules(address.port(), &["idp.test"]),
        Answers::new([vec![address]]),
    )
    .unwrap();
    fetcher.ready().unwrap();
    let response = fetcher.fetch(get("https://idp.test/keys?v=1")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-answer"], "yes");
    assert_eq!(response.body(), b"{\"keys\":[]}");
    let asked = served.await.unwrap().to_lowercase();
    assert!(asked.starts_with("get /keys?v=1 http/1.1\r\n"), "{asked}");
    assert!(
        !asked.contains("cookie") && !asked.contains("authorization"),
        "{asked}"
    );
}

#[tokio::test]
async fn an_allowed_address_is_reached_by_exactly_that_spelling() {
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let port = listener.local_addr().unwrap().port();
    let served = serve_once(listener, answer("204 No Content", b""));
    let fetcher = Fetcher::new(rules(port, &["127.0.0.1"])).unwrap();
    let other = fetcher.fetch(get(&format!("https://127.0.0.2:{port}/"))).await;
    assert!(matches!(other, Err(FetchError::AddressRefused { .. })));
    let response = fetcher
        .fetch(get(&format!("https://127.0.0.1:{port}/")))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    served.await.unwrap();
}

#[tokio::test]
async fn a_redirect_inside_is_an_answer_and_not_followed() {
    let trap = listen(Ipv4Addr::LOCALHOST.into()).await;
    let there = trap.local_addr().unwrap();
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let address = listener.local_addr().unwrap();
    let head = format!("302 Found\r\nLocation: https://{there}/secret\r\nSet-Cookie: a=b");
    let served = serve_once(listener, answer(&head, b""));
    let mut rules = rules(address.port(), &["idp.test", "127.0.0.1"]);
    rules.allowed_ports.push(there.port());
    let fetcher = Fetcher::with_resolver(rules, Answers::new([vec![address]])).unwrap();
    let response = fetcher.fetch(get("https://idp.test/keys")).await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    served.await.unwrap();
    assert!(untouched(trap));
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit_whether_its_length_is_announced_or_not() {
    for (length, announced, fits) in [
        (MAX_BODY, true, true),
        (MAX_BODY, false, true),
        (MAX_BODY + 1, true, false),
        (MAX_BODY + 1, false, false),
    ] {
        let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
        let address = listener.local_addr().unwrap();
        let head = if announced {
            format!("200 OK\r\nContent-Length: {length}")
        } else {
            "200 OK".to_owned()
        };
        let served = serve_once(listener, answer(&head, &vec![b' '; length]));
        let fetcher = Fetcher::with_resolver(rules(1, &["idp.test"]), Answers::new([vec![address]])).unwrap();
        let result = fetcher.fetch(get("https://idp.test/")).await;
        if fits {
            assert_eq!(result.unwrap().body().len(), length);
        } else {
            assert!(matches!(result, Err(FetchError::TooLarge { .. })), "{result:?}");
        }
        served.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let address = listener.local_addr().unwrap();
    let mut rules = rules(1, &["idp.test"]);
    rules.total_timeout = Duration::from_millis(50);
    let fetcher = Fetcher::with_resolver(rules, Answers::new([vec![address]])).unwrap();
    let error = fetcher.fetch(get("https://idp.test/")).await.unwrap_err();
    assert!(matches!(error, FetchError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn a_certificate_for_another_host_or_from_an_unknown_authority_is_not_trusted() {
    for (host, roots) in [("other.test", vec![ROOT.to_owned()]), ("idp.test", Vec::new())] {
        let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
        let address = listener.local_addr().unwrap();
        let served = serve_once(listener, answer("200 OK", b""));
        let mut rules = rules(1, &[host]);
        rules.extra_root_certificates = roots;
        let fetcher = Fetcher::with_resolver(rules, Answers::new([vec![address]])).unwrap();
        if fetcher.ready().is_err() {
            continue;
        }
        let error = fetcher.fetch(get(&format!("https://{host}/"))).await.unwrap_err();
        assert!(
            matches!(&error, FetchError::Unreachable { cause, .. } if cause.contains("certificate")),
            "{error:?}"
        );
        served.await.unwrap();
    }
}
