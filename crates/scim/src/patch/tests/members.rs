//! `members`, whose values are rows: each shape becomes the right change.

use super::*;

fn members(ids: &[&str]) -> Vec<Object> {
    ids.iter().map(|id| object(json!({"value": id}))).collect()
}

fn add(ids: &[&str]) -> ValuesChange {
    ValuesChange::Add(members(ids))
}

fn remove(ids: &[&str]) -> ValuesChange {
    ValuesChange::Remove(ids.iter().map(|&id| id.to_owned()).collect())
}

fn becomes(operations: &Value, expected: &[ValuesChange]) {
    for mode in ALL_MODES {
        if mode == Mode::Interop && selects_whole_values(operations) {
            let error = group(mode, operations.clone()).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidPath);
            assert!(error.detail.contains("remove as a list"), "{}", error.detail);
            continue;
        }
        let applied = group(mode, operations.clone()).unwrap();
        assert_eq!(applied.detached, expected, "{mode} {operations}");
        assert_eq!(applied.resource, object(json!({"displayName": "Guides"})));
    }
}

fn mutability(operations: &Value) {
    for mode in ALL_MODES {
        let error = group(mode, operations.clone()).unwrap_err();
        let expected = match mode {
            Mode::Interop if selects_whole_values(operations) => ScimType::InvalidPath,
            _ => ScimType::Mutability,
        };
        assert_eq!(error.scim_type, expected, "{operations}");
        assert!(error.detail.contains("members"));
    }
}

#[test]
fn a_remove_with_a_value_leaves_the_other_members() {
    let one = json!([{"op": "remove", "path": "members", "value": [{"value": "a"}]}]);
    becomes(&one, &[remove(&["a"])]);
    assert_eq!(left_of_abc(&member_changes(Mode::Tolerant, one)), ["b", "c"]);
    for value in [json!([]), json!({"value": "a"})] {
        let left = left_of_abc(&member_changes(
            Mode::Tolerant,
            json!([{"op": "remove", "path": "members", "value": value}]),
        ));
        assert!(left.len() >= 2, "{value}: {left:?}");
    }
    becomes(&json!([{"op": "remove", "path": "members", "value": []}]), &[]);
}

#[test]
fn no_shape_of_remove_wipes_the_list() {
    let changes = member_changes(
        Mode::Tolerant,
        json!([
            {"op": "Remove", "path": "members", "value": [{"value": "a"}]},
            {"op": "remove", "path": "members[value eq \"b\"]"},
            {"op": "remove", "path": "members", "value": []}
        ]),
    );
    assert_eq!(left_of_abc(&changes), ["c"]);
}

#[test]
fn a_filtered_remove_takes_one_and_an_add_keeps_the_list() {
    let changes = member_changes(
        Mode::Tolerant,
        json!([
            {"op": "remove", "path": "members[value eq \"a\"]"},
            {"op": "add", "path": "members", "value": [{"value": "d"}]}
        ]),
    );
    assert_eq!(changes, [remove(&["a"]), add(&["d"])]);
    assert_eq!(left_of_abc(&changes), ["b", "c", "d"]);
}

#[test]
fn a_filtered_remove_really_removes() {
    becomes(
        &json!([{"op": "remove", "path": "members[value eq \"a\"]"}]),
        &[remove(&["a"])],
    );
    becomes(
        &json!([{"op": "remove", "path": "Members[Value EQ \"a\" or value eq \"b\"]"}]),
        &[remove(&["a", "b"])],
    );
    let path = "urn:ietf:params:scim:schemas:core:2.0:Group:members[value eq \"a\"]";
    becomes(&json!([{"op": "remove", "path": path}]), &[remove(&["a"])]);
}

#[test]
fn replacing_members_removes_the_stale_ones() {
    let replace = json!([{"op": "replace", "path": "members", "value": [{"value": "d"}]}]);
    becomes(&replace, &[ValuesChange::Replace(members(&["d"]))]);
    assert_eq!(left_of_abc(&member_changes(Mode::Tolerant, replace)), ["d"]);
}

#[test]
fn a_replace_that_does_not_mention_members_leaves_them() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let applied = group(mode, json!([{"op": "replace", "value": {"displayName": "New"}}])).unwrap();
        assert_eq!(applied.detached, []);
        assert_eq!(applied.resource["displayName"], "New");
    }
}

#[test]
fn the_same_member_twice_is_added_once() {
    becomes(
        &json!([{"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "a"}]}]),
        &[add(&["a"])],
    );
}

#[test]
fn member_without_type_or_with_ref_null_is_read() {
    becomes(
        &json!([{"op": "add", "path": "members", "value": [{"$ref": null, "value": "d"}]}]),
        &[add(&["d"])],
    );
    becomes(
        &json!([{"op": "remove", "path": "members", "value": [{"$ref": null, "value": "d"}]}]),
        &[remove(&["d"])],
    );
}

#[test]
fn type_and_reference_are_kept_and_display_is_not() {
    let sent = json!([{"op": "add", "path": "members", "value": [{"VALUE": "d", "display": "D", "type": "User", "$ref": "../Users/d"}]}]);
    let expected = object(json!({"value": "d", "type": "User", "$ref": "../Users/d"}));
    becomes(&sent, &[ValuesChange::Add(vec![expected])]);
}

#[test]
fn remove_without_value_and_replace_with_nothing_remove_all() {
    for operations in [
        json!([{"op": "remove", "path": "members"}]),
        json!([{"op": "remove", "path": "members", "value": null}]),
        json!([{"op": "replace", "path": "members", "value": []}]),
        json!([{"op": "replace", "path": "members", "value": null}]),
    ] {
        becomes(&operations, &[ValuesChange::Replace(Vec::new())]);
    }
}

#[test]
fn other_filters_are_left_to_the_rows() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        for filter in [
            "type eq \"User\"",
            "value eq \"a\" and type eq \"User\"",
            "value eq \"a\" or type eq \"Group\"",
            "value pr",
        ] {
            let changes = member_changes(
                mode,
                json!([{"op": "remove", "path": format!("members[{filter}]")}]),
            );
            let [ValuesChange::RemoveWhere(found)] = changes.as_slice() else {
                panic!("{filter}: {changes:?}");
            };
            assert_eq!(found.to_string(), filter);
        }
    }
}

#[test]
fn a_bare_id_is_a_member_in_tolerant_mode() {
    let operations = json!([{"op": "add", "path": "members", "value": ["d", "e"]}]);
    assert_eq!(
        member_changes(Mode::Tolerant, operations.clone()),
        [add(&["d", "e"])]
    );
    assert_eq!(
        group(Mode::Strict, operations).unwrap_err().scim_type,
        ScimType::InvalidValue
    );
    assert_eq!(
        member_changes(
            Mode::Tolerant,
            json!([{"op": "remove", "path": "members", "value": "d"}])
        ),
        [remove(&["d"])]
    );
}

#[test]
fn a_member_without_an_id_is_refused_and_named_and_never_empties_the_group() {
    for value in [
        json!([{"value": "a"}, {"value": null}]),
        json!([{"value": "a"}, {}]),
        json!([{"value": "a"}, null]),
        json!([{"value": "a"}, {"display": "Nobody"}]),
    ] {
        for op in ["add", "replace", "remove"] {
            for mode in ALL_MODES {
                let error = group(mode, json!([{"op": op, "path": "members", "value": value}])).unwrap_err();
                assert_eq!(error.scim_type, ScimType::InvalidValue);
                assert!(error.detail.contains("members[1]"), "{}", error.detail);
            }
        }
    }
}

#[test]
fn a_reference_alone_names_the_member_to_remove() {
    becomes(
        &json!([{"op": "remove", "path": "members", "value": [{"$ref": "https://h/scim/v2/o/Users/d"}]}]),
        &[remove(&["d"])],
    );
}

#[test]
fn a_member_cannot_be_turned_into_another() {
    for operations in [
        json!([{"op": "replace", "path": "members[value eq \"a\"].value", "value": "b"}]),
        json!([{"op": "replace", "path": "members[value eq \"a\"]", "value": {"value": "b"}}]),
        json!([{"op": "replace", "path": "members[type eq \"User\"]", "value": {"value": "b"}}]),
        json!([{"op": "replace", "path": "members.value", "value": "b"}]),
        json!([{"op": "remove", "path": "members[value eq \"a\"].value"}]),
        json!([{"op": "remove", "path": "members.value"}]),
    ] {
        mutability(&operations);
    }
}

#[test]
fn a_member_does_not_get_the_reference_of_another() {
    for operations in [
        json!([{"op": "replace", "path": "members[value eq \"a\"].$ref", "value": "https://h/scim/v2/o/Users/b"}]),
        json!([{"op": "add", "path": "members[value eq \"a\"]", "value": {"$ref": "https://h/scim/v2/o/Users/b"}}]),
    ] {
        mutability(&operations);
    }
}

#[test]
fn the_type_and_the_reference_of_a_member_are_left_to_be_compared() {
    for (part, value) in [("type", "Group"), ("$ref", "https://h/scim/v2/o/Groups/a")] {
        let path = format!("members[value eq \"a\"].{part}");
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        let said = object(json!({part: value, "value": "a"}));
        let confirm = ValuesChange::Confirm(said.clone());
        assert_eq!(
            member_changes(Mode::Tolerant, operations.clone()),
            [confirm.clone(), ValuesChange::Add(vec![said])]
        );
        for mode in [Mode::Strict, Mode::Interop] {
            assert_eq!(
                member_changes(mode, operations.clone()),
                std::slice::from_ref(&confirm)
            );
        }
    }
}

#[test]
fn saying_again_what_a_member_is_adds_it_in_tolerant_mode() {
    for operations in [
        json!([{"op": "replace", "path": "members[value eq \"a\"]", "value": {"value": "a"}}]),
        json!([{"op": "add", "path": "members[value eq \"a\"].value", "value": "a"}]),
        json!([{"op": "add", "path": "members[value eq \"a\"]", "value": {"display": "A"}}]),
    ] {
        assert_eq!(
            member_changes(Mode::Tolerant, operations.clone()),
            [add(&["a"])],
            "{operations}"
        );
        assert_eq!(member_changes(Mode::Strict, operations), []);
    }
}

#[test]
fn the_name_of_a_member_is_the_members_own() {
    for mode in ALL_MODES {
        let path = "members[value eq \"a\"].display";
        let error = group(mode, json!([{"op": "replace", "path": path, "value": "x"}])).unwrap_err();
        assert_eq!(error.scim_type, ScimType::Mutability);
    }
    becomes(
        &json!([{"op": "add", "path": "members", "value": [{"value": "a", "display": "x"}]}]),
        &[add(&["a"])],
    );
}

#[test]
fn members_stand_in_a_value_without_a_path() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        assert_eq!(
            member_changes(
                mode,
                json!([{"op": "add", "value": {"members": [{"value": "d"}]}}])
            ),
            [add(&["d"])]
        );
        assert_eq!(
            member_changes(mode, json!([{"op": "add", "value": {"members": {"value": "d"}}}])),
            [add(&["d"])]
        );
        assert_eq!(
            member_changes(
                mode,
                json!([{"op": "replace", "value": {"Members": [{"value": "d"}]}}])
            ),
            [ValuesChange::Replace(members(&["d"]))]
        );
    }
}

#[test]
fn add_and_remove_of_the_same_member_keep_their_order() {
    let changes = member_changes(
        Mode::Interop,
        json!([
            {"op": "add", "path": "members", "value": [{"value": "d"}]},
            {"op": "remove", "path": "members", "value": [{"value": "d"}]},
            {"op": "remove", "path": "members", "value": [{"value": "a"}]},
            {"op": "add", "path": "members", "value": [{"value": "a"}]}
        ]),
    );
    assert_eq!(left_of_abc(&changes), ["b", "c", "a"]);
}

#[test]
fn a_hundred_thousand_members_are_taken_and_more_refused() {
    let many = |count: usize| {
        let values: Vec<_> = (0..count)
            .map(|number| json!({"value": number.to_string()}))
            .collect();
        json!([{"op": "add", "path": "members", "value": values}])
    };
    let changes = member_changes(Mode::Tolerant, many(100_000));
    assert!(matches!(changes.as_slice(), [ValuesChange::Add(added)] if added.len() == 100_000));
    assert_eq!(
        group(Mode::Tolerant, many(100_001)).unwrap_err().scim_type,
        ScimType::InvalidValue
    );
}
