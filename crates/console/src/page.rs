//! What all pages share: the frame around them, the fields in their forms and the notices above them. What a page says
//! is in its own file and template.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderValue, LOCATION, REFERRER_POLICY},
    },
};
use askama::{Template, filters::HtmlSafe};

use crate::{Site, assets};

/// What surrounds a page.
pub(crate) struct Frame<'a> {
    /// What links begin with.
    pub(crate) base: &'a str,
    /// Which version of the stylesheet fits.
    pub(crate) style: &'static str,
    /// Who is signed in.
    pub(crate) person: Option<Signed<'a>>,
    /// The section of the console that the page belongs to.
    pub(crate) section: Section,
}

/// Who is signed in, as every page shows it.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// What the person is called.
    pub(crate) name: &'a str,
    /// The token for the session's forms.
    pub(crate) token: &'a str,
}

/// The sections of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// Pages that stand alone.
    None,
    /// The organizations.
    Organizations,
    /// The own account.
    Account,
}

impl<'a> Frame<'a> {
    /// A page that stands alone.
    pub(crate) fn alone(site: &'a Site) -> Self {
        Self {
            base: site.path(),
            style: assets::STYLE_VERSION,
            person: None,
            section: Section::None,
        }
    }

    /// A page for somebody who is signed in.
    pub(crate) fn signed_in(site: &'a Site, person: Signed<'a>, section: Section) -> Self {
        Self {
            person: Some(person),
            section,
            ..Self::alone(site)
        }
    }

    pub(crate) fn is_organizations(&self) -> bool {
        self.section == Section::Organizations
    }

    pub(crate) fn is_account(&self) -> bool {
        self.section == Section::Account
    }
}

/// What is said above a page.
#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct Notice {
    wrong: bool,
    text: String,
    /// The field that is wrong.
    field: Option<&'static str>,
}

impl HtmlSafe for Notice {}

impl Notice {
    /// Something was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self {
            wrong: false,
            text: text.into(),
            field: None,
        }
    }

    /// Something is wrong.
    pub(crate) fn wrong(text: impl Into<String>) -> Self {
        Self {
            wrong: true,
            text: text.into(),
            field: None,
        }
    }

    /// Something is wrong with a field.
    pub(crate) fn wrong_field(field: &'static str, text: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::wrong(text)
        }
    }
}

/// One field of a form, with its label.
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
            longest: 256,
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
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// An answer that is this page.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            // With `no-referrer` the forms of a page would have the origin `null`, and a browser that says nothing else
            // about where a request comes from could not be believed. Other sites learn as little from this.
            .insert_header((REFERRER_POLICY, HeaderValue::from_static("same-origin")))
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// An answer that leads to an address, which is asked for with GET.
pub(crate) fn see_other(location: &str) -> HttpResponse {
    let mut response = HttpResponse::SeeOther().finish();
    match location.parse() {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
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
    fn a_redirect_cannot_carry_another_header() {
        assert_eq!(see_other("https://a.example/\r\nSet-Cookie: a=b").status(), 500);
        let response = see_other("https://a.example/?x=y");
        assert_eq!(response.status(), 303);
        assert_eq!(
            response.headers().get(LOCATION).unwrap(),
            "https://a.example/?x=y"
        );
    }
}
