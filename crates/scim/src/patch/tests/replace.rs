//! replace, for each kind of path.

use super::*;

#[test]
fn a_singular_attribute_is_replaced_or_added() {
    in_all_modes(
        &json!([{"op": "replace", "path": "title", "value": "Chief"}]),
        "title",
        &json!("Chief"),
    );
    in_all_modes(
        &json!([{"op": "replace", "path": "nickName", "value": "Babs"}]),
        "nickName",
        &json!("Babs"),
    );
    in_all_modes(
        &json!([{"op": "replace", "path": "title", "value": null}]),
        "title",
        &json!(null),
    );
}

#[test]
fn a_complex_attribute_keeps_what_is_not_sent_except_in_interop_mode() {
    let operations = json!([{"op": "replace", "path": "name", "value": {"givenName": "Babs"}}]);
    for mode in [Mode::Tolerant, Mode::Strict] {
        assert_eq!(
            after(mode, operations.clone(), "name"),
            json!({"familyName": "Jensen", "givenName": "Babs"})
        );
    }
    assert_eq!(
        after(Mode::Interop, operations, "name"),
        json!({"givenName": "Babs"})
    );
}

#[test]
fn null_inside_a_complex_value_unassigns_that_part() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let operations = json!([{"op": "replace", "path": "name", "value": {"givenName": null}}]);
        assert_eq!(after(mode, operations, "name"), json!({"familyName": "Jensen"}));
    }
    let operations = json!([{"op": "replace", "path": "name", "value": {"givenName": "", "familyName": ""}}]);
    assert_eq!(after(Mode::Tolerant, operations, "name"), json!(null));
}

#[test]
fn a_multi_valued_attribute_is_replaced_as_a_whole() {
    in_all_modes(
        &json!([{"op": "replace", "path": "emails", "value": [{"value": "n@x"}]}]),
        "emails",
        &json!([{"value": "n@x"}]),
    );
    for value in [json!([]), json!(null)] {
        in_all_modes(
            &json!([{"op": "replace", "path": "emails", "value": value}]),
            "emails",
            &json!(null),
        );
    }
}

#[test]
fn a_replace_changes_every_value_that_the_path_selects() {
    let stored = json!({"userName": "x", "emails": [
        {"value": "1@x", "type": "work"}, {"value": "2@x", "type": "work"}, {"value": "3@x", "type": "home"}
    ]});
    for mode in [Mode::Tolerant, Mode::Strict] {
        let applied = patch(
            mode,
            stored.clone(),
            json!([{"op": "replace", "path": "emails[type eq \"work\"].display", "value": "W"}]),
        );
        assert_eq!(
            applied.unwrap().resource["emails"],
            json!([
                {"value": "1@x", "type": "work", "display": "W"},
                {"value": "2@x", "type": "work", "display": "W"},
                {"value": "3@x", "type": "home"}
            ])
        );
        let applied = patch(
            mode,
            stored.clone(),
            json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "n@x", "type": "work"}}]),
        );
        assert_eq!(
            applied.unwrap().resource["emails"],
            json!([{"value": "n@x", "type": "work"}, {"value": "n@x", "type": "work"}, {"value": "3@x", "type": "home"}])
        );
    }
}

#[test]
fn a_selected_value_is_replaced_as_a_whole_and_stays_selected_in_tolerant_mode() {
    let operations =
        json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "n@x"}}]);
    assert_eq!(
        after(Mode::Strict, operations.clone(), "emails")[0],
        json!({"value": "n@x"})
    );
    assert_eq!(
        after(Mode::Tolerant, operations, "emails")[0],
        json!({"type": "work", "value": "n@x"})
    );
}

#[test]
fn a_selected_value_replaced_by_null_goes() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let operations = json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": null}]);
        assert_eq!(
            after(mode, operations, "emails"),
            json!([{"value": "b@home.org", "type": "home"}])
        );
    }
}

#[test]
fn making_one_value_primary_makes_the_others_not_primary() {
    in_all_modes(
        &json!([{"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}]),
        "emails",
        &json!([
            {"value": "b@work.org", "type": "work", "primary": false},
            {"value": "b@home.org", "type": "home", "primary": true}
        ]),
    );
    in_all_modes(
        &json!([{"op": "replace", "path": "emails[type eq \"home\"]", "value": {"value": "n@x", "type": "home", "primary": true}}]),
        "emails",
        &json!([
            {"value": "b@work.org", "type": "work", "primary": false},
            {"value": "n@x", "type": "home", "primary": true}
        ]),
    );
}

#[test]
fn replace_with_unmatched_filter_must_be_no_target_in_strict_mode_and_entra_wants_upsert() {
    for operations in [
        json!([{"op": "replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"}]),
        json!([{"op": "replace", "path": "phoneNumbers[type eq \"work\"]", "value": {"value": "1"}}]),
    ] {
        for mode in [Mode::Strict, Mode::Interop] {
            let (scim_type, detail) = refusal(mode, operations.clone());
            let expected = match mode {
                Mode::Interop if selects_whole_values(&operations) => ScimType::InvalidPath,
                _ => ScimType::NoTarget,
            };
            assert_eq!(scim_type, expected);
            assert!(detail.contains("phoneNumbers"), "{detail}");
        }
        assert_eq!(
            after(Mode::Tolerant, operations, "phoneNumbers"),
            json!([{"type": "work", "value": "1"}])
        );
    }
}

#[test]
fn manager_as_bare_string_or_empty_string() {
    let path = format!("{ENTERPRISE}:manager");
    for value in [
        json!("m-2"),
        json!({"value": "m-2"}),
        json!([{"value": "m-2"}]),
        json!([{"$ref": null, "value": "m-2"}]),
    ] {
        let container = after(
            Mode::Tolerant,
            json!([{"op": "replace", "path": path, "value": value}]),
            ENTERPRISE,
        );
        assert_eq!(
            container,
            json!({"department": "Tours", "manager": {"value": "m-2"}}),
            "{value}"
        );
    }
    for value in [
        json!(""),
        json!({"value": ""}),
        json!({"value": null}),
        json!(null),
        json!([]),
    ] {
        let container = after(
            Mode::Tolerant,
            json!([{"op": "replace", "path": path, "value": value}]),
            ENTERPRISE,
        );
        assert_eq!(container, json!({"department": "Tours"}), "{value}");
    }
}

#[test]
fn a_new_manager_does_not_keep_the_old_ones_reference() {
    for operations in [
        json!([{"op": "replace", "path": format!("{ENTERPRISE}:manager"), "value": {"value": "m-2"}}]),
        json!([{"op": "replace", "path": format!("{ENTERPRISE}:manager.value"), "value": "m-2"}]),
        json!([{"op": "add", "path": format!("{ENTERPRISE}:manager"), "value": {"value": "m-2"}}]),
    ] {
        in_all_modes(
            &operations,
            ENTERPRISE,
            &json!({"department": "Tours", "manager": {"value": "m-2"}}),
        );
    }
}

#[test]
fn manager_value_eq_selects_the_one_manager() {
    let path = format!("{ENTERPRISE}:manager[value eq \"m-1\"]");
    in_all_modes(
        &json!([{"op": "remove", "path": path}]),
        ENTERPRISE,
        &json!({"department": "Tours"}),
    );
    in_all_modes(
        &json!([{"op": "replace", "path": format!("{path}.value"), "value": "m-2"}]),
        ENTERPRISE,
        &json!({"department": "Tours", "manager": {"value": "m-2"}}),
    );
    let other = format!("{ENTERPRISE}:manager[value eq \"m-9\"]");
    for mode in ALL_MODES {
        changes_nothing(mode, json!([{"op": "remove", "path": other}]));
    }
    refused_everywhere(
        &json!([{"op": "replace", "path": format!("{other}.value"), "value": "x"}]),
        ScimType::NoTarget,
        "manager",
    );
}

#[test]
fn the_same_value_again_is_no_change() {
    for operations in [
        json!([{"op": "replace", "path": "title", "value": "Guide"}]),
        json!([{"op": "replace", "path": "name", "value": babs()["name"]}]),
        json!([{"op": "replace", "path": "emails", "value": babs()["emails"]}]),
        json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@work.org"}]),
    ] {
        for mode in ALL_MODES {
            changes_nothing(mode, operations.clone());
        }
    }
}

#[test]
fn clients_that_replace_the_work_address_do_not_repeat_its_type() {
    let operations =
        json!([{"op": "replace", "path": "addresses[type eq \"work\"]", "value": {"locality": "Rome"}}]);
    let applied = patch(Mode::Tolerant, babs(), operations).unwrap();
    assert_eq!(
        applied.resource["addresses"],
        json!([{"type": "work", "locality": "Rome"}])
    );
    assert_eq!(rules(&applied), ["value-completed-from-filter"]);
}
