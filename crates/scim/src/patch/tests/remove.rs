//! remove, for each kind of path.

use super::*;

#[test]
fn without_a_path_there_is_no_target() {
    for value in [json!(null), json!({"title": "Guide"}), json!([])] {
        refused_everywhere(
            &json!([{"op": "remove", "value": value}]),
            ScimType::NoTarget,
            "path",
        );
    }
}

#[test]
fn a_singular_attribute_is_unassigned() {
    for path in ["title", "name", "active"] {
        in_all_modes(&json!([{"op": "remove", "path": path}]), path, &json!(null));
    }
    in_all_modes(
        &json!([{"op": "remove", "path": "name.givenName"}]),
        "name",
        &json!({"familyName": "Jensen"}),
    );
}

#[test]
fn the_last_part_takes_its_parent_along() {
    in_all_modes(
        &json!([{"op": "remove", "path": "name.givenName"}, {"op": "remove", "path": "name.familyName"}]),
        "name",
        &json!(null),
    );
    let operations = json!([
        {"op": "remove", "path": format!("{ENTERPRISE}:department")},
        {"op": "remove", "path": format!("{ENTERPRISE}:manager")}
    ]);
    in_all_modes(&operations, ENTERPRISE, &json!(null));
}

#[test]
fn a_multi_valued_attribute_loses_all_values_without_a_filter() {
    in_all_modes(
        &json!([{"op": "remove", "path": "emails"}]),
        "emails",
        &json!(null),
    );
    in_all_modes(
        &json!([{"op": "remove", "path": "emails", "value": null}]),
        "emails",
        &json!(null),
    );
}

#[test]
fn with_a_value_only_those_listed_go() {
    let home_left = json!([{"value": "b@home.org", "type": "home"}]);
    for value in [
        json!([{"value": "b@work.org"}]),
        json!({"value": "B@work.ORG", "type": "work", "display": "x", "primary": false}),
        json!("b@work.org"),
        json!([{"value": "b@work.org"}, {"value": "not@there"}]),
        json!([{"type": "work"}]),
    ] {
        in_all_modes(
            &json!([{"op": "remove", "path": "emails", "value": value}]),
            "emails",
            &home_left,
        );
    }
    in_all_modes(
        &json!([{"op": "remove", "path": "emails", "value": [{"value": "b@work.org"}, {"value": "b@home.org"}]}]),
        "emails",
        &json!(null),
    );
}

#[test]
fn a_list_that_names_nothing_removes_nothing() {
    for value in [
        json!([]),
        json!(""),
        json!({}),
        json!([{}]),
        json!([null]),
        json!([{"value": null}]),
        json!([{"display": "x"}]),
        json!([{"value": "b@work.org", "type": "home"}]),
    ] {
        for mode in ALL_MODES {
            changes_nothing(mode, json!([{"op": "remove", "path": "emails", "value": value}]));
        }
    }
}

#[test]
fn selected_values_go_and_the_last_one_unassigns_the_attribute() {
    in_all_modes(
        &json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]),
        "emails",
        &json!([{"value": "b@home.org", "type": "home"}]),
    );
    in_all_modes(
        &json!([{"op": "remove", "path": "emails[value pr]"}]),
        "emails",
        &json!(null),
    );
}

#[test]
fn interop_mode_selects_one_part_of_one_value() {
    let (scim_type, detail) = refusal(
        Mode::Interop,
        json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]),
    );
    assert_eq!(scim_type, ScimType::InvalidPath);
    assert!(detail.contains("emails[…].value"), "{detail}");
    for op in ["add", "replace", "remove"] {
        let operations = json!([{"op": op, "path": "emails[value pr].display", "value": "x"}]);
        let (scim_type, detail) = refusal(Mode::Interop, operations.clone());
        assert_eq!(scim_type, ScimType::InvalidFilter, "{op}");
        assert!(detail.contains("selects 2 values of \"emails\""), "{detail}");
        assert!(patch(Mode::Strict, babs(), operations).is_ok());
    }
    let one = json!([{"op": "remove", "path": "emails[type eq \"work\"].primary"}]);
    assert_eq!(
        after(Mode::Interop, one, "emails")[0],
        json!({"value": "b@work.org", "type": "work"})
    );
}

#[test]
fn a_filter_may_hold_and_or_not_and_quoted_delimiters() {
    for filter in [
        "not (type eq \"home\")",
        "value eq \"a.b]c@x\" or primary eq true",
        "(type eq \"work\" and primary eq true) and not (value ew \"]\")",
    ] {
        in_all_modes(
            &json!([{"op": "remove", "path": format!("emails[{filter}]")}]),
            "emails",
            &json!([{"value": "b@home.org", "type": "home"}]),
        );
    }
}

#[test]
fn a_part_of_each_selected_value_goes() {
    in_all_modes(
        &json!([{"op": "remove", "path": "addresses[type eq \"work\"].locality"}]),
        "addresses",
        &json!([{"type": "work", "country": "US"}]),
    );
    in_all_modes(
        &json!([{"op": "remove", "path": "emails.type"}]),
        "emails",
        &json!([{"value": "b@work.org", "primary": true}, {"value": "b@home.org"}]),
    );
}

#[test]
fn a_value_of_which_only_its_description_is_left_goes_in_tolerant_mode() {
    let operations = json!([{"op": "remove", "path": "emails[type eq \"work\"].value"}]);
    assert_eq!(
        after(Mode::Tolerant, operations.clone(), "emails"),
        json!([{"value": "b@home.org", "type": "home"}])
    );
    assert_eq!(
        after(Mode::Strict, operations, "emails")[0],
        json!({"type": "work", "primary": true})
    );
}

#[test]
fn what_is_not_there_is_removed_already() {
    for path in [
        "nickName",
        "phoneNumbers",
        "emails[type eq \"fax\"]",
        "emails[type eq \"fax\"].value",
        "name.middleName",
        "phoneNumbers[type eq \"fax\"].display",
    ] {
        for mode in ALL_MODES {
            changes_nothing(mode, json!([{"op": "remove", "path": path}]));
        }
    }
}

#[test]
fn a_required_attribute_stays() {
    refused_everywhere(
        &json!([{"op": "remove", "path": "userName"}]),
        ScimType::Mutability,
        "userName",
    );
    let error = group(Mode::Tolerant, json!([{"op": "remove", "path": "displayName"}])).unwrap_err();
    assert_eq!(error.scim_type, ScimType::Mutability);
}
