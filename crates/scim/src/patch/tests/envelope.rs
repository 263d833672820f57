//! The message around the operations, and what holds for all of them.

use super::*;
use crate::{compat::RuleName, patch::MAX_OPERATIONS};

fn read(body: Value, mode: Mode) -> Result<usize, Error> {
    parse(object(body), mode).map(|request| request.operations.len())
}

#[test]
fn an_empty_list_of_operations_changes_nothing_in_tolerant_mode_and_is_refused_in_the_others() {
    let empty = || super::body(json!([]));
    let request = parse(empty(), Mode::Tolerant).unwrap();
    assert_eq!(request.operations, []);
    let stored = object(json!({"userName": "bjensen", "title": "Guide"}));
    let applied = apply(&ResourceType::user(), Mode::Tolerant, &stored, &request, None).unwrap();
    assert_eq!((applied.resource, applied.detached), (stored, Vec::new()));
    let reported: Vec<RuleName> = applied.rewrites.iter().map(|rewrite| rewrite.rule).collect();
    assert_eq!(reported, [RuleName::OperationsEmpty]);
    for mode in [Mode::Strict, Mode::Interop] {
        let error = parse(empty(), mode).unwrap_err();
        assert_eq!(error.scim_type, ScimType::InvalidSyntax, "{mode}");
        assert!(error.detail.contains("send 1 to"), "{mode}: {}", error.detail);
    }
}

#[test]
fn operations_that_are_no_list_of_operations_are_refused() {
    for mode in ALL_MODES {
        for operations in [json!(null), json!({}), json!("x"), json!([1]), json!([[]])] {
            let error = parse(super::body(operations.clone()), mode).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidSyntax, "{operations}");
        }
        assert_eq!(
            read(json!({"schemas": [crate::message::PATCH_OP]}), mode)
                .unwrap_err()
                .scim_type,
            ScimType::InvalidSyntax
        );
    }
}

#[test]
fn a_thousand_operations_are_read_and_more_refused() {
    let operations = |count: usize| json!(vec![json!({"op": "remove", "path": "title"}); count]);
    assert!(parse(super::body(operations(MAX_OPERATIONS)), Mode::Strict).is_ok());
    let error = parse(super::body(operations(MAX_OPERATIONS + 1)), Mode::Strict).unwrap_err();
    assert!(error.detail.contains("1001"), "{}", error.detail);
}

#[test]
fn schemas_name_the_patch_message_outside_tolerant_mode() {
    let operations = json!([{"op": "remove", "path": "title"}]);
    let without = json!({"Operations": operations.clone()});
    assert_eq!(read(without.clone(), Mode::Tolerant).unwrap(), 1);
    assert_eq!(
        read(without.clone(), Mode::Strict).unwrap_err().scim_type,
        ScimType::InvalidSyntax
    );
    assert_eq!(
        read(without, Mode::Interop).unwrap_err().scim_type,
        ScimType::InvalidSyntax
    );
    let other = json!({"schemas": [crate::schema::USER], "Operations": operations});
    assert_eq!(
        read(other, Mode::Tolerant).unwrap_err().scim_type,
        ScimType::InvalidSyntax
    );
}

#[test]
fn member_names_have_no_case() {
    let body = json!({
        "SCHEMAS": ["urn:ietf:params:scim:api:messages:2.0:patchop"],
        "operations": [{"OP": "add", "Path": "title", "VALUE": "x"}]
    });
    assert_eq!(read(body, Mode::Strict).unwrap(), 1);
}

#[test]
fn an_unknown_op_is_named() {
    for op in [json!("move"), json!("test"), json!(""), json!(null), json!(1)] {
        refused_everywhere(
            &json!([{"op": op, "path": "title", "value": "x"}]),
            ScimType::InvalidSyntax,
            "add, remove or replace",
        );
    }
    refused_everywhere(
        &json!([{"op": "move", "path": "title", "value": "x"}]),
        ScimType::InvalidSyntax,
        "move",
    );
}

#[test]
fn add_and_replace_need_a_value() {
    for op in ["add", "replace"] {
        refused_everywhere(
            &json!([{"op": op, "path": "title"}]),
            ScimType::InvalidValue,
            "value",
        );
    }
}

#[test]
fn a_malformed_path_is_invalid_path_and_a_malformed_filter_in_it_invalid_filter() {
    for path in ["name..x", "", "a.b.c", "emails[type eq \"work\"]x"] {
        let (scim_type, _) = refusal(Mode::Strict, json!([{"op": "remove", "path": path}]));
        assert_eq!(scim_type, ScimType::InvalidPath, "{path:?}");
    }
    refused_everywhere(
        &json!([{"op": "remove", "path": 5}]),
        ScimType::InvalidPath,
        "string",
    );
    refused_everywhere(
        &json!([{"op": "remove", "path": "emails[type xx \"a\"]"}]),
        ScimType::InvalidFilter,
        "\"xx\"",
    );
    refused_everywhere(
        &json!([{"op": "remove", "path": "emails[0]"}]),
        ScimType::InvalidFilter,
        "0",
    );
    refused_everywhere(
        &json!([{"op": "remove", "path": "emails[kind eq \"a\"]"}]),
        ScimType::InvalidFilter,
        "kind",
    );
    refused_everywhere(
        &json!([{"op": "remove", "path": "title[value eq \"a\"]"}]),
        ScimType::InvalidPath,
        "title",
    );
}

#[test]
fn operations_see_the_ones_before_them() {
    let operations = json!([
        {"op": "replace", "path": "title", "value": "a"},
        {"op": "remove", "path": "title"},
        {"op": "add", "path": "title", "value": "b"},
        {"op": "add", "path": "emails", "value": [{"value": "x@y", "type": "other"}]},
        {"op": "replace", "path": "emails[type eq \"other\"].value", "value": "z@y"}
    ]);
    in_all_modes(&operations, "title", &json!("b"));
    assert_eq!(
        after(Mode::Strict, operations, "emails")[2],
        json!({"value": "z@y", "type": "other"})
    );
}

#[test]
fn one_failing_operation_fails_all_and_is_numbered() {
    refused_everywhere(
        &json!([
            {"op": "replace", "path": "title", "value": "a"},
            {"op": "replace", "path": "id", "value": "a"}
        ]),
        ScimType::Mutability,
        "Operation 2 of 2",
    );
}

#[test]
fn read_only_paths_are_refused() {
    for path in [
        "id",
        "ID",
        "meta",
        "meta.created",
        "groups",
        "groups[value eq \"x\"]",
        "groups.value",
    ] {
        for op in ["add", "replace", "remove"] {
            refused_everywhere(
                &json!([{"op": op, "path": path, "value": "x"}]),
                ScimType::Mutability,
                "readOnly",
            );
        }
    }
    let manager_name = format!("{ENTERPRISE}:manager.displayName");
    refused_everywhere(
        &json!([{"op": "replace", "path": manager_name, "value": "x"}]),
        ScimType::Mutability,
        "displayName",
    );
}

#[test]
fn an_unknown_path_is_refused_by_name_or_ignored_in_tolerant_mode() {
    for path in [
        "shoeSize",
        "name.nick",
        "title.x",
        "urn:example:none:2.0:Thing:a[b eq 1]",
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": "x"}]);
        let applied = patch(Mode::Tolerant, babs(), operations.clone()).unwrap();
        assert_eq!(applied.resource, object(babs()));
        assert_eq!(rules(&applied), ["unknown-attribute"]);
        assert!(
            !applied.rewrites[0].attribute.contains('['),
            "a report holds no value"
        );
        for mode in [Mode::Strict, Mode::Interop] {
            assert_eq!(
                refusal(mode, operations.clone()).0,
                ScimType::InvalidPath,
                "{path}"
            );
        }
    }
}

#[test]
fn a_path_is_found_in_any_case_and_with_its_urn() {
    for path in [
        "TITLE",
        "urn:ietf:params:scim:schemas:core:2.0:User:title",
        "URN:IETF:params:scim:schemas:core:2.0:user:Title",
    ] {
        in_all_modes(
            &json!([{"op": "replace", "path": path, "value": "x"}]),
            "title",
            &json!("x"),
        );
    }
    let path = format!("{}:department", ENTERPRISE.to_uppercase());
    in_all_modes(
        &json!([{"op": "replace", "path": path, "value": "x"}]),
        ENTERPRISE,
        &json!({
            "department": "x", "manager": {"value": "m-1", "$ref": "../Users/m-1"}
        }),
    );
}

#[test]
fn a_password_is_accepted_and_dropped_in_each_form() {
    for operations in [
        json!([{"op": "replace", "path": "password", "value": "s3cret"}]),
        json!([{"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": "s3cret"}]),
        json!([{"op": "remove", "path": "password"}]),
        json!([{"op": "replace", "value": {"password": "s3cret"}}]),
        json!([{"op": "add", "value": {"urn:ietf:params:scim:schemas:core:2.0:User": {"PASSWORD": "s3cret"}}}]),
        json!([{"op": "add", "value": {"urn:example:undeclared": {"password": "s3cret"}}}]),
    ] {
        changes_nothing(Mode::Tolerant, operations.clone());
        let applied = patch(Mode::Tolerant, babs(), operations).unwrap();
        assert!(!format!("{applied:?}").contains("s3cret"));
    }
    changes_nothing(
        Mode::Interop,
        json!([{"op": "replace", "path": "password", "value": "s3cret"}]),
    );
}

#[test]
fn attributes_that_are_not_mentioned_stay() {
    let mut stored = babs();
    stored["urn:example:undeclared:1.0"] = json!({"badge": [1, 2]});
    let applied = patch(
        Mode::Strict,
        stored.clone(),
        json!([{"op": "replace", "path": "title", "value": "x"}]),
    )
    .unwrap();
    stored["title"] = json!("x");
    assert_eq!(applied.resource, object(stored));
}

#[test]
fn the_order_of_attributes_stays() {
    let applied = patch(
        Mode::Strict,
        babs(),
        json!([
            {"op": "remove", "path": "externalId"},
            {"op": "replace", "path": "name.familyName", "value": "X"}
        ]),
    )
    .unwrap();
    let keys: Vec<_> = applied.resource.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "userName",
            "name",
            "title",
            "active",
            "emails",
            "addresses",
            ENTERPRISE
        ]
    );
}

#[test]
fn a_character_that_no_database_keeps_is_refused_in_paths_and_values() {
    for operation in [
        json!({"op": "add", "path": "emails[type eq \"a\\u0000\"].value", "value": "x"}),
        json!({"op": "add", "path": "title", "value": "\0"}),
        json!({"op": "add", "path": "urn:x:y:z", "value": {"a\0": 1}}),
        json!({"op": "add", "path": "urn:x:y", "value": {"b": ["\0"]}}),
        json!({"op": "replace", "value": {"urn:x:\0": {"a": 1}}}),
    ] {
        match patch(Mode::Tolerant, babs(), json!([operation])) {
            Err(error) => assert!(error.detail.contains("U+0000"), "{}", error.detail),
            Ok(applied) => assert_eq!(applied.resource, object(babs()), "{operation}"),
        }
    }
}

#[test]
fn limits_hold_after_the_last_operation() {
    let emails: Vec<_> = (0..99)
        .map(|number| json!({"value": format!("{number}@x")}))
        .collect();
    refused_everywhere(
        &json!([{"op": "add", "path": "emails", "value": emails}]),
        ScimType::InvalidValue,
        "emails",
    );
    refused_everywhere(
        &json!([{"op": "replace", "path": "userName", "value": "a".repeat(257)}]),
        ScimType::InvalidValue,
        "userName",
    );
}

#[test]
fn too_many_values_are_refused_at_the_operation_that_adds_them() {
    let emails = |from: usize| {
        (from..from + 60)
            .map(|number| json!({"value": format!("{number}@x")}))
            .collect::<Vec<_>>()
    };
    refused_everywhere(
        &json!([
            {"op": "add", "path": "emails", "value": emails(0)},
            {"op": "add", "path": "emails", "value": emails(60)},
            {"op": "remove", "path": "emails"}
        ]),
        ScimType::InvalidValue,
        "Operation 2 of 3",
    );
}
