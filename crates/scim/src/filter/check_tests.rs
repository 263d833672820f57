//! What a filter is refused for, and what becomes of its names.

use super::*;
use crate::{
    error::ScimType,
    filter::parse,
    schema::{Mutability, Returned},
};

fn checked(text: &str, mode: Mode) -> Result<String, Error> {
    check(&ResourceType::user(), parse(text, mode)?, mode).map(|filter| filter.to_string())
}

fn becomes(text: &str, expected: &str) {
    assert_eq!(checked(text, Mode::Strict).unwrap(), expected);
}

fn refusal(text: &str) -> String {
    let error = checked(text, Mode::Tolerant).unwrap_err();
    assert_eq!(error.scim_type, ScimType::InvalidFilter, "{text}");
    error.detail
}

#[test]
fn names_become_canonical_and_the_core_urn_disappears() {
    becomes("USERNAME eq \"x\"", "userName eq \"x\"");
    becomes(
        "urn:ietf:params:scim:schemas:core:2.0:user:Name.GivenName sw \"J\"",
        "name.givenName sw \"J\"",
    );
    becomes(
        "EMAILS[TYPE eq \"work\"].VALUE co \"x\"",
        "emails[type eq \"work\"].value co \"x\"",
    );
    becomes(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:USER:Manager.Value eq \"1\"",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\"",
    );
}

#[test]
fn common_attributes_can_be_filtered() {
    for text in [
        "id eq \"1\"",
        "externalId eq \"1\"",
        "meta.lastModified gt \"2011-05-13T04:42:34Z\"",
        "meta.resourceType eq \"User\"",
        "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
    ] {
        becomes(text, text);
    }
}

#[test]
fn a_multi_valued_complex_attribute_is_compared_by_its_value() {
    becomes("emails co \"example.com\"", "emails.value co \"example.com\"");
    becomes("emails pr", "emails pr");
    assert!(refusal("addresses co \"x\"").contains("addresses.formatted"));
}

#[test]
fn a_singular_complex_attribute_needs_a_part() {
    assert!(refusal("name eq \"x\"").contains("\"name.formatted\""));
    becomes("name pr", "name pr");
}

#[test]
fn an_unknown_attribute_is_named_in_every_place() {
    for (text, name) in [
        ("nickname2 eq \"x\"", "nickname2"),
        ("title pr or not (foo pr)", "foo"),
        ("name.first eq \"x\"", "name.first"),
        ("emails[kind eq \"x\"]", "kind"),
        ("emails[type eq \"x\"].address eq \"x\"", "address"),
        ("emails[type.x pr]", "type.x"),
        (
            "urn:example:none:department eq \"x\"",
            "urn:example:none:department",
        ),
        ("department eq \"x\"", "department"),
    ] {
        assert!(
            refusal(text).contains(&format!("\"{name}\"")),
            "{text}: {}",
            refusal(text)
        );
    }
}

#[test]
fn a_password_cannot_be_asked_for() {
    for text in [
        "password eq \"x\"",
        "password pr",
        "not (password sw \"a\")",
        "password eq null",
    ] {
        assert!(refusal(text).contains("password"));
    }
}

/// User, with one characteristic of `emails` or of one of its parts changed.
fn with_emails(part: Option<&str>, change: fn(&mut Attribute)) -> ResourceType {
    let mut rt = ResourceType::clone(&ResourceType::user());
    let emails = rt
        .schema
        .attributes
        .iter_mut()
        .find(|attribute| attribute.name == "emails")
        .unwrap();
    match part {
        None => change(emails),
        Some(part) => change(
            emails
                .sub_attributes
                .iter_mut()
                .find(|sub| sub.name == part)
                .unwrap(),
        ),
    }
    rt
}

#[test]
fn what_no_answer_shows_cannot_be_asked_for() {
    let never: fn(&mut Attribute) = |attribute| attribute.returned = Returned::Never;
    let write_only: fn(&mut Attribute) = |attribute| attribute.mutability = Mutability::WriteOnly;
    for change in [never, write_only] {
        for (part, refused, allowed) in [
            (
                Some("value"),
                &[
                    "emails eq \"x\"",
                    "emails.value pr",
                    "emails[value eq \"x\"]",
                    "emails[type eq \"work\" and not (VALUE sw \"x\")]",
                    "emails[type eq \"work\"].value eq \"x\"",
                ][..],
                &["emails.type pr", "emails[type eq \"work\"]"][..],
            ),
            (
                None,
                &["emails pr", "emails.type pr", "emails[type eq \"work\"]"],
                &["phoneNumbers pr"],
            ),
        ] {
            let rt = with_emails(part, change);
            let answer = |text: &str| check(&rt, parse(text, Mode::Strict).unwrap(), Mode::Strict);
            for text in refused {
                let error = answer(text).unwrap_err();
                assert_eq!(error.scim_type, ScimType::InvalidFilter, "{text}");
                assert!(error.detail.contains("cannot be used in a filter"), "{text}");
            }
            for text in allowed {
                assert!(answer(text).is_ok(), "{text}");
            }
        }
        // As in the path of a PATCH operation.
        for part in [None, Some("value")] {
            let rt = with_emails(part, change);
            let emails = rt.schema.attribute("emails").unwrap();
            let filter = parse("value eq \"x\"", Mode::Strict).unwrap();
            let error = check_element(emails, filter, Mode::Strict).unwrap_err();
            assert!(
                error.detail.contains("\"value\" cannot be used"),
                "{}",
                error.detail
            );
        }
    }
}

#[test]
fn operators_that_the_type_does_not_have_are_refused() {
    for op in ["gt", "ge", "lt", "le", "co", "sw", "ew"] {
        assert!(refusal(&format!("active {op} true")).contains("boolean"));
    }
    for op in ["gt", "ge", "lt", "le"] {
        assert!(refusal(&format!("x509Certificates.value {op} \"AA==\"")).contains("binary"));
    }
    assert!(refusal("meta.created co \"2011\"").contains("dateTime"));
    assert!(refusal("userName gt null").contains("eq or ne"));
}

#[test]
fn entra_writes_booleans_as_text() {
    for text in [
        "active eq \"True\"",
        "active eq TRUE",
        "emails[primary eq \"true\"]",
    ] {
        assert!(checked(text, Mode::Tolerant).unwrap().contains("eq true"));
        assert!(checked(text, Mode::Strict).is_err());
    }
    refusal("active eq \"yes\"");
}

#[test]
fn digits_without_quotes_are_text_for_a_text_attribute() {
    let text = "externalId eq 1234567";
    assert_eq!(
        checked(text, Mode::Tolerant).unwrap(),
        "externalId eq \"1234567\""
    );
    assert!(
        checked(text, Mode::Strict)
            .unwrap_err()
            .detail
            .contains("double quotes")
    );
}

#[test]
fn a_literal_of_the_wrong_type_is_refused_and_the_right_one_described() {
    assert!(refusal("meta.created gt \"yesterday\"").contains("2026-05-13T04:42:34Z"));
    assert!(refusal("meta.created gt 5").contains("2026-05-13T04:42:34Z"));
    assert!(refusal("active eq 1").contains("true or false"));
}

#[test]
fn brackets_need_an_attribute_with_parts() {
    assert!(refusal("userName[value eq \"x\"]").contains("without brackets"));
    becomes("name[givenName eq \"x\"]", "name[givenName eq \"x\"]");
}

#[test]
fn the_values_of_a_simple_attribute_are_called_value() {
    let schemas = crate::schema::common("schemas").unwrap();
    let filter = parse("VALUE eq \"x\"", Mode::Strict).unwrap();
    let checked = check_element(schemas, filter, Mode::Strict).unwrap();
    assert_eq!(checked.to_string(), "value eq \"x\"");
}
