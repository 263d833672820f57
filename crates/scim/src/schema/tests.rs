//! The schemas as data, and the lookup of attributes.

use super::*;

fn found(rt: &ResourceType, urn: Option<&str>, name: &str, sub: Option<&str>) -> Option<String> {
    rt.find(urn, name, sub).map(|target| {
        let extension = target.extension.map(|urn| format!("{urn}:")).unwrap_or_default();
        let sub = target.sub.map(|sub| format!(".{}", sub.name)).unwrap_or_default();
        format!("{extension}{}{sub}", target.attribute.name)
    })
}

#[test]
fn an_attribute_is_found_in_any_case() {
    let user = ResourceType::user();
    assert_eq!(found(&user, None, "USERNAME", None).unwrap(), "userName");
    assert_eq!(
        found(&user, None, "Name", Some("GIVENNAME")).unwrap(),
        "name.givenName"
    );
    assert_eq!(found(&user, None, "groups", Some("$REF")).unwrap(), "groups.$ref");
}

#[test]
fn the_core_urn_is_accepted_and_dropped() {
    let user = ResourceType::user();
    let urn = USER.to_uppercase();
    assert_eq!(found(&user, Some(&urn), "userName", None).unwrap(), "userName");
    assert_eq!(
        found(&user, Some(USER), "externalId", None).unwrap(),
        "externalId"
    );
}

#[test]
fn an_extension_attribute_needs_its_urn() {
    let user = ResourceType::user();
    let urn = ENTERPRISE_USER.to_lowercase();
    assert_eq!(
        found(&user, Some(&urn), "Manager", Some("Value")).unwrap(),
        format!("{ENTERPRISE_USER}:manager.value")
    );
    assert_eq!(found(&user, None, "department", None), None);
    assert_eq!(found(&user, Some(ENTERPRISE_USER), "userName", None), None);
    assert_eq!(found(&user, Some(ENTERPRISE_USER), "id", None), None);
}

#[test]
fn common_attributes_are_found_on_every_type() {
    for rt in [ResourceType::user(), ResourceType::group()] {
        for name in ["schemas", "id", "externalId", "meta"] {
            assert_eq!(found(&rt, None, name, None).unwrap(), name);
        }
        assert_eq!(
            found(&rt, None, "META", Some("lastmodified")).unwrap(),
            "meta.lastModified"
        );
    }
}

#[test]
fn what_does_not_exist_is_not_found() {
    let user = ResourceType::user();
    assert_eq!(found(&user, None, "shoeSize", None), None);
    assert_eq!(found(&user, None, "userName", Some("value")), None);
    assert_eq!(found(&user, None, "name", Some("nick")), None);
    assert_eq!(found(&user, Some("urn:other"), "userName", None), None);
    assert_eq!(
        found(&ResourceType::group(), Some(USER), "displayName", None),
        None
    );
}

#[test]
fn the_leaf_is_where_the_path_ends() {
    let user = ResourceType::user();
    assert_eq!(
        user.find(None, "emails", Some("value")).unwrap().leaf().name,
        "value"
    );
    assert_eq!(user.find(None, "emails", None).unwrap().leaf().name, "emails");
}

#[test]
fn all_callers_share_one_resource_type() {
    assert!(Arc::ptr_eq(&ResourceType::user(), &ResourceType::user()));
    assert!(Arc::ptr_eq(&ResourceType::group(), &ResourceType::group()));
}

#[test]
fn the_user_schema_has_the_attributes_of_the_rfc() {
    let user = ResourceType::user();
    let names: Vec<_> = user
        .schema
        .attributes
        .iter()
        .map(|attribute| attribute.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "userName",
            "name",
            "displayName",
            "nickName",
            "profileUrl",
            "title",
            "userType",
            "preferredLanguage",
            "locale",
            "timezone",
            "active",
            "password",
            "emails",
            "phoneNumbers",
            "ims",
            "photos",
            "addresses",
            "groups",
            "entitlements",
            "roles",
            "x509Certificates",
        ]
    );
}

#[test]
fn only_names_that_identify_are_required() {
    let required = |rt: &ResourceType| -> Vec<String> {
        let attributes = rt.schema.attributes.iter().filter(|attribute| attribute.required);
        attributes.map(|attribute| attribute.name.clone()).collect()
    };
    assert_eq!(required(&ResourceType::user()), ["userName"]);
    assert_eq!(required(&ResourceType::group()), ["displayName"]);
}

#[test]
fn identifiers_are_compared_with_regard_to_case_and_names_without() {
    let user = ResourceType::user();
    let exact = |urn, name, sub| user.find(urn, name, sub).unwrap().leaf().case_exact;
    assert!(exact(None, "id", None));
    assert!(exact(None, "externalId", None));
    assert!(exact(None, "meta", Some("version")));
    assert!(exact(None, "profileUrl", None));
    assert!(exact(Some(ENTERPRISE_USER), "manager", Some("value")));
    assert!(!exact(None, "userName", None));
    assert!(!exact(None, "schemas", None));
    assert!(!exact(None, "emails", Some("value")));
}

#[test]
fn members_cannot_be_changed_only_added_and_removed() {
    let group = ResourceType::group();
    let members = group.schema.attribute("members").unwrap();
    assert_eq!(members.mutability, Mutability::ReadWrite);
    for name in ["value", "$ref", "type"] {
        assert_eq!(
            members.sub_attribute(name).unwrap().mutability,
            Mutability::Immutable
        );
    }
}

#[test]
fn groups_of_a_user_are_read_only_throughout() {
    let user = ResourceType::user();
    let groups = user.schema.attribute("groups").unwrap();
    assert!(
        groups
            .sub_attributes
            .iter()
            .chain([groups])
            .all(|a| a.mutability == Mutability::ReadOnly)
    );
}

#[test]
fn a_qualified_name_loses_its_urn() {
    let user = ResourceType::user();
    assert_eq!(
        user.schema
            .unqualified(&format!("{}:userName", USER.to_lowercase())),
        Some("userName")
    );
    assert_eq!(user.schema.unqualified(USER), None);
    assert_eq!(user.schema.unqualified(&format!("{USER}Name")), None);
    assert_eq!(user.schema.unqualified("urn"), None);
}

#[test]
fn a_urn_is_recognised_in_any_case() {
    assert!(is_urn("URN:example:x"));
    assert!(!is_urn("urn"));
    assert!(!is_urn("userName"));
    assert!(!is_urn("ürn:"));
}

#[test]
fn a_characteristic_that_is_not_stated_has_its_default() {
    let attribute = Attribute::new("colour", Type::String, "");
    assert!(!attribute.required && !attribute.multi_valued && !attribute.case_exact);
    assert!(attribute.canonical_values.is_empty());
    assert_eq!(attribute.mutability, Mutability::ReadWrite);
    assert_eq!(attribute.returned, Returned::Default);
    assert_eq!(attribute.uniqueness, Uniqueness::None);
    // These two types regard case, whatever the schema says (RFC 7643 §2.3.6 and §2.3.7).
    assert!(Attribute::new("key", Type::Binary, "").case_exact);
    assert!(Attribute::new("page", Type::Reference, "").case_exact);
}
