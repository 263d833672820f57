//! One attribute's value while it is being changed: the part that add, replace and remove share. It knows elements,
//! their identity and `primary`, but no resource.

use serde_json::Value;

use super::{Editor, Op};
use crate::{
    Error, Mode, Object, compat,
    filter::{Filter, matches_element},
    fold::fold,
    path::PatchPath,
    resource::{MAX_VALUES, Rewrite, is_hollow},
    schema::{Attribute, MEMBERS, Mutability, Target},
};

/// The attribute an operation works on.
pub(super) struct Spot<'a> {
    pub(super) attribute: &'a Attribute,
    pub(super) sub: Option<&'a Attribute>,
    /// Checked against the attribute.
    pub(super) filter: Option<Filter>,
    /// The canonical path without filter, for details and reports.
    pub(super) label: String,
    pub(super) mode: Mode,
}

impl Editor<'_> {
    /// Applies an operation to an attribute that lives in the document.
    pub(super) fn attribute(
        &mut self,
        op: Op,
        target: Target<'_>,
        path: &PatchPath,
        value: Option<&Value>,
    ) -> Result<(), Error> {
        let Target {
            extension,
            attribute,
            sub,
        } = target;
        let filter = match &path.filter {
            Some(filter) => Some(compat::entra::element_filter(
                attribute,
                filter,
                self.mode,
                &mut self.rewrites,
            )?),
            None => None,
        };
        let spot = Spot {
            attribute,
            sub,
            filter,
            label: label(&target),
            mode: self.mode,
        };
        if spot.filter.is_some() && !attribute.multi_valued && !attribute.is_complex() {
            return Err(Error::path(format!(
                "\"{}\" has one value: remove the brackets from the path.",
                spot.label
            )));
        }
        let before = self.get(extension, &attribute.name).cloned();
        self.charge(super::work::of(before.as_ref(), spot.filter.as_ref(), value))?;
        spot.check_interop(before.as_ref())?;
        let after = match (op, value) {
            (Op::Add, Some(value)) => spot.add(before.clone(), value, &mut self.rewrites)?,
            (Op::Replace, Some(value)) => spot.replace(before.clone(), value, &mut self.rewrites)?,
            (Op::Add | Op::Replace, None) => before.clone(),
            (Op::Remove, value) => spot.remove(before.clone(), value)?,
        };
        let after = after.filter(|value| !is_empty(value));
        // At once and not only at the end: comparing values costs the square of their number.
        if let Some(Value::Array(values)) = &after
            && values.len() > MAX_VALUES
            && spot.label != MEMBERS
        {
            return Err(Error::value(format!(
                "\"{}\" would have {} values: at most {MAX_VALUES} are allowed.",
                spot.label,
                values.len()
            )));
        }
        unless_immutable(attribute, before.as_ref(), after.as_ref(), &spot.label)?;
        self.put(extension, &attribute.name, after);
        Ok(())
    }

    fn get(&self, extension: Option<&str>, name: &str) -> Option<&Value> {
        match extension {
            Some(urn) => self.resource.get(urn)?.get(name),
            None => self.resource.get(name),
        }
    }

    fn put(&mut self, extension: Option<&str>, name: &str, value: Option<Value>) {
        let Some(urn) = extension else {
            set(&mut self.resource, name, value);
            return;
        };
        let container = self
            .resource
            .entry(urn)
            .or_insert_with(|| Value::Object(Object::new()));
        if let Value::Object(container) = container {
            set(container, name, value);
            if container.is_empty() {
                self.resource.shift_remove(urn);
            }
        }
    }
}

impl Spot<'_> {
    /// Changes the selected elements by `change`; `create` makes one from the filter when none is selected.
    ///
    /// An element that `change` leaves without content goes. A selected element that is primary is the only one.
    pub(super) fn in_selected(
        &self,
        mut elements: Vec<Value>,
        rewrites: &mut Vec<Rewrite>,
        change: impl Fn(Value, &mut Vec<Rewrite>) -> Option<Value>,
    ) -> Result<Vec<Value>, Error> {
        let mut selected = vec![false; elements.len()];
        for (flag, element) in selected.iter_mut().zip(&elements) {
            *flag = self.selects(element);
        }
        if !selected.contains(&true) {
            elements.push(self.seed(rewrites)?);
            selected.push(true);
        }
        let mut kept = Vec::with_capacity(elements.len());
        let mut touched = Vec::with_capacity(elements.len());
        for (element, is_selected) in elements.into_iter().zip(selected) {
            if !is_selected {
                kept.push(element);
                touched.push(false);
                continue;
            }
            let before = element.clone();
            if let Some(after) = change(element, rewrites) {
                self.unless_immutable_parts(&before, Some(&after))?;
                if !is_empty(&after) {
                    kept.push(after);
                    touched.push(true);
                }
            }
        }
        keep_one_primary(&mut kept, &touched);
        Ok(kept)
    }

    pub(super) fn selects(&self, element: &Value) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| matches_element(self.attribute, filter, element))
    }

    /// Refuses a change to an immutable sub-attribute that has a value.
    pub(super) fn unless_immutable_parts(&self, before: &Value, after: Option<&Value>) -> Result<(), Error> {
        for sub in &self.attribute.sub_attributes {
            let part = format!("{}.{}", self.label, sub.name);
            let after = after.and_then(|after| after.get(&sub.name));
            unless_immutable(sub, before.get(&sub.name), after, &part)?;
        }
        Ok(())
    }

    /// Sets or unassigns a sub-attribute of an object; `None` when nothing worth keeping is left.
    pub(super) fn with_part(&self, object: Value, sub: &Attribute, part: Option<Value>) -> Option<Value> {
        let Value::Object(mut object) = object else {
            return Some(object);
        };
        let unassigned = part.is_none();
        if sub.name == "value" && object.get("value") != part.as_ref() {
            // The reference belongs to the value that goes.
            object.shift_remove("$ref");
        }
        set(&mut object, &sub.name, part);
        let hollow = unassigned && self.mode.is_tolerant() && self.is_hollow(&object);
        (!hollow && !object.is_empty()).then_some(Value::Object(object))
    }

    /// Whether only descriptions of a value are left, and no value.
    fn is_hollow(&self, object: &Object) -> bool {
        self.attribute.multi_valued && is_hollow(object)
    }

    /// Merges sent sub-attributes into an object: what is sent empty is unassigned, what is not sent stays.
    ///
    /// `coerced` is what [`crate::resource::coerce`] made of `sent`.
    pub(super) fn merge(&self, object: Value, sent: &Value, coerced: Option<Value>) -> Option<Value> {
        let coerced = match coerced {
            Some(Value::Object(coerced)) => coerced,
            _ => Object::new(),
        };
        let mut object = match object {
            Value::Object(object) => object,
            _ => Object::new(),
        };
        let mut lost = false;
        if let Value::Object(sent) = single(sent) {
            for key in sent.keys() {
                if let Some(sub) = self.attribute.sub_attribute(key)
                    && sub.mutability != Mutability::ReadOnly
                    && !coerced.contains_key(&sub.name)
                {
                    lost |= object.shift_remove(&sub.name).is_some();
                    if sub.name == "value" {
                        object.shift_remove("$ref");
                    }
                }
            }
        }
        if let Some(value) = coerced.get("value")
            && object.get("value") != Some(value)
        {
            object.shift_remove("$ref");
        }
        object.extend(coerced);
        let hollow = lost && self.mode.is_tolerant() && self.is_hollow(&object);
        (!hollow && !object.is_empty()).then_some(Value::Object(object))
    }

    /// Whether two values are the same one: RFC 7643 §2.4 takes `value` and `type` for its identity.
    pub(super) fn is_same(&self, a: &Value, b: &Value) -> bool {
        if !self.attribute.is_complex() {
            return same_scalar(self.attribute, Some(a), Some(b));
        }
        let same = |name: &str| match self.attribute.sub_attribute(name) {
            Some(sub) => same_scalar(sub, a.get(name), b.get(name)),
            None => true,
        };
        if a.get("value").is_some() || b.get("value").is_some() {
            return same("value") && same("type");
        }
        self.attribute
            .sub_attributes
            .iter()
            .all(|sub| matches!(sub.name.as_str(), "display" | "$ref" | "primary") || same(&sub.name))
    }
}

/// The canonical path of a target, without a filter.
pub(super) fn label(target: &Target<'_>) -> String {
    let mut label = String::new();
    if let Some(urn) = target.extension {
        label.push_str(urn);
        label.push(':');
    }
    label.push_str(&target.attribute.name);
    if let Some(sub) = target.sub {
        label.push('.');
        label.push_str(&sub.name);
    }
    label
}

/// Refuses a change to an immutable attribute that has a value.
pub(super) fn unless_immutable(
    attribute: &Attribute,
    before: Option<&Value>,
    after: Option<&Value>,
    label: &str,
) -> Result<(), Error> {
    if attribute.mutability == Mutability::Immutable && before.is_some() && before != after {
        return Err(Error::mutability(format!(
            "\"{label}\" is immutable: it keeps the value it was given."
        )));
    }
    Ok(())
}

/// RFC 7644 §3.5.2: making one value primary makes the others not primary.
pub(super) fn keep_one_primary(elements: &mut [Value], touched: &[bool]) {
    let is_primary = |element: &Value| element.get("primary") == Some(&Value::Bool(true));
    if !elements
        .iter()
        .zip(touched)
        .any(|(element, touched)| *touched && is_primary(element))
    {
        return;
    }
    for (element, touched) in elements.iter_mut().zip(touched) {
        if !touched
            && is_primary(element)
            && let Some(primary) = element.get_mut("primary")
        {
            *primary = Value::Bool(false);
        }
    }
}

/// Sets or unassigns a member and keeps the order of the others.
pub(super) fn set(object: &mut Object, name: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            object.insert(name.to_owned(), value);
        }
        None => {
            object.shift_remove(name);
        }
    }
}

/// The elements of a multi-valued attribute.
pub(super) fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(elements)) => elements,
        Some(single) => vec![single],
    }
}

/// The one element of a list of one, or the value itself.
pub(super) fn single(value: &Value) -> &Value {
    match value {
        Value::Array(elements) => match elements.as_slice() {
            [only] => only,
            _ => value,
        },
        _ => value,
    }
}

/// Whether a value is what a stored resource never holds.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(parts) => parts.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

pub(super) fn same_scalar(attribute: &Attribute, a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) if !attribute.case_exact => fold(a) == fold(b),
        _ => a == b,
    }
}
