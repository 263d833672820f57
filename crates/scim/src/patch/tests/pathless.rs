//! Operations without a path.

use super::*;

#[test]
fn each_attribute_follows_its_own_rule() {
    let value = json!({
        "title": "Chief",
        "name": {"givenName": "Babs"},
        "emails": [{"value": "n@x", "type": "other"}],
        ENTERPRISE: {"costCenter": "1"},
        "externalId": null
    });
    for mode in [Mode::Tolerant, Mode::Strict] {
        let added = patch(mode, babs(), json!([{"op": "add", "value": value}]))
            .unwrap()
            .resource;
        assert_eq!(added["title"], "Chief");
        assert_eq!(
            added["name"],
            json!({"familyName": "Jensen", "givenName": "Babs"})
        );
        assert_eq!(added["emails"].as_array().unwrap().len(), 3);
        assert_eq!(added[ENTERPRISE]["costCenter"], "1");
        assert_eq!(added[ENTERPRISE]["department"], "Tours");
        let replaced = patch(mode, babs(), json!([{"op": "replace", "value": value}]))
            .unwrap()
            .resource;
        assert_eq!(replaced["emails"], json!([{"value": "n@x", "type": "other"}]));
        assert_eq!(
            replaced["name"],
            json!({"familyName": "Jensen", "givenName": "Babs"})
        );
        assert_eq!(replaced[ENTERPRISE]["department"], "Tours");
        assert!(!replaced.contains_key("externalId"));
    }
}

#[test]
fn interop_mode_refuses_an_operation_without_a_path() {
    for op in ["add", "replace"] {
        let (scim_type, detail) = refusal(Mode::Interop, json!([{"op": op, "value": {"title": "x"}}]));
        assert_eq!(scim_type, ScimType::InvalidSyntax);
        assert!(detail.contains("path"), "{detail}");
    }
}

#[test]
fn the_value_must_be_an_object() {
    for value in [json!("x"), json!([{"title": "x"}]), json!(null), json!(true)] {
        for mode in [Mode::Tolerant, Mode::Strict] {
            assert_eq!(
                refusal(mode, json!([{"op": "replace", "value": value}])).0,
                ScimType::InvalidValue
            );
        }
    }
}

#[test]
fn read_only_attributes_in_the_value_are_ignored_and_reported() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let operations = json!([{"op": "replace", "value": {
            "id": "x", "schemas": ["urn:x"], "meta": {"created": 1}, "groups": [], "meta.version": "1",
            (ENTERPRISE): {"manager": {"displayName": "ignored"}, "manager.displayName": "ignored"}
        }}]);
        let applied = patch(mode, babs(), operations).unwrap();
        assert_eq!(applied.resource, object(babs()));
        let ignored: Vec<_> = applied
            .rewrites
            .iter()
            .filter(|rewrite| rewrite.rule.as_str() == "read-only-in-value")
            .map(|rewrite| rewrite.attribute.clone())
            .collect();
        let name = format!("{ENTERPRISE}:manager.displayName");
        assert_eq!(
            ignored,
            ["id", "schemas", "meta", "groups", "meta.version", name.as_str()]
        );
    }
}

#[test]
fn unknown_attributes_in_the_value_are_ignored_and_in_tolerant_mode_reported() {
    let operations =
        json!([{"op": "replace", "value": {"shoeSize": 5, "not a name": 1, "a.b.c": 2, "title": "x"}}]);
    let applied = patch(Mode::Tolerant, babs(), operations.clone()).unwrap();
    assert_eq!(applied.resource["title"], "x");
    assert_eq!(rules(&applied), ["unknown-attribute"; 3]);
    assert_eq!(applied.resource.len(), babs().as_object().unwrap().len());
    let strict = patch(Mode::Strict, babs(), operations).unwrap();
    assert_eq!(strict.resource, applied.resource);
}

#[test]
fn dotted_keys_of_a_pathless_replace_are_paths() {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let operations = json!([{"op": "replace", "value": {
            "name.givenName": "Babs",
            "emails[type eq \"work\"].value": "n@work.org",
            "urn:ietf:params:scim:schemas:core:2.0:User:title": "Chief",
            (format!("{ENTERPRISE}:employeeNumber")): "7"
        }}]);
        let applied = patch(mode, babs(), operations).unwrap();
        assert_eq!(applied.resource["name"]["givenName"], "Babs");
        assert_eq!(applied.resource["emails"][0]["value"], "n@work.org");
        assert_eq!(applied.resource["title"], "Chief");
        assert_eq!(applied.resource[ENTERPRISE]["employeeNumber"], "7");
        assert_eq!(applied.resource.len(), babs().as_object().unwrap().len());
        assert_eq!(rules(&applied), ["path-as-key"; 4]);
        assert!(
            applied
                .rewrites
                .iter()
                .all(|rewrite| !rewrite.attribute.contains("work"))
        );
    }
}

#[test]
fn a_malformed_filter_in_a_key_is_refused() {
    let (scim_type, _) = refusal(
        Mode::Tolerant,
        json!([{"op": "replace", "value": {"emails[type].value": "x"}}]),
    );
    assert_eq!(scim_type, ScimType::InvalidFilter);
}
