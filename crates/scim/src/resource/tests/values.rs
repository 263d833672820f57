//! Values: unassigned, coerced, merged, refused.

use super::*;

#[test]
fn null_and_empty_values_are_unassigned_and_still_mentioned() {
    let attributes = json!({
        "title": null, "emails": [], "name": {}, "addresses": [{}, null, {"country": null}],
        "roles": null, "nickName": [],
    });
    for mode in MODES {
        let accepted = read_with(mode, attributes.clone()).unwrap();
        assert_eq!(Value::Object(accepted.attributes), json!({"userName": "bjensen"}));
        for name in [
            "title",
            "emails",
            "name",
            "addresses",
            "roles",
            "nickName",
            "userName",
        ] {
            assert!(accepted.mentioned.contains(name), "{name}");
        }
        assert!(!accepted.mentioned.contains("active"));
    }
}

#[test]
fn an_empty_string_is_unassigned_in_tolerant_mode_and_a_value_in_strict() {
    let attributes = json!({"title": "", "name": {"givenName": ""}, "emails": ""});
    assert_eq!(stored(Mode::Tolerant, attributes), json!({}));
    assert_eq!(stored(Mode::Strict, json!({"title": ""})), json!({"title": ""}));
    assert_eq!(
        rewrites(json!({"title": "", "active": ""})),
        [
            ("empty-string", "title".to_owned()),
            ("empty-string", "active".to_owned())
        ]
    );
}

#[test]
fn what_describes_an_empty_value_goes_with_it_in_tolerant_mode() {
    let work = json!({"value": "b@example.com", "type": "work"});
    for empty in [json!(""), json!(null)] {
        let sent = json!({"emails": [{"VALUE": empty, "type": "home", "primary": true}, work]});
        assert_eq!(stored(Mode::Tolerant, sent), json!({"emails": [work]}));
        let alone = json!({"phoneNumbers": [{"value": empty, "type": "work", "display": "Desk"}]});
        assert_eq!(stored(Mode::Tolerant, alone), json!({}));
    }
    // Where no value was sent, or something else is said, the element is one.
    for attributes in [
        json!({"emails": [{"type": "home"}]}),
        json!({"addresses": [{"type": "home", "locality": "Oslo"}]}),
    ] {
        assert_eq!(stored(Mode::Tolerant, attributes.clone()), attributes);
    }
    let strict = json!({"emails": [{"value": null, "type": "home"}]});
    assert_eq!(
        stored(Mode::Strict, strict),
        json!({"emails": [{"type": "home"}]})
    );
}

#[test]
fn a_boolean_may_be_a_string_in_tolerant_mode_only() {
    for (text, truth) in [("True", true), ("FALSE", false), ("true", true)] {
        assert_eq!(
            stored(Mode::Tolerant, json!({"active": text})),
            json!({"active": truth})
        );
    }
    assert_eq!(
        rewrites(json!({"active": "True"})),
        [("boolean-as-string", "active".to_owned())]
    );
    let expected = invalid_value("active must be true or false, without quotes, not a string");
    assert_eq!(refused(Mode::Strict, json!({"active": "True"})), expected);
    assert_eq!(refused(Mode::Interop, json!({"active": "false"})), expected);
    assert_eq!(refused(Mode::Tolerant, json!({"active": "yes"})), expected);
}

#[test]
fn a_number_is_a_string_in_tolerant_mode_only() {
    assert_eq!(
        stored(Mode::Tolerant, json!({ENTERPRISE_USER: {"employeeNumber": 12}})),
        json!({ENTERPRISE_USER: {"employeeNumber": "12"}})
    );
    assert_eq!(
        refused(Mode::Strict, json!({ENTERPRISE_USER: {"employeeNumber": 12}})),
        invalid_value(&format!(
            "{ENTERPRISE_USER}:employeeNumber must be a string, not a number"
        ))
    );
}

#[test]
fn a_single_value_is_an_array_in_tolerant_mode_only() {
    let expected = json!({"emails": [{"value": "a@b"}]});
    assert_eq!(
        stored(Mode::Tolerant, json!({"emails": {"value": "a@b"}})),
        expected
    );
    assert_eq!(stored(Mode::Tolerant, json!({"emails": "a@b"})), expected);
    assert_eq!(stored(Mode::Tolerant, json!({"emails": ["a@b"]})), expected);
    assert_eq!(
        refused(Mode::Strict, json!({"emails": {"value": "a@b"}})),
        invalid_value("emails must be an array, not an object")
    );
    assert_eq!(
        refused(Mode::Strict, json!({"emails": ["a@b"]})),
        invalid_value("emails[0] must be an object, not a string")
    );
}

#[test]
fn a_manager_may_be_a_bare_id_in_tolerant_mode_only() {
    for manager in [json!("7"), json!([{"value": "7"}]), json!({"value": 7})] {
        assert_eq!(
            stored(Mode::Tolerant, json!({ENTERPRISE_USER: {"manager": manager}})),
            json!({ENTERPRISE_USER: {"manager": {"value": "7"}}})
        );
    }
    assert_eq!(
        stored(Mode::Tolerant, json!({ENTERPRISE_USER: {"manager": ""}})),
        json!({})
    );
    assert_eq!(
        refused(Mode::Strict, json!({ENTERPRISE_USER: {"manager": "7"}})).0,
        ScimType::InvalidValue
    );
}

#[test]
fn a_wrong_type_is_refused_with_its_place() {
    for (attributes, detail) in [
        (
            json!({"emails": [{"value": "a"}, {"value": true}]}),
            "emails[1].value must be a string, not a boolean",
        ),
        (json!({"name": 1}), "name must be an object, not a number"),
        (
            json!({"name": ["a", "b"]}),
            "name must be an object, not an array",
        ),
        (
            json!({"title": {"a": 1}}),
            "title must be a string, not an object",
        ),
        (json!({"title": [["a"]]}), "title must be a string, not an array"),
    ] {
        assert_eq!(refused(Mode::Tolerant, attributes), invalid_value(detail));
    }
}

#[test]
fn suggested_values_and_formats_are_not_enforced() {
    let attributes = json!({
        "emails": [{"value": "not an address", "type": "chess club"}],
        "locale": "?", "timezone": "Mars/Olympus", "phoneNumbers": [{"value": "call me"}],
        "x509Certificates": [{"value": "%%%"}], "addresses": [{"country": "Germany"}],
    });
    for mode in MODES {
        assert_eq!(stored(mode, attributes.clone()), attributes);
    }
}

#[test]
fn two_primaries_are_refused() {
    let emails = json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]});
    for mode in MODES {
        assert_eq!(
            refused(mode, emails.clone()),
            invalid_value("emails has 2 values with primary true: at most 1 is allowed")
        );
    }
    let one = json!({"emails": [{"value": "a", "primary": false}, {"value": "b", "primary": true}]});
    assert_eq!(stored(Mode::Strict, one.clone()), one);
}

#[test]
fn equal_values_are_merged_in_tolerant_mode() {
    let attributes = json!({
        "emails": [
            {"value": "a", "type": "work"},
            {"value": "a", "type": "home"},
            {"value": "a", "type": "work", "primary": true, "display": "A"},
        ],
        "addresses": [{"country": "DE"}, {"country": "DE"}, {"country": "DE", "type": "home"}],
    });
    assert_eq!(
        stored(Mode::Tolerant, attributes.clone()),
        json!({
            "emails": [
                {"value": "a", "type": "work", "primary": true, "display": "A"},
                {"value": "a", "type": "home"},
            ],
            "addresses": [{"country": "DE"}, {"country": "DE", "type": "home"}],
        })
    );
    assert_eq!(stored(Mode::Strict, attributes.clone()), attributes);
}

#[test]
fn equal_primaries_are_one_primary() {
    let email = json!({"value": "a", "type": "work", "primary": true});
    assert_eq!(
        stored(Mode::Tolerant, json!({"emails": [email, email]})),
        json!({"emails": [email]})
    );
}
