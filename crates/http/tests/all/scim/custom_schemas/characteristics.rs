//! What the characteristics of an attribute mean for whoever writes it (RFC 7643 §7): when it is returned, whether it is
//! the client's, whether it may be left out. In each mode, by POST, PUT and PATCH.

use serde_json::{Value, json};
use wicketgate_domain::Extended;
use wicketgate_scim::{Mode, schema::USER};
use wicketgate_testbed::both_engines;

use crate::harness::{Answer, TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    what_is_returned_on_request_is_shown_where_it_is_named,
    what_is_returned_on_request_is_shown_to_the_request_that_wrote_it,
    what_is_never_returned_is_kept_and_stays_hidden_when_it_is_named,
    what_is_never_returned_cannot_be_guessed_by_a_filter,
    what_is_immutable_is_given_once,
    what_is_immutable_outlasts_a_put_that_leaves_it_out,
    what_is_read_only_is_not_the_clients,
    what_is_required_cannot_be_left_out,
    what_is_required_cannot_be_taken_away,
}

const STAFF: &str = "urn:example:params:scim:schemas:extension:staff:2.0:User";
const MODES: [Mode; 3] = [Mode::Tolerant, Mode::Strict, Mode::Interop];

/// An organization whose users may have a place on the staff.
async fn staff_org(gateway: &TestGateway, mode: Mode) -> TestOrg {
    let org = gateway.with_org().await;
    let definition = json!({
        "id": STAFF,
        "name": "Staff",
        "attributes": [
            {"name": "ward", "required": true},
            {"name": "locker", "returned": "request"},
            {"name": "answer", "returned": "never"},
            {"name": "license", "mutability": "immutable"},
            {"name": "rank", "mutability": "readOnly"},
            {"name": "contract", "type": "complex", "subAttributes": [
                {"name": "kind", "required": true},
                {"name": "note", "returned": "request"},
                {"name": "number", "mutability": "immutable"},
                {"name": "grade", "mutability": "readOnly"},
            ]},
        ],
    });
    org.define(Extended::User, false, definition).await;
    org.set_mode(mode).await;
    org
}

fn anna(container: Value) -> Value {
    let mut user = json!({"schemas": [USER, STAFF], "userName": "anna"});
    user[STAFF] = container;
    user
}

/// Creates the user and answers the path of it.
async fn created(org: &TestOrg, container: Value) -> String {
    let answer = org.post("/Users", &anna(container)).await.expect(201);
    format!("/Users/{}", answer.id())
}

fn operation(op: &str, name: &str, value: &Value) -> Value {
    let mut operation = json!({"op": op, "path": format!("{STAFF}:{name}")});
    if !value.is_null() {
        operation["value"] = value.clone();
    }
    json!([operation])
}

fn replace(name: &str, value: &str) -> Value {
    operation("replace", name, &json!(value))
}

/// What is stored, whatever of it is shown.
async fn kept(org: &TestOrg) -> Value {
    let users = org.snapshot().await.users;
    assert_eq!(users.len(), 1);
    users[0].attributes.get(STAFF).cloned().unwrap_or_default()
}

async fn what_is_returned_on_request_is_shown_where_it_is_named(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let sent = json!({"ward": "3B", "locker": "L1", "contract": {"kind": "fixed", "note": "n"}});
        let user = created(&org, sent).await;
        for (query, expected) in [
            (
                String::new(),
                json!({"ward": "3B", "contract": {"kind": "fixed"}}),
            ),
            (format!("attributes={STAFF}:locker"), json!({"locker": "L1"})),
            (
                format!("attributes={STAFF}:contract.note"),
                json!({"contract": {"note": "n"}}),
            ),
            (
                format!("attributes={STAFF}:ward,{STAFF}:locker"),
                json!({"ward": "3B", "locker": "L1"}),
            ),
            (
                format!("excludedAttributes={STAFF}:ward"),
                json!({"contract": {"kind": "fixed"}}),
            ),
        ] {
            let read = org.get(&format!("{user}?{query}")).await.expect(200).json();
            assert_eq!(read[STAFF], expected, "{mode} {query}");
            let list = org.get(&format!("/Users?{query}")).await.expect(200).json();
            assert_eq!(list["Resources"][0][STAFF], expected, "{mode} {query}");
        }
    }
}

async fn what_is_returned_on_request_is_shown_to_the_request_that_wrote_it(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let sent = json!({"ward": "3B", "locker": "L1", "contract": {"kind": "fixed", "note": "n"}});
        let answer = org.post("/Users", &anna(sent.clone())).await.expect(201);
        assert_eq!(answer.json()[STAFF], sent, "{mode}");
        let user = format!("/Users/{}", answer.id());
        let shown = |answer: Answer| answer.expect(200).json()[STAFF].clone();

        // Another attribute was written: nothing is shown that was not asked for.
        let patched = shown(org.patch(&user, &replace("ward", "4A")).await);
        assert_eq!(
            patched,
            json!({"ward": "4A", "contract": {"kind": "fixed"}}),
            "{mode}"
        );
        let patched = shown(org.patch(&user, &replace("locker", "L2")).await);
        assert_eq!(
            patched,
            json!({"ward": "4A", "locker": "L2", "contract": {"kind": "fixed"}}),
            "{mode}"
        );
        let patched = shown(org.patch(&user, &replace("contract.note", "m")).await);
        assert_eq!(
            patched,
            json!({"ward": "4A", "contract": {"kind": "fixed", "note": "m"}}),
            "{mode}"
        );
        let sent = json!({"ward": "5C", "locker": "L3"});
        let replaced = shown(org.put(&user, &anna(sent.clone())).await);
        assert_eq!(replaced, sent, "{mode}");
        let named = format!("{user}?attributes={STAFF}:ward");
        let replaced = shown(org.put(&named, &anna(sent)).await);
        assert_eq!(replaced, json!({"ward": "5C"}), "{mode}");
    }
}

async fn what_is_never_returned_is_kept_and_stays_hidden_when_it_is_named(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let hidden = |number: u8| json!({"ward": "3B", "answer": format!("s3cret-{number}")});
        let named = format!("attributes={STAFF},{STAFF}:answer");
        let answer = org
            .post(&format!("/Users?{named}"), &anna(hidden(1)))
            .await
            .expect(201);
        let user = format!("/Users/{}", answer.id());
        let mut answers = vec![answer];
        assert_eq!(kept(&org).await, hidden(1), "{mode}");

        let named_user = format!("{user}?{named}");
        answers.push(org.put(&named_user, &anna(hidden(2))).await.expect(200));
        assert_eq!(kept(&org).await, hidden(2), "{mode}");
        answers.push(
            org.patch(&named_user, &replace("answer", "s3cret-3"))
                .await
                .expect(200),
        );
        assert_eq!(kept(&org).await, hidden(3), "{mode}");
        // Nobody can read it, so nobody can repeat it.
        answers.push(org.put(&user, &anna(json!({"ward": "3B"}))).await.expect(200));
        assert_eq!(kept(&org).await, hidden(3), "{mode}");

        for query in [String::new(), named, format!("attributes={STAFF}:answer")] {
            answers.push(org.get(&format!("{user}?{query}")).await.expect(200));
            answers.push(org.get(&format!("/Users?{query}")).await.expect(200));
        }
        for answer in answers {
            assert!(
                !String::from_utf8_lossy(&answer.body).contains("s3cret"),
                "{mode}: {answer:?}"
            );
        }
    }
}

async fn what_is_never_returned_cannot_be_guessed_by_a_filter(gateway: TestGateway) {
    let org = staff_org(&gateway, Mode::Tolerant).await;
    created(&org, json!({"ward": "3B", "answer": "s3cret"})).await;
    for comparison in ["eq \"s3cret\"", "sw \"s\"", "pr"] {
        let answer = org.find("/Users", &format!("{STAFF}:answer {comparison}")).await;
        refused(&answer, 400, Some("invalidFilter"), &["answer"]);
    }
}

async fn what_is_immutable_is_given_once(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let user = created(&org, json!({"ward": "3B", "contract": {"kind": "fixed"}})).await;
        for name in ["license", "contract.number"] {
            org.patch(&user, &replace(name, "N1")).await.expect(200);
        }
        let given = json!({"ward": "3B", "license": "N1", "contract": {"kind": "fixed", "number": "N1"}});
        assert_eq!(kept(&org).await, given, "{mode}");
        let before = org.snapshot().await;
        for name in ["license", "contract.number"] {
            org.patch(&user, &replace(name, "N1")).await.expect(200);
            let last = name.rsplit('.').next().unwrap();
            for operations in [
                replace(name, "N2"),
                operation("add", name, &json!("N2")),
                operation("remove", name, &Value::Null),
            ] {
                let answer = org.patch(&user, &operations).await;
                refused(&answer, 400, Some("mutability"), &[last, "immutable"]);
            }
        }
        org.put(&user, &anna(given.clone())).await.expect(200);
        for pointer in ["/license", "/contract/number"] {
            let mut other = given.clone();
            *other.pointer_mut(pointer).unwrap() = json!("N2");
            let last = pointer.rsplit('/').next().unwrap();
            let answer = org.put(&user, &anna(other)).await;
            refused(&answer, 400, Some("mutability"), &[last, "immutable"]);
        }
        assert_eq!(org.snapshot().await, before, "{mode}");
    }
}

async fn what_is_immutable_outlasts_a_put_that_leaves_it_out(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let given = json!({"ward": "3B", "license": "N1", "contract": {"kind": "fixed", "number": "N1"}});
        let user = created(&org, given.clone()).await;
        let less = json!({"ward": "3B", "contract": {"kind": "fixed"}});
        let replaced = org.put(&user, &anna(less)).await.expect(200).json();
        assert_eq!(replaced[STAFF], given, "{mode}");
        // Where it has no value, a PUT gives it one.
        let org = staff_org(&gateway, mode).await;
        let user = created(&org, json!({"ward": "3B"})).await;
        let replaced = org.put(&user, &anna(given.clone())).await.expect(200).json();
        assert_eq!(replaced[STAFF], given, "{mode}");
    }
}

async fn what_is_read_only_is_not_the_clients(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let with = json!({"ward": "3B", "rank": "chief", "contract": {"kind": "fixed", "grade": "A"}});
        let without = json!({"ward": "3B", "contract": {"kind": "fixed"}});
        let user = created(&org, with.clone()).await;
        assert_eq!(kept(&org).await, without, "{mode}");
        let replaced = org.put(&user, &anna(with.clone())).await.expect(200).json();
        assert_eq!(replaced[STAFF], without, "{mode}");
        let before = org.snapshot().await;
        for name in ["rank", "contract.grade"] {
            let last = name.rsplit('.').next().unwrap();
            for operations in [
                replace(name, "x"),
                operation("add", name, &json!("x")),
                operation("remove", name, &Value::Null),
            ] {
                let answer = org.patch(&user, &operations).await;
                refused(&answer, 400, Some("mutability"), &[last, "readOnly"]);
            }
        }
        // In an object it is left out, as in a body.
        let whole = json!([{"op": "add", "path": STAFF, "value": with}]);
        let patched = org.patch(&user, &whole).await.expect(200).json();
        assert_eq!(patched[STAFF], without, "{mode}");
        assert_eq!(org.snapshot().await, before, "{mode}");
    }
}

async fn what_is_required_cannot_be_left_out(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let nobody = org.snapshot().await;
        for (container, name) in [
            (json!({"license": "N1"}), "ward"),
            (json!({"ward": "  ", "license": "N1"}), "ward"),
            (json!({"ward": null, "license": "N1"}), "ward"),
            (json!({"ward": "3B", "contract": {"number": "N1"}}), "kind"),
        ] {
            let answer = org.post("/Users", &anna(container)).await;
            refused(&answer, 400, Some("invalidValue"), &[STAFF, name, "required"]);
        }
        assert_eq!(org.snapshot().await, nobody, "{mode}");

        // The extension itself is not required, nor is the contract.
        let plain = json!({"schemas": [USER], "userName": "anna"});
        let user = format!("/Users/{}", org.post("/Users", &plain).await.expect(201).id());
        let before = org.snapshot().await;
        let answer = org.put(&user, &anna(json!({"license": "N1"}))).await;
        refused(&answer, 400, Some("invalidValue"), &[STAFF, "ward", "required"]);
        let answer = org.patch(&user, &operation("add", "license", &json!("N1"))).await;
        refused(&answer, 400, Some("invalidValue"), &[STAFF, "ward", "required"]);
        assert_eq!(org.snapshot().await, before, "{mode}");
        org.put(&user, &anna(json!({"ward": "3B"}))).await.expect(200);
    }
}

async fn what_is_required_cannot_be_taken_away(gateway: TestGateway) {
    for mode in MODES {
        let org = staff_org(&gateway, mode).await;
        let user = created(
            &org,
            json!({"ward": "3B", "contract": {"kind": "fixed", "number": "N1"}}),
        )
        .await;
        let before = org.snapshot().await;
        for name in ["ward", "contract.kind"] {
            let last = name.rsplit('.').next().unwrap();
            let answer = org.patch(&user, &operation("remove", name, &Value::Null)).await;
            refused(&answer, 400, Some("mutability"), &[last, "required"]);
        }
        let null = json!([{"op": "replace", "path": format!("{STAFF}:ward"), "value": null}]);
        let answer = org.patch(&user, &null).await;
        refused(&answer, 400, Some("invalidValue"), &["ward", "required"]);
        let answer = org
            .put(&user, &anna(json!({"contract": {"kind": "fixed"}})))
            .await;
        refused(&answer, 400, Some("invalidValue"), &[STAFF, "ward", "required"]);
        assert_eq!(org.snapshot().await, before, "{mode}");
    }
}
