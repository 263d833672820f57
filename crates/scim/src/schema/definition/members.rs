//! The members of one object of a definition, each taken once: what is left over was not understood.

use serde_json::Value;

use super::MAX_TEXT_CHARS;
use crate::{Error, Object, schema::is_same_name};

/// The members of one object that nothing has taken yet.
pub(super) struct Members<'v> {
    /// What the object is called in errors.
    pub(super) place: String,
    left: Vec<(&'v str, &'v Value)>,
}

impl<'v> Members<'v> {
    pub(super) fn of(place: String, object: &'v Object) -> Self {
        Self {
            place,
            left: object
                .iter()
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
        }
    }

    /// A member; null is absent.
    pub(super) fn take(&mut self, name: &str) -> Option<&'v Value> {
        let index = self
            .left
            .iter()
            .position(|(found, _)| is_same_name(found, name))?;
        let (_, value) = self.left.swap_remove(index);
        (!value.is_null()).then_some(value)
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => {
                check_text(&format!("{}: {name}", self.place), text)?;
                Ok(Some(text.clone()))
            }
            Some(_) => Err(self.refused(name, "must be a string")),
        }
    }

    pub(super) fn required_text(&mut self, name: &str, fix: &str) -> Result<String, Error> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.refused(name, &format!("is missing: send {fix}")))
    }

    pub(super) fn boolean(&mut self, name: &str) -> Result<Option<bool>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.refused(name, "must be true or false, without quotes")),
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        name: &str,
        all: &[T],
        as_str: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let known = value
            .as_str()
            .and_then(|word| all.iter().find(|known| as_str(**known) == word));
        known.copied().map(Some).ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|word| as_str(*word)).collect();
            self.refused(name, &format!("must be one of {}", words.join(", ")))
        })
    }

    /// An array of different texts.
    pub(super) fn texts(&mut self, name: &str, limit: usize) -> Result<Vec<String>, Error> {
        let items = match self.take(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) if items.len() <= limit => items,
            Some(_) => {
                return Err(self.refused(name, &format!("must be an array of at most {limit} strings")));
            }
        };
        let mut texts: Vec<String> = Vec::with_capacity(items.len());
        for item in items {
            let Some(text) = item.as_str().filter(|text| !text.is_empty()) else {
                return Err(self.refused(name, "must contain strings that are not empty"));
            };
            check_text(&format!("{}: {name}", self.place), text)?;
            if texts.iter().any(|other| other == text) {
                return Err(self.refused(name, "must not contain a value twice"));
            }
            texts.push(text.to_owned());
        }
        Ok(texts)
    }

    /// Refuses what nothing has taken.
    pub(super) fn finish(self, known: &str) -> Result<(), Error> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => Err(Error::value(format!(
                "{}: {} is not known here: remove it; known are {known}",
                self.place,
                shown(name)
            ))),
        }
    }

    pub(super) fn refused(&self, name: &str, problem: &str) -> Error {
        Error::value(format!("{}: {name} {problem}", self.place))
    }
}

fn check_text(place: &str, text: &str) -> Result<(), Error> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(Error::value(format!(
            "{place} has a control character: remove it"
        )));
    }
    if text.len() > MAX_TEXT_CHARS && text.chars().count() > MAX_TEXT_CHARS {
        return Err(Error::value(format!(
            "{place} is longer than {MAX_TEXT_CHARS} characters: shorten it"
        )));
    }
    Ok(())
}

/// A name from a definition, cut to a length that suits an error.
pub(super) fn shown(name: &str) -> String {
    let cut: String = name.chars().take(100).collect();
    format!("{cut:?}")
}
