//! What all pages share: the frame around them, the notices above them, the questions before what cannot be undone. What
//! stands in forms is in `field.rs`; what a page says is in its own file and template.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderValue, LOCATION, REFERRER_POLICY},
    },
};
use std::fmt;

use askama::{Template, filters::HtmlSafe};
use jiff::Timestamp;
use url::form_urlencoded;

use crate::{Site, assets, field::Field};

/// What surrounds a page.
pub(crate) struct Frame<'a> {
    /// What links begin with.
    pub(crate) base: &'a str,
    /// Which version of the stylesheet fits.
    pub(crate) style: &'static str,
    /// Which version of the script fits.
    pub(crate) script: &'static str,
    /// Who is signed in.
    pub(crate) person: Option<Signed<'a>>,
    /// The organization whose page it is.
    pub(crate) org: Option<Place<'a>>,
    /// The section of the console that the page belongs to.
    pub(crate) section: Section,
    /// Whether the person is known to look after the installation.
    pub(crate) is_for_operator: bool,
    /// The organization that somebody without an account connects to an identity provider, and the token for the forms.
    pub(crate) guest: Option<Signed<'a>>,
}

/// Who is signed in, as every page shows it.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// What the person is called.
    pub(crate) name: &'a str,
    /// The token for the session's forms.
    pub(crate) token: &'a str,
}

/// The organization that somebody is in.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// What the paths of its pages begin with.
    pub(crate) path: &'a str,
    /// Whether the person may change it.
    pub(crate) is_owner: bool,
    /// Whether it is paused.
    pub(crate) is_paused: bool,
}

/// The sections of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// Pages that stand alone.
    None,
    /// The organizations.
    Organizations,
    /// The installation, for its operators.
    Operator,
    /// The own account.
    Account,
    /// An organization at a glance.
    Overview,
    /// Connecting an identity provider.
    Setup,
    /// The users.
    Users,
    /// The groups.
    Groups,
    /// Service users, tokens and clients.
    ServiceUsers,
    /// The provisioning log.
    Log,
    /// The audit log.
    Audit,
    /// Accounts and invitations.
    People,
    /// The settings of the organization.
    Settings,
}

/// The sections of an organization: the end of the path, what it is called, and whether only owners see it.
const SECTIONS: [(Section, &str, &str, bool); 9] = [
    (Section::Overview, "", "Overview", false),
    (Section::Setup, "/setup", "Set up provisioning", true),
    (Section::Users, "/users", "Users", false),
    (Section::Groups, "/groups", "Groups", false),
    (Section::Log, "/log", "Provisioning log", false),
    (Section::ServiceUsers, "/service-users", "Service users", true),
    (Section::People, "/people", "People", false),
    (Section::Audit, "/audit", "Audit", true),
    (Section::Settings, "/settings", "Settings", true),
];

/// A link to a section.
pub(crate) struct Tab {
    pub(crate) path: String,
    pub(crate) name: &'static str,
    pub(crate) is_here: bool,
}

impl<'a> Frame<'a> {
    /// A page that stands alone.
    pub(crate) fn alone(site: &'a Site) -> Self {
        Self {
            base: site.path(),
            style: assets::STYLE_VERSION,
            script: assets::SCRIPT_VERSION,
            person: None,
            org: None,
            section: Section::None,
            is_for_operator: false,
            guest: None,
        }
    }

    /// A page for somebody without an account who has a link: `organization` says where that leads.
    pub(crate) fn for_guest(site: &'a Site, organization: Signed<'a>) -> Self {
        Self {
            guest: Some(organization),
            ..Self::alone(site)
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

    /// The same in an organization.
    pub(crate) fn within(self, org: Place<'a>) -> Self {
        Self {
            org: Some(org),
            ..self
        }
    }

    /// The same for somebody who looks after the installation.
    pub(crate) fn for_operator(self, is_operator: bool) -> Self {
        Self {
            is_for_operator: is_operator,
            ..self
        }
    }

    fn is(&self, section: Section) -> bool {
        self.section == section
    }

    pub(crate) fn is_organizations(&self) -> bool {
        self.is(Section::Organizations) || self.org.is_some()
    }

    pub(crate) fn is_operator(&self) -> bool {
        self.is(Section::Operator)
    }

    pub(crate) fn is_account(&self) -> bool {
        self.is(Section::Account)
    }

    /// Whether the person may change the organization whose page it is.
    pub(crate) fn is_owner(&self) -> bool {
        self.org.is_some_and(|org| org.is_owner)
    }

    /// The token for the forms of the page, or nothing where nobody is known.
    pub(crate) fn token(&self) -> &'a str {
        self.person.or(self.guest).map_or("", |person| person.token)
    }

    /// The sections of the organization that its visitor sees.
    pub(crate) fn tabs(&self) -> Vec<Tab> {
        let Some(org) = self.org else {
            return Vec::new();
        };
        SECTIONS
            .iter()
            .filter(|(_, _, _, owners)| !owners || org.is_owner)
            .map(|(section, path, name, _)| Tab {
                path: format!("{}{path}", org.path),
                name,
                is_here: self.is(*section),
            })
            .collect()
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

/// A page that says what will happen, and asks. Nothing has happened before its form is sent.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm<'a> {
    pub(crate) frame: Frame<'a>,
    /// The question.
    pub(crate) heading: String,
    /// What will happen, a paragraph each.
    pub(crate) consequences: Vec<String>,
    /// The path that the form is sent to.
    pub(crate) action: String,
    /// What the form says beside.
    pub(crate) hidden: Vec<(&'static str, String)>,
    /// What the person has to type, or choose.
    pub(crate) fields: Vec<Field>,
    /// The answer that lets it happen, such as "Revoke the token".
    pub(crate) button: &'a str,
    /// Whether what happens takes something away.
    pub(crate) is_dangerous: bool,
    /// The path of the page to go back to.
    pub(crate) back: String,
}

/// The ways on from a page of a list.
#[derive(Template)]
#[template(path = "pager.html")]
pub(crate) struct Pager<'a> {
    pub(crate) base: &'a str,
    /// What is on the pages, such as "users", for who does not see them.
    pub(crate) of: &'a str,
    /// The path of the first page, where this is another one.
    pub(crate) first: Option<String>,
    /// The path of the next page, if there is one.
    pub(crate) next: Option<String>,
}

impl HtmlSafe for Pager<'_> {}

/// A path with a query of these fields. Those that say nothing are left out.
pub(crate) fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut is_empty = true;
    for (name, value) in fields {
        if !value.is_empty() {
            query.append_pair(name, value);
            is_empty = false;
        }
    }
    if is_empty {
        path.to_owned()
    } else {
        format!("{path}?{}", query.finish())
    }
}

/// A moment in a sentence: to the minute, in UTC.
pub(crate) fn in_words(at: Timestamp) -> String {
    let text = at.to_string();
    let minute = text.get(..16).unwrap_or(&text);
    format!("{} UTC", minute.replace('T', " "))
}

/// A moment to the minute, in UTC: the page does not know the reader's time zone. Where scripts run, the reader's own time
/// is shown instead.
pub(crate) struct Moment(pub(crate) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<time datetime=\"{}\">{}</time>", self.0, in_words(self.0))
    }
}

impl HtmlSafe for Moment {}

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
    fn a_moment_is_shown_to_the_minute() {
        let at: Timestamp = "2026-11-22T03:04:05.678Z".parse().unwrap();
        assert_eq!(
            Moment(at).to_string(),
            "<time datetime=\"2026-11-22T03:04:05.678Z\">2026-11-22 03:04 UTC</time>"
        );
    }

    #[test]
    fn an_address_leaves_out_what_says_nothing() {
        assert_eq!(address("/a", &[("x", ""), ("y", "")]), "/a");
        assert_eq!(address("/a", &[("x", "b c&d"), ("y", "")]), "/a?x=b+c%26d");
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
