//! The attributes of a definition, and which characteristics go together.

use serde_json::Value;

use super::{
    MAX_ATTRIBUTES, MAX_CANONICAL_VALUES, MAX_INDEXED, MAX_NAME_BYTES, MAX_SUB_ATTRIBUTES,
    members::{Members, shown},
};
use crate::{
    Error,
    path::is_name,
    schema::{Attribute, MEMBERS, Mutability, Returned, Type, Uniqueness, common, is_same_name},
};

const KNOWN: &str = "name, type, multiValued, description, required, canonicalValues, caseExact, mutability, returned, \
                     uniqueness, referenceTypes, subAttributes and indexed";

/// The attributes of a schema.
pub(super) fn attributes(value: Option<&Value>) -> Result<Vec<Attribute>, Error> {
    let attributes = list(None, value, MAX_ATTRIBUTES)?;
    let indexed = attributes.iter().filter(|attribute| attribute.indexed).count();
    if indexed > MAX_INDEXED {
        return Err(Error::value(format!(
            "attributes: {indexed} are indexed: at most {MAX_INDEXED} may be, because each slows down every write"
        )));
    }
    Ok(attributes)
}

fn list(parent: Option<&str>, value: Option<&Value>, limit: usize) -> Result<Vec<Attribute>, Error> {
    let what = match parent {
        None => "attributes".to_owned(),
        Some(parent) => format!("{parent}: subAttributes"),
    };
    let items = match value {
        Some(Value::Array(items)) if !items.is_empty() => items,
        Some(_) | None => {
            return Err(Error::value(format!(
                "{what} must be an array with at least one attribute"
            )));
        }
    };
    if items.len() > limit {
        return Err(Error::value(format!(
            "{what} has {} attributes: at most {limit} are allowed",
            items.len()
        )));
    }
    let mut attributes: Vec<Attribute> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let attribute = attribute(parent, index, item)?;
        if let Some(other) = attributes
            .iter()
            .find(|other| is_same_name(&other.name, &attribute.name))
        {
            return Err(Error::value(format!(
                "{what}: {} and {} are the same name, because upper and lower case are: rename one",
                other.name, attribute.name
            )));
        }
        attributes.push(attribute);
    }
    Ok(attributes)
}

fn attribute(parent: Option<&str>, index: usize, item: &Value) -> Result<Attribute, Error> {
    let path = |name: &str| parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}.{name}"));
    let Value::Object(object) = item else {
        return Err(Error::value(format!(
            "attribute {} of {} must be an object",
            index + 1,
            parent.unwrap_or("the schema")
        )));
    };
    let mut members = Members::of(path(&format!("attribute {}", index + 1)), object);
    let name = members.required_text("name", "the attribute's name, such as badgeNumber")?;
    if is_name(&name) && name.len() <= MAX_NAME_BYTES {
        members.place = path(&name);
    }
    let kind = members
        .word("type", &Type::ALL, Type::as_str)?
        .unwrap_or(Type::String);
    check_name(&members, parent.is_some(), &name, kind)?;

    let defaults = Attribute::new(&name, kind, "");
    let mut attribute = Attribute {
        description: members.text("description")?.unwrap_or_default(),
        multi_valued: members.boolean("multiValued")?.unwrap_or(defaults.multi_valued),
        required: members.boolean("required")?.unwrap_or(defaults.required),
        canonical_values: members.texts("canonicalValues", MAX_CANONICAL_VALUES)?,
        case_exact: members.boolean("caseExact")?.unwrap_or(defaults.case_exact),
        mutability: members
            .word("mutability", &Mutability::ALL, Mutability::as_str)?
            .unwrap_or(defaults.mutability),
        returned: members
            .word("returned", &Returned::ALL, Returned::as_str)?
            .unwrap_or(defaults.returned),
        uniqueness: members
            .word("uniqueness", &Uniqueness::ALL, Uniqueness::as_str)?
            .unwrap_or(defaults.uniqueness),
        reference_types: members.texts("referenceTypes", MAX_CANONICAL_VALUES)?,
        indexed: members.boolean("indexed")?.unwrap_or(false),
        ..defaults
    };
    let parts = members.take("subAttributes");
    match (kind, parent) {
        (Type::Complex, None) => attribute.sub_attributes = list(Some(&name), parts, MAX_SUB_ATTRIBUTES)?,
        (Type::Complex, Some(_)) => {
            return Err(members.refused(
                "type",
                "must not be complex: a part of a complex attribute cannot have parts of its own",
            ));
        }
        (_, _) if parts.is_some_and(|parts| !parts.as_array().is_some_and(Vec::is_empty)) => {
            return Err(members.refused("subAttributes", "are for the type complex only: remove them"));
        }
        (_, _) => {}
    }
    check_values(&members, &attribute)?;
    check_access(&members, parent.is_some(), &attribute)?;
    check_index(&members, parent.is_some(), &attribute)?;
    members.finish(KNOWN)?;
    Ok(attribute)
}

fn check_name(members: &Members<'_>, is_sub: bool, name: &str, kind: Type) -> Result<(), Error> {
    let refused = |problem: &str| Err(members.refused("name", &format!("{} {problem}", shown(name))));
    if is_sub && name == "$ref" {
        return match kind {
            Type::Reference => Ok(()),
            _ => refused("is a link: give it the type reference"),
        };
    }
    // RFC 7643 §2.1 also allows `$` inside a name, and the grammar of filters (RFC 7644 figure 1) cannot spell it.
    if !is_name(name) || name.starts_with('$') {
        return refused("is not a name: start with a letter, and go on with letters, digits, - and _");
    }
    if name.len() > MAX_NAME_BYTES {
        return refused(&format!("is longer than {MAX_NAME_BYTES} characters: shorten it"));
    }
    if is_sub {
        return match kind {
            Type::Boolean => Ok(()),
            _ if is_same_name(name, "primary") => {
                refused("says which value is preferred: give it the type boolean")
            }
            _ => Ok(()),
        };
    }
    if common(name).is_some()
        || [MEMBERS, "password"]
            .iter()
            .any(|taken| is_same_name(taken, name))
    {
        return refused("has a meaning in every resource: choose another name");
    }
    Ok(())
}

/// The characteristics that say which values there are.
fn check_values(members: &Members<'_>, attribute: &Attribute) -> Result<(), Error> {
    let kind = attribute.kind;
    if !attribute.canonical_values.is_empty() && kind != Type::String {
        return Err(members.refused("canonicalValues", "are for the type string only: remove them"));
    }
    match (kind, attribute.reference_types.as_slice()) {
        (Type::Reference, []) => {
            return Err(members.refused(
                "referenceTypes",
                "is missing: send User, Group, external or uri, as an array",
            ));
        }
        (Type::Reference, types) => {
            let is_known = |text: &String| ["User", "Group", "external", "uri"].contains(&text.as_str());
            if let Some(odd) = types.iter().find(|text| !is_known(text)) {
                let problem = format!("has {}: use User, Group, external or uri", shown(odd));
                return Err(members.refused("referenceTypes", &problem));
            }
        }
        (_, []) => {}
        (_, _) => {
            return Err(members.refused("referenceTypes", "are for the type reference only: remove them"));
        }
    }
    if !attribute.case_exact && matches!(kind, Type::Reference | Type::Binary) {
        return Err(members.refused(
            "caseExact",
            "must be true for the types reference and binary, or be left out",
        ));
    }
    if attribute.uniqueness != Uniqueness::None {
        return Err(members.refused(
            "uniqueness",
            "must be none: unique values are not supported yet in an extension",
        ));
    }
    Ok(())
}

/// The characteristics that say who writes and who reads.
fn check_access(members: &Members<'_>, is_sub: bool, attribute: &Attribute) -> Result<(), Error> {
    let unread = attribute.returned == Returned::Never;
    let unreadable = attribute.mutability == Mutability::WriteOnly;
    if is_sub && attribute.multi_valued {
        return Err(members.refused(
            "multiValued",
            "must be false for a part of a complex attribute: make the attribute itself multi-valued",
        ));
    }
    if is_sub && (unread || unreadable) {
        return Err(members.refused(
            if unread { "returned" } else { "mutability" },
            "must let clients read a part of a complex attribute: say so of the whole attribute",
        ));
    }
    if unreadable && !unread {
        return Err(members.refused(
            "returned",
            "must be never where mutability is writeOnly: no answer has such a value",
        ));
    }
    if attribute.required && attribute.mutability == Mutability::ReadOnly {
        return Err(members.refused(
            "required",
            "contradicts mutability readOnly: no client could send it",
        ));
    }
    if attribute.required && unreadable {
        return Err(members.refused(
            "required",
            "contradicts mutability writeOnly: such a value is accepted and not kept",
        ));
    }
    Ok(())
}

fn check_index(members: &Members<'_>, is_sub: bool, attribute: &Attribute) -> Result<(), Error> {
    if !attribute.indexed {
        return Ok(());
    }
    let is_text = |kind: Type| matches!(kind, Type::String | Type::Reference);
    let problem = if is_sub {
        "belongs to the whole attribute: its value is then looked up by the index"
    } else if attribute.returned == Returned::Never || attribute.mutability == Mutability::ReadOnly {
        "needs values that clients send and read: remove it"
    } else if attribute.indexed_value().is_some_and(|leaf| is_text(leaf.kind)) {
        return Ok(());
    } else {
        "is for text only: for an attribute of type string or reference, or a complex one whose value is"
    };
    Err(members.refused("indexed", problem))
}
