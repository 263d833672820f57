//! Evaluates a checked filter in memory. The domain's SQL translation must agree with this file.
//!
//! An unassigned attribute compares as nothing does: every operator is false of it but `ne`. Of several values one
//! suffices, also for `ne`. `eq null` is `not (… pr)`, `ne null` is `… pr`.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{CompareOp, Filter, Literal};
use crate::{
    Object, date,
    fold::fold,
    path::AttrPath,
    schema::{Attribute, ResourceType, Type},
};

/// Whether a resource fulfils a filter that [`super::check()`] returned.
pub fn matches(rt: &ResourceType, filter: &Filter, resource: &Object) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| matches(rt, part, resource)),
        Filter::Or(parts) => parts.iter().any(|part| matches(rt, part, resource)),
        Filter::Not(inner) => !matches(rt, inner, resource),
        Filter::Present(path) => values(rt, path, resource).into_iter().flatten().any(is_present),
        Filter::Compare { path, op, value } => rt
            .find(path.urn.as_deref(), &path.name, path.sub.as_deref())
            .is_some_and(|target| compare_any(target.leaf(), *op, value, &values(rt, path, resource))),
        Filter::ValuePath { path, filter, then } => {
            let Some(target) = rt.find(path.urn.as_deref(), &path.name, None) else {
                return false;
            };
            elements(slot(resource, target.extension, target.attribute)).any(|element| {
                matches_element(target.attribute, filter, element)
                    && then.as_ref().is_none_or(|(sub, op, value)| {
                        target
                            .attribute
                            .sub_attribute(sub)
                            .is_some_and(|leaf| compare_any(leaf, *op, value, &[element.get(&leaf.name)]))
                    })
            })
        }
        Filter::Constant(answer) => *answer,
    }
}

/// Whether one value of `attribute` fulfils the filter in the brackets after the attribute's name.
///
/// The filter's paths are canonical names of sub-attributes, or `value` for a simple attribute.
pub fn matches_element(attribute: &Attribute, filter: &Filter, element: &Value) -> bool {
    let part = |path: &AttrPath| {
        if attribute.is_complex() {
            (attribute.sub_attribute(&path.name), element.get(&path.name))
        } else {
            (Some(attribute), Some(element))
        }
    };
    match filter {
        Filter::And(parts) => parts
            .iter()
            .all(|inner| matches_element(attribute, inner, element)),
        Filter::Or(parts) => parts
            .iter()
            .any(|inner| matches_element(attribute, inner, element)),
        Filter::Not(inner) => !matches_element(attribute, inner, element),
        Filter::Present(path) => part(path).1.is_some_and(is_present),
        Filter::Compare { path, op, value } => {
            let (leaf, found) = part(path);
            leaf.is_some_and(|leaf| compare_any(leaf, *op, value, &[found]))
        }
        Filter::ValuePath { .. } => false,
        Filter::Constant(answer) => *answer,
    }
}

/// The values a path leads to; `None` stands for an element without the sub-attribute, or for nothing at all.
fn values<'a>(rt: &ResourceType, path: &AttrPath, resource: &'a Object) -> Vec<Option<&'a Value>> {
    let Some(target) = rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref()) else {
        return vec![None];
    };
    let values: Vec<_> = elements(slot(resource, target.extension, target.attribute))
        .map(|element| match target.sub {
            Some(sub) => element.get(&sub.name),
            None => Some(element),
        })
        .collect();
    if values.is_empty() { vec![None] } else { values }
}

fn slot<'a>(resource: &'a Object, extension: Option<&str>, attribute: &Attribute) -> Option<&'a Value> {
    match extension {
        Some(urn) => resource.get(urn)?.get(&attribute.name),
        None => resource.get(&attribute.name),
    }
}

/// The assigned elements: one that holds nothing is no element.
fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let elements = match value {
        None => &[],
        Some(Value::Array(elements)) => elements.as_slice(),
        Some(single) => std::slice::from_ref(single),
    };
    elements.iter().filter(|element| is_present(element))
}

pub(super) fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => elements.iter().any(is_present),
        Value::Object(parts) => parts.values().any(is_present),
    }
}

fn compare_any(leaf: &Attribute, op: CompareOp, literal: &Literal, values: &[Option<&Value>]) -> bool {
    let mut present = values.iter().map(|value| value.filter(|value| is_present(value)));
    match (literal, op) {
        (Literal::Null, CompareOp::Ne) => present.any(|value| value.is_some()),
        (Literal::Null, _) => !present.any(|value| value.is_some()),
        _ => present.any(
            |value| match value.and_then(|value| compare(leaf, op, literal, value)) {
                Some(answer) => answer,
                None => op == CompareOp::Ne,
            },
        ),
    }
}

/// `None`: the two cannot be compared.
fn compare(leaf: &Attribute, op: CompareOp, literal: &Literal, value: &Value) -> Option<bool> {
    match (leaf.kind, literal, value) {
        (Type::Boolean, Literal::Bool(literal), Value::Bool(value)) => ordered(op, value.cmp(literal)),
        (Type::Integer | Type::Decimal, Literal::Number(literal), Value::Number(value)) => {
            ordered(op, numeric(value, literal)?)
        }
        (Type::DateTime, Literal::String(literal), Value::String(value)) => {
            ordered(op, date::parse(value)?.cmp(&date::parse(literal)?))
        }
        (_, Literal::String(literal), Value::String(value)) if leaf.case_exact => {
            Some(text(op, value, literal))
        }
        (_, Literal::String(literal), Value::String(value)) => Some(text(op, &fold(value), &fold(literal))),
        _ => None,
    }
}

fn ordered(op: CompareOp, ordering: Ordering) -> Option<bool> {
    match op {
        CompareOp::Eq => Some(ordering.is_eq()),
        CompareOp::Ne => Some(ordering.is_ne()),
        CompareOp::Gt => Some(ordering.is_gt()),
        CompareOp::Ge => Some(ordering.is_ge()),
        CompareOp::Lt => Some(ordering.is_lt()),
        CompareOp::Le => Some(ordering.is_le()),
        CompareOp::Co | CompareOp::Sw | CompareOp::Ew => None,
    }
}

fn text(op: CompareOp, value: &str, literal: &str) -> bool {
    match op {
        CompareOp::Co => value.contains(literal),
        CompareOp::Sw => value.starts_with(literal),
        CompareOp::Ew => value.ends_with(literal),
        _ => ordered(op, value.cmp(literal)).unwrap_or_default(),
    }
}

/// By value, whatever the two are written as: a floating point number would round a large integer.
pub(crate) fn numeric(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (Some(a), None) => with_fraction(a, b.as_f64()?),
        (None, Some(b)) => with_fraction(b, a.as_f64()?).map(Ordering::reverse),
        (None, None) => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn with_fraction(a: i64, b: f64) -> Option<Ordering> {
    const PAST_I64: f64 = 9_223_372_036_854_775_808.0;
    if b >= PAST_I64 {
        return Some(Ordering::Less);
    }
    if b < -PAST_I64 {
        return Some(Ordering::Greater);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole, and within i64 as was just checked"
    )]
    let whole = b.trunc() as i64;
    Some(a.cmp(&whole).then(0.0.partial_cmp(&b.fract())?))
}

#[cfg(test)]
#[path = "matches_tests.rs"]
mod tests;
