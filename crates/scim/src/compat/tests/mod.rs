//! Each rule of the table, proven: the client's form in tolerant mode does what the RFC's form does in strict mode, and
//! is reported under the rule's name.

mod fixtures;

use std::collections::BTreeSet;

use fixtures::fixtures;

use serde_json::{Value, json};

use super::*;
use crate::{
    Error, Mode, Object,
    message::PATCH_OP,
    patch::{self, Applied},
    resource::{Accepted, Context, accept},
    schema::{Attribute, ENTERPRISE_USER, Extension, GROUP, ResourceType, Schema, Type, USER},
};

const BADGE: &str = "urn:example:badge:1.0:User";

/// What is sent, and the RFC's form of it.
enum Fixture {
    /// The body of a POST or PUT of a user.
    User(Value, Value),
    /// The body of a POST or PUT of a group.
    Group(Value, Value),
    /// A PATCH body, for a user who is stored.
    Patch(Value, Value),
    /// A PATCH body, for a group.
    PatchGroup(Value, Value),
    /// Emitted where members are looked up; the file that holds the test, which names the rule.
    Elsewhere(&'static str),
}

/// A user type with an extension that has numbers, which the RFC's own attributes are not.
fn user_type() -> ResourceType {
    let mut rt = (*ResourceType::user()).clone();
    rt.extensions.push(Extension {
        schema: Schema {
            id: BADGE.to_owned(),
            name: "Badge".to_owned(),
            description: String::new(),
            attributes: vec![
                Attribute::new("floor", Type::Integer, ""),
                Attribute::new("height", Type::Decimal, ""),
            ],
        },
        required: false,
    });
    rt
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

/// A user body with `schemas` and `userName`, unless it says otherwise.
fn user(attributes: Value) -> Value {
    let mut body = object(json!({"schemas": [USER], "userName": "bjensen"}));
    body.extend(object(attributes));
    Value::Object(body)
}

fn group(attributes: Value) -> Value {
    let mut body = object(json!({"schemas": [GROUP], "displayName": "Guides"}));
    body.extend(object(attributes));
    Value::Object(body)
}

fn stored() -> Object {
    object(json!({
        "userName": "bjensen",
        "title": "Guide",
        "name": {"familyName": "Jensen"},
        "roles": [{"value": "a", "primary": true}, {"value": "b"}],
        "addresses": [{"type": "work", "locality": "Hollywood"}],
        ENTERPRISE_USER: {"department": "Tours", "manager": {"value": "m-1"}},
    }))
}

fn read(rt: &ResourceType, mode: Mode, body: Value) -> Result<Accepted, Error> {
    accept(rt, mode, Context::Replace, object(body))
}

fn apply(rt: &ResourceType, mode: Mode, body: Value) -> Result<Applied, Error> {
    let request = patch::parse(object(body), mode)?;
    let (stored, detached) = match rt.name.as_str() {
        "Group" => (object(json!({"displayName": "Guides"})), Some("members")),
        _ => (stored(), None),
    };
    patch::apply(rt, mode, &stored, &request, detached)
}

/// What remains of an outcome besides its reports, to compare; and the reports.
fn outcome(fixture: &Fixture, mode: Mode, sent: bool) -> Result<(Value, Vec<RuleName>), Error> {
    let names = |rewrites: Vec<Rewrite>| rewrites.into_iter().map(|rewrite| rewrite.rule).collect();
    let chosen = |client: &Value, rfc: &Value| if sent { client.clone() } else { rfc.clone() };
    match fixture {
        Fixture::User(client, rfc) => read(&user_type(), mode, chosen(client, rfc))
            .map(|accepted| (Value::Object(accepted.attributes), names(accepted.rewrites))),
        Fixture::Group(client, rfc) => read(&ResourceType::group(), mode, chosen(client, rfc))
            .map(|accepted| (Value::Object(accepted.attributes), names(accepted.rewrites))),
        Fixture::Patch(client, rfc) => apply(&user_type(), mode, chosen(client, rfc))
            .map(|applied| (Value::Object(applied.resource), names(applied.rewrites))),
        Fixture::PatchGroup(client, rfc) => {
            apply(&ResourceType::group(), mode, chosen(client, rfc)).map(|applied| {
                let outcome = json!([applied.resource, format!("{:?}", applied.detached)]);
                (outcome, names(applied.rewrites))
            })
        }
        Fixture::Elsewhere(_) => unreachable!("it has no body"),
    }
}

#[test]
fn each_rule_does_what_the_rfcs_form_does_and_is_reported() {
    for (rule, fixture) in fixtures() {
        if let Fixture::Elsewhere(file) = fixture {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("..")
                .join(file);
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.contains(&format!("RuleName::{rule:?}")), "{rule} in {file}");
            continue;
        }
        let (understood, reported) = outcome(&fixture, Mode::Tolerant, true).unwrap();
        let (expected, nothing) = outcome(&fixture, Mode::Strict, false).unwrap();
        assert_eq!(understood, expected, "{rule}");
        assert!(reported.contains(&rule), "{rule} is not among {reported:?}");
        assert!(
            nothing.iter().all(|other| !other.rule().unwrap().tolerant_only),
            "{rule}: the RFC's form is reported as {nothing:?}"
        );
    }
}

#[test]
fn each_rule_has_a_fixture() {
    let proven: BTreeSet<&str> = fixtures().iter().map(|(rule, _)| rule.as_str()).collect();
    let listed: BTreeSet<&str> = RULES.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(listed, proven);
    assert_eq!(listed.len(), RULES.len(), "no name twice");
}

#[test]
fn what_only_tolerant_mode_understands_is_never_reported_elsewhere_and_the_rest_always() {
    for (rule, fixture) in fixtures() {
        if matches!(fixture, Fixture::Elsewhere(_)) {
            continue;
        }
        let strict = outcome(&fixture, Mode::Strict, true);
        let is_reported = matches!(&strict, Ok((_, reported)) if reported.contains(&rule));
        // A fixture may need more than one rule: then strict mode refuses it for the other one.
        if strict.is_ok() || rule.rule().unwrap().tolerant_only {
            assert_eq!(
                is_reported,
                !rule.rule().unwrap().tolerant_only,
                "{rule}: {strict:?}"
            );
        }
    }
}

#[test]
fn the_table_can_be_read() {
    for rule in RULES {
        let name = rule.name.as_str();
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
        for sentence in [rule.sends, rule.read_as] {
            assert!(sentence.ends_with('.'), "{name}: {sentence}");
            assert!(!sentence.contains("  "), "{name}: {sentence}");
            // What is sent stands in backticks, or the book would show other quotes than are sent.
            let mut around = sentence.split('`').step_by(2);
            assert!(
                around.all(|prose| !prose.contains(['"', '{', '[', '\\'])),
                "{name}: {sentence}"
            );
            assert_eq!(sentence.matches('`').count() % 2, 0, "{name}: {sentence}");
        }
        assert!(!rule.clients.is_empty(), "{name}");
        assert!(rule.deviates_from.starts_with("RFC 764"), "{name}");
        assert_eq!(rule.name.rule(), Some(rule));
        assert_eq!(rule.name.to_string(), name);
    }
}

#[test]
fn an_undeclared_extension_is_kept_as_sent() {
    let body = user(json!({"urn:example:none": {"badge": 7}}));
    let accepted = read(&user_type(), Mode::Tolerant, body).unwrap();
    assert_eq!(accepted.attributes["urn:example:none"], json!({"badge": 7}));
}
