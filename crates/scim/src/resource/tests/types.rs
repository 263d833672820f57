//! Types that the core schemas do not use, and the entry points of PATCH.

use super::*;
use crate::schema::{Attribute, Type};

fn coerced(kind: Type, mode: Mode, value: Value) -> Result<Option<Value>, String> {
    let attribute = Attribute::new("x", kind, "");
    coerce(&attribute, mode, value, &mut Vec::new()).map_err(|error| error.detail)
}

#[test]
fn an_integer_has_no_fraction_or_exponent() {
    assert_eq!(
        coerced(Type::Integer, Mode::Strict, json!(-12)),
        Ok(Some(json!(-12)))
    );
    for value in [json!(1.0), json!(1.5), json!(u64::MAX)] {
        let refusal = coerced(Type::Integer, Mode::Tolerant, value).unwrap_err();
        assert_eq!(refusal, "x must be a whole number without fraction or exponent");
    }
}

#[test]
fn a_number_may_be_a_string_in_tolerant_mode_only() {
    assert_eq!(
        coerced(Type::Integer, Mode::Tolerant, json!(" 12")),
        Ok(Some(json!(12)))
    );
    assert_eq!(
        coerced(Type::Decimal, Mode::Tolerant, json!("1.5")),
        Ok(Some(json!(1.5)))
    );
    for (kind, text) in [
        (Type::Integer, "1.5"),
        (Type::Decimal, "NaN"),
        (Type::Decimal, "x"),
    ] {
        assert!(coerced(kind, Mode::Tolerant, json!(text)).is_err(), "{text}");
    }
    assert!(coerced(Type::Integer, Mode::Strict, json!("12")).is_err());
}

#[test]
fn a_date_time_has_date_and_time() {
    let moment = json!("2026-01-31T12:00:00+01:00");
    assert_eq!(
        coerced(Type::DateTime, Mode::Strict, moment.clone()),
        Ok(Some(moment))
    );
    let refusal = coerced(Type::DateTime, Mode::Tolerant, json!("2026-01-31")).unwrap_err();
    assert!(refusal.starts_with("x is not a dateTime"), "{refusal}");
    assert!(coerced(Type::DateTime, Mode::Tolerant, json!(7)).is_err());
}

#[test]
fn a_named_path_is_used_in_errors_and_reports() {
    let rt = ResourceType::user();
    let target = rt.find(None, "name", Some("givenName")).unwrap();
    let mut rewrites = Vec::new();
    let error = coerce_named(
        "name.givenName",
        target.leaf(),
        Mode::Tolerant,
        json!(true),
        &mut rewrites,
    );
    assert_eq!(
        error.unwrap_err().detail,
        "name.givenName must be a string, not a boolean"
    );
    coerce_named(
        "name.givenName",
        target.leaf(),
        Mode::Tolerant,
        json!(7),
        &mut rewrites,
    )
    .unwrap();
    assert_eq!(rewrites[0].attribute, "name.givenName");
}

#[test]
fn one_element_is_coerced_without_its_array() {
    let rt = ResourceType::user();
    let emails = rt.schema.attribute("emails").unwrap();
    let element = json!({"VALUE": "a@b"});
    let coerced = coerce_element("emails", emails, Mode::Strict, element, &mut Vec::new());
    assert_eq!(coerced, Ok(Some(json!({"value": "a@b"}))));
}
