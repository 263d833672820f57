//! Names of attributes: canonical, unknown.

use super::*;

#[test]
fn attribute_names_become_canonical() {
    for mode in MODES {
        let attributes = json!({
            "EXTERNALID": "e", "Name": {"GIVENNAME": "Barbara"}, "emails": [{"Value": "a@b", "TYPE": "work"}],
            ENTERPRISE_USER.to_lowercase(): {"DEPARTMENT": "IT", "Manager": {"VALUE": "7"}},
        });
        assert_eq!(
            stored(mode, attributes),
            json!({
                "externalId": "e", "name": {"givenName": "Barbara"}, "emails": [{"value": "a@b", "type": "work"}],
                ENTERPRISE_USER: {"department": "IT", "manager": {"value": "7"}},
            })
        );
    }
}

#[test]
fn unknown_attributes_are_dropped_and_reported_in_tolerant_mode() {
    let attributes = json!({"shoeSize": 43, "name": {"nick": "Babs"}, ENTERPRISE_USER: {"floor": 3}});
    assert_eq!(stored(Mode::Tolerant, attributes.clone()), json!({}));
    assert_eq!(
        rewrites(attributes),
        [
            ("unknown-attribute", "shoeSize".to_owned()),
            ("unknown-attribute", "name.nick".to_owned()),
            ("unknown-attribute", format!("{ENTERPRISE_USER}:floor")),
        ]
    );
}

#[test]
fn unknown_attributes_are_dropped_silently_in_strict_mode() {
    let accepted = read_with(
        Mode::Strict,
        json!({"shoeSize": 43, "urn:example:Badge": {"a": 1}}),
    )
    .unwrap();
    assert_eq!(Value::Object(accepted.attributes), json!({"userName": "bjensen"}));
    assert_eq!(accepted.rewrites, []);
}

#[test]
fn unknown_attributes_are_refused_in_interop_mode() {
    for (attributes, name) in [
        (json!({"shoeSize": 43}), "shoeSize"),
        (
            json!({"emails": [{"value": "a"}, {"valeu": "b"}]}),
            "emails[1].valeu",
        ),
        (json!({ENTERPRISE_USER: {"floor": 3}}), "2.0:User:floor"),
        (json!({"urn:example:Badge": {"a": 1}}), "urn:example:Badge"),
    ] {
        let (scim_type, detail) = refused(Mode::Interop, attributes);
        assert_eq!(scim_type, ScimType::InvalidSyntax);
        assert!(detail.contains(name), "{detail}");
    }
}

#[test]
fn a_deviation_is_reported_once_and_reports_are_bounded() {
    let emails: Vec<Value> = (0..50).map(|i| json!({"value": i.to_string(), "x": 1})).collect();
    assert_eq!(rewrites(json!({"emails": emails})).len(), 1);
    let many: Object = (0..1_000).map(|i| (format!("x{i}"), json!(1))).collect();
    assert_eq!(rewrites(Value::Object(many)).len(), Rewrite::MAX_REPORTED);
}

#[test]
fn a_long_name_is_cut_in_the_report() {
    let name = "é".repeat(10_000);
    let reported = rewrites(json!({name: 1}));
    assert_eq!(reported[0].1, format!("{}…", "é".repeat(100)));
}
