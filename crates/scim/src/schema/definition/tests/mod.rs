//! Definitions that are read, refused and changed.

mod changes;
mod property;
mod refusals;

use serde_json::json;

use super::*;
use crate::{
    ScimType,
    schema::{ENTERPRISE_USER, Mutability, Returned, Type, USER},
};

const STAFF: &str = "urn:example:staff:2.0:User";

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

fn with_id(id: &str) -> Value {
    json!({"id": id, "attributes": [{"name": "badgeNumber"}]})
}

fn with(attribute: &Value) -> Value {
    json!({"id": STAFF, "attributes": [attribute]})
}

fn read(definition: Value) -> Schema {
    parse(&object(definition)).unwrap()
}

fn refused(definition: Value) -> String {
    let error = parse(&object(definition)).unwrap_err();
    assert_eq!(error.scim_type, ScimType::InvalidValue);
    error.detail
}

#[test]
fn what_is_left_out_has_the_defaults_of_the_rfc() {
    let schema = read(with_id(STAFF));
    assert_eq!((schema.id.as_str(), schema.name.as_str()), (STAFF, STAFF));
    assert_eq!(
        schema.attributes,
        [Attribute::new("badgeNumber", Type::String, "")]
    );
}

#[test]
fn every_characteristic_is_read() {
    let schema = read(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": STAFF, "name": "Staff", "description": "What the clinic knows.",
        "meta": {"resourceType": "Schema"},
        "attributes": [
            {"name": "badgeNumber", "type": "string", "multiValued": false, "description": "On the badge.",
             "required": true, "canonicalValues": ["A", "B"], "caseExact": true, "mutability": "immutable",
             "returned": "always", "uniqueness": "none", "indexed": true},
            {"name": "ward", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "type": "reference", "referenceTypes": ["Group", "external"]},
                {"name": "$ref", "type": "reference", "referenceTypes": ["uri"]},
                {"name": "primary", "type": "boolean"},
            ], "indexed": true},
            {"name": "pin", "mutability": "writeOnly", "returned": "never"},
        ],
    }));
    let [badge, ward, pin] = schema.attributes.as_slice() else {
        panic!("{schema:?}")
    };
    assert!(badge.required && badge.case_exact && badge.indexed);
    assert_eq!(
        (badge.mutability, badge.returned),
        (Mutability::Immutable, Returned::Always)
    );
    assert_eq!(badge.canonical_values, ["A", "B"]);
    assert_eq!(ward.indexed_value().unwrap().name, "value");
    assert_eq!(ward.sub_attributes[0].reference_types, ["Group", "external"]);
    assert_eq!(
        (pin.mutability, pin.returned),
        (Mutability::WriteOnly, Returned::Never)
    );
}

#[test]
fn a_urn_that_paths_and_links_cannot_spell_is_refused() {
    for (id, fix) in [
        ("", "id is missing"),
        ("staff", "not a URN"),
        ("urn:example", "not a URN"),
        ("urn:x:staff", "not a URN"),
        ("urn:-x:staff", "not a URN"),
        ("urn:urn:staff", "not a URN"),
        ("urn:example:", "not a URN"),
        ("urn:example::staff", "not a URN"),
        ("http://example.com/staff", "use letters"),
        ("urn:example:a,b", "','"),
        ("urn:example:a\"b", "use letters"),
        ("urn:example:a/b", "'/'"),
        ("urn:example:ä", "'ä'"),
        ("urn:example:a\u{7}", "control character"),
        (USER, "has a meaning already"),
        (
            "URN:IETF:params:scim:schemas:core:2.0:Staff",
            "has a meaning already",
        ),
        (
            "urn:ietf:params:scim:api:messages:2.0:PatchOp",
            "has a meaning already",
        ),
        (crate::schema::ROLE, "has a meaning already"),
        (&ENTERPRISE_USER.to_uppercase(), "has a meaning already"),
    ] {
        let detail = refused(with_id(id));
        assert!(detail.contains("id") && detail.contains(fix), "{id}: {detail}");
    }
    let long = |bytes: usize| format!("urn:example:{}", "x".repeat(bytes - 12));
    assert!(refused(with_id(&long(MAX_URN_BYTES + 1))).contains("256 bytes"));
    assert_eq!(read(with_id(&long(MAX_URN_BYTES))).id.len(), MAX_URN_BYTES);
}

#[test]
fn the_urns_that_identity_providers_propose_are_taken() {
    for id in [
        "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User",
        "urn:okta:dev-1234_example_1:1.0:user:custom",
        "urn:mace:example.com:staff",
    ] {
        assert_eq!(read(with_id(id)).id, id);
    }
}

#[test]
fn one_urn_may_not_continue_another() {
    for (a, b) in [
        ("urn:example:a", "urn:example:a"),
        ("urn:example:a", "URN:EXAMPLE:A:b"),
        ("urn:example:a:b:c", "urn:example:a"),
    ] {
        assert!(overlap(a, b) && overlap(b, a), "{a} {b}");
    }
    for (a, b) in [
        ("urn:example:a", "urn:example:ab"),
        ("urn:example:a:b", "urn:example:a:c"),
    ] {
        assert!(!overlap(a, b) && !overlap(b, a), "{a} {b}");
    }
}

#[test]
fn the_schema_itself_is_held_to_its_members() {
    for (definition, fix) in [
        (json!({"id": STAFF}), "at least one attribute"),
        (json!({"id": STAFF, "attributes": {}}), "at least one attribute"),
        (
            json!({"id": STAFF, "attributes": [{"name": "a"}], "version": 1}),
            "\"version\"",
        ),
        (
            json!({"id": STAFF, "attributes": [{"name": "a"}], "schemas": [USER]}),
            "schemas must be",
        ),
        (
            json!({"id": STAFF, "attributes": [{"name": "a"}], "name": 1}),
            "name must be a string",
        ),
    ] {
        let detail = refused(definition.clone());
        assert!(detail.contains(fix), "{definition}: {detail}");
    }
}

#[test]
fn names_differ_in_more_than_case() {
    let detail = refused(json!({"id": STAFF, "attributes": [{"name": "badge"}, {"name": "Badge"}]}));
    assert!(detail.contains("badge and Badge"), "{detail}");
    let subs = json!([{"name": "value"}, {"name": "VALUE"}]);
    let detail = refused(with(
        &json!({"name": "ward", "type": "complex", "subAttributes": subs}),
    ));
    assert!(
        detail.contains("ward: subAttributes: value and VALUE"),
        "{detail}"
    );
}

#[test]
fn there_are_limits() {
    let named =
        |count: usize| -> Vec<Value> { (0..count).map(|n| json!({"name": format!("a{n}")})).collect() };
    let attributes = |count: usize| json!({"id": STAFF, "attributes": named(count)});
    assert_eq!(read(attributes(MAX_ATTRIBUTES)).attributes.len(), MAX_ATTRIBUTES);
    assert!(refused(attributes(MAX_ATTRIBUTES + 1)).contains("at most 100"));

    let subs = |count: usize| with(&json!({"name": "a", "type": "complex", "subAttributes": named(count)}));
    assert_eq!(
        read(subs(MAX_SUB_ATTRIBUTES)).attributes[0].sub_attributes.len(),
        MAX_SUB_ATTRIBUTES
    );
    assert!(refused(subs(MAX_SUB_ATTRIBUTES + 1)).contains("at most 50"));

    let indexed = |count: usize| -> Value {
        let attributes: Vec<Value> = (0..count)
            .map(|n| json!({"name": format!("a{n}"), "indexed": true}))
            .collect();
        json!({"id": STAFF, "attributes": attributes})
    };
    assert_eq!(read(indexed(MAX_INDEXED)).attributes.len(), MAX_INDEXED);
    assert!(refused(indexed(MAX_INDEXED + 1)).contains("at most 10"));

    let texts: Vec<String> = (0..=MAX_CANONICAL_VALUES).map(|n| n.to_string()).collect();
    assert!(refused(with(&json!({"name": "a", "canonicalValues": texts}))).contains("at most 100"));

    let wordy: Vec<Value> = (0..MAX_ATTRIBUTES)
        .map(|n| json!({"name": format!("a{n}"), "description": "x".repeat(MAX_TEXT_CHARS)}))
        .collect();
    assert!(refused(json!({"id": STAFF, "attributes": wordy})).contains("at most 65536"));
}

#[test]
fn the_published_schema_does_not_speak_of_indexes() {
    let schema = read(with(&json!({"name": "badge", "indexed": true})));
    assert_eq!(to_object(&schema)["attributes"][0]["indexed"], true);
    let published = document(&schema, Detail::Published);
    assert_eq!(published["attributes"][0].get("indexed"), None);
}
