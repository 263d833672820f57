//! The own account: what it is called, its password, its authenticator app, and where it is signed in.

pub(crate) mod identities;
pub(crate) mod password;
mod qr;
pub(crate) mod sessions;
pub(crate) mod totp;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::SessionInfo;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Moment, Notice, Section},
};

#[expect(
    clippy::struct_excessive_bools,
    reason = "each shows or hides a part of its own"
)]
#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    name: &'a str,
    email: &'a str,
    has_password: bool,
    /// The name of the organization whose provider vouched for this session, which then changes nothing here.
    vouched: bool,
    has_totp: bool,
    recovery_codes: usize,
    token: &'a str,
    providers: Vec<identities::Offered>,
    sessions: Vec<Shown>,
    others: bool,
}

/// A session in the list.
struct Shown {
    id: String,
    agent: String,
    network: String,
    created: Moment,
    seen: Moment,
    is_this: bool,
}

/// `GET /console/account`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let account = person.session.account();
    let sessions: Vec<Shown> = person.session.sessions().await?.into_iter().map(shown).collect();
    let recovery_codes = if account.has_totp {
        person.session.recovery_codes_left().await?
    } else {
        0
    };
    call::page(&Page {
        frame: person.frame(&call, Section::Account),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        name: &account.display_name,
        email: &account.email,
        has_password: account.has_password,
        vouched: person.session.vouched_by().is_some(),
        has_totp: account.has_totp,
        recovery_codes,
        token: person.form_token(),
        providers: if person.session.vouched_by().is_some() {
            Vec::new()
        } else {
            identities::offered(&call, &person).await?
        },
        others: sessions.len() > 1,
        sessions,
    })
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "password" => Some("The password was changed, and you were signed out everywhere else."),
        "session" => Some("That browser was signed out."),
        "sessions" => Some("You were signed out everywhere else."),
        "totp" => Some("Signing in now asks for a code of your authenticator app."),
        "bound" => Some("You can now sign in through that provider."),
        "unbound" => Some("You cannot sign in through that provider any more."),
        "recovery-codes" => Some("The recovery codes are new. Those from before do not work any more."),
        "totp-removed" => Some("The authenticator app was removed."),
        _ => None,
    }
}

fn shown(session: SessionInfo) -> Shown {
    Shown {
        id: session.id.to_string(),
        agent: session
            .user_agent
            .as_deref()
            .map_or_else(|| "Unknown browser".to_owned(), browser),
        network: session.network.unwrap_or_else(|| "Unknown network".to_owned()),
        created: Moment(session.created),
        seen: Moment(session.last_seen),
        is_this: session.current,
    }
}

/// What people call a browser, where its name for itself is one of the usual ones; otherwise the name itself.
fn browser(agent: &str) -> String {
    let has = |word: &str| agent.contains(word);
    let name = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find_map(|(mark, name)| has(mark).then_some(name));
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find_map(|(mark, system)| has(mark).then_some(system));
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
                 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 \
                 Safari/537.36 Edg/131.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
                "Firefox on Linux",
            ),
            ("curl/8.9", "curl/8.9"),
        ] {
            assert_eq!(browser(agent), expected);
        }
    }
}
