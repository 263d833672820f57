//! Extensions: declared, undeclared, as a whole, and through `schemas`.

use super::*;

const CUSTOM: &str = "urn:example:params:scim:schemas:extension:CustomExtensionName:2.0:User";

#[test]
fn extension_attributes_are_stored_in_their_container_and_not_flat() {
    for op in ["add", "replace"] {
        for operations in [
            json!([{"op": op, "path": format!("{ENTERPRISE}:costCenter"), "value": "1"}]),
            json!([{"op": op, "path": ENTERPRISE, "value": {"COSTCENTER": "1"}}]),
        ] {
            for mode in ALL_MODES {
                let applied = patch(mode, json!({"userName": "x"}), operations.clone()).unwrap();
                assert_eq!(
                    applied.resource,
                    object(json!({"userName": "x", ENTERPRISE: {"costCenter": "1"}}))
                );
            }
        }
    }
}

#[test]
fn the_urn_alone_merges_into_the_container() {
    in_all_modes(
        &json!([{"op": "replace", "path": ENTERPRISE.to_uppercase(), "value": {"department": "X", "manager.value": "m-2"}}]),
        ENTERPRISE,
        &json!({"department": "X", "manager": {"value": "m-2"}}),
    );
}

#[test]
fn the_urn_alone_removes_the_container() {
    in_all_modes(
        &json!([{"op": "remove", "path": ENTERPRISE}]),
        ENTERPRISE,
        &json!(null),
    );
    in_all_modes(
        &json!([{"op": "replace", "path": ENTERPRISE, "value": null}]),
        ENTERPRISE,
        &json!(null),
    );
    refused_everywhere(
        &json!([{"op": "replace", "path": ENTERPRISE, "value": "x"}]),
        ScimType::InvalidValue,
        "object",
    );
}

#[test]
fn the_base_urn_alone_is_the_resource_itself() {
    let base = crate::schema::USER;
    in_all_modes(
        &json!([{"op": "replace", "path": base, "value": {"title": "x"}}]),
        "title",
        &json!("x"),
    );
    refused_everywhere(
        &json!([{"op": "remove", "path": base}]),
        ScimType::Mutability,
        base,
    );
}

#[test]
fn an_unknown_attribute_inside_an_extension_is_not_kept() {
    let operations = json!([{"op": "add", "path": ENTERPRISE, "value": {"shoeSize": 5}}]);
    changes_nothing(Mode::Tolerant, operations.clone());
    changes_nothing(Mode::Strict, operations.clone());
    assert_eq!(refusal(Mode::Interop, operations).0, ScimType::InvalidSyntax);
}

#[test]
fn a_urn_that_begins_with_a_declared_one_is_no_undeclared_extension() {
    for path in [
        format!("{ENTERPRISE}:shirt:size"),
        format!("{}:shirt:size", crate::schema::USER),
    ] {
        let operations = json!([{"op": "add", "path": path, "value": "M"}]);
        let applied = patch(Mode::Tolerant, babs(), operations.clone()).unwrap();
        assert_eq!(applied.resource, object(babs()), "{path}");
        assert_eq!(rules(&applied), ["unknown-attribute"], "{path}");
        assert_eq!(
            refusal(Mode::Strict, operations).0,
            ScimType::InvalidPath,
            "{path}"
        );
    }
}

#[test]
fn entra_writes_custom_attributes_of_an_undeclared_extension() {
    let operations = json!([
        {"op": "Add", "path": format!("{CUSTOM}:badge"), "value": "7"},
        {"op": "Replace", "path": format!("{CUSTOM}:BADGE"), "value": "8"},
        {"op": "Add", "path": CUSTOM, "value": {"floor": 3, "nothing": null}},
        {"op": "Add", "path": format!("{CUSTOM}:tags"), "value": ["a"]},
        {"op": "Add", "path": format!("{CUSTOM}:tags"), "value": ["a", "b"]}
    ]);
    let applied = patch(Mode::Tolerant, babs(), operations.clone()).unwrap();
    assert_eq!(
        applied.resource[CUSTOM],
        json!({"badge": "8", "floor": 3, "tags": ["a", "b"]})
    );
    assert!(rules(&applied).contains(&"undeclared-extension"));
    for mode in [Mode::Strict, Mode::Interop] {
        assert_eq!(refusal(mode, operations.clone()).0, ScimType::InvalidPath);
    }
}

#[test]
fn an_undeclared_extension_is_emptied_and_removed() {
    let mut stored = babs();
    stored[CUSTOM] = json!({"badge": "7"});
    for operations in [
        json!([{"op": "remove", "path": format!("{CUSTOM}:badge")}]),
        json!([{"op": "replace", "path": format!("{CUSTOM}:badge"), "value": ""}]),
        json!([{"op": "remove", "path": CUSTOM}]),
        json!([{"op": "replace", "value": {CUSTOM: null}}]),
        json!([{"op": "remove", "path": "schemas", "value": [CUSTOM]}]),
    ] {
        let applied = patch(Mode::Tolerant, stored.clone(), operations.clone()).unwrap();
        assert_eq!(applied.resource, object(babs()), "{operations}");
    }
    changes_nothing(
        Mode::Tolerant,
        json!([{"op": "remove", "path": format!("{CUSTOM}:badge")}]),
    );
}

#[test]
fn strict_mode_drops_an_undeclared_extension_inside_a_value() {
    changes_nothing(
        Mode::Strict,
        json!([{"op": "add", "value": {CUSTOM: {"badge": "7"}}}]),
    );
}

#[test]
fn a_list_in_an_undeclared_extension_ends_at_the_limit() {
    let values = |from: usize, to: usize| (from..to).map(|number| number.to_string()).collect::<Vec<_>>();
    let path = format!("{CUSTOM}:tags");
    let operations = |to: usize| {
        json!([
            {"op": "add", "path": path, "value": values(0, 60)},
            {"op": "add", "path": path, "value": values(30, to)}
        ])
    };
    let applied = patch(Mode::Tolerant, babs(), operations(100)).unwrap();
    assert_eq!(applied.resource[CUSTOM]["tags"].as_array().unwrap().len(), 100);
    assert_eq!(refusal(Mode::Tolerant, operations(101)).0, ScimType::InvalidValue);
}

#[test]
fn undeclared_extensions_have_the_same_limits() {
    let (scim_type, _) = refusal(
        Mode::Tolerant,
        json!([{"op": "add", "path": format!("{CUSTOM}:badge"), "value": "x".repeat(2_049)}]),
    );
    assert_eq!(scim_type, ScimType::InvalidValue);
}

#[test]
fn adding_a_declared_urn_to_schemas_is_no_change() {
    for value in [json!(ENTERPRISE), json!([crate::schema::USER, ENTERPRISE])] {
        for mode in ALL_MODES {
            changes_nothing(mode, json!([{"op": "add", "path": "schemas", "value": value}]));
            changes_nothing(
                mode,
                json!([{"op": "replace", "path": "schemas", "value": [crate::schema::USER, ENTERPRISE]}]),
            );
        }
    }
    let operations = json!([{"op": "add", "path": "schemas", "value": ["urn:example:none"]}]);
    changes_nothing(Mode::Tolerant, operations.clone());
    assert_eq!(refusal(Mode::Strict, operations).0, ScimType::InvalidValue);
}

#[test]
fn removing_an_extension_from_schemas_drops_it() {
    for operations in [
        json!([{"op": "remove", "path": "schemas", "value": [ENTERPRISE]}]),
        json!([{"op": "remove", "path": format!("schemas[value eq \"{ENTERPRISE}\"]")}]),
        json!([{"op": "replace", "path": "schemas", "value": [crate::schema::USER]}]),
    ] {
        in_all_modes(&operations, ENTERPRISE, &json!(null));
    }
}

#[test]
fn the_base_schema_stays() {
    for operations in [
        json!([{"op": "remove", "path": "schemas"}]),
        json!([{"op": "remove", "path": "schemas", "value": [crate::schema::USER]}]),
        json!([{"op": "replace", "path": "schemas", "value": [ENTERPRISE]}]),
    ] {
        refused_everywhere(&operations, ScimType::Mutability, "base schema");
    }
    changes_nothing(
        Mode::Strict,
        json!([{"op": "remove", "path": "schemas", "value": []}]),
    );
}

mod immutable {
    //! A resource type with immutable attributes, which the RFC's own types do not have outside `members`.

    use super::*;
    use crate::schema::{Attribute, Extension, Mutability, Schema, Type};

    const BADGE: &str = "urn:example:badge:1.0:User";

    fn write(mode: Mode, stored: Value, operations: Value) -> Result<Applied, Error> {
        let mut rt = (*ResourceType::user()).clone();
        let immutable = |name: &str| {
            let mut attribute = Attribute::new(name, Type::String, "");
            attribute.mutability = Mutability::Immutable;
            attribute
        };
        let mut cards = Attribute::new("cards", Type::Complex, "");
        cards.multi_valued = true;
        cards.sub_attributes = vec![immutable("value"), Attribute::new("display", Type::String, "")];
        rt.extensions.push(Extension {
            schema: Schema {
                id: BADGE.to_owned(),
                name: "Badge".to_owned(),
                description: String::new(),
                attributes: vec![immutable("number"), cards],
            },
            required: false,
        });
        let request = parse(super::super::body(operations), mode)?;
        apply(&rt, mode, &object(stored), &request, None)
    }

    fn badge() -> Value {
        json!({"userName": "x", BADGE: {"number": "7", "cards": [{"value": "c1"}]}})
    }

    #[test]
    fn what_is_immutable_is_changed_by_no_operation() {
        for mode in ALL_MODES {
            for operations in [
                json!([{"op": "replace", "path": format!("{BADGE}:number"), "value": "8"}]),
                json!([{"op": "add", "path": format!("{BADGE}:number"), "value": "8"}]),
                json!([{"op": "remove", "path": format!("{BADGE}:number")}]),
                json!([{"op": "remove", "path": BADGE}]),
                json!([{"op": "remove", "path": "schemas", "value": [BADGE]}]),
                json!([{"op": "replace", "path": format!("{BADGE}:cards[value eq \"c1\"].value"), "value": "c2"}]),
                json!([{"op": "replace", "path": format!("{BADGE}:cards[value eq \"c1\"]"), "value": {"value": "c2"}}]),
                json!([{"op": "remove", "path": format!("{BADGE}:cards[value eq \"c1\"].value")}]),
            ] {
                let error = write(mode, badge(), operations.clone()).unwrap_err();
                if mode == Mode::Interop && selects_whole_values(&operations) {
                    assert_eq!(error.scim_type, ScimType::InvalidPath);
                    continue;
                }
                assert_eq!(error.scim_type, ScimType::Mutability, "{operations}");
                assert!(error.detail.contains("immutable"), "{}", error.detail);
            }
        }
    }

    #[test]
    fn an_unassigned_immutable_attribute_is_set_once_and_repeated_at_will() {
        let operations = json!([
            {"op": "add", "path": format!("{BADGE}:number"), "value": "7"},
            {"op": "replace", "path": format!("{BADGE}:number"), "value": "7"}
        ]);
        let applied = write(Mode::Strict, json!({"userName": "x"}), operations).unwrap();
        assert_eq!(applied.resource[BADGE], json!({"number": "7"}));
    }

    #[test]
    fn values_with_immutable_parts_come_and_go_as_a_whole() {
        let operations = json!([
            {"op": "add", "path": format!("{BADGE}:cards"), "value": [{"value": "c2"}]},
            {"op": "remove", "path": format!("{BADGE}:cards[value eq \"c1\"]")},
            {"op": "replace", "path": format!("{BADGE}:cards[value eq \"c2\"].display"), "value": "Two"}
        ]);
        let applied = write(Mode::Strict, badge(), operations).unwrap();
        assert_eq!(
            applied.resource[BADGE]["cards"],
            json!([{"value": "c2", "display": "Two"}])
        );
    }
}
