//! What a body or a query says, field by field. Every field that is wrong is named with what it must be, and so is every
//! one that is not known.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use wicketgate_scim::Object;

use super::error::{Error, FieldError};
use crate::scim::decode::Decoded;

/// The members of a body that have not been read yet, and what was wrong with those that were.
pub(super) struct Fields {
    unread: Object,
    errors: Vec<FieldError>,
}

impl Fields {
    pub(super) fn new(body: Object) -> Self {
        Self {
            unread: body,
            errors: Vec::new(),
        }
    }

    /// Says that a field is wrong.
    pub(super) fn refuse(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        self.errors.push(FieldError {
            field: field.into(),
            detail: detail.into(),
        });
    }

    /// A member that may be left out: what `read` makes of its value, or `expected` is what it must be. Null is a value.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.unread.shift_remove(name)?;
        let read = read(&value);
        if read.is_none() {
            self.refuse(name, expected);
        }
        read
    }

    /// A member that must be there.
    pub(super) fn needed<T>(
        &mut self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        if !self.unread.contains_key(name) {
            self.refuse(name, format!("it is missing: {expected}"));
            return None;
        }
        self.optional(name, expected, read)
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.needed(name, "write a text", text)
    }

    /// A text of a form of its own that must be there.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        self.needed(name, expected, parsed)
    }

    /// A life: whole seconds, or null for one that never ends.
    pub(super) fn life(&mut self, name: &str) -> Option<Life> {
        self.needed(name, "write whole seconds from 1 on, or null for never", life)
    }

    /// What was read, unless something was wrong.
    pub(super) fn finish<T>(mut self, read: Option<T>) -> Result<T, Error> {
        let unknown: Vec<String> = self.unread.keys().cloned().collect();
        for name in unknown {
            self.refuse(name, "there is no such member here: leave it out");
        }
        match read {
            Some(read) if self.errors.is_empty() => Ok(read),
            Some(_) | None => Err(Error::Input(self.errors)),
        }
    }
}

/// A text.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A text of a form of its own.
pub(super) fn parsed<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

/// A list of texts of a form of their own.
pub(super) fn list<T: std::str::FromStr>(value: &Value) -> Option<Vec<T>> {
    value.as_array()?.iter().map(parsed).collect()
}

/// For how long a credential is accepted, if not for ever.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life(pub(super) Option<Duration>);

/// Whole seconds from 1 on, or null.
pub(super) fn life(value: &Value) -> Option<Life> {
    if value.is_null() {
        return Some(Life(None));
    }
    let seconds = value.as_u64().filter(|seconds| *seconds > 0)?;
    Some(Life(Some(Duration::from_secs(seconds))))
}

/// The parameters of a query, each at most once.
#[derive(Debug)]
pub(super) struct Query(BTreeMap<&'static str, String>);

impl Query {
    /// Reads a query of these parameters and no others.
    pub(super) fn read(query: &str, known: &[&'static str]) -> Result<Self, Error> {
        let mut parameters = BTreeMap::new();
        let mut errors = Vec::new();
        let mut refuse = |field: &str, detail: &str| {
            errors.push(FieldError {
                field: field.to_owned(),
                detail: detail.to_owned(),
            });
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = String::from_utf8_lossy(&Decoded::of(name).form()).into_owned();
            let Some(known) = known.iter().find(|known| **known == name) else {
                refuse(&name, "there is no such parameter here: leave it out");
                continue;
            };
            let decoded = Decoded::of(value);
            let bytes = if *known == "filter" {
                decoded.filter()
            } else {
                decoded.form()
            };
            match String::from_utf8(bytes) {
                Ok(value) if !parameters.contains_key(known) => {
                    parameters.insert(*known, value);
                }
                Ok(_) => refuse(known, "it was sent twice: send it once"),
                Err(_) => refuse(known, "it is not UTF-8 once it is decoded"),
            }
        }
        if errors.is_empty() {
            Ok(Self(parameters))
        } else {
            Err(Error::Input(errors))
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter of a form of its own.
    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>, Error> {
        self.get(name)
            .map(|text| text.parse().map_err(|_| Error::field(name, expected)))
            .transpose()
    }

    /// All but these, in the order of their names: what a list is a list of.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let rest: BTreeMap<_, _> = self.0.iter().filter(|(name, _)| !names.contains(*name)).collect();
        serde_json::to_string(&rest).unwrap_or_default()
    }
}
