//! Removes secrets from what was sent, by its structure: of what the organization's schema knows and would answer, the
//! values are kept, and of everything else only the names. So a secret needs no name to be recognised by, and what
//! nobody has thought of is not kept.

mod body;
mod detail;
mod question;
#[cfg(test)]
mod tests;

use serde_json::Value;
use wicketgate_scim::schema::{ResourceType, USER};

pub(crate) use body::{patch, resource};
pub(crate) use detail::detail;
pub(crate) use question::question;

/// What stands in the place of a value that is not kept.
pub(crate) const HIDDEN: &str = "(hidden)";
/// What stands in the place of a name, or of a path, that cannot be read as one.
const UNREADABLE: &str = "(unreadable)";
/// The longest text that is kept whole, in characters.
const LONGEST_TEXT: usize = 256;
/// The most values of a list that are kept.
const MOST_VALUES: usize = 20;
/// The most values of a list, or names of an object, that are read where not all of them are kept.
const MOST_READ: usize = 1_000;
/// The longest body that is kept, in bytes. The rest of a longer one is left out.
const LONGEST_BODY: usize = 16_384;
/// The most texts that are remembered as not kept. A request with more of them has nothing quoted.
const MOST_HIDDEN: usize = 256;

/// The texts of a request that the log must not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    texts: Vec<String>,
    everything: bool,
}

impl Hidden {
    /// Nothing that was sent may be quoted.
    pub(crate) fn everything() -> Self {
        Self {
            texts: Vec::new(),
            everything: true,
        }
    }

    /// Remembers a text.
    pub(crate) fn text(&mut self, text: &str) {
        if self.texts.len() >= MOST_HIDDEN {
            self.everything = true;
        } else if !text.is_empty() {
            self.texts.push(text.to_lowercase());
        }
    }

    /// Remembers all texts in a value, names included.
    pub(crate) fn value(&mut self, value: &Value) {
        if self.everything {
            return;
        }
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => self.text(&number.to_string()),
            Value::String(text) => self.text(text),
            Value::Array(values) => values
                .iter()
                .take(MOST_HIDDEN + 1)
                .for_each(|value| self.value(value)),
            Value::Object(members) => {
                for (name, value) in members.iter().take(MOST_HIDDEN + 1) {
                    self.text(name);
                    self.value(value);
                }
            }
        }
    }

    /// Remembers what another part of the request hides.
    pub(crate) fn extend(&mut self, other: Self) {
        self.everything |= other.everything;
        for text in other.texts {
            self.text(&text);
        }
    }
}

/// Whether a text is a name, or a path of names: what is left of an attribute that nobody knows.
pub(crate) fn is_plain_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_TEXT
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'-' | b'_' | b'$'))
}

/// The first characters of a text, and whether there were more.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    match text.char_indices().nth(most) {
        Some((end, _)) => text
            .get(..end)
            .unwrap_or_default()
            .chars()
            .map(printable)
            .chain(['…'])
            .collect(),
        None => text.chars().map(printable).collect(),
    }
}

/// Whether a URN is that of a schema of the type.
fn is_known_schema(rt: &ResourceType, urn: &str) -> bool {
    urn.eq_ignore_ascii_case(&rt.schema.id) || urn.eq_ignore_ascii_case(USER) || rt.extension(urn).is_some()
}
