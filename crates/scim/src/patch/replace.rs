//! The replace operation (RFC 7644 §3.5.2.3) on one attribute.

use serde_json::Value;

use super::values::{Spot, list};
use crate::{
    Error, Mode, Object,
    compat::RuleName,
    resource::{Rewrite, coerce_named},
};

impl Spot<'_> {
    /// The attribute's value after the operation.
    pub(super) fn replace(
        &self,
        current: Option<Value>,
        value: &Value,
        rewrites: &mut Vec<Rewrite>,
    ) -> Result<Option<Value>, Error> {
        if self.attribute.multi_valued {
            if self.filter.is_some() || self.sub.is_some() {
                let written = self.write_selected(list(current), value, rewrites, true)?;
                return Ok(Some(Value::Array(written)));
            }
            return coerce_named(&self.label, self.attribute, self.mode, value.clone(), rewrites);
        }
        // The RFC leaves sub-attributes that are not sent unchanged; the interoperability profile does not.
        if self.mode == Mode::Interop && self.attribute.is_complex() && self.sub.is_none() {
            let before = self.selected_single(current, rewrites)?;
            let after = coerce_named(&self.label, self.attribute, self.mode, value.clone(), rewrites)?;
            self.unless_immutable_parts(&before, after.as_ref())?;
            return Ok(after);
        }
        self.add_to_single(current, value, rewrites)
    }

    /// The element that takes a selected one's place. In tolerant mode it still is what the path selected by, because
    /// clients that address the work address do not repeat that it is the work address.
    pub(super) fn renewed(&self, value: Option<Value>, rewrites: &mut Vec<Rewrite>) -> Option<Value> {
        if !self.mode.is_tolerant() {
            return value;
        }
        let mut reported = Vec::new();
        let Ok(Value::Object(mut element)) = self.seed(&mut reported) else {
            return value;
        };
        let Some(Value::Object(value)) = value else {
            return value;
        };
        let repeated = element.keys().all(|key| value.contains_key(key));
        if !repeated {
            Rewrite::report(rewrites, RuleName::ValueCompletedFromFilter, self.label.as_str());
        }
        element.extend::<Object>(value);
        Some(Value::Object(element))
    }
}
