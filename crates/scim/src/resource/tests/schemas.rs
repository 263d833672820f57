//! `schemas` of a body, in all three modes.

use super::*;

#[test]
fn a_body_without_schemas_is_understood_in_tolerant_mode_only() {
    for body in [json!({"userName": "a"}), json!({"schemas": [], "userName": "a"})] {
        let accepted = read(Mode::Tolerant, body.clone()).unwrap();
        assert_eq!(accepted.rewrites[0].rule.as_str(), "schemas-missing");
        for mode in [Mode::Strict, Mode::Interop] {
            let error = read(mode, body.clone()).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidSyntax);
            assert!(error.detail.contains(USER));
        }
    }
}

#[test]
fn schemas_without_the_base_schema_are_understood_in_tolerant_mode_only() {
    let body = json!({"schemas": [ENTERPRISE_USER], "userName": "a"});
    assert_eq!(
        read(Mode::Tolerant, body.clone()).unwrap().rewrites[0]
            .rule
            .as_str(),
        "schemas-without-base"
    );
    for mode in [Mode::Strict, Mode::Interop] {
        assert_eq!(
            read(mode, body.clone()).unwrap_err().scim_type,
            ScimType::InvalidSyntax
        );
    }
}

#[test]
fn schemas_that_are_not_strings_are_refused_in_every_mode() {
    for mode in MODES {
        for schemas in [json!(USER), json!([1]), json!({}), json!(true)] {
            let error = read(mode, json!({"schemas": schemas, "userName": "a"})).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidSyntax, "{mode} {schemas}");
        }
    }
}

#[test]
fn urns_and_the_key_are_compared_without_regard_to_case() {
    for mode in MODES {
        let body = json!({"Schemas": [USER.to_uppercase()], "userName": "a"});
        assert_eq!(read(mode, body).unwrap().rewrites, [], "{mode}");
    }
}

#[test]
fn an_undeclared_urn_is_refused_in_interop_mode_only() {
    let body = json!({"schemas": [USER, "urn:example:Badge"], "userName": "a"});
    assert!(read(Mode::Tolerant, body.clone()).is_ok());
    assert!(read(Mode::Strict, body.clone()).is_ok());
    let error = read(Mode::Interop, body).unwrap_err();
    assert_eq!(error.scim_type, ScimType::InvalidSyntax);
    assert!(error.detail.contains("urn:example:Badge"));
}
