//! An organization's own extension schema, read from the Schema resource that defines it (RFC 7643 §7) and written back.
//! It knows one schema at a time: what several of them may not share is the domain's question.

mod attribute;
mod members;
mod urn;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::{
    Error, Object,
    schema::{Attribute, Detail, Schema, document},
};
use attribute::attributes;
use members::Members;
pub use urn::overlap;

/// The largest definition, in bytes of JSON.
pub const MAX_BYTES: usize = 65_536;
/// The longest URN, in bytes.
pub const MAX_URN_BYTES: usize = 256;
/// The longest name of an attribute, in bytes.
pub const MAX_NAME_BYTES: usize = 64;
/// The longest name of a schema and the longest description, in characters.
pub const MAX_TEXT_CHARS: usize = 1_000;
/// The most attributes of a schema.
pub const MAX_ATTRIBUTES: usize = 100;
/// The most sub-attributes of an attribute.
pub const MAX_SUB_ATTRIBUTES: usize = 50;
/// The most canonical values of an attribute.
pub const MAX_CANONICAL_VALUES: usize = 100;
/// The most indexed attributes of a schema: each costs every write of a resource that has it.
pub const MAX_INDEXED: usize = 10;

/// Reads the definition of an extension schema.
///
/// Characteristics that are left out have the defaults of RFC 7643 §2.2. Whatever could not be kept is refused, with
/// the place and the fix: members that are not known, characteristics that contradict each other, names that no path
/// could spell. `meta` is skipped, so that what `/Schemas` answers can be defined again.
pub fn parse(definition: &Object) -> Result<Schema, Error> {
    let mut members = Members::of("the schema".to_owned(), definition);
    check_schemas(members.take("schemas"))?;
    members.take("meta");
    let id = urn::checked(members.required_text(
        "id",
        "the URN of the extension, such as urn:example:staff:2.0:User",
    )?)?;
    let name = members.text("name")?.unwrap_or_default();
    let description = members.text("description")?.unwrap_or_default();
    let attributes = attributes(members.take("attributes"))?;
    members.finish("id, name, description and attributes")?;
    let schema = Schema {
        name: if name.is_empty() { id.clone() } else { name },
        id,
        description,
        attributes,
    };
    let bytes = Value::Object(to_object(&schema)).to_string().len();
    if bytes > MAX_BYTES {
        return Err(Error::value(format!(
            "the schema has {bytes} bytes with all its characteristics: at most {MAX_BYTES} are allowed; shorten \
             descriptions, or split it into two schemas"
        )));
    }
    Ok(schema)
}

/// The definition, with every characteristic: [`parse()`] reads the same schema from it.
pub fn to_object(schema: &Schema) -> Object {
    document(schema, Detail::Defined)
}

/// Why the schema `before` cannot become `after` as long as resources may hold values of it.
///
/// Attributes may be added, and what only describes them or speeds up lookups may change, because every value that was
/// accepted stays acceptable and means the same. Anything else would turn stored values into something that was never
/// sent.
pub fn check_change(before: &Schema, after: &Schema) -> Result<(), Error> {
    check_attributes("", &before.attributes, &after.attributes)
}

fn check_attributes(parent: &str, before: &[Attribute], after: &[Attribute]) -> Result<(), Error> {
    for old in before {
        let name = format!("{parent}{}", old.name);
        let Some(new) = after.iter().find(|new| new.name == old.name) else {
            return Err(unchangeable(&format!("{name} is missing or spelled differently")));
        };
        let differing = [
            ("type", old.kind != new.kind),
            ("multiValued", old.multi_valued != new.multi_valued),
            ("caseExact", old.case_exact != new.case_exact),
            ("mutability", old.mutability != new.mutability),
            ("returned", old.returned != new.returned),
        ];
        if let Some((characteristic, _)) = differing.into_iter().find(|(_, differs)| *differs) {
            return Err(unchangeable(&format!("{name} has another {characteristic}")));
        }
        check_attributes(&format!("{name}."), &old.sub_attributes, &new.sub_attributes)?;
    }
    Ok(())
}

fn unchangeable(what: &str) -> Error {
    Error::value(format!(
        "the schema is defined already, and now {what}: keep what resources may hold and only add attributes, or remove \
         the schema first"
    ))
}

/// Whether `after` has a required attribute that was not required before.
pub fn demands_more(before: Option<&Schema>, after: &Schema) -> Option<String> {
    let known = before.map_or(&[][..], |before| &before.attributes);
    newly_required("", known, &after.attributes)
}

fn newly_required(parent: &str, before: &[Attribute], after: &[Attribute]) -> Option<String> {
    after.iter().find_map(|new| {
        let old = before.iter().find(|old| old.name == new.name);
        let name = format!("{parent}{}", new.name);
        if new.required && !old.is_some_and(|old| old.required) {
            return Some(name);
        }
        let known = old.map_or(&[][..], |old| &old.sub_attributes);
        newly_required(&format!("{name}."), known, &new.sub_attributes)
    })
}

fn check_schemas(schemas: Option<&Value>) -> Result<(), Error> {
    let is_schema = |urn: &Value| {
        urn.as_str()
            .is_some_and(|urn| urn.eq_ignore_ascii_case(crate::discovery::SCHEMA))
    };
    match schemas {
        None => Ok(()),
        Some(Value::Array(urns)) if urns.len() == 1 && urns.iter().all(is_schema) => Ok(()),
        Some(_) => Err(Error::value(format!(
            "schemas must be [\"{}\"], or be left out",
            crate::discovery::SCHEMA
        ))),
    }
}
