//! What remains of one user under various parameters.

use serde_json::json;

use super::*;
use crate::schema::{ENTERPRISE_USER, USER};

const OTHER: &str = "urn:example:Badge";

fn user() -> Object {
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER],
        "id": "1",
        "externalId": "e",
        "userName": "bjensen",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "emails": [{"value": "b@example.com", "type": "work"}, {"type": "home"}],
        ENTERPRISE_USER: {"department": "IT", "manager": {"value": "2", "displayName": "Boss"}},
        OTHER: {"number": 7, "Color": "red"},
        "meta": {"resourceType": "User", "version": "W/\"1\""},
    });
    serde_json::from_value(user).unwrap()
}

fn parse(attributes: Option<&str>, excluded: Option<&str>) -> Projection {
    Projection::parse(&ResourceType::user(), attributes, excluded).unwrap()
}

/// What remains of [`user`] besides `schemas` and `id`, which must remain.
fn only(names: &str) -> Value {
    rest(&parse(Some(names), None))
}

fn without(names: &str) -> Value {
    rest(&parse(None, Some(names)))
}

fn rest(projection: &Projection) -> Value {
    let mut kept = projection.apply(&ResourceType::user(), user());
    assert_eq!(kept.shift_remove("schemas"), user().remove("schemas"));
    assert_eq!(kept.shift_remove("id"), user().remove("id"));
    Value::Object(kept)
}

/// [`user`] without `schemas`, `id` and one more attribute.
fn user_without(name: &str) -> Value {
    let mut user = user();
    for name in ["schemas", "id", name] {
        assert!(user.shift_remove(name).is_some());
    }
    Value::Object(user)
}

#[test]
fn the_default_set_is_everything_in_the_same_order() {
    let kept = Projection::all().apply(&ResourceType::user(), user());
    assert_eq!(kept, user());
    assert!(kept.keys().eq(user().keys()));
}

#[test]
fn a_password_is_never_returned() {
    for projection in [Projection::all(), parse(Some("password"), None)] {
        let mut leaky = user();
        leaky.insert("password".to_owned(), json!("secret"));
        assert!(
            !projection
                .apply(&ResourceType::user(), leaky)
                .contains_key("password")
        );
    }
}

#[test]
fn named_attributes_come_with_the_minimum_set_only() {
    assert_eq!(only("userName"), json!({"userName": "bjensen"}));
    assert_eq!(
        only(" USERNAME , externalid,"),
        json!({"externalId": "e", "userName": "bjensen"})
    );
}

#[test]
fn a_complex_attribute_is_returned_whole() {
    assert_eq!(only("emails").get("emails"), user().get("emails"));
}

#[test]
fn a_sub_attribute_is_returned_alone() {
    assert_eq!(
        only("emails.value"),
        json!({"emails": [{"value": "b@example.com"}]})
    );
    assert_eq!(only("name.givenName"), json!({"name": {"givenName": "Barbara"}}));
    assert_eq!(only("meta.version"), json!({"meta": {"version": "W/\"1\""}}));
}

#[test]
fn the_whole_wins_over_its_part() {
    for names in ["name,name.givenName", "name.givenName,name"] {
        assert_eq!(only(names).get("name"), user().get("name"));
    }
}

#[test]
fn a_core_urn_says_nothing() {
    assert_eq!(only(&format!("{USER}:userName")), json!({"userName": "bjensen"}));
    assert_eq!(only(USER).get("userName"), Some(&json!("bjensen")));
    assert_eq!(only(USER).get(ENTERPRISE_USER), None);
}

#[test]
fn an_extension_attribute_is_named_by_its_urn() {
    let lower = ENTERPRISE_USER.to_lowercase();
    assert_eq!(
        only(&format!("{lower}:Department")),
        json!({ENTERPRISE_USER: {"department": "IT"}})
    );
    assert_eq!(
        only(&format!("{ENTERPRISE_USER}:manager.displayName")),
        json!({ENTERPRISE_USER: {"manager": {"displayName": "Boss"}}})
    );
    assert_eq!(only("department"), json!({}));
}

#[test]
fn an_extension_urn_alone_is_the_whole_container() {
    for names in [
        ENTERPRISE_USER.to_owned(),
        format!("{ENTERPRISE_USER}:department,{ENTERPRISE_USER}"),
    ] {
        assert_eq!(
            only(&names),
            json!({ENTERPRISE_USER: user().get(ENTERPRISE_USER)})
        );
    }
}

#[test]
fn an_undeclared_extension_can_be_named() {
    assert_eq!(
        only("URN:example:badge"),
        json!({OTHER: {"number": 7, "Color": "red"}})
    );
    assert_eq!(only("urn:example:Badge:color"), json!({OTHER: {"Color": "red"}}));
    assert_eq!(
        without("urn:example:Badge:color").get(OTHER),
        Some(&json!({"number": 7}))
    );
    assert_eq!(without(OTHER), user_without(OTHER));
}

#[test]
fn unknown_names_are_ignored() {
    assert_eq!(only("shoeSize,name.shoeSize,userName.x"), json!({}));
    assert_eq!(without("shoeSize").get("userName"), Some(&json!("bjensen")));
}

#[test]
fn excluded_attributes_go_and_extensions_stay() {
    assert_eq!(without("name"), user_without("name"));
    assert_eq!(
        without("members,groups").get(ENTERPRISE_USER),
        user().get(ENTERPRISE_USER)
    );
}

#[test]
fn what_is_always_returned_cannot_be_excluded() {
    assert_eq!(without("id,schemas,meta"), user_without("meta"));
}

#[test]
fn an_excluded_sub_attribute_goes_alone() {
    assert_eq!(
        without("emails.type").get("emails"),
        Some(&json!([{"value": "b@example.com"}]))
    );
    assert_eq!(
        without(&format!("{ENTERPRISE_USER}:manager")).get(ENTERPRISE_USER),
        Some(&json!({"department": "IT"}))
    );
    assert_eq!(without(ENTERPRISE_USER), user_without(ENTERPRISE_USER));
}

#[test]
fn both_parameters_at_once_are_refused() {
    let error = Projection::parse(&ResourceType::user(), Some("id"), Some("name")).unwrap_err();
    assert_eq!(error.scim_type, crate::ScimType::InvalidValue);
}

#[test]
fn an_empty_parameter_is_none() {
    assert_eq!(parse(Some(" "), None), Projection::all());
    assert_eq!(parse(Some("id"), Some("")), parse(Some("id"), None));
    assert_eq!(parse(Some(""), Some("name")), parse(None, Some("name")));
}

#[test]
fn keeps_tells_what_need_not_be_loaded() {
    let group = ResourceType::group();
    let keeps = |attributes, excluded| {
        Projection::parse(&group, attributes, excluded)
            .unwrap()
            .keeps("members")
    };
    assert!(Projection::all().keeps("members"));
    assert!(keeps(Some("members"), None));
    assert!(keeps(Some("Members.value"), None));
    assert!(!keeps(Some("displayName"), None));
    assert!(!keeps(None, Some("members")));
    assert!(keeps(None, Some("members.display")));
    assert!(keeps(None, Some("displayName")));
}

#[test]
fn attributes_returned_on_request_need_a_name() {
    let mut rt = (*ResourceType::user()).clone();
    for attribute in &mut rt.schema.attributes {
        if attribute.name == "userName" {
            attribute.returned = Returned::Request;
        }
    }
    assert!(!Projection::all().apply(&rt, user()).contains_key("userName"));
    assert!(
        !parse(None, Some("name"))
            .apply(&rt, user())
            .contains_key("userName")
    );
    assert!(
        parse(Some("userName"), None)
            .apply(&rt, user())
            .contains_key("userName")
    );
}
