//! The add operation (RFC 7644 §3.5.2.1) on one attribute: nothing that is there is lost.

use serde_json::Value;

use super::values::{Spot, keep_one_primary, list, single, unless_immutable};
use crate::{
    Error, Mode, Object,
    resource::{Rewrite, coerce_element, coerce_named},
    schema::Attribute,
};

impl Spot<'_> {
    /// The attribute's value after the operation.
    pub(super) fn add(
        &self,
        current: Option<Value>,
        value: &Value,
        rewrites: &mut Vec<Rewrite>,
    ) -> Result<Option<Value>, Error> {
        if !self.attribute.multi_valued {
            return self.add_to_single(current, value, rewrites);
        }
        if self.filter.is_some() || self.sub.is_some() {
            let written = self.write_selected(list(current), value, rewrites, false)?;
            return Ok(Some(Value::Array(written)));
        }
        // RFC 7644 §3.5.2.1 lets a client add one value without a list around it; the interoperability profile does not.
        let sent = match value {
            Value::Array(_) | Value::Null => value.clone(),
            one if self.mode == Mode::Interop => one.clone(),
            one => Value::Array(vec![one.clone()]),
        };
        let new = coerce_named(&self.label, self.attribute, self.mode, sent, rewrites)?;
        Ok(Some(Value::Array(self.united(list(current), list(new)))))
    }

    /// Adds to a singular attribute, and replaces one where both mean the same.
    pub(super) fn add_to_single(
        &self,
        current: Option<Value>,
        value: &Value,
        rewrites: &mut Vec<Rewrite>,
    ) -> Result<Option<Value>, Error> {
        if !self.attribute.is_complex() {
            return coerce_named(&self.label, self.attribute, self.mode, value.clone(), rewrites);
        }
        let object = self.selected_single(current, rewrites)?;
        if let Some(sub) = self.sub {
            let part = self.part(sub, value, rewrites)?;
            unless_immutable(sub, object.get(&sub.name), part.as_ref(), &self.label)?;
            return Ok(self.with_part(object, sub, part));
        }
        let coerced = coerce_named(&self.label, self.attribute, self.mode, value.clone(), rewrites)?;
        if coerced.is_none() && !single(value).is_object() {
            return Ok(None);
        }
        let before = object.clone();
        let after = self.merge(object, value, coerced);
        self.unless_immutable_parts(&before, after.as_ref())?;
        Ok(after)
    }

    /// The singular complex value, when the brackets after its name select it.
    pub(super) fn selected_single(
        &self,
        current: Option<Value>,
        rewrites: &mut Vec<Rewrite>,
    ) -> Result<Value, Error> {
        match current {
            Some(object) if self.selects(&object) => Ok(object),
            None if self.filter.is_none() => Ok(Value::Object(Object::new())),
            None => self.seed(rewrites),
            Some(_) => Err(Error::no_target(format!(
                "The value of \"{}\" does not match the path.",
                self.label
            ))),
        }
    }

    /// Writes into the selected elements: a part of each, or each as a whole.
    pub(super) fn write_selected(
        &self,
        elements: Vec<Value>,
        value: &Value,
        rewrites: &mut Vec<Rewrite>,
        replaces: bool,
    ) -> Result<Vec<Value>, Error> {
        if let Some(sub) = self.sub {
            let part = self.part(sub, value, rewrites)?;
            if part.is_none()
                && !elements.iter().any(|element| self.selects(element))
                && self.mode.is_tolerant()
            {
                return Ok(elements);
            }
            return self.in_selected(elements, rewrites, |element, _| {
                self.with_part(element, sub, part.clone())
            });
        }
        let coerced = coerce_element(
            &self.label,
            self.attribute,
            self.mode,
            single(value).clone(),
            rewrites,
        )?;
        if coerced.is_none() && !single(value).is_object() {
            // Null and the empty text mean that there is no such value.
            return Ok(elements
                .into_iter()
                .filter(|element| !(replaces && self.selects(element)))
                .collect());
        }
        self.in_selected(elements, rewrites, |element, rewrites| {
            if !self.attribute.is_complex() {
                return coerced.clone();
            }
            if !replaces {
                return self.merge(element, value, coerced.clone());
            }
            self.renewed(coerced.clone(), rewrites)
        })
    }

    fn part(
        &self,
        sub: &Attribute,
        value: &Value,
        rewrites: &mut Vec<Rewrite>,
    ) -> Result<Option<Value>, Error> {
        coerce_named(&self.label, sub, self.mode, value.clone(), rewrites)
    }

    /// Both lists, each value once. A value that is there stays as it is, except that it may become primary.
    fn united(&self, mut elements: Vec<Value>, new: Vec<Value>) -> Vec<Value> {
        let mut touched = vec![false; elements.len()];
        for value in new {
            let Some(index) = elements.iter().position(|element| self.is_same(element, &value)) else {
                elements.push(value);
                touched.push(true);
                continue;
            };
            if let (Some(Value::Object(element)), Some(flag), Some(primary)) = (
                elements.get_mut(index),
                touched.get_mut(index),
                value.get("primary"),
            ) {
                element.insert("primary".to_owned(), primary.clone());
                *flag = true;
            }
        }
        keep_one_primary(&mut elements, &touched);
        elements
    }
}
