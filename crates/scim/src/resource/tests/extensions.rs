//! Containers of extensions, declared and not.

use super::*;

#[test]
fn an_undeclared_extension_is_kept_as_sent_in_tolerant_mode() {
    let attributes = json!({"urn:example:Badge": {"Number": 7, "tags": ["a"], "deep": {"x": true}}});
    assert_eq!(stored(Mode::Tolerant, attributes.clone()), attributes);
    assert_eq!(
        rewrites(attributes),
        [("undeclared-extension", "urn:example:Badge".to_owned())]
    );
}

#[test]
fn an_undeclared_extension_holds_nothing_empty_and_no_password() {
    let attributes = json!({"urn:example:Badge": {
        "a": null, "b": [], "c": {}, "d": "", "e": [null, {"f": null}], "PassWord": "secret", "g": [1, null],
    }});
    assert_eq!(
        stored(Mode::Tolerant, attributes),
        json!({"urn:example:Badge": {"g": [1]}})
    );
    assert_eq!(
        stored(Mode::Tolerant, json!({"urn:example:Badge": {"a": {"b": []}}})),
        json!({})
    );
}

#[test]
fn a_urn_key_without_an_object_is_unknown() {
    assert_eq!(stored(Mode::Tolerant, json!({"urn:example:Badge": 7})), json!({}));
    assert_eq!(
        rewrites(json!({"urn:example:Badge": 7})),
        [("unknown-attribute", "urn:example:Badge".to_owned())]
    );
}

#[test]
fn an_undeclared_extension_is_limited() {
    let refusal = |value: Value| refused(Mode::Tolerant, json!({"urn:example:Badge": {"a": value}})).1;
    assert_eq!(
        refusal(json!("x".repeat(2_049))),
        "urn:example:Badge.a has 2049 bytes: at most 2048 are allowed"
    );
    assert_eq!(
        refusal(json!(vec![1; 101])),
        "urn:example:Badge.a has 101 values: at most 100 are allowed"
    );
    assert!(refusal(json!({"k".repeat(2_049): 1})).contains("at most 2048"));
}

#[test]
fn an_unassigned_container_is_not_kept() {
    for value in [
        json!(null),
        json!([]),
        json!({}),
        json!({"department": null, "manager": {"value": null}}),
    ] {
        let accepted = read_with(Mode::Strict, json!({ENTERPRISE_USER: value})).unwrap();
        assert_eq!(accepted.attributes.get(ENTERPRISE_USER), None);
        assert!(accepted.mentioned.contains(ENTERPRISE_USER));
    }
}

#[test]
fn a_container_that_is_not_an_object_is_refused() {
    assert_eq!(
        refused(Mode::Tolerant, json!({ENTERPRISE_USER: 7})),
        invalid_value(&format!("{ENTERPRISE_USER} must be an object, not a number"))
    );
}

#[test]
fn fully_qualified_keys_are_understood_in_tolerant_mode() {
    let attributes = json!({
        format!("{USER}:title"): "Dr.",
        format!("{ENTERPRISE_USER}:Department"): "IT",
        format!("{ENTERPRISE_USER}:manager"): {"value": "7"},
        ENTERPRISE_USER: {"division": "D"},
    });
    assert_eq!(
        stored(Mode::Tolerant, attributes),
        json!({
            "title": "Dr.",
            ENTERPRISE_USER: {"department": "IT", "manager": {"value": "7"}, "division": "D"},
        })
    );
}

#[test]
fn core_attributes_in_a_container_are_understood_in_tolerant_mode() {
    let attributes =
        json!({"title": "Dr.", USER: {"title": "Prof.", "nickName": "Babs", "password": "secret"}});
    assert_eq!(
        stored(Mode::Tolerant, attributes.clone()),
        json!({"title": "Dr.", "nickName": "Babs"})
    );
    assert_eq!(stored(Mode::Strict, attributes), json!({"title": "Dr."}));
}

#[test]
fn a_required_extension_must_be_sent_with_its_required_attributes() {
    let mut rt = (*ResourceType::user()).clone();
    rt.extensions[0].required = true;
    rt.extensions[0].schema.attributes[0].required = true;
    let read = |attributes: Value| {
        let mut body = object(json!({"schemas": [USER], "userName": "a"}));
        body.extend(object(attributes));
        accept(&rt, Mode::Strict, Context::Create, body).map_err(|error| error.detail)
    };
    assert!(read(json!({})).unwrap_err().contains("the extension urn:"));
    assert!(
        read(json!({ENTERPRISE_USER: {"department": "IT"}}))
            .unwrap_err()
            .contains("User:employeeNumber is required")
    );
    assert!(read(json!({ENTERPRISE_USER: {"employeeNumber": "1"}})).is_ok());
}
