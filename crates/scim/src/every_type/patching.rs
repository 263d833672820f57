//! PATCH of the extension, in each mode.

use super::*;

/// One operation on an attribute of the extension; the container afterwards.
#[expect(clippy::needless_pass_by_value, reason = "called with json!")]
fn after(mode: Mode, op: &str, path: &str, value: Value) -> Value {
    let applied = patched(
        mode,
        json!([{"op": op, "path": format!("{KIT}:{path}"), "value": value}]),
    );
    applied
        .unwrap_or_else(|error| panic!("{mode} {op} {path}: {error}"))
        .resource[KIT]
        .clone()
}

#[test]
fn patch_writes_and_removes_each_kind() {
    for mode in MODES {
        for (path, value) in [
            ("badge", json!("B8")),
            ("code", json!("xY")),
            ("onSite", json!(false)),
            ("floor", json!(-3)),
            ("height", json!(2)),
            ("hired", json!("2027-01-31T12:00:00+01:00")),
            ("home", json!("../Users/1")),
            ("key", json!("A".repeat(16_384))),
            ("request", json!("r2")),
            ("shadow", json!("s2")),
            ("userName", json!("u".repeat(300))),
        ] {
            for op in ["add", "replace"] {
                assert_eq!(
                    after(mode, op, path, value.clone())[path],
                    value,
                    "{mode} {op} {path}"
                );
            }
        }
        for path in [
            "code", "onSite", "floor", "height", "hired", "home", "key", "tags", "cards", "always",
        ] {
            assert_eq!(after(mode, "remove", path, json!(null)).get(path), None, "{path}");
        }
        assert_eq!(
            after(mode, "add", "tags", json!(["B", "c"]))["tags"],
            json!(["a", "b", "c"])
        );
        assert_eq!(
            after(mode, "replace", "numbers", json!([3]))["numbers"],
            json!([3])
        );
        assert_eq!(
            after(mode, "remove", "numbers", json!([1]))["numbers"],
            json!([2])
        );
        assert_eq!(
            after(mode, "remove", "tags[value eq \"A\"]", json!(null))["tags"],
            json!(["b"])
        );
        assert_eq!(
            after(mode, "replace", "tags[value eq \"a\"]", json!("z"))["tags"],
            json!(["z", "b"])
        );
        assert_eq!(
            after(mode, "replace", "cards[type eq \"car\"].level", json!(4))["cards"][1],
            json!({"value": "c2", "type": "car", "level": 4})
        );
        let primary = after(mode, "replace", "cards[value eq \"c2\"].primary", json!(true));
        assert_eq!(primary["cards"][0]["primary"], json!(false));
        assert_eq!(
            after(mode, "add", "desk.level", json!(5))["desk"]["level"],
            json!(5)
        );
    }
}

#[test]
fn case_counts_where_the_schema_says_so() {
    for mode in MODES {
        // `value` is caseExact: C1 is another card.
        let cards = after(mode, "add", "cards", json!([{"value": "C1", "type": "door"}]));
        assert_eq!(cards["cards"].as_array().unwrap().len(), 3);
        let cards = after(mode, "add", "cards", json!([{"value": "c1", "type": "DOOR"}]));
        assert_eq!(cards["cards"].as_array().unwrap().len(), 2);
        assert_eq!(
            after(mode, "remove", "cards[value eq \"C1\"].type", json!(null)),
            kept()
        );
    }
}

#[test]
fn immutable_values_are_given_once() {
    for mode in MODES {
        for (op, path, value) in [
            ("replace", "serial", json!("T")),
            ("remove", "serial", json!(null)),
            ("replace", "desk.serial", json!("t")),
            ("replace", "desk", json!({"value": "d1", "serial": "t"})),
            ("replace", "cards[value eq \"c1\"].serial", json!("t")),
        ] {
            let error = refusal(mode, op, path, value);
            assert_eq!(error.scim_type, ScimType::Mutability, "{mode} {op} {path}");
            assert!(error.detail.contains("serial"), "{}", error.detail);
        }
        assert_eq!(after(mode, "replace", "serial", json!("S")), kept());
        let given = after(mode, "add", "cards[value eq \"c2\"].serial", json!("s2"));
        assert_eq!(given["cards"][1]["serial"], "s2");
    }
    // The interoperability profile's replace drops what is not sent, but not what is immutable.
    let error = refusal(Mode::Interop, "replace", "desk", json!({"value": "d2"}));
    assert_eq!(error.scim_type, ScimType::Mutability);
    let merged = after(Mode::Strict, "replace", "desk", json!({"value": "d2"}));
    assert_eq!(merged["desk"]["serial"], "s1");
}

#[test]
fn what_no_client_writes_is_refused_and_secrets_are_dropped() {
    for mode in MODES {
        for path in ["score", "desk.seen", "cards[value eq \"c1\"].seen"] {
            assert_eq!(
                refusal(mode, "replace", path, json!("1")).scim_type,
                ScimType::Mutability,
                "{path}"
            );
        }
        for path in ["secret", "desk.pin", "cards[value eq \"c1\"].pin", "password"] {
            assert_eq!(
                after(mode, "replace", path, json!("s3cret")),
                kept(),
                "{mode} {path}"
            );
        }
        let whole = patched(
            mode,
            json!([{"op": "add", "path": KIT, "value": {"secret": "s3cret", "score": 1}}]),
        );
        assert_eq!(whole.unwrap().resource, stored());
        let part = after(
            mode,
            "add",
            "cards",
            json!([{"value": "c3", "pin": "s3cret", "seen": "2026-01-31T12:00:00Z"}]),
        );
        assert_eq!(part["cards"][2], json!({"value": "c3"}));
    }
}

#[test]
fn a_value_is_not_made_from_a_filter_on_what_no_client_writes() {
    for (path, expected) in [
        ("cards[seen eq \"2026-01-31T12:00:00Z\"].value", None),
        (
            "cards[type eq \"new\"].value",
            Some(json!({"type": "new", "value": "c9"})),
        ),
    ] {
        let operations = json!([{"op": "add", "path": format!("{KIT}:{path}"), "value": "c9"}]);
        match expected {
            None => assert_eq!(
                patched(Mode::Tolerant, operations).unwrap_err().scim_type,
                ScimType::NoTarget
            ),
            Some(card) => assert_eq!(
                patched(Mode::Tolerant, operations).unwrap().resource[KIT]["cards"][2],
                card
            ),
        }
    }
}
