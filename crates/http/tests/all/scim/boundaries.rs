//! Each limit, at the limit and one past it, wherever it is met: the first is accepted and the second refused by name,
//! and both databases give the same answers. What is stored of the largest values is tested in `limits.rs`.

use serde_json::{Value, json};
use wicketgate_scim::{
    message::{BULK_REQUEST, PATCH_OP, SEARCH_REQUEST},
    schema::{GROUP, USER},
};

use super::{bad_requests::nested, engines::on_both};
use crate::harness::{Answer, TestGateway, percent_encoded, refused};

const BADGE: &str = "urn:example:1.0:Badge";

/// A method, an endpoint and a body. `{user}` and `{group}` in the endpoint stand for resources that exist.
type Request = (&'static str, String, Option<Vec<u8>>);

/// A status, a keyword, and what the detail says.
type Refusal = (u16, Option<&'static str>, &'static [&'static str]);

/// A text of some size.
type Text = fn(usize) -> String;

struct Boundary {
    at: Request,
    past: Request,
    refusal: Refusal,
}

/// A limit that is a number: what is sent with that number, and with the next.
fn boundary(limit: usize, refusal: Refusal, request: impl Fn(usize) -> Request) -> Boundary {
    Boundary {
        at: request(limit),
        past: request(limit + 1),
        refusal,
    }
}

const fn syntax(words: &'static [&'static str]) -> Refusal {
    (400, Some("invalidSyntax"), words)
}

const fn value(words: &'static [&'static str]) -> Refusal {
    (400, Some("invalidValue"), words)
}

const fn filter(words: &'static [&'static str]) -> Refusal {
    (400, Some("invalidFilter"), words)
}

fn send(method: &'static str, endpoint: &str, body: &Value) -> Request {
    (method, endpoint.to_owned(), Some(body.to_string().into_bytes()))
}

fn patch(endpoint: &str, operations: impl Into<Value>) -> Request {
    let body = json!({"schemas": [PATCH_OP], "Operations": operations.into()});
    send("PATCH", endpoint, &body)
}

/// A user with further members.
fn with(members: &Value) -> Value {
    let mut body = json!({"schemas": [USER], "userName": "anna"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn bodies() -> Vec<Boundary> {
    let user = with(&json!({}));
    let group = json!({"schemas": [GROUP], "displayName": "Pilots"});
    let replace = json!([{"op": "replace", "path": "displayName", "value": "Pilots"}]);
    let patch = json!({"schemas": [PATCH_OP], "Operations": replace});
    let search = json!({"schemas": [SEARCH_REQUEST], "count": 0});
    let bulk =
        json!({"schemas": [BULK_REQUEST], "Operations": [{"method": "DELETE", "path": "/Users/none"}]});
    let mut all = Vec::new();
    for (method, endpoint, limit, body, words) in [
        ("PUT", "/Users/{user}", 1 << 20, &user, &["1048576 bytes"]),
        ("PATCH", "/Users/{user}", 1 << 20, &patch, &["1048576 bytes"]),
        ("POST", "/Users/.search", 1 << 20, &search, &["1048576 bytes"]),
        ("POST", "/.search", 1 << 20, &search, &["1048576 bytes"]),
        ("PUT", "/Groups/{group}", 16 << 20, &group, &["16777216 bytes"]),
        ("PATCH", "/Groups/{group}", 16 << 20, &patch, &["16777216 bytes"]),
        ("POST", "/Bulk", 16 << 20, &bulk, &["16777216 bytes"]),
    ] {
        all.push(boundary(limit, (413, None, words), |bytes| {
            let mut body = body.to_string().into_bytes();
            body.resize(bytes, b' ');
            (method, endpoint.to_owned(), Some(body))
        }));
    }
    all
}

fn json_texts() -> Vec<Boundary> {
    let mut all = vec![
        boundary(32, syntax(&["32 levels"]), |levels| {
            let body = nested(levels).into_bytes();
            ("PUT", "/Users/{user}".to_owned(), Some(body))
        }),
        boundary(32, syntax(&["32 levels"]), |levels| {
            // The message, its operations and one operation are around the value.
            let value: Value = serde_json::from_str(&nested(levels - 3)).unwrap();
            patch(
                "/Users/{user}",
                json!([{"op": "add", "path": BADGE, "value": value}]),
            )
        }),
    ];
    let put = |value: &str| {
        let body = format!("{{\"userName\":\"anna\",\"{BADGE}\":{{\"x\":{value}}}}}").into_bytes();
        ("PUT", "/Users/{user}".to_owned(), Some(body))
    };
    for (at, past, words) in [
        ("9223372036854775807", "9223372036854775808", &["64 bit"]),
        ("-9223372036854775808", "-9223372036854775809", &["64 bit"]),
        ("\"\\u0001\"", "\"\\u0000\"", &["U+0000"]),
    ] {
        all.push(Boundary {
            at: put(at),
            past: put(past),
            refusal: syntax(words),
        });
    }
    all
}

fn filters() -> Vec<Boundary> {
    let of_length = |characters: usize| {
        let frame = "displayName eq \"\"".len();
        format!("displayName eq \"{}\"", "ü".repeat(characters - frame))
    };
    let of_depth = |depth: usize| format!("{}displayName eq \"x\"{}", "(".repeat(depth), ")".repeat(depth));
    let of_terms = |terms: usize| vec!["displayName eq \"x\""; terms].join(" and ");
    let filters: [(usize, Refusal, Text); 3] = [
        (4_096, filter(&["4096"]), of_length),
        (12, filter(&["12 levels"]), of_depth),
        (64, filter(&["64"]), of_terms),
    ];
    let mut all = Vec::new();
    for (limit, refusal, text) in filters {
        for endpoint in ["/Users", "/Groups", ""] {
            all.push(boundary(limit, refusal, |size| {
                let filter = percent_encoded(&text(size));
                ("GET", format!("{endpoint}?filter={filter}"), None)
            }));
            all.push(boundary(limit, refusal, |size| {
                let body = json!({"schemas": [SEARCH_REQUEST], "filter": text(size)});
                send("POST", &format!("{endpoint}/.search"), &body)
            }));
        }
    }
    all
}

fn paths() -> Vec<Boundary> {
    let at = |path: String| {
        patch(
            "/Users/{user}",
            json!([{"op": "replace", "path": path, "value": "x"}]),
        )
    };
    vec![
        boundary(4_096, (400, Some("invalidPath"), &["4096"]), |characters| {
            let frame = "emails[type eq \"work\" or type eq \"\"].display".len();
            at(format!(
                "emails[type eq \"work\" or type eq \"{}\"].display",
                "ü".repeat(characters - frame)
            ))
        }),
        boundary(12, filter(&["12 levels"]), |depth| {
            // The brackets are a level themselves.
            let (open, close) = ("(".repeat(depth - 1), ")".repeat(depth - 1));
            at(format!("emails[{open}type eq \"work\"{close}].display"))
        }),
        boundary(64, filter(&["64"]), |terms| {
            let filter = vec!["type eq \"work\""; terms].join(" and ");
            at(format!("emails[{filter}].display"))
        }),
    ]
}

fn operations() -> Vec<Boundary> {
    ["/Users/{user}", "/Groups/{group}"]
        .map(|endpoint| {
            boundary(1_000, syntax(&["Operations", "1001", "1000"]), |count| {
                let operation = json!({"op": "replace", "path": "displayName", "value": "Pilots"});
                patch(endpoint, vec![operation; count])
            })
        })
        .into()
}

fn values() -> Vec<Boundary> {
    let x = |length: usize| "x".repeat(length);
    let text = |length: usize| "ü".repeat(length);
    let mut all = vec![
        boundary(256, value(&["userName", "256"]), |characters| {
            send(
                "PUT",
                "/Users/{user}",
                &with(&json!({"userName": text(characters)})),
            )
        }),
        boundary(512, value(&["externalId", "512"]), |characters| {
            let group = json!({"schemas": [GROUP], "displayName": "Pilots", "externalId": text(characters)});
            send("PUT", "/Groups/{group}", &group)
        }),
        boundary(2_048, value(&["displayName", "2048"]), |bytes| {
            send(
                "PUT",
                "/Groups/{group}",
                &json!({"schemas": [GROUP], "displayName": x(bytes)}),
            )
        }),
        boundary(2_048, value(&["name.givenName", "2048"]), |bytes| {
            send(
                "PUT",
                "/Users/{user}",
                &with(&json!({"name": {"givenName": x(bytes)}})),
            )
        }),
        boundary(2_048, value(&["emails[0].value", "2048"]), |bytes| {
            let emails = json!([{"value": x(bytes), "type": "work"}]);
            send("PUT", "/Users/{user}", &with(&json!({"emails": emails})))
        }),
        boundary(100, value(&["colours", "100"]), |count| {
            let badge = json!({"colours": vec!["x"; count]});
            send("PUT", "/Users/{user}", &with(&json!({BADGE: badge})))
        }),
        // What is added counts with what is there.
        boundary(100, value(&["roles", "100"]), |count| {
            let role = |number: usize| json!({"value": number.to_string()});
            let all: Vec<Value> = (0..count).map(role).collect();
            let (first, rest) = all.split_at(60);
            patch(
                "/Users/{user}",
                json!([
                    {"op": "replace", "path": "roles", "value": first},
                    {"op": "add", "path": "roles", "value": rest},
                ]),
            )
        }),
    ];
    for (path, limit, unit, refusal) in [
        ("userName", 256, "ü", value(&["userName", "256"])),
        ("externalId", 512, "ü", value(&["externalId", "512"])),
        ("title", 2_048, "x", value(&["title", "2048"])),
        (
            "urn:example:1.0:Badge:colour",
            2_048,
            "x",
            value(&["colour", "2048"]),
        ),
    ] {
        all.push(boundary(limit, refusal, |size| {
            let value = unit.repeat(size);
            patch(
                "/Users/{user}",
                json!([{"op": "add", "path": path, "value": value}]),
            )
        }));
    }
    all
}

fn parameters() -> Vec<Boundary> {
    let user = with(&json!({}));
    let replace = json!({
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "path": "displayName", "value": "Pilots"}],
    });
    [
        ("GET", "/Users/{user}", None),
        ("GET", "/Groups", None),
        ("GET", "", None),
        ("PUT", "/Users/{user}", Some(user)),
        ("PATCH", "/Groups/{group}", Some(replace)),
    ]
    .map(|(method, endpoint, body)| {
        boundary(16, value(&["16 parameters"]), move |count| {
            let query = vec!["x=1"; count].join("&");
            let body = body.as_ref().map(|body| body.to_string().into_bytes());
            (method, format!("{endpoint}?{query}"), body)
        })
    })
    .into()
}

fn boundaries() -> Vec<Boundary> {
    let mut all = bodies();
    all.extend(json_texts());
    all.extend(filters());
    all.extend(paths());
    all.extend(operations());
    all.extend(values());
    all.extend(parameters());
    all
}

/// A short name for messages: bodies are large.
fn name((method, endpoint, body): &Request) -> String {
    let body = body.as_deref().unwrap_or_default();
    let start = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    format!("{method} {} {start}", &endpoint[..endpoint.len().min(100)])
}

/// Sends what is past each limit and what is at it, and answers every request by its name.
async fn conversation(gateway: TestGateway) -> Vec<(String, Answer)> {
    let org = gateway.with_org().await;
    let user = with(&json!({"emails": [{"value": "a@x.example", "type": "work"}]}));
    let mut answers = Vec::new();
    let mut surprises = Vec::new();
    for Boundary { at, past, refusal } in boundaries() {
        let user = org.post("/Users", &user).await.expect(201).id();
        let group = org.group("Pilots", &[]).await;
        let before = org.latest_event().await;
        for request in [past, at] {
            let is_past = answers.len() % 2 == 0;
            let (method, endpoint, body) = &request;
            let endpoint = endpoint.replace("{user}", &user).replace("{group}", &group);
            let answer = org.send(method, &endpoint, &[], body.as_deref()).await;
            let (status, scim_type, words) = refusal;
            if is_past && answer.status == status {
                refused(&answer, status, scim_type, words);
                assert_eq!(org.latest_event().await, before, "{}", name(&request));
            } else if is_past || ![200, 204].contains(&answer.status) {
                surprises.push(format!(
                    "{}: {} {}",
                    name(&request),
                    answer.status,
                    answer.detail()
                ));
            }
            answers.push((name(&request), answer));
        }
        org.delete(&format!("/Users/{user}")).await.expect(204);
        org.delete(&format!("/Groups/{group}")).await.expect(204);
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    answers
}

#[test]
fn each_limit_is_the_last_that_is_accepted_and_both_databases_answer_alike() {
    for (request, [sqlite, postgres]) in on_both(conversation) {
        assert_eq!(
            (sqlite.status, &sqlite.headers),
            (postgres.status, &postgres.headers),
            "{request}"
        );
        if sqlite.status < 400 && sqlite.body != postgres.body {
            // The order of an object's members says nothing.
            assert_eq!(sqlite.json(), postgres.json(), "{request}");
        } else {
            assert_eq!(sqlite.body, postgres.body, "{request}");
        }
    }
}
