//! A page that is one form: a heading, what the form is for, its fields, and a way back. What stands in it is in
//! `field.rs`.

use std::fmt;

use askama::{Template, filters::HtmlSafe};

use crate::{
    field::{Choice, Field, Tick},
    page::{Frame, Notice},
    wrong::Wrong,
};

/// One thing in a form.
pub(crate) enum Part {
    /// One line.
    Line(Field),
    /// One of several values.
    Choice(Choice),
    /// Something that is on or off.
    Tick(Tick),
    /// Several lines.
    Lines(Lines),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(field) => field.fmt(f),
            Self::Choice(choice) => choice.fmt(f),
            Self::Tick(tick) => tick.fmt(f),
            Self::Lines(lines) => lines.fmt(f),
        }
    }
}

impl HtmlSafe for Part {}

impl From<Field> for Part {
    fn from(field: Field) -> Self {
        Self::Line(field)
    }
}

impl From<Choice> for Part {
    fn from(choice: Choice) -> Self {
        Self::Choice(choice)
    }
}

impl From<Tick> for Part {
    fn from(tick: Tick) -> Self {
        Self::Tick(tick)
    }
}

impl From<Lines> for Part {
    fn from(lines: Lines) -> Self {
        Self::Lines(lines)
    }
}

/// Several lines of text, with their label.
#[derive(Template)]
#[template(path = "lines.html")]
pub(crate) struct Lines {
    name: &'static str,
    label: &'static str,
    value: String,
    hint: String,
    error: Option<String>,
    is_optional: bool,
}

impl HtmlSafe for Lines {}

impl Lines {
    /// Lines with a hint that says what each is.
    pub(crate) fn new(name: &'static str, label: &'static str, hint: impl Into<String>) -> Self {
        Self {
            name,
            label,
            value: String::new(),
            hint: hint.into(),
            error: None,
            is_optional: false,
        }
    }

    /// A form may be sent without them.
    pub(crate) fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// Shows what was typed before.
    pub(crate) fn with(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }

    /// Says what is wrong, if anything is.
    pub(crate) fn error(mut self, error: Option<&str>) -> Self {
        self.error = error.map(str::to_owned);
        self
    }
}

/// A page that is one form.
#[derive(Template)]
#[template(path = "form.html")]
pub(crate) struct Form<'a> {
    pub(crate) frame: Frame<'a>,
    /// What the page is called.
    pub(crate) heading: String,
    /// What is wrong with what was sent, if anything is.
    pub(crate) wrong: Option<&'a Wrong>,
    /// What the form is for, a paragraph each.
    pub(crate) intro: Vec<String>,
    /// What is typed and chosen.
    pub(crate) parts: Vec<Part>,
    /// What hardly anybody changes.
    pub(crate) advanced: Vec<Part>,
    /// Whether what happens takes something away.
    pub(crate) is_dangerous: bool,
    /// The path that the form is sent to.
    pub(crate) action: String,
    /// The answer that sends it, such as "Create the token".
    pub(crate) button: &'a str,
    /// The path of the page to go back to, if there is one.
    pub(crate) back: Option<String>,
}

impl Form<'_> {
    fn notice(&self) -> Option<Notice> {
        self.wrong.map(Wrong::notice)
    }

    /// Whether what hardly anybody changes is shown at once, because something is wrong there.
    fn opens_advanced(&self) -> bool {
        let text = |part: &Part| part.to_string();
        self.advanced
            .iter()
            .map(text)
            .any(|html| html.contains("aria-invalid"))
    }
}

/// What is shown in one answer and never again.
#[derive(Template)]
#[template(path = "once.html")]
pub(crate) struct Once<'a> {
    pub(crate) frame: Frame<'a>,
    /// What was done.
    pub(crate) heading: String,
    /// What to copy: its id in the page, what it is, and the thing itself.
    pub(crate) things: Vec<(&'static str, &'static str, &'a str)>,
    /// What to do with it, a paragraph each.
    pub(crate) advice: Vec<String>,
    /// The path of the page to go on to.
    pub(crate) next: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_are_shown_again_as_they_were_typed() {
        let html = Lines::new("redirect-uri", "Redirect URIs", "One in each line.")
            .with("https://a.example\n</textarea><b>")
            .error(Some("Wrong."))
            .to_string();
        for part in [
            r#"<label for="redirect-uri">Redirect URIs</label>"#,
            r#"aria-describedby="redirect-uri-hint redirect-uri-error""#,
            r#"aria-invalid="true""#,
            "https://a.example\n&#60;/textarea&#62;&#60;b&#62;</textarea>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
