//! The bound on the work of one request. Limits on the number of operations, on filters and on values do not bound their
//! product: each operation may hold a long filter against each of many long values.

use serde_json::Value;

use super::{Editor, MAX_WORK};
use crate::{
    Error,
    filter::{Filter, Literal},
};

/// What looking at one value costs besides its text.
const OVERHEAD: usize = 16;

/// How much more folding a text costs that is not ASCII.
const UNICODE: usize = 8;

impl Editor<'_> {
    /// Adds to the work of this request; refuses what is too much before it is done.
    pub(super) fn charge(&mut self, work: usize) -> Result<(), Error> {
        self.work = self.work.saturating_add(work);
        if self.work > MAX_WORK {
            return Err(Error::value(format!(
                "The request compares more than {} MiB of values: send fewer operations at a time, or paths with \
                 shorter filters.",
                MAX_WORK / 1_024 / 1_024
            )));
        }
        Ok(())
    }
}

/// What an operation on `current` costs at most: each value there is held against each comparison and each value sent,
/// and the other way round.
pub(super) fn of(current: Option<&Value>, filter: Option<&Filter>, sent: Option<&Value>) -> usize {
    let (terms, literals) = filter.map_or((0, 0), size);
    let there = current.map_or(0, weight);
    let new = sent.map_or(0, weight);
    let rounds = 1 + terms + sent.map_or(0, count);
    let elements = current.map_or(0, count);
    there
        .saturating_mul(rounds)
        .saturating_add(elements.saturating_mul(new + literals))
}

/// What a filter on values outside the document costs. They may be a million, so few such filters are taken.
pub(super) fn of_members(filter: &Filter) -> usize {
    size(filter).0.saturating_mul(MAX_WORK / 64)
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.len(),
        _ => 1,
    }
}

fn weight(value: &Value) -> usize {
    OVERHEAD
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text_weight(text),
            Value::Array(values) => values.iter().map(weight).sum(),
            Value::Object(members) => members.values().map(weight).sum(),
        }
}

fn text_weight(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.len() * UNICODE
    }
}

/// The number of comparisons, and what their literals weigh.
fn size(filter: &Filter) -> (usize, usize) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().map(size).fold((0, 0), |(terms, literals), part| {
                (terms + part.0, literals + part.1)
            })
        }
        Filter::Not(inner) => size(inner),
        Filter::Present(_) | Filter::Constant(_) => (1, OVERHEAD),
        Filter::Compare { value, .. } => (1, literal(value)),
        Filter::ValuePath { filter, then, .. } => {
            let (terms, literals) = size(filter);
            match then {
                Some((_, _, value)) => (terms + 1, literals + literal(value)),
                None => (terms, literals),
            }
        }
    }
}

fn literal(value: &Literal) -> usize {
    OVERHEAD
        + match value {
            Literal::String(text) => text_weight(text),
            Literal::Null | Literal::Bool(_) | Literal::Number(_) => 0,
        }
}
