//! What is returned only on request, in the answer to the request that wrote it (RFC 7643 §7).

use super::*;
use crate::message::PATCH_OP;

/// What the answer to a request with this body shows of the extension that is otherwise not shown: `request`,
/// `desk.note` and `cards.note`.
fn shown_with(attributes: Option<&str>, excluded: Option<&str>, body: Value) -> Vec<&'static str> {
    let rt = kit(false);
    let projection = Projection::parse(&rt, attributes, excluded)
        .unwrap()
        .with_written(&rt, &object(body));
    let mut stored = stored();
    stored[KIT]["cards"][1]["note"] = json!("n");
    let shown = projection.apply(&rt, stored);
    [
        ("request", "/request"),
        ("desk.note", "/desk/note"),
        ("cards.note", "/cards/1/note"),
    ]
    .into_iter()
    .filter(|(_, pointer)| {
        shown
            .get(KIT)
            .is_some_and(|container| container.pointer(pointer).is_some())
    })
    .map(|(name, _)| name)
    .collect()
}

fn shown(body: Value) -> Vec<&'static str> {
    shown_with(None, None, body)
}

#[expect(clippy::needless_pass_by_value, reason = "called with json!")]
fn shown_after(operation: Value) -> Vec<&'static str> {
    shown(json!({
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "path": "title", "value": "x"}, operation],
    }))
}

fn qualified(name: &str) -> String {
    format!("{KIT}:{name}")
}

#[test]
fn a_body_writes_what_stands_in_it() {
    let nothing: [&str; 0] = [];
    assert_eq!(shown(json!({"userName": "x"})), nothing);
    assert_eq!(shown(json!({KIT: {"badge": "b", "desk": {"level": 1}}})), nothing);
    // A name means something only under its own URN.
    assert_eq!(
        shown(json!({"request": "r", "note": "n", "desk": {"note": "n"}})),
        nothing
    );
    assert_eq!(shown(json!({KIT: {"request": "r"}})), ["request"]);
    assert_eq!(
        shown(json!({KIT: {"desk": {"value": "d", "note": "n"}}})),
        ["desk.note"]
    );
    assert_eq!(
        shown(json!({KIT: {"cards": [{"value": "a"}, {"value": "b", "note": "n"}]}})),
        ["cards.note"]
    );
}

#[test]
fn names_are_read_without_regard_to_case() {
    let upper = KIT.to_uppercase();
    assert_eq!(
        shown(json!({&upper: {"REQUEST": "r", "Desk": {"NOTE": "n"}}})),
        ["request", "desk.note"]
    );
    assert_eq!(shown(json!({format!("{upper}:Request"): "r"})), ["request"]);
    assert_eq!(
        shown(json!({"OPERATIONS": [{"OP": "add", "PATH": format!("{upper}:REQUEST"), "VALUE": "r"}]})),
        ["request"]
    );
}

#[test]
fn an_operation_writes_what_its_path_leads_to() {
    let nothing: [&str; 0] = [];
    for (path, value, expected) in [
        (qualified("request"), json!("r"), &["request"][..]),
        (qualified("desk.note"), json!("n"), &["desk.note"]),
        (
            qualified("desk"),
            json!({"value": "d", "note": "n"}),
            &["desk.note"],
        ),
        (qualified("desk"), json!({"value": "d"}), &nothing),
        (
            qualified("cards[type eq \"car\"].note"),
            json!("n"),
            &["cards.note"],
        ),
        (
            qualified("cards[type eq \"car\"]"),
            json!({"note": "n"}),
            &["cards.note"],
        ),
        (qualified("cards"), json!([{"note": "n"}]), &["cards.note"]),
        (qualified("badge"), json!("b"), &nothing),
        (
            KIT.to_owned(),
            json!({"request": "r", "desk": {"note": "n"}}),
            &["request", "desk.note"],
        ),
        (
            USER.to_owned(),
            json!({KIT: {"request": "r"}, "title": "t"}),
            &["request"],
        ),
        ("request".to_owned(), json!("r"), &nothing),
        ("no path [".to_owned(), json!({KIT: {"request": "r"}}), &nothing),
    ] {
        assert_eq!(
            shown_after(json!({"op": "add", "path": path, "value": value})),
            expected,
            "{path} {value}"
        );
    }
}

#[test]
fn an_operation_without_a_path_writes_its_members() {
    for path in [None, Some(json!(null)), Some(json!(""))] {
        let operation = |value: Value| {
            let mut operation = json!({"op": "add", "value": value});
            if let Some(path) = &path {
                operation["path"] = path.clone();
            }
            operation
        };
        assert_eq!(
            shown_after(operation(json!({KIT: {"request": "r"}}))),
            ["request"]
        );
        assert_eq!(
            shown_after(operation(
                json!({qualified("request"): "r", qualified("desk.note"): "n"})
            )),
            ["request", "desk.note"]
        );
        assert_eq!(
            shown_after(operation(json!({qualified("cards[type eq \"car\"].note"): "n"}))),
            ["cards.note"]
        );
    }
}

#[test]
fn what_is_written_is_returned_as_if_by_default() {
    let nothing: [&str; 0] = [];
    let body = || json!({KIT: {"request": "r", "desk": {"note": "n"}}});
    assert_eq!(shown_with(None, Some("title"), body()), ["request", "desk.note"]);
    assert_eq!(
        shown_with(None, Some(&qualified("request")), body()),
        ["desk.note"]
    );
    assert_eq!(
        shown_with(None, Some(&qualified("desk.note")), body()),
        ["request"]
    );
    assert_eq!(shown_with(None, Some(KIT), body()), nothing);
    // Who says which attributes to return gets those.
    assert_eq!(shown_with(Some("userName"), None, body()), nothing);
    assert_eq!(shown_with(Some(&qualified("request")), None, body()), ["request"]);
    assert_eq!(shown_with(Some(KIT), None, body()), ["request", "desk.note"]);
}

#[test]
fn writing_does_not_show_what_is_never_returned() {
    let rt = kit(false);
    let body = json!({KIT: {"shadow": "sh", "secret": "s", "desk": {"hint": "h", "pin": "p"}}});
    let projection = Projection::all().with_written(&rt, &object(body));
    assert_eq!(
        projection.apply(&rt, stored()),
        Projection::all().apply(&rt, stored())
    );
}
