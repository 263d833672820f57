//! Every address and spelling that leads into the operator's network, tried against sockets that really listen: none
//! is connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use http::Request;
use tokio::net::TcpListener;
use wicketgate_auth::{Fetch, FetchError};
use wicketgate_fetch::{Fetcher, InvalidRules};

use crate::sockets::{Answers, SERVER_KEY, get, listen, rules, untouched};

/// Spellings of hosts as they may stand in a URL.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7F.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.1",
    "127.0.0.1.",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "0x0",
    "00",
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "012.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "3232235777",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[3ffe::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
];

/// Names that the system resolves to this machine, or not at all.
const NAMES: &[&str] = &[
    "localhost",
    "localhost.",
    "LOCALHOST",
    "a.localhost",
    "l%6fcalhost",
];

#[tokio::test]
async fn no_spelling_of_an_inside_address_is_connected_to() {
    let v4 = listen(Ipv4Addr::LOCALHOST.into()).await;
    let port = v4.local_addr().unwrap().port();
    let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
    let fetcher = Fetcher::new(rules(port, &[])).unwrap();
    for host in HOSTS {
        let url = format!("https://{host}:{port}/keys");
        // A host that the type of the request cannot hold goes nowhere either.
        let Ok(request) = Request::get(&url).body(Vec::new()) else {
            continue;
        };
        let error = fetcher.fetch(request).await.unwrap_err();
        assert!(
            matches!(
                error,
                FetchError::AddressRefused { .. } | FetchError::UrlRefused(_)
            ),
            "{host}: {error:?}"
        );
    }
    for host in NAMES {
        let Ok(request) = Request::get(format!("https://{host}:{port}/keys")).body(Vec::new()) else {
            continue;
        };
        assert!(fetcher.fetch(request).await.is_err(), "{host}");
    }
    assert!(untouched(v4));
    if let Some(v6) = v6 {
        assert!(untouched(v6));
    }
}

#[tokio::test]
async fn no_answer_of_a_resolver_leads_inside() {
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let port = listener.local_addr().unwrap().port();
    for host in HOSTS {
        let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() else {
            continue;
        };
        // With the port in the answer, and with the port in the URL.
        for (answered, url) in [
            (port, "https://idp.test/keys".to_owned()),
            (0, format!("https://idp.test:{port}/keys")),
        ] {
            let answers = Answers::new([vec![SocketAddr::new(address, answered)]]);
            let fetcher = Fetcher::with_resolver(rules(port, &["other.test"]), answers).unwrap();
            assert_eq!(
                fetcher.fetch(get(&url)).await.unwrap_err(),
                FetchError::AddressRefused {
                    host: "idp.test".to_owned()
                },
                "{address}"
            );
        }
    }
    assert!(untouched(listener));
}

#[tokio::test]
async fn a_name_that_turns_inside_after_a_first_answer_is_not_followed() {
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let inside = listener.local_addr().unwrap();
    // An address that is public and on which nobody can be: the request has to end at the bound of time.
    let public = SocketAddr::new("1.0.0.0".parse().unwrap(), 9);
    let answers = Answers::new([vec![public], vec![inside], vec![inside]]);
    let mut rules = rules(inside.port(), &[]);
    rules.connect_timeout = Duration::from_millis(50);
    let fetcher = Fetcher::with_resolver(rules, answers).unwrap();
    let url = "https://idp.test/keys";
    let first = fetcher.fetch(get(url)).await.unwrap_err();
    assert!(!matches!(first, FetchError::AddressRefused { .. }), "{first:?}");
    for _ in 0..2 {
        let later = fetcher.fetch(get(url)).await.unwrap_err();
        assert!(matches!(later, FetchError::AddressRefused { .. }), "{later:?}");
    }
    assert!(untouched(listener));
}

#[tokio::test]
async fn an_inside_address_among_public_ones_is_left_out() {
    let listener = listen(Ipv4Addr::LOCALHOST.into()).await;
    let inside = listener.local_addr().unwrap();
    let public = SocketAddr::new("1.0.0.0".parse().unwrap(), 9);
    let mut rules = rules(inside.port(), &[]);
    rules.connect_timeout = Duration::from_millis(50);
    let fetcher = Fetcher::with_resolver(rules, Answers::new([vec![inside, public, inside]])).unwrap();
    assert!(fetcher.fetch(get("https://idp.test/keys")).await.is_err());
    assert!(untouched(listener));
}

#[tokio::test]
async fn urls_that_are_never_fetched_are_refused_with_what_to_change() {
    let fetcher = Fetcher::with_resolver(rules(8443, &["idp.test"]), Answers::new([])).unwrap();
    for (url, expected) in [
        ("http://idp.test/", "https://"),
        ("ftp://idp.test/", "https://"),
        ("https://user@idp.test/", "user name"),
        ("https://user:password@idp.test/", "user name"),
        ("https://idp.test:80/", "port"),
        ("https://idp.test:22/", "port"),
        ("https://idp.test:8080/", "port"),
        ("/keys", "absolute"),
    ] {
        let error = fetcher.fetch(get(url)).await.unwrap_err();
        assert!(
            matches!(&error, FetchError::UrlRefused(_)) && error.to_string().contains(expected),
            "{url}: {error:?}"
        );
    }
}

#[test]
fn rules_that_cannot_be_followed_are_refused_by_name() {
    for host in [
        "https://idp.test",
        "idp.test:443",
        "IDP.test",
        "127.1",
        "::1",
        "*.test",
        "",
    ] {
        let error = Fetcher::new(rules(1, &[host])).unwrap_err();
        assert_eq!(error, InvalidRules::Host(host.to_owned()), "{host}");
    }
    for pem in ["", "not PEM", std::str::from_utf8(SERVER_KEY).unwrap()] {
        let mut rules = rules(1, &[]);
        rules.extra_root_certificates.push(pem.to_owned());
        assert_eq!(Fetcher::new(rules).unwrap_err(), InvalidRules::RootCertificate(1));
    }
}

#[test]
fn the_tables_hold_at_least_sixty_addresses() {
    assert!(HOSTS.len() >= 60, "{}", HOSTS.len());
}
