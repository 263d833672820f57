//! Any schema is written and read as the same.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::schema::{common, is_same_name};

fn any_text() -> impl Strategy<Value = String> {
    "[ -~äß€\n]{0,20}"
}

fn distinct(attributes: Vec<Attribute>) -> Vec<Attribute> {
    let mut kept: Vec<Attribute> = Vec::new();
    for attribute in attributes {
        let is_free = !kept
            .iter()
            .any(|other| is_same_name(&other.name, &attribute.name));
        if is_free && common(&attribute.name).is_none() {
            kept.push(attribute);
        }
    }
    kept
}

/// A part of a complex attribute, or an attribute that has no parts.
fn any_simple(is_sub: bool) -> impl Strategy<Value = Attribute> {
    let kinds: Vec<Type> = Type::ALL
        .into_iter()
        .filter(|kind| *kind != Type::Complex)
        .collect();
    let readable: Vec<(Mutability, Returned)> =
        [Mutability::ReadWrite, Mutability::Immutable, Mutability::ReadOnly]
            .into_iter()
            .flat_map(|mutability| {
                [Returned::Always, Returned::Default, Returned::Request]
                    .map(|returned| (mutability, returned))
            })
            .chain((!is_sub).then_some((Mutability::WriteOnly, Returned::Never)))
            .collect();
    (
        ("x[a-zA-Z0-9_-]{0,12}", select(kinds), any_text()),
        (any::<[bool; 4]>(), select(readable), vec("[a-z]{1,5}", 0..3)),
    )
        .prop_map(
            move |((name, kind, description), (flags, (mutability, returned), mut words))| {
                words.sort();
                words.dedup();
                let kept = mutability != Mutability::ReadOnly && returned != Returned::Never;
                let defaults = Attribute::new(&name, kind, &description);
                Attribute {
                    multi_valued: flags[0] && !is_sub,
                    required: flags[1] && kept,
                    case_exact: flags[2] || defaults.case_exact,
                    mutability,
                    returned,
                    canonical_values: if kind == Type::String { words } else { Vec::new() },
                    reference_types: if kind == Type::Reference {
                        vec!["User".to_owned(), "uri".to_owned()]
                    } else {
                        Vec::new()
                    },
                    indexed: flags[3] && kept && !is_sub && matches!(kind, Type::String | Type::Reference),
                    ..defaults
                }
            },
        )
}

fn any_complex() -> impl Strategy<Value = Attribute> {
    (any_simple(false), vec(any_simple(true), 1..4)).prop_map(|(simple, subs)| {
        let kept = simple.mutability != Mutability::ReadOnly && simple.returned != Returned::Never;
        let mut sub_attributes = distinct(subs);
        sub_attributes.push(Attribute::new("value", Type::String, ""));
        Attribute {
            kind: Type::Complex,
            canonical_values: Vec::new(),
            reference_types: Vec::new(),
            indexed: kept,
            sub_attributes,
            ..simple
        }
    })
}

fn any_schema() -> impl Strategy<Value = Schema> {
    let attributes = vec(prop_oneof![any_simple(false), any_complex()], 1..6).prop_map(distinct);
    (
        "urn:example:[a-z]{1,8}(:[A-Za-z0-9._-]{1,8}){0,3}",
        any_text(),
        any_text(),
        attributes,
    )
        .prop_filter("an attribute is left", |(.., attributes)| !attributes.is_empty())
        .prop_map(|(id, name, description, attributes)| Schema {
            name: if name.is_empty() { id.clone() } else { name },
            id,
            description,
            attributes,
        })
}

proptest! {
    #[test]
    fn a_definition_that_is_written_is_read_as_the_same_schema(schema in any_schema()) {
        let written = to_object(&schema);
        prop_assert_eq!(&parse(&written).map_err(|error| error.detail), &Ok(schema.clone()));
        prop_assert_eq!(check_change(&schema, &schema), Ok(()));
        prop_assert_eq!(demands_more(Some(&schema), &schema), None);
    }

    #[test]
    fn any_object_is_read_or_refused(name in any_text(), kind in any_text(), id in any_text()) {
        let definition = json!({"id": id, "attributes": [{"name": name, "type": kind}]});
        if let Err(error) = parse(&object(definition)) {
            prop_assert!(!error.detail.is_empty());
        }
    }
}
