//! Reading the envelope of a request message: its `schemas` and its members by name, whatever their case. What the
//! members mean is for the reader of each message.

use serde_json::Value;

use crate::{Error, Mode, Object, schema::is_same_name};

/// The members of a message that nobody has taken yet.
pub(crate) struct Envelope {
    members: Object,
    mode: Mode,
}

impl Envelope {
    /// Checks that `schemas` contains the message's URN. In tolerant mode it may be absent.
    pub(crate) fn open(members: Object, urn: &str, mode: Mode) -> Result<Self, Error> {
        let mut envelope = Self { members, mode };
        let schemas = envelope.take("schemas");
        let is_urn = |listed: &Value| {
            listed
                .as_str()
                .is_some_and(|listed| listed.eq_ignore_ascii_case(urn))
        };
        match schemas {
            None if mode.is_tolerant() => Ok(envelope),
            Some(Value::Array(listed)) if listed.is_empty() && mode.is_tolerant() => Ok(envelope),
            Some(Value::Array(listed)) if listed.iter().any(is_urn) => Ok(envelope),
            Some(listed) if mode.is_tolerant() && is_urn(&listed) => Ok(envelope),
            _ => Err(Error::syntax(format!(
                "schemas must be an array that contains \"{urn}\"."
            ))),
        }
    }

    /// Reads members that no URN belongs to, such as those of one bulk operation.
    pub(crate) fn plain(members: Object, mode: Mode) -> Self {
        Self { members, mode }
    }

    /// Takes a member. null is the same as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let key = self.members.keys().find(|key| is_same_name(key, name))?.clone();
        self.members.shift_remove(&key).filter(|value| !value.is_null())
    }

    /// Takes a string.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) if self.mode.is_tolerant() => Ok(Some(number.to_string())),
            Some(_) => Err(Error::syntax(format!(
                "{name} must be a string: put it in double quotes."
            ))),
        }
    }

    /// Takes a whole number. What is too large or too small for a number is the largest or the smallest.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<i64>, Error> {
        let value = match self.take(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) if self.mode.is_tolerant() => saturating(text.trim()),
            Some(_) => None,
        };
        match value {
            Some(value) => Ok(Some(value)),
            None => Err(Error::syntax(format!(
                "{name} must be a whole number, without quotes."
            ))),
        }
    }

    /// Refuses, in interop mode, members that nobody took.
    pub(crate) fn close(self) -> Result<(), Error> {
        match self.members.keys().next() {
            Some(name) if self.mode == Mode::Interop => {
                let shown: String = name.chars().take(100).collect();
                Err(Error::syntax(format!(
                    "\"{shown}\" is not a member of this message: remove it."
                )))
            }
            _ => Ok(()),
        }
    }
}

fn saturating(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let limit = if digits.len() == text.len() {
        i64::MAX
    } else {
        i64::MIN
    };
    Some(text.parse().unwrap_or(limit))
}
