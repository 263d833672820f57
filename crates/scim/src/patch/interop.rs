//! What the interoperability profile asks of a path with a filter, beyond the RFC. It changes nothing.

use serde_json::Value;

use super::values::Spot;
use crate::{Error, Mode};

impl Spot<'_> {
    /// The interoperability profile selects one part of one value: `emails[type eq "work"].value`.
    pub(super) fn check_interop(&self, current: Option<&Value>) -> Result<(), Error> {
        if self.mode != Mode::Interop || self.filter.is_none() || !self.attribute.is_complex() {
            return Ok(());
        }
        if self.sub.is_none() {
            return Err(whole_value(&self.label));
        }
        let selected = match current {
            Some(Value::Array(elements)) => elements.iter().filter(|element| self.selects(element)).count(),
            _ => 0,
        };
        if selected > 1 {
            return Err(Error::filter(format!(
                "The filter selects {selected} values of \"{}\": in interop mode it selects one.",
                self.attribute.name
            )));
        }
        Ok(())
    }
}

/// The refusal of a path that selects a whole value, in interop mode.
pub(super) fn whole_value(name: &str) -> Error {
    Error::path(format!(
        "The path selects whole values of \"{name}\": in interop mode name one part of a value, as in \"{name}[…].value\", or \
         send the values to remove as a list."
    ))
}
