//! What a query or a form says, field by field. A field that is named twice is not believed.

use url::form_urlencoded;
use zeroize::Zeroizing;

/// The fields of a query or of a form, in their order. Values may be secrets: they are wiped, and never printed.
#[derive(Default)]
pub(crate) struct Fields(Vec<(String, Zeroizing<String>)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(text)
                .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
                .collect(),
        )
    }

    /// The value of a field that was sent exactly once.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(sent, _)| sent == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value.as_str())
    }

    /// The value, or an empty text where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The value without space around it, for what people type or paste.
    pub(crate) fn trimmed(&self, name: &str) -> &str {
        self.text(name).trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_as_browsers_write_it() {
        let fields = Fields::parse(b"email=anna%40example.com&password=a+b%2B%26&empty=");
        assert_eq!(fields.get("email"), Some("anna@example.com"));
        assert_eq!(fields.get("password"), Some("a b+&"));
        assert_eq!(fields.get("empty"), Some(""));
        assert_eq!(fields.get("missing"), None);
    }

    #[test]
    fn a_field_that_was_sent_twice_is_none() {
        let fields = Fields::parse(b"a=1&a=1&b=2");
        assert_eq!(
            (fields.get("a"), fields.text("a"), fields.text("b")),
            (None, "", "2")
        );
    }
}
