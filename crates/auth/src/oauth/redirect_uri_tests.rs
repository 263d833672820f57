//! The near misses of redirect URIs: what is not registered, and what is not the registered one.

use super::*;

const REGISTERED: &str = "https://idp.example.com/oauth/callback";

/// Texts that look like [`REGISTERED`], mean the same to some program, or once opened another server to an attacker.
const NEAR_MISSES: [&str; 67] = [
    "",
    " ",
    "https://idp.example.com/oauth/callback ",
    " https://idp.example.com/oauth/callback",
    "https://idp.example.com/oauth/callback\n",
    "https://idp.example.com/oauth/callback\0",
    "https://idp.example.com/oauth/\tcallback",
    "https://idp.example.com/oauth/callback/",
    "https://idp.example.com/oauth//callback",
    "https://idp.example.com//oauth/callback",
    "https://idp.example.com/oauth/Callback",
    "https://idp.example.com/OAUTH/CALLBACK",
    "https://IDP.example.com/oauth/callback",
    "HTTPS://idp.example.com/oauth/callback",
    "Https://idp.example.com/oauth/callback",
    "http://idp.example.com/oauth/callback",
    "https:/idp.example.com/oauth/callback",
    "https:idp.example.com/oauth/callback",
    "https:///idp.example.com/oauth/callback",
    "//idp.example.com/oauth/callback",
    "/oauth/callback",
    "idp.example.com/oauth/callback",
    "https://idp.example.com:443/oauth/callback",
    "https://idp.example.com:0443/oauth/callback",
    "https://idp.example.com:/oauth/callback",
    "https://idp.example.com:8443/oauth/callback",
    "https://idp.example.com:80/oauth/callback",
    "https://idp.example.com./oauth/callback",
    "https://example.com/oauth/callback",
    "https://evil.idp.example.com/oauth/callback",
    "https://idp.example.com.evil.example/oauth/callback",
    "https://idp.example.comevil.example/oauth/callback",
    "https://idp-example.com/oauth/callback",
    "https://evil.example/https://idp.example.com/oauth/callback",
    "https://user@idp.example.com/oauth/callback",
    "https://user:password@idp.example.com/oauth/callback",
    "https://@idp.example.com/oauth/callback",
    "https://idp.example.com@evil.example/oauth/callback",
    "https://idp.example.com%40evil.example/oauth/callback",
    "https://evil.example\\@idp.example.com/oauth/callback",
    "https://idp.example.com\\oauth\\callback",
    "https:\\\\idp.example.com\\oauth\\callback",
    "https://idp.example.com\\.evil.example/oauth/callback",
    "https://idp.example.com/oauth/callback#",
    "https://idp.example.com/oauth/callback#fragment",
    "https://idp.example.com/oauth/callback?",
    "https://idp.example.com/oauth/callback?next=https://evil.example",
    "https://idp.example.com/oauth/callback?code=1",
    "https://idp.example.com/oauth/callback&x=1",
    "https://idp.example.com/oauth/callback;x=1",
    "https://idp.example.com/oauth/./callback",
    "https://idp.example.com/oauth/x/../callback",
    "https://idp.example.com/oauth/%2e/callback",
    "https://idp.example.com/oauth/callback/..",
    "https://idp.example.com/oauth/callback/../../open",
    "https://idp.example.com/oauth%2fcallback",
    "https://idp.example.com/%6fauth/callback",
    "https://idp.example.com/oauth/callback%00",
    "https://idp.example.com/oauth/callback%",
    "https://idp.example.com/oauth/*",
    "https://*.example.com/oauth/callback",
    "https://\u{456}dp.example.com/oauth/callback",
    "https://idp.example.com\u{ff0f}oauth/callback",
    "https://idp\u{3002}example.com/oauth/callback",
    "https://xn--dp-7ia.example.com/oauth/callback",
    "javascript:alert(1)//https://idp.example.com/oauth/callback",
    "data:text/html,https://idp.example.com/oauth/callback",
];

#[test]
fn only_the_registered_text_is_the_registered_one() {
    let registered: RedirectUri = REGISTERED.parse().unwrap();
    assert!(registered.is(REGISTERED));
    for near in NEAR_MISSES {
        assert!(!registered.is(near), "{near:?}");
    }
    // Every text that differs in one character.
    for place in 0..REGISTERED.len() {
        let (head, tail) = REGISTERED.split_at(place);
        let without = format!("{head}{}", &tail[1..]);
        assert!(!registered.is(&without), "{without}");
        for inserted in ["/", ".", "%", "x", " ", "\0"] {
            let with = format!("{head}{inserted}{tail}");
            assert!(!registered.is(&with), "{with:?}");
        }
    }
}

#[test]
fn no_two_texts_that_can_be_registered_lead_to_one_place_and_are_taken_for_each_other() {
    for near in NEAR_MISSES {
        let Ok(other) = near.parse::<RedirectUri>() else {
            continue;
        };
        assert!(!other.is(REGISTERED), "{near}");
        let leads_to = |text: &str| Url::parse(text).unwrap().to_string();
        assert_ne!(leads_to(near), leads_to(REGISTERED), "{near}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_not_registered() {
    let registered: Vec<&str> = NEAR_MISSES
        .into_iter()
        .filter(|near| near.parse::<RedirectUri>().is_ok())
        .collect();
    // These are other places, each written so that nobody can mistake it.
    assert_eq!(
        registered,
        [
            "https://idp.example.com/oauth/callback/",
            "https://idp.example.com/oauth//callback",
            "https://idp.example.com//oauth/callback",
            "https://idp.example.com/oauth/Callback",
            "https://idp.example.com/OAUTH/CALLBACK",
            "https://idp.example.com:8443/oauth/callback",
            "https://idp.example.com:80/oauth/callback",
            "https://example.com/oauth/callback",
            "https://evil.idp.example.com/oauth/callback",
            "https://idp.example.com.evil.example/oauth/callback",
            "https://idp.example.comevil.example/oauth/callback",
            "https://idp-example.com/oauth/callback",
            "https://evil.example/https://idp.example.com/oauth/callback",
            "https://idp.example.com/oauth/callback?",
            "https://idp.example.com/oauth/callback?next=https://evil.example",
            "https://idp.example.com/oauth/callback&x=1",
            "https://idp.example.com/oauth/callback;x=1",
            "https://idp.example.com/%6fauth/callback",
            "https://xn--dp-7ia.example.com/oauth/callback",
        ]
    );
}

#[test]
fn a_refusal_names_the_text_and_the_fix() {
    for (text, fix) in [
        ("http://a.example/", "begin it with https://, in small letters"),
        ("https://a.example/#x", "leave out the fragment"),
        ("https://u@a.example/", "leave out the user name and password"),
        (
            "https://a.example/*",
            "wildcards are not understood: register each URI",
        ),
        ("https://", "empty host"),
        ("https://a.example./", "name a host, without a dot at its end"),
        (
            "https://A.example/",
            "browsers read it as https://a.example/: write it like that",
        ),
        (
            "https://0x7f.1/cb",
            "browsers read it as https://127.0.0.1/cb: write it like that",
        ),
        (
            "https://[0:0:0:0:0:0:0:1]/cb",
            "browsers read it as https://[::1]/cb: write it like that",
        ),
        ("https://[::1/cb", "invalid IPv6 address"),
        ("https://a.example/%zz", "encode each percent sign as %25"),
        (
            "https://a.example/%\u{e9}",
            "use printable ASCII without spaces, and encode the rest",
        ),
        (
            "https://a.example/%5c",
            "it holds an encoded dot, slash, backslash or control character",
        ),
        (
            "https://a.example/?st%61te=1",
            "its query has the parameter state, which the answer has too: leave it out",
        ),
    ] {
        let error = text.parse::<RedirectUri>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{text:?} cannot be a redirect URI: {fix}")
        );
    }
    let long = format!("https://a.example/{}", "a".repeat(MAX_LEN));
    assert!(long.parse::<RedirectUri>().is_err());
    assert!(long[..MAX_LEN].parse::<RedirectUri>().is_ok());
}

#[test]
fn what_every_program_reads_alike_is_registered_as_it_is() {
    for text in [
        "https://idp.example.com",
        "https://idp.example.com/",
        "https://idp.example.com/cb?tenant=1",
        "https://idp.example.com:8443/cb",
        "https://192.0.2.1/cb",
        "https://[2001:db8::1]/cb",
        "https://[::1]:8443/cb",
        "https://localhost/cb",
        "https://idp.example.com/a%20b/~x",
    ] {
        let uri: RedirectUri = text.parse().unwrap();
        assert_eq!(uri.as_str(), text);
        assert!(uri.is(text));
    }
}

#[test]
fn an_answer_is_added_to_the_query_and_encoded() {
    for (registered, answer) in [
        (
            "https://a.example/cb",
            "https://a.example/cb?state=a+b%26c%3D%23&iss=https%3A%2F%2Fb",
        ),
        (
            "https://a.example/cb?x=1",
            "https://a.example/cb?x=1&state=a+b%26c%3D%23&iss=https%3A%2F%2Fb",
        ),
        (
            "https://a.example/cb?",
            "https://a.example/cb?&state=a+b%26c%3D%23&iss=https%3A%2F%2Fb",
        ),
        (
            "https://a.example",
            "https://a.example?state=a+b%26c%3D%23&iss=https%3A%2F%2Fb",
        ),
    ] {
        let uri: RedirectUri = registered.parse().unwrap();
        assert_eq!(uri.with(&[("state", "a b&c=#"), ("iss", "https://b")]), answer);
    }
}

#[test]
fn okta_gets_its_four_exact_uris() {
    let uris = okta_redirect_uris("example_wicketgate-1").unwrap();
    assert_eq!(
        uris.each_ref().map(RedirectUri::as_str),
        [
            "https://system-admin.okta.com/admin/app/cpc/example_wicketgate-1/oauth/callback",
            "https://system-admin.okta-emea.com/admin/app/cpc/example_wicketgate-1/oauth/callback",
            "https://system-admin.oktapreview.com/admin/app/cpc/example_wicketgate-1/oauth/callback",
            "https://system-admin.trexcloud.com/admin/app/cpc/example_wicketgate-1/oauth/callback",
        ]
    );
    // The preset may write nothing that could not be registered by hand.
    for uri in uris {
        assert_eq!(uri.as_str().parse(), Ok(uri.clone()));
    }
}

#[test]
fn a_name_that_would_change_oktas_uris_is_refused() {
    for name in [
        "",
        "a/b",
        "..",
        "a b",
        "a?b",
        "a#b",
        "{appName}",
        "\u{e9}",
        "a%2fb",
        &"a".repeat(101),
    ] {
        assert!(okta_redirect_uris(name).is_err(), "{name:?}");
    }
    assert!(okta_redirect_uris(&"a".repeat(100)).is_ok());
}
