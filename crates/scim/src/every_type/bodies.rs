//! POST and PUT of the extension, in each mode.

use super::*;

#[test]
fn a_body_keeps_everything_but_what_is_not_the_clients_and_secrets() {
    for mode in MODES {
        let accepted = read(mode, sent()).unwrap();
        assert_eq!(accepted.attributes[KIT], kept(), "{mode}");
        assert_eq!(accepted.rewrites, [], "{mode}");
        assert!(!format!("{accepted:?}").contains("s3cret"));
        assert_eq!(validate(&kit(true), &accepted.attributes), Ok(()));
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused_under_its_full_name() {
    for (name, wrong) in [
        ("badge", json!({})),
        ("onSite", json!("perhaps")),
        ("floor", json!(1.0)),
        ("floor", json!("x")),
        ("height", json!("tall")),
        ("hired", json!("2026-01-31")),
        ("home", json!(7)),
        ("key", json!(7)),
        ("desk", json!(true)),
        ("tags", json!([{"value": "a"}])),
        ("numbers", json!([1.5])),
        ("cards", json!([{"value": "c", "level": "high"}])),
        ("cards", json!([{"type": "door"}])),
        (
            "cards",
            json!([{"value": "c", "primary": true}, {"value": "d", "primary": true}]),
        ),
        ("badge", json!("x".repeat(2_049))),
        ("key", json!("A".repeat(16_385))),
        ("tags", json!(vec!["x"; 101])),
    ] {
        for mode in MODES {
            let error = read_with(mode, name, wrong.clone()).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidValue, "{mode} {name}");
            assert!(
                error.detail.contains(&format!("{KIT}:{name}")),
                "{mode}: {}",
                error.detail
            );
            let operations = json!([{"op": "replace", "path": format!("{KIT}:{name}"), "value": wrong}]);
            let error = patched(mode, operations).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidValue, "{mode} {name}");
            assert!(
                error.detail.contains(&format!("{KIT}:{name}")),
                "{mode}: {}",
                error.detail
            );
        }
    }
}

#[test]
fn required_attributes_are_missed_in_a_body_and_kept_by_patch() {
    for mode in MODES {
        for (name, needed) in [("badge", true), ("shadow", true), ("secret", false)] {
            let mut lacking = sent();
            lacking.as_object_mut().unwrap().remove(name);
            assert_eq!(read(mode, lacking).is_err(), needed, "{name}");
        }
        assert_eq!(
            refusal(mode, "remove", "badge", json!(null)).scim_type,
            ScimType::Mutability
        );
        assert_eq!(
            refusal(mode, "replace", "badge", json!(null)).scim_type,
            ScimType::InvalidValue
        );
        let whole = patched(mode, json!([{"op": "remove", "path": KIT}])).unwrap_err();
        assert_eq!(whole.scim_type, ScimType::Mutability);
        let error = accept(
            &kit(true),
            mode,
            Context::Create,
            object(json!({"schemas": [USER], "userName": "x"})),
        );
        assert!(error.unwrap_err().detail.contains(KIT));
        assert!(
            accept(
                &kit(false),
                mode,
                Context::Create,
                object(json!({"schemas": [USER], "userName": "x"}))
            )
            .is_ok()
        );
    }
}

#[test]
fn tolerant_mode_understands_each_type() {
    for (name, value, expected) in [
        ("onSite", json!("TRUE"), json!(true)),
        ("floor", json!(" 3 "), json!(3)),
        ("height", json!("1.5"), json!(1.5)),
        ("height", json!("-0"), json!(0)),
        ("badge", json!(7), json!("7")),
        ("tags", json!("a"), json!(["a"])),
        ("numbers", json!(["1", 2]), json!([1, 2])),
        ("desk", json!("d"), json!({"value": "d"})),
        ("desk", json!([{"value": "d"}]), json!({"value": "d"})),
        ("cards", json!("c"), json!([{"value": "c"}])),
        (
            "cards",
            json!({"value": "c", "primary": "True", "level": "2"}),
            json!([{"value": "c", "primary": true, "level": 2}]),
        ),
    ] {
        let accepted = read_with(Mode::Tolerant, name, value.clone()).unwrap();
        assert_eq!(accepted.attributes[KIT][name], expected, "{name}");
        assert!(
            accepted
                .rewrites
                .iter()
                .any(|rewrite| rewrite.attribute.starts_with(KIT))
        );
        for mode in [Mode::Strict, Mode::Interop] {
            assert!(read_with(mode, name, value.clone()).is_err(), "{mode} {name}");
        }
    }
    for number in ["1e400", "NaN", "inf", "9223372036854775808", "-1e19"] {
        assert!(
            read_with(Mode::Tolerant, "height", json!(number)).is_err(),
            "{number}"
        );
        assert!(
            read_with(Mode::Tolerant, "floor", json!(number)).is_err(),
            "{number}"
        );
    }
}

#[test]
fn a_put_leaves_what_the_client_cannot_repeat() {
    let rt = kit(true);
    let before = {
        let mut before = stored();
        before[KIT]["score"] = json!(9);
        before
    };
    let put = |container: Value| {
        let accepted = accept(&rt, Mode::Strict, Context::Replace, body(container))?;
        let mut after = accepted.attributes;
        keep_unreadable(&rt, &before, &mut after).map(|()| after)
    };
    let after = put(json!({"badge": "B8", "desk": {"value": "d2"}})).unwrap();
    assert_eq!(
        after[KIT],
        json!({
            "badge": "B8", "desk": {"value": "d2", "serial": "s1", "hint": "h"},
            "serial": "S", "score": 9, "shadow": "sh"
        })
    );
    for changed in [
        json!({"badge": "B7", "serial": "T"}),
        json!({"badge": "B7", "desk": {"value": "d", "serial": "t"}}),
    ] {
        let error = put(changed).unwrap_err();
        assert_eq!(error.scim_type, ScimType::Mutability);
        assert!(error.detail.contains("serial is immutable"), "{}", error.detail);
    }
    assert_eq!(put(sent()).unwrap(), before);
}
