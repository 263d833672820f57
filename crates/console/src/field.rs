//! What stands in forms: lines, choices and ticks, each with its label, its hint and what is wrong with it. Whatever was
//! typed is shown again, except passwords.

use askama::{Template, filters::HtmlSafe};

/// One line of a form, with its label.
#[derive(Template)]
#[template(path = "field.html")]
pub(crate) struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: String,
    hint: Option<String>,
    error: Option<String>,
    is_code: bool,
    is_optional: bool,
    longest: usize,
}

impl HtmlSafe for Field {}

impl Field {
    /// A line of text.
    pub(crate) fn text(name: &'static str, label: &'static str, autocomplete: &'static str) -> Self {
        Self {
            name,
            label,
            kind: "text",
            autocomplete,
            value: String::new(),
            hint: None,
            error: None,
            is_code: false,
            is_optional: false,
            longest: 256,
        }
    }

    /// A whole number.
    pub(crate) fn number(name: &'static str, label: &'static str) -> Self {
        Self {
            kind: "number",
            longest: 12,
            ..Self::text(name, label, "off")
        }
    }

    /// A moment, as `2026-11-22T03:04`. Pages take it as UTC, and say so.
    pub(crate) fn moment(name: &'static str, label: &'static str) -> Self {
        Self {
            kind: "datetime-local",
            longest: 32,
            ..Self::text(name, label, "off")
        }
    }

    /// An e-mail address.
    pub(crate) fn email() -> Self {
        Self {
            kind: "email",
            ..Self::text("email", "E-mail address", "username")
        }
    }

    /// A password. What was typed is not sent back.
    pub(crate) fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Self {
        Self {
            kind: "password",
            longest: 1024,
            ..Self::text(name, label, autocomplete)
        }
    }

    /// A code of an authenticator app.
    pub(crate) fn code(label: &'static str) -> Self {
        Self {
            is_code: true,
            longest: 128,
            ..Self::text("code", label, "one-time-code")
        }
    }

    /// A form may be sent without it.
    pub(crate) fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// How many characters it takes.
    pub(crate) fn longest(mut self, longest: usize) -> Self {
        self.longest = longest;
        self
    }

    /// Shows what was typed before.
    pub(crate) fn with(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }

    /// Says below the label what is expected.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what is wrong, if anything is.
    pub(crate) fn error(mut self, error: Option<&str>) -> Self {
        self.error = error.map(str::to_owned);
        self
    }

    fn described_by(&self) -> String {
        described_by(self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// One of several values.
#[derive(Template)]
#[template(path = "choice.html")]
pub(crate) struct Choice {
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
    hint: Option<String>,
    error: Option<String>,
}

impl HtmlSafe for Choice {}

impl Choice {
    /// A choice of these values, each with what people read.
    pub(crate) fn of<V: Into<String>, L: Into<String>>(
        name: &'static str,
        label: &'static str,
        options: impl IntoIterator<Item = (V, L)>,
    ) -> Self {
        Self {
            name,
            label,
            options: options
                .into_iter()
                .map(|(value, label)| (value.into(), label.into()))
                .collect(),
            chosen: String::new(),
            hint: None,
            error: None,
        }
    }

    /// Shows what was chosen before. A value that is none of them chooses the first one.
    pub(crate) fn with(mut self, value: &str) -> Self {
        value.clone_into(&mut self.chosen);
        self
    }

    /// Says below the label what is meant.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what is wrong, if anything is.
    pub(crate) fn error(mut self, error: Option<&str>) -> Self {
        self.error = error.map(str::to_owned);
        self
    }

    fn described_by(&self) -> String {
        described_by(self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// Something that is on or off. A form says `on` for it, or nothing.
#[derive(Template)]
#[template(path = "tick.html")]
pub(crate) struct Tick {
    name: &'static str,
    label: String,
    is_on: bool,
    hint: Option<String>,
}

impl HtmlSafe for Tick {}

impl Tick {
    /// A tick, set or not.
    pub(crate) fn new(name: &'static str, label: impl Into<String>, is_on: bool) -> Self {
        Self {
            name,
            label: label.into(),
            is_on,
            hint: None,
        }
    }

    /// Says below the label what is meant.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

fn described_by(name: &str, has_hint: bool, has_error: bool) -> String {
    let hint = has_hint.then(|| format!("{name}-hint"));
    let error = has_error.then(|| format!("{name}-error"));
    [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_a_label_and_says_what_is_wrong_with_it() {
        let html = Field::email()
            .with("a\"<b>@example.com")
            .hint("Hint.")
            .error(Some("Wrong."))
            .render();
        let html = html.unwrap();
        for part in [
            r#"<label for="email">E-mail address</label>"#,
            r#"id="email""#,
            r#"aria-describedby="email-hint email-error""#,
            r#"aria-invalid="true""#,
            r#"id="email-hint""#,
            r#"id="email-error""#,
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("<b>") && !html.contains("a\"<"), "{html}");
    }

    #[test]
    fn a_field_without_errors_is_not_called_invalid() {
        let html = Field::password("password", "Password", "current-password")
            .render()
            .unwrap();
        assert!(!html.contains("aria-"), "{html}");
        assert!(html.contains(r#"autocomplete="current-password""#), "{html}");
    }

    #[test]
    fn a_choice_shows_what_was_chosen() {
        let choice = |value| {
            Choice::of("mode", "Mode", [("a", "First"), ("b", "<Second>")])
                .with(value)
                .render()
                .unwrap()
        };
        assert!(choice("b").contains(r#"<option value="b" selected>&#60;Second&#62;</option>"#));
        assert!(!choice("c").contains("selected"));
    }

    #[test]
    fn a_tick_is_set_or_not() {
        let tick = |is_on| Tick::new("endless", "Endless", is_on).render().unwrap();
        assert!(tick(true).contains(" checked"));
        assert!(!tick(false).contains(" checked"));
    }
}
