//! A schema as a Schema resource (RFC 7643 §7), without `meta`: where it stands is the organization's.

use serde_json::{Map, Value};

use crate::{
    Object,
    discovery::SCHEMA,
    schema::{Attribute, Schema},
};

/// How much of a schema is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The characteristics of the RFC: strict clients refuse members that they do not know.
    Published,
    /// `indexed` as well.
    Defined,
}

/// The Schema resource.
pub(crate) fn document(schema: &Schema, detail: Detail) -> Object {
    let attributes = schema
        .attributes
        .iter()
        .map(|attribute| self::attribute(attribute, detail))
        .collect();
    Object::from_iter([
        ("schemas".to_owned(), Value::Array(vec![Value::from(SCHEMA)])),
        ("id".to_owned(), Value::from(schema.id.as_str())),
        ("name".to_owned(), Value::from(schema.name.as_str())),
        ("description".to_owned(), Value::from(schema.description.as_str())),
        ("attributes".to_owned(), Value::Array(attributes)),
    ])
}

fn attribute(attribute: &Attribute, detail: Detail) -> Value {
    let mut members = Map::new();
    let mut insert = |name: &str, value: Value| members.insert(name.to_owned(), value);
    insert("name", Value::from(attribute.name.as_str()));
    insert("type", Value::from(attribute.kind.as_str()));
    insert("multiValued", Value::Bool(attribute.multi_valued));
    insert("description", Value::from(attribute.description.as_str()));
    insert("required", Value::Bool(attribute.required));
    if !attribute.canonical_values.is_empty() {
        insert(
            "canonicalValues",
            Value::from(attribute.canonical_values.as_slice()),
        );
    }
    insert("caseExact", Value::Bool(attribute.case_exact));
    insert("mutability", Value::from(attribute.mutability.as_str()));
    insert("returned", Value::from(attribute.returned.as_str()));
    insert("uniqueness", Value::from(attribute.uniqueness.as_str()));
    if !attribute.reference_types.is_empty() {
        insert(
            "referenceTypes",
            Value::from(attribute.reference_types.as_slice()),
        );
    }
    if attribute.is_complex() {
        let subs = attribute.sub_attributes.iter();
        insert(
            "subAttributes",
            subs.map(|sub| self::attribute(sub, detail)).collect(),
        );
    }
    if attribute.indexed && detail == Detail::Defined {
        insert("indexed", Value::Bool(true));
    }
    Value::Object(members)
}
