//! The remove operation (RFC 7644 §3.5.2.2) on one attribute.

use serde_json::Value;

use super::values::{Spot, is_empty, list, same_scalar, unless_immutable};
use crate::{Error, schema::is_same_name};

impl Spot<'_> {
    /// The attribute's value after the operation. What is not there is removed already.
    ///
    /// With `value`, only the values listed go: Microsoft Entra removes one role, not all of them, by
    /// `"path": "roles", "value": [{"value": "x"}]`. An empty list removes nothing.
    pub(super) fn remove(
        &self,
        current: Option<Value>,
        value: Option<&Value>,
    ) -> Result<Option<Value>, Error> {
        let Some(current) = current else {
            return Ok(None);
        };
        if let Some(sub) = self.sub {
            if sub.required {
                return Err(self.required());
            }
            if !self.attribute.multi_valued {
                return self.without_part(current);
            }
            let mut kept = Vec::new();
            for element in list(Some(current)) {
                if self.selects(&element) {
                    kept.extend(self.without_part(element)?);
                } else {
                    kept.push(element);
                }
            }
            return Ok(Some(Value::Array(kept)));
        }
        let after = match (value, &self.filter) {
            (_, Some(_)) if self.attribute.multi_valued => {
                let kept = list(Some(current))
                    .into_iter()
                    .filter(|element| !self.selects(element));
                Some(Value::Array(kept.collect()))
            }
            (_, Some(_)) => Some(current).filter(|object| !self.selects(object)),
            (Some(value), None) if self.attribute.multi_valued => {
                let listed = match value {
                    Value::Array(listed) => listed.as_slice(),
                    one => std::slice::from_ref(one),
                };
                let is_listed = |element: &Value| listed.iter().any(|sent| self.is_meant(element, sent));
                let kept = list(Some(current))
                    .into_iter()
                    .filter(|element| !is_listed(element));
                Some(Value::Array(kept.collect()))
            }
            (_, None) => None,
        };
        if self.attribute.required && after.as_ref().is_none_or(is_empty) {
            return Err(self.required());
        }
        Ok(after)
    }

    fn without_part(&self, element: Value) -> Result<Option<Value>, Error> {
        let Some(sub) = self.sub else {
            return Ok(Some(element));
        };
        unless_immutable(sub, element.get(&sub.name), None, &self.label)?;
        if element.get(&sub.name).is_none() {
            return Ok(Some(element));
        }
        Ok(self.with_part(element, sub, None))
    }

    /// Whether a value sent for removal names the element: by `value`, and by `type` when it is sent; without a
    /// `value`, by everything sent that tells one element from another.
    fn is_meant(&self, element: &Value, sent: &Value) -> bool {
        let Value::Object(sent) = sent else {
            let Some(value) = self
                .attribute
                .sub_attribute("value")
                .filter(|_| self.attribute.is_complex())
            else {
                return same_scalar(self.attribute, Some(element), Some(sent));
            };
            return sent.is_string() && same_scalar(value, element.get("value"), Some(sent));
        };
        let sent_part = |name: &str| {
            let (_, part) = sent.iter().find(|(key, _)| is_same_name(key, name))?;
            (!part.is_null()).then_some(part)
        };
        let by_value = sent_part("value").is_some();
        let mut named = false;
        for sub in &self.attribute.sub_attributes {
            let tells = match sub.name.as_str() {
                "display" | "$ref" | "primary" => false,
                "value" | "type" => true,
                _ => !by_value,
            };
            if let Some(part) = sent_part(&sub.name).filter(|_| tells) {
                named = true;
                if !same_scalar(sub, element.get(&sub.name), Some(part)) {
                    return false;
                }
            }
        }
        named
    }

    fn required(&self) -> Error {
        Error::mutability(format!(
            "\"{}\" is required and cannot be removed: replace it instead.",
            self.label
        ))
    }
}
