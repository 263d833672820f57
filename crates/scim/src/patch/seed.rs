//! The value that the filter in a path describes, where no value fulfils it. Whether one is made is the mode's question.

use serde_json::Value;

use super::values::Spot;
use crate::{
    Error, Object,
    compat::RuleName,
    filter::{CompareOp, Filter, Literal},
    resource::Rewrite,
    schema::Mutability,
};

impl Spot<'_> {
    /// The element that the filter describes, for a client that means "the work address, whether or not there is one".
    pub(super) fn seed(&self, rewrites: &mut Vec<Rewrite>) -> Result<Value, Error> {
        let described = match &self.filter {
            _ if !self.mode.is_tolerant() => None,
            None => Some(Object::new()),
            Some(filter) if self.attribute.is_complex() => equal_terms(filter),
            Some(_) => None,
        };
        match described.map(Value::Object) {
            Some(seed) if self.may_write(&seed) && self.selects(&seed) => {
                Rewrite::report(rewrites, RuleName::ValueCreatedFromFilter, self.label.as_str());
                Ok(seed)
            }
            _ => Err(Error::no_target(format!(
                "No value of \"{}\" matches the path; add the value first.",
                self.label
            ))),
        }
    }

    /// Whether a client may write all parts of an element.
    fn may_write(&self, element: &Value) -> bool {
        self.attribute.sub_attributes.iter().all(|sub| {
            element.get(&sub.name).is_none()
                || !matches!(sub.mutability, Mutability::ReadOnly | Mutability::WriteOnly)
        })
    }
}

/// What the filter says an element must be equal to; `None` when it leaves a choice.
fn equal_terms(filter: &Filter) -> Option<Object> {
    let mut terms = Object::new();
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    for part in parts {
        match part {
            Filter::Compare {
                path,
                op: CompareOp::Eq,
                value,
            } => {
                let value = match value {
                    Literal::Null => continue,
                    Literal::Bool(value) => Value::Bool(*value),
                    Literal::Number(value) => Value::Number(value.clone()),
                    Literal::String(value) => Value::String(value.clone()),
                };
                terms.insert(path.name.clone(), value);
            }
            Filter::And(_) => terms.extend(equal_terms(part)?),
            Filter::Or(_) => return None,
            // The element is tried against the whole filter afterwards.
            Filter::Not(_)
            | Filter::Compare { .. }
            | Filter::Present(_)
            | Filter::ValuePath { .. }
            | Filter::Constant(_) => {}
        }
    }
    Some(terms)
}
