//! Stored resources, checked again.

use super::*;

fn invalid(attributes: Value) -> String {
    let mut resource = object(json!({"userName": "a"}));
    resource.extend(object(attributes));
    validate(&ResourceType::user(), &resource).unwrap_err().detail
}

#[test]
fn a_stored_resource_is_valid() {
    let accepted = read_with(
        Mode::Tolerant,
        json!({
            "externalId": "e", "emails": [{"value": "a", "primary": "True"}], "active": "False",
            ENTERPRISE_USER: {"manager": "7"}, "urn:example:Badge": {"a": [1, {"b": "c"}]},
        }),
    );
    assert_eq!(
        validate(&ResourceType::user(), &accepted.unwrap().attributes),
        Ok(())
    );
}

#[test]
fn what_accept_refuses_is_not_valid() {
    let long = "x".repeat(2_049);
    for (attributes, detail) in [
        (
            json!({"userName": ""}),
            "userName is required and must not be empty",
        ),
        (
            json!({"userName": "x".repeat(257)}),
            "userName has 257 characters: at most 256 are allowed",
        ),
        (
            json!({"externalId": "x".repeat(513)}),
            "externalId has 513 characters: at most 512 are allowed",
        ),
        (
            json!({"active": "true"}),
            "active must be true or false, without quotes, not a string",
        ),
        (
            json!({"emails": {"value": "a"}}),
            "emails must be an array, not an object",
        ),
        (
            json!({"emails": ["a"]}),
            "emails[0] must be an object, not a string",
        ),
        (
            json!({"emails": [{"value": 1}]}),
            "emails[0].value must be a string, not a number",
        ),
        (
            json!({"emails": vec![json!({"value": "a"}); 101]}),
            "emails has 101 values: at most 100 are allowed",
        ),
        (
            json!({"emails": [{"primary": true}, {"primary": true}]}),
            "emails has 2 values with primary true: at most 1 is allowed",
        ),
        (
            json!({"name": {"givenName": long}}),
            "name.givenName has 2049 bytes: at most 2048 are allowed",
        ),
        (
            json!({ENTERPRISE_USER: 1}),
            &format!("{ENTERPRISE_USER} must be an object, not a number"),
        ),
        (
            json!({ENTERPRISE_USER: {"department": 1}}),
            &format!("{ENTERPRISE_USER}:department must be a string, not a number"),
        ),
        (
            json!({"urn:example:Badge": {"a": [long]}}),
            "urn:example:Badge.a[0] has 2049 bytes: at most 2048 are allowed",
        ),
    ] {
        assert_eq!(invalid(attributes), detail);
    }
    let nameless = validate(&ResourceType::user(), &Object::new()).unwrap_err();
    assert!(nameless.detail.starts_with("userName is required"));
}

#[test]
fn a_required_sub_attribute_is_missed() {
    let mut rt = (*ResourceType::user()).clone();
    for attribute in &mut rt.schema.attributes {
        if attribute.name == "emails" {
            attribute.sub_attributes[0].required = true;
        }
    }
    let resource = object(json!({"userName": "a", "emails": [{"value": "a"}, {"type": "work"}]}));
    let error = validate(&rt, &resource).unwrap_err();
    assert!(
        error.detail.starts_with("emails[1].value is required"),
        "{}",
        error.detail
    );
}
