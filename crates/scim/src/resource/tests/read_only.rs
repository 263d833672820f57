//! What the service provider owns, in a client's body.

use super::*;

#[test]
fn what_the_service_provider_owns_is_ignored() {
    let attributes = json!({
        "id": "other", "meta": {"version": 1}, "groups": [{"value": "g"}], "password": "secret",
        ENTERPRISE_USER: {"manager": {"value": "7", "displayName": "Boss"}},
    });
    for mode in MODES {
        let accepted = read_with(mode, attributes.clone()).unwrap();
        assert_eq!(accepted.rewrites, []);
        for name in ["id", "meta", "groups", "password"] {
            assert!(accepted.mentioned.contains(name), "{name}");
        }
        assert_eq!(
            stored(mode, attributes.clone()),
            json!({ENTERPRISE_USER: {"manager": {"value": "7"}}})
        );
    }
}

#[test]
fn a_put_that_echoes_the_whole_resource_is_accepted() {
    let rt = ResourceType::user();
    let before = object(json!({
        "userName": "jane@test.com", "displayName": "Jane Smith", "active": true,
        "name": {"familyName": "Smith", "formatted": "Jane Smith"},
        "emails": [{"primary": true, "type": "work", "value": "jane@test.com"}],
        "externalId": "00u6", ENTERPRISE_USER: {"department": "IT"}, "urn:example:Badge": {"Number": 7},
    }));
    let groups = object(json!({"groups": [{"value": "g", "display": "Staff"}]}));
    let echo = render(&rt, before.clone(), groups, &meta());
    for (mode, expected) in [
        (Mode::Tolerant, before.clone()),
        (Mode::Strict, {
            let mut without = before.clone();
            without.remove("urn:example:Badge");
            without
        }),
    ] {
        let accepted = accept(&rt, mode, Context::Replace, echo.clone()).unwrap();
        assert_eq!(accepted.attributes, expected);
    }
}
