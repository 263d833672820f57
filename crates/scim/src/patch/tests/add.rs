//! add, for each kind of path.

use super::*;

#[test]
fn a_simple_attribute_is_set_or_replaced() {
    in_all_modes(
        &json!([{"op": "add", "path": "nickName", "value": "Babs"}]),
        "nickName",
        &json!("Babs"),
    );
    in_all_modes(
        &json!([{"op": "add", "path": "title", "value": "Chief"}]),
        "title",
        &json!("Chief"),
    );
}

#[test]
fn a_complex_attribute_is_merged() {
    in_all_modes(
        &json!([{"op": "add", "path": "name", "value": {"middleName": "J", "GIVENNAME": "Babs"}}]),
        "name",
        &json!({"familyName": "Jensen", "givenName": "Babs", "middleName": "J"}),
    );
}

#[test]
fn a_sub_attribute_is_set_and_its_parent_created() {
    let applied = patch(
        Mode::Strict,
        json!({"userName": "x"}),
        json!([{"op": "add", "path": "name.givenName", "value": "B"}]),
    );
    assert_eq!(applied.unwrap().resource["name"], json!({"givenName": "B"}));
}

#[test]
fn values_are_appended_from_a_list_or_alone() {
    for value in [
        json!([{"value": "n@x", "type": "other"}]),
        json!({"value": "n@x", "type": "other"}),
    ] {
        for mode in [Mode::Tolerant, Mode::Strict] {
            let emails = after(
                mode,
                json!([{"op": "add", "path": "emails", "value": value}]),
                "emails",
            );
            assert_eq!(emails.as_array().unwrap().len(), 3);
            assert_eq!(emails[2], json!({"value": "n@x", "type": "other"}));
        }
    }
}

#[test]
fn interop_mode_adds_lists_only() {
    for path in ["emails", "schemas", "roles"] {
        let operations = json!([{"op": "add", "path": path, "value": {"value": "n@x"}}]);
        assert_eq!(refusal(Mode::Interop, operations).0, ScimType::InvalidValue);
    }
    let (_, detail) = refusal(
        Mode::Interop,
        json!([{"op": "add", "path": "roles", "value": {"value": "n"}}]),
    );
    assert!(detail.contains("roles must be an array"), "{detail}");
    let error = group(
        Mode::Interop,
        json!([{"op": "add", "path": "members", "value": {"value": "d"}}]),
    )
    .unwrap_err();
    assert_eq!(error.detail, "members must be an array, not an object");
    let list = json!([{"op": "add", "path": "roles", "value": [{"value": "n"}]}]);
    assert_eq!(after(Mode::Interop, list, "roles"), json!([{"value": "n"}]));
}

#[test]
fn a_value_that_is_there_is_no_change() {
    for value in [
        json!([{"value": "b@work.org", "type": "work"}]),
        json!([{"value": "B@WORK.org", "type": "Work", "display": "other"}]),
        json!([{"value": "b@home.org", "type": "home"}, {"value": "b@work.org", "type": "work", "primary": true}]),
        json!([]),
    ] {
        for mode in ALL_MODES {
            changes_nothing(mode, json!([{"op": "add", "path": "emails", "value": value}]));
        }
    }
    changes_nothing(
        Mode::Strict,
        json!([{"op": "add", "path": "addresses", "value": [{"type": "work", "locality": "hollywood", "country": "US"}]}]),
    );
    changes_nothing(
        Mode::Strict,
        json!([{"op": "add", "path": "title", "value": "Guide"}]),
    );
    changes_nothing(
        Mode::Strict,
        json!([{"op": "add", "path": "name", "value": {"familyName": "Jensen"}}]),
    );
}

#[test]
fn a_value_of_another_type_is_another_value() {
    let emails = after(
        Mode::Strict,
        json!([{"op": "add", "path": "emails", "value": [{"value": "b@work.org", "type": "other"}]}]),
        "emails",
    );
    assert_eq!(emails.as_array().unwrap().len(), 3);
}

#[test]
fn a_new_primary_value_takes_primary_from_the_old() {
    in_all_modes(
        &json!([{"op": "add", "path": "emails", "value": [{"value": "n@x", "primary": true}]}]),
        "emails",
        &json!([
            {"value": "b@work.org", "type": "work", "primary": false},
            {"value": "b@home.org", "type": "home"},
            {"value": "n@x", "primary": true}
        ]),
    );
    in_all_modes(
        &json!([{"op": "add", "path": "emails", "value": [{"value": "b@home.org", "type": "home", "primary": true}]}]),
        "emails",
        &json!([
            {"value": "b@work.org", "type": "work", "primary": false},
            {"value": "b@home.org", "type": "home", "primary": true}
        ]),
    );
}

#[test]
fn two_primaries_are_refused() {
    refused_everywhere(
        &json!([{"op": "add", "path": "emails", "value": [{"value": "1@x", "primary": true}, {"value": "2@x", "primary": true}]}]),
        ScimType::InvalidValue,
        "primary",
    );
    refused_everywhere(
        &json!([{"op": "replace", "path": "emails.primary", "value": true}]),
        ScimType::InvalidValue,
        "primary",
    );
}

#[test]
fn a_part_of_each_selected_value_is_set() {
    in_all_modes(
        &json!([{"op": "add", "path": "emails[type eq \"home\"].display", "value": "Home"}]),
        "emails",
        &json!([
            {"value": "b@work.org", "type": "work", "primary": true},
            {"value": "b@home.org", "type": "home", "display": "Home"}
        ]),
    );
}

#[test]
fn a_selected_value_is_merged() {
    in_all_modes(
        &json!([{"op": "add", "path": "addresses[type eq \"work\"]", "value": {"region": "CA"}}]),
        "addresses",
        &json!([{"type": "work", "locality": "Hollywood", "country": "US", "region": "CA"}]),
    );
}

#[test]
fn a_value_that_the_path_selects_is_created_with_its_type_in_tolerant_mode_only() {
    let operations = json!([{"op": "add", "path": "emails[type eq \"work\"].value", "value": "a@b.c"}]);
    let applied = patch(Mode::Tolerant, json!({"userName": "x"}), operations.clone()).unwrap();
    assert_eq!(
        applied.resource["emails"],
        json!([{"type": "work", "value": "a@b.c"}])
    );
    assert_eq!(rules(&applied), ["value-created-from-filter"]);
    for mode in [Mode::Strict, Mode::Interop] {
        let error = patch(mode, json!({"userName": "x"}), operations.clone()).unwrap_err();
        assert_eq!(error.scim_type, ScimType::NoTarget);
    }
}

#[test]
fn an_element_is_created_from_all_equal_terms_and_becomes_the_primary_one() {
    let emails = after(
        Mode::Tolerant,
        json!([{"op": "add", "path": "emails[type eq \"other\" and primary eq \"True\"].value", "value": "a@b.c"}]),
        "emails",
    );
    assert_eq!(emails[0]["primary"], json!(false));
    assert_eq!(
        emails[2],
        json!({"type": "other", "primary": true, "value": "a@b.c"})
    );
}

#[test]
fn an_element_is_not_created_from_a_filter_that_leaves_a_choice() {
    for filter in [
        "type eq \"a\" or type eq \"b\"",
        "not (type pr)",
        "type eq \"a\" and value co \"x\"",
        "type sw \"a\"",
    ] {
        let operations =
            json!([{"op": "add", "path": format!("phoneNumbers[{filter}].value"), "value": "1"}]);
        let outcome = patch(Mode::Tolerant, babs(), operations);
        match filter {
            "not (type pr)" => assert_eq!(outcome.unwrap().resource["phoneNumbers"], json!([{"value": "1"}])),
            _ => assert_eq!(outcome.unwrap_err().scim_type, ScimType::NoTarget, "{filter}"),
        }
    }
}

#[test]
fn characters_inside_filter_literals_split_no_path() {
    let text = r#"a.b:c d]e" \"#;
    let path = format!("emails[value eq {}].type", Value::from(text));
    let stored = json!({"userName": "x", "emails": [{"value": text}, {"value": "other"}]});
    for op in ["add", "replace"] {
        let applied = patch(
            Mode::Strict,
            stored.clone(),
            json!([{"op": op, "path": path, "value": "work"}]),
        )
        .unwrap();
        assert_eq!(
            applied.resource["emails"],
            json!([{"value": text, "type": "work"}, {"value": "other"}])
        );
    }
}

#[test]
fn null_and_the_empty_text_unassign_and_add_nothing_to_a_list() {
    for value in [json!(null), json!("")] {
        assert_eq!(
            after(
                Mode::Tolerant,
                json!([{"op": "add", "path": "title", "value": value}]),
                "title"
            ),
            json!(null)
        );
        changes_nothing(
            Mode::Tolerant,
            json!([{"op": "add", "path": "emails", "value": value}]),
        );
        changes_nothing(
            Mode::Tolerant,
            json!([{"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": value}]),
        );
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused_by_name() {
    refused_everywhere(
        &json!([{"op": "add", "path": "active", "value": "maybe"}]),
        ScimType::InvalidValue,
        "active",
    );
    refused_everywhere(
        &json!([{"op": "add", "path": "name", "value": "Babs"}]),
        ScimType::InvalidValue,
        "name",
    );
    refused_everywhere(
        &json!([{"op": "add", "path": "name.givenName", "value": {}}]),
        ScimType::InvalidValue,
        "name.givenName",
    );
    refused_everywhere(
        &json!([{"op": "add", "path": "emails[type eq \"work\"].value", "value": [1, 2]}]),
        ScimType::InvalidValue,
        "emails.value",
    );
}
