//! Required attributes and the default of `active`.

use super::*;

#[test]
fn a_missing_user_name_is_refused() {
    for user_name in [json!(null), json!(""), json!("  "), json!([])] {
        for mode in MODES {
            let error = read(mode, json!({"schemas": [USER], "userName": user_name})).unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidValue);
            assert!(
                error.detail.starts_with("userName is required"),
                "{}",
                error.detail
            );
        }
    }
    assert!(read(Mode::Strict, json!({"schemas": [USER]})).is_err());
}

#[test]
fn a_group_needs_a_display_name() {
    for body in [
        json!({"schemas": [GROUP]}),
        json!({"schemas": [GROUP], "displayName": ""}),
    ] {
        for mode in MODES {
            let error = accept(
                &ResourceType::group(),
                mode,
                Context::Create,
                object(body.clone()),
            )
            .unwrap_err();
            assert_eq!(error.scim_type, ScimType::InvalidValue);
            assert!(error.detail.starts_with("displayName is required"));
        }
    }
}

#[test]
fn a_put_needs_neither_name_nor_emails() {
    let accepted = read_with(Mode::Tolerant, json!({"active": false})).unwrap();
    assert_eq!(
        Value::Object(accepted.attributes),
        json!({"userName": "bjensen", "active": false})
    );
}

#[test]
fn a_new_user_is_active_unless_told_otherwise() {
    let create = |attributes: Value| {
        let mut body = object(json!({"schemas": [USER], "userName": "a"}));
        body.extend(object(attributes));
        let accepted = accept(&ResourceType::user(), Mode::Strict, Context::Create, body).unwrap();
        accepted.attributes["active"].clone()
    };
    assert_eq!(create(json!({})), true);
    assert_eq!(create(json!({"active": null})), true);
    assert_eq!(create(json!({"active": false})), false);
    assert_eq!(
        read_with(Mode::Strict, json!({}))
            .unwrap()
            .attributes
            .get("active"),
        None
    );
}
