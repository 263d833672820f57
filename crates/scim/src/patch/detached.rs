//! Operations on the attribute whose values are rows (`members` of a group). They become changes for the domain; the
//! document is not touched and no row is read.

use serde_json::Value;

use super::{Editor, Op, ValuesChange, interop::whole_value};
use crate::{
    Error, Mode, Object,
    compat::{self, RuleName},
    filter::{CompareOp, Filter, Literal},
    path::PatchPath,
    resource::{Rewrite, coerce},
    schema::{Attribute, is_same_name},
};

impl Editor<'_> {
    pub(super) fn detached(
        &mut self,
        op: Op,
        attribute: &Attribute,
        path: &PatchPath,
        value: Option<&Value>,
    ) -> Result<(), Error> {
        let change = match &path.filter {
            Some(filter) => {
                let filter = compat::entra::element_filter(attribute, filter, self.mode, &mut self.rewrites)?;
                if self.mode == Mode::Interop && path.sub.is_none() {
                    return Err(whole_value(&attribute.name));
                }
                self.selected(op, attribute, path, filter, value)?
            }
            None if path.sub.is_some() => return Err(immutable(attribute)),
            None => match (op, value) {
                (Op::Add, Some(value)) => some(self.list(op, attribute, value)?).map(ValuesChange::Add),
                (Op::Replace, Some(value)) => Some(ValuesChange::Replace(self.list(op, attribute, value)?)),
                (Op::Remove, None) => Some(ValuesChange::Replace(Vec::new())),
                // Microsoft Entra removes one member this way: removing all of them would be the worst answer.
                (Op::Remove, Some(value)) => some(self.ids(attribute, value)?).map(ValuesChange::Remove),
                (Op::Add | Op::Replace, None) => None,
            },
        };
        self.changes.extend(change);
        Ok(())
    }

    fn selected(
        &mut self,
        op: Op,
        attribute: &Attribute,
        path: &PatchPath,
        filter: Filter,
        value: Option<&Value>,
    ) -> Result<Option<ValuesChange>, Error> {
        if op == Op::Remove {
            if path.sub.is_some() {
                return Err(immutable(attribute));
            }
            if let Some(ids) = named(&filter) {
                return Ok(Some(ValuesChange::Remove(ids)));
            }
            self.charge(super::work::of_members(&filter))?;
            return Ok(Some(ValuesChange::RemoveWhere(filter)));
        }
        // A selected member has no part that could change: saying again what it is adds it.
        let id = match named(&filter).as_deref() {
            Some([id]) => id.clone(),
            _ => return Err(immutable(attribute)),
        };
        let sent = match &path.sub {
            Some(sub) => {
                let part = value.cloned().unwrap_or_default();
                Value::Object(Object::from_iter([(sub.clone(), part)]))
            }
            None => super::values::single(value.unwrap_or(&Value::Null)).clone(),
        };
        let Value::Object(mut member) = sent else {
            return Err(Error::value(format!(
                "The value for \"{path}\" must be an object."
            )));
        };
        match member.iter().find(|(key, _)| is_same_name(key, "value")) {
            None => {
                member.insert("value".to_owned(), Value::String(id.clone()));
            }
            Some((_, Value::String(same))) if *same == id => {}
            Some(_) => return Err(immutable(attribute)),
        }
        let members = self.list(op, attribute, &Value::Array(vec![Value::Object(member)]))?;
        if let [member] = members.as_slice() {
            let reference = member.get("$ref").and_then(Value::as_str);
            if reference.is_some_and(|reference| reference.rsplit('/').next() != Some(id.as_str())) {
                return Err(immutable(attribute));
            }
            if reference.is_some() || member.contains_key("type") {
                self.changes.push(ValuesChange::Confirm(member.clone()));
            }
        }
        if !self.mode.is_tolerant() {
            return Ok(None);
        }
        Rewrite::report(
            &mut self.rewrites,
            RuleName::ValueCreatedFromFilter,
            attribute.name.as_str(),
        );
        Ok(some(members).map(ValuesChange::Add))
    }

    /// The members sent, as a list or alone, each with a `value` or a `$ref`.
    fn list(&mut self, op: Op, attribute: &Attribute, value: &Value) -> Result<Vec<Object>, Error> {
        let sent = match value {
            Value::Null => return Ok(Vec::new()),
            Value::String(text) if text.is_empty() && self.mode.is_tolerant() => return Ok(Vec::new()),
            Value::Array(_) => value.clone(),
            // Alone, a value may be added or removed; what replaces a list is a list.
            one if op == Op::Remove || (op == Op::Add && self.mode != Mode::Interop) => {
                Value::Array(vec![one.clone()])
            }
            one if self.mode.is_tolerant() => {
                Rewrite::report(
                    &mut self.rewrites,
                    RuleName::SingleValueAsArray,
                    attribute.name.as_str(),
                );
                Value::Array(vec![one.clone()])
            }
            one => one.clone(),
        };
        // An element that says nothing would vanish, and a replaced list would then be emptied by it.
        let says_nothing = |element: &Value| match element {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Object(parts) => parts.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
        };
        if let Value::Array(elements) = &sent
            && let Some(index) = elements.iter().position(says_nothing)
        {
            return Err(Error::value(format!(
                "{}[{index}].value is missing: send the id of the user or group",
                attribute.name
            )));
        }
        let coerced = coerce(attribute, self.mode, sent, &mut self.rewrites)?;
        Ok(super::values::list(coerced)
            .into_iter()
            .filter_map(|member| match member {
                Value::Object(member) => Some(member),
                _ => None,
            })
            .collect())
    }

    fn ids(&mut self, attribute: &Attribute, value: &Value) -> Result<Vec<String>, Error> {
        Ok(self
            .list(Op::Remove, attribute, value)?
            .iter()
            .filter_map(id)
            .collect())
    }
}

/// The id of a member: its `value`, or what its `$ref` ends in.
fn id(member: &Object) -> Option<String> {
    match (member.get("value"), member.get("$ref")) {
        (Some(Value::String(value)), _) => Some(value.clone()),
        (_, Some(Value::String(reference))) => reference.rsplit('/').next().map(str::to_owned),
        _ => None,
    }
}

/// The ids that a filter of the form `value eq "a" or value eq "b"` names.
fn named(filter: &Filter) -> Option<Vec<String>> {
    match filter {
        Filter::Compare {
            path,
            op: CompareOp::Eq,
            value: Literal::String(id),
        } if path.name == "value" => Some(vec![id.clone()]),
        Filter::Or(parts) => {
            let ids: Option<Vec<_>> = parts.iter().map(named).collect();
            Some(ids?.concat())
        }
        _ => None,
    }
}

fn some<T>(values: Vec<T>) -> Option<Vec<T>> {
    (!values.is_empty()).then_some(values)
}

fn immutable(attribute: &Attribute) -> Error {
    Error::mutability(format!(
        "The values of \"{}\" cannot be changed: remove the one and add the other.",
        attribute.name
    ))
}
