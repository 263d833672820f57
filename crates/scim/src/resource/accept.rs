//! A POST or PUT body, read into the stored form. It does not know what is stored already: whether a readOnly or
//! immutable value differs is the domain's question.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    Error, Mode, Object,
    compat::{RuleName, onelogin},
    resource::{
        Accepted, Context, MAX_UNDECLARED_EXTENSIONS, Rewrite,
        coerce::{canonical, coerce_at, is_kept, is_members, unknown},
        place::Place,
        validate::{
            check_member_count, check_required, check_text, check_value_count, must_be, shown,
            too_many_extensions,
        },
    },
    schema::{Attribute, Extension, ResourceType, Schema, Type, common, is_urn},
};

/// Reads a POST or PUT body into the stored form.
///
/// `schemas` is checked; readOnly and writeOnly attributes, the password among them, are dropped; unknown attributes are dropped, kept (an
/// extension nobody declared, in tolerant mode) or refused (in interop mode); names become canonical; types, limits and
/// required attributes are checked.
pub fn accept(rt: &ResourceType, mode: Mode, context: Context, mut body: Object) -> Result<Accepted, Error> {
    let mut rewrites = Vec::new();
    let schemas = take(&mut body, "schemas");
    check_schemas(rt, mode, schemas.as_ref(), &body, &mut rewrites)?;

    let mut reader = Reader {
        rt,
        mode,
        attributes: Object::with_capacity(body.len() + 1),
        mentioned: BTreeSet::new(),
        undeclared: 0,
        rewrites,
    };
    for (key, value) in body {
        reader.member(key, value)?;
    }
    if context == Context::Create {
        reader.default_active();
    }
    check_required(rt, &reader.attributes, context)?;
    Ok(Accepted {
        attributes: reader.attributes,
        mentioned: reader.mentioned,
        rewrites: reader.rewrites,
    })
}

/// Removes a member by name without regard to case.
fn take(body: &mut Object, name: &str) -> Option<Value> {
    if let Some(value) = body.shift_remove(name) {
        return Some(value);
    }
    let key = body.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    body.shift_remove(&key)
}

fn check_schemas(
    rt: &ResourceType,
    mode: Mode,
    schemas: Option<&Value>,
    body: &Object,
    rewrites: &mut Vec<Rewrite>,
) -> Result<(), Error> {
    let base = rt.schema.id.as_str();
    let not_strings = || {
        Error::syntax(format!(
            "schemas must be an array of strings that contains {base}"
        ))
    };
    let urns = match schemas {
        None | Some(Value::Null) => &[],
        Some(Value::Array(urns)) => urns.as_slice(),
        Some(_) => return Err(not_strings()),
    };
    let mut has_base = false;
    for urn in urns {
        let urn = urn.as_str().ok_or_else(not_strings)?;
        if urn.eq_ignore_ascii_case(base) {
            has_base = true;
            continue;
        }
        if rt.extension(urn).is_some() {
            continue;
        }
        match (mode, onelogin::scim_2_urn(rt, urn)) {
            (Mode::Interop, _) => {
                return Err(Error::syntax(format!(
                    "schemas names {}, which is not a schema of this resource type: remove it",
                    shown(urn)
                )));
            }
            (Mode::Strict, _) => {}
            (Mode::Tolerant, Some(meant)) => {
                has_base |= meant == base;
                Rewrite::report(rewrites, RuleName::Scim1Urn, "schemas");
            }
            // What stands under the URN is reported where it is read.
            (Mode::Tolerant, None) if body.contains_key(urn) => {}
            (Mode::Tolerant, None) => Rewrite::report(rewrites, RuleName::UndeclaredSchema, "schemas"),
        }
    }
    match (has_base, mode) {
        (true, _) => Ok(()),
        (false, Mode::Tolerant) => {
            let rule = if urns.is_empty() {
                RuleName::SchemasMissing
            } else {
                RuleName::SchemasWithoutBase
            };
            Rewrite::report(rewrites, rule, "schemas");
            Ok(())
        }
        (false, Mode::Strict | Mode::Interop) if urns.is_empty() => Err(Error::syntax(format!(
            "schemas is missing: send an array that contains {base}"
        ))),
        (false, Mode::Strict | Mode::Interop) => Err(Error::syntax(format!("schemas must contain {base}"))),
    }
}

struct Reader<'a> {
    rt: &'a ResourceType,
    mode: Mode,
    attributes: Object,
    mentioned: BTreeSet<String>,
    /// How many extensions that nobody declared were kept.
    undeclared: usize,
    rewrites: Vec<Rewrite>,
}

impl<'a> Reader<'a> {
    fn member(&mut self, key: String, value: Value) -> Result<(), Error> {
        let rt = self.rt;
        if let Some(attribute) = rt.schema.attribute(&key).or_else(|| common(&key)) {
            self.attribute(attribute, key, value)
        } else if is_urn(&key) {
            self.qualified(key, value)
        } else {
            unknown(Place::Named(&key), self.mode, &mut self.rewrites)
        }
    }

    fn attribute(&mut self, attribute: &Attribute, key: String, value: Value) -> Result<(), Error> {
        let place = Place::Named(&attribute.name);
        self.mentioned.insert(attribute.name.clone());
        if !is_kept(attribute) {
            return Ok(());
        }
        match coerce_at(place, attribute, self.mode, value, &mut self.rewrites)? {
            Some(value) => {
                self.attributes.insert(canonical(key, &attribute.name), value);
            }
            // The members are compared with the rows, so "none" must arrive there.
            None if is_members(place) => {
                self.attributes
                    .insert(attribute.name.clone(), Value::Array(Vec::new()));
            }
            None => {
                self.attributes.remove(&attribute.name);
            }
        }
        Ok(())
    }

    /// A key that is a URN: an extension, or something that only looks like one.
    fn qualified(&mut self, key: String, value: Value) -> Result<(), Error> {
        let rt = self.rt;
        let key = match onelogin::scim_2_urn(rt, &key) {
            Some(meant) if self.mode.is_tolerant() => {
                Rewrite::report(&mut self.rewrites, RuleName::Scim1Urn, shown(&key));
                meant.to_owned()
            }
            _ => key,
        };
        if let Some(extension) = rt.extension(&key) {
            return self.container(extension, value);
        }
        if self.mode.is_tolerant() {
            if key.eq_ignore_ascii_case(&rt.schema.id)
                && let Value::Object(core) = value
            {
                Rewrite::report(
                    &mut self.rewrites,
                    RuleName::CoreAttributesInContainer,
                    rt.schema.id.as_str(),
                );
                for (name, value) in core {
                    self.lifted(name, value)?;
                }
                return Ok(());
            }
            if let Some(name) = rt.schema.unqualified(&key) {
                Rewrite::report(&mut self.rewrites, RuleName::UrnQualifiedAttribute, shown(&key));
                return self.lifted(name.to_owned(), value);
            }
            if let Some((extension, name)) = qualified_in_extension(rt, &key) {
                Rewrite::report(&mut self.rewrites, RuleName::UrnQualifiedAttribute, shown(&key));
                self.mentioned.insert(extension.schema.id.clone());
                return self.in_container(&extension.schema, name.to_owned(), value);
            }
        }
        self.undeclared(key, value)
    }

    /// A core attribute that was found under its URN. One that was sent under its plain name as well stays as it is.
    fn lifted(&mut self, name: String, value: Value) -> Result<(), Error> {
        let rt = self.rt;
        match rt.schema.attribute(&name).or_else(|| common(&name)) {
            Some(attribute) if self.mentioned.contains(&attribute.name) => Ok(()),
            Some(attribute) => self.attribute(attribute, name, value),
            None => unknown(
                Place::Extension(&rt.schema.id, &name),
                self.mode,
                &mut self.rewrites,
            ),
        }
    }

    fn container(&mut self, extension: &'a Extension, value: Value) -> Result<(), Error> {
        let urn = extension.schema.id.as_str();
        self.mentioned.insert(urn.to_owned());
        let members = match value {
            Value::Object(members) => members,
            Value::Null => return Ok(()),
            Value::Array(items) if items.is_empty() => return Ok(()),
            Value::String(text) if text.is_empty() && self.mode.is_tolerant() => return Ok(()),
            other => return Err(must_be(Place::Named(urn), "an object", &other)),
        };
        for (name, value) in members {
            self.in_container(&extension.schema, name, value)?;
        }
        Ok(())
    }

    fn in_container(&mut self, schema: &'a Schema, name: String, value: Value) -> Result<(), Error> {
        let urn = schema.id.as_str();
        let Some(attribute) = schema.attribute(&name) else {
            return unknown(Place::Extension(urn, &name), self.mode, &mut self.rewrites);
        };
        if !is_kept(attribute) {
            return Ok(());
        }
        let place = Place::Extension(urn, &attribute.name);
        let Some(value) = coerce_at(place, attribute, self.mode, value, &mut self.rewrites)? else {
            return Ok(());
        };
        let name = canonical(name, &attribute.name);
        if let Some(Value::Object(container)) = self.attributes.get_mut(urn) {
            container.insert(name, value);
        } else {
            let container = Object::from_iter([(name, value)]);
            self.attributes.insert(urn.to_owned(), Value::Object(container));
        }
        Ok(())
    }

    /// An extension that the resource type does not have. Tolerant mode keeps and echoes it, for the client that
    /// compares what it reads with what it wrote.
    fn undeclared(&mut self, key: String, value: Value) -> Result<(), Error> {
        if !self.mode.is_tolerant() || !value.is_object() {
            if value.is_null() && self.mode != Mode::Interop {
                return Ok(());
            }
            return unknown(Place::Named(&key), self.mode, &mut self.rewrites);
        }
        let place = Place::Named(&key);
        check_text(place, &key)?;
        self.undeclared += 1;
        if self.undeclared > MAX_UNDECLARED_EXTENSIONS {
            return Err(too_many_extensions());
        }
        Rewrite::report(
            &mut self.rewrites,
            RuleName::UndeclaredExtension,
            place.attribute(),
        );
        let value = assigned(place, value)?;
        self.mentioned.insert(key.clone());
        if let Some(value) = value {
            self.attributes.insert(key, value);
        }
        Ok(())
    }

    /// A user who is created without a word about `active` is active.
    fn default_active(&mut self) {
        if let Some(active) = self.rt.schema.attribute("active")
            && active.kind == Type::Boolean
            && !self.attributes.contains_key(&active.name)
        {
            self.attributes.insert(active.name.clone(), Value::Bool(true));
        }
    }
}

fn qualified_in_extension<'a, 'k>(rt: &'a ResourceType, key: &'k str) -> Option<(&'a Extension, &'k str)> {
    rt.extensions
        .iter()
        .find_map(|extension| Some((extension, extension.schema.unqualified(key)?)))
}

/// What an undeclared extension assigns: without null, empty values, and anything called a password.
fn assigned(place: Place<'_>, value: Value) -> Result<Option<Value>, Error> {
    Ok(match value {
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(value),
        Value::String(text) => {
            check_text(place, &text)?;
            (!text.is_empty()).then_some(Value::String(text))
        }
        Value::Array(items) => {
            check_value_count(place, items.len())?;
            let mut kept = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                kept.extend(assigned(Place::Index(&place, index), item)?);
            }
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Object(members) => {
            check_member_count(place, members.len())?;
            let mut kept = Object::with_capacity(members.len());
            for (key, value) in members {
                let here = Place::Sub(&place, &key);
                check_text(here, &key)?;
                if key.eq_ignore_ascii_case("password") {
                    continue;
                }
                if let Some(value) = assigned(here, value)? {
                    kept.insert(key, value);
                }
            }
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
    })
}
