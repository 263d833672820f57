//! One request for a page, read as far as every page needs it, and the person who is signed in.

use std::{net::IpAddr, str::FromStr, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{SET_COOKIE, USER_AGENT},
    },
    web::Data,
};
use askama::Template;
use wicketgate_auth::{Plaintext, Token, TokenId, TokenKind};
use wicketgate_domain::{Caller, Error, Gateway, Session, SessionRefused, SetupVisit, SignedIn};

use crate::{
    Console, Site, assets,
    cookie::Cookie,
    failure::Failure,
    fields::Fields,
    form_token,
    page::{Frame, Section, Signed, see_other, show},
    provider::Known,
    request_id::RequestId,
    return_to::ReturnTo,
};

/// The header by which a browser says how much it has seen of a stream of events.
const LAST_EVENT_ID: &str = "last-event-id";

/// One request for a page.
pub(crate) struct Call {
    console: Data<Console>,
    pub(crate) id: RequestId,
    /// What the path leaves open.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Fields,
    pub(crate) form: Fields,
    raw_query: String,
    path: String,
    caller: Caller,
    session: Option<Token>,
    setup_link: Option<Token>,
    provider: Option<String>,
    last_event: Option<String>,
}

impl Call {
    /// Reads what was sent. Nothing of it is believed yet.
    pub(crate) fn new(
        console: Data<Console>,
        request: &HttpRequest,
        id: RequestId,
        segments: Vec<String>,
        form: Option<&[u8]>,
    ) -> Self {
        let raw_query = request.query_string().to_owned();
        let headers = request.headers();
        let session = Cookie::Session
            .read(&console.site, headers)
            .and_then(|value| Token::parse(value).ok())
            .filter(|token| token.kind() == TokenKind::Session);
        let setup_link = Cookie::SetupLink
            .read(&console.site, headers)
            .and_then(|value| Token::parse(value).ok());
        let provider = Cookie::Provider.read(&console.site, headers).map(str::to_owned);
        let last_event = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
        let user_agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let network = request.peer_addr().map(|address| network(address.ip()));
        Self {
            id,
            segments,
            query: Fields::parse(raw_query.as_bytes()),
            form: form.map(Fields::parse).unwrap_or_default(),
            path: request.path().to_owned(),
            raw_query,
            caller: Caller {
                network,
                user_agent: user_agent.map(|agent| agent.chars().take(256).collect()),
            },
            session,
            setup_link,
            provider,
            last_event: last_event.map(str::to_owned),
            console,
        }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.console.gateway
    }

    pub(crate) fn site(&self) -> &Site {
        &self.console.site
    }

    /// What providers say of themselves.
    pub(crate) fn known_providers(&self) -> &Known {
        &self.console.known_providers
    }

    /// Whoever sent the request, for the list of sessions and for throttling.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The query as it was sent.
    pub(crate) fn raw_query(&self) -> &str {
        &self.raw_query
    }

    /// The cookie of a sign-in at a provider that has begun.
    pub(crate) fn provider_cookie(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// The last event that a browser has seen of the stream that it asks for again.
    pub(crate) fn last_event(&self) -> Option<&str> {
        self.last_event.as_deref()
    }

    /// How long a stream of events goes on.
    pub(crate) fn longest_stream(&self) -> Duration {
        self.console.longest_stream
    }

    /// This page, to come back to.
    pub(crate) fn here(&self) -> ReturnTo {
        let query = if self.raw_query.is_empty() { "" } else { "?" };
        ReturnTo::or_home(Some(&format!("{}{query}{}", self.path, self.raw_query)))
    }

    /// Where the form, or the query of its page, says to go on.
    pub(crate) fn return_to(&self) -> ReturnTo {
        ReturnTo::or_home(self.form.get("return").or_else(|| self.query.get("return")))
    }

    /// Whoever is signed in.
    pub(crate) async fn person(&self) -> Result<Option<Person>, Failure> {
        let Some(token) = &self.session else {
            return Ok(None);
        };
        match self.gateway().session(token).await {
            Ok(session) => Ok(Some(Person {
                form_token: form_token::of(self.gateway(), &session.id()),
                session,
            })),
            Err(SessionRefused::NotSignedIn) => Ok(None),
            Err(SessionRefused::Store(error)) => Err(error.into()),
        }
    }

    /// The id in the segment at this place. One that is none of its kind is unknown.
    pub(crate) fn id<T: FromStr>(&self, at: usize) -> Result<T, Failure> {
        let segment = self.segments.get(at).ok_or(Failure::NotFound)?;
        segment.parse().map_err(|_| Failure::NotFound)
    }

    /// Whoever has opened a link for connecting an identity provider, as long as it holds.
    pub(crate) async fn guest(&self) -> Result<Option<Guest>, Failure> {
        let Some(token) = &self.setup_link else {
            return Ok(None);
        };
        match self.gateway().setup_visit(token, self.id.to_string()).await {
            Ok(visit) => {
                visit.used().await?;
                Ok(Some(Guest {
                    form_token: form_token::of(self.gateway(), &visit.id()),
                    visit,
                }))
            }
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A page that stands alone.
    pub(crate) fn alone(&self) -> Frame<'_> {
        Frame::alone(self.site())
    }

    /// An answer that leads to a path of ours.
    pub(crate) fn go(&self, path: &str) -> HttpResponse {
        see_other(&self.site().at(path))
    }

    /// An answer that leads on, in a session that has just begun or goes on under another token. Whatever the browser
    /// kept before is replaced: no session that was known before somebody signed in is one after.
    pub(crate) fn enter(&self, signed_in: &SignedIn, path: &str) -> HttpResponse {
        let mut response = self.go(path);
        set(
            &mut response,
            &Cookie::Session.keep(self.site(), signed_in.session.reveal()),
        );
        response
    }

    /// The token of a link.
    pub(crate) fn link(&self, kind: TokenKind) -> Option<Token> {
        let text = self.segments.first()?;
        Token::parse(text).ok().filter(|token| token.kind() == kind)
    }

    /// A password that was typed. It is taken as it is, with the space around it.
    pub(crate) fn password(&self, name: &str) -> Plaintext {
        Plaintext::new(self.form.text(name).to_owned())
    }

    /// Forgets the session where it has not ended by itself: whoever signs in anew leaves no other one behind.
    pub(crate) async fn leave_former(&self) -> Result<(), Failure> {
        if let Some(person) = self.person().await? {
            person.session.sign_out().await?;
        }
        Ok(())
    }
}

/// Adds a cookie to an answer.
pub(crate) fn set(response: &mut HttpResponse, cookie: &str) {
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// The network of an address: enough to recognise a place, and not a person.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// Somebody who is signed in.
pub(crate) struct Person {
    pub(crate) session: Session,
    form_token: String,
}

impl Person {
    /// The id of the session.
    pub(crate) fn session_id(&self) -> TokenId {
        self.session.id()
    }

    /// The token for the forms of this session.
    pub(crate) fn form_token(&self) -> &str {
        &self.form_token
    }

    /// A page of a section of the console.
    pub(crate) fn frame<'a>(&'a self, call: &'a Call, section: Section) -> Frame<'a> {
        Frame::signed_in(
            call.site(),
            Signed {
                name: &self.session.account().display_name,
                token: &self.form_token,
            },
            section,
        )
    }
}

/// Somebody without an account, who has a link for connecting an identity provider.
pub(crate) struct Guest {
    pub(crate) visit: SetupVisit,
    form_token: String,
}

impl Guest {
    /// The token for the forms of whoever has this link.
    pub(crate) fn form_token(&self) -> &str {
        &self.form_token
    }

    /// A page of the link.
    pub(crate) fn frame<'a>(&'a self, call: &'a Call) -> Frame<'a> {
        Frame::for_guest(
            call.site(),
            Signed {
                name: self.visit.organization(),
                token: &self.form_token,
            },
        )
    }
}

/// `GET /console/style.css`
pub(crate) async fn style(_: Call) -> Result<HttpResponse, Failure> {
    Ok(assets::style())
}

/// `GET /console/script.js`
pub(crate) async fn script(_: Call) -> Result<HttpResponse, Failure> {
    Ok(assets::script())
}

/// `GET /console/icon.svg`
pub(crate) async fn icon(_: Call) -> Result<HttpResponse, Failure> {
    Ok(assets::icon())
}

/// A page that is shown as asked for.
#[expect(
    clippy::unnecessary_wraps,
    reason = "handlers answer with a `Result`, and end with this"
)]
pub(crate) fn page(page: &impl Template) -> Result<HttpResponse, Failure> {
    Ok(show(StatusCode::OK, page))
}

/// A form that is shown again, with what is wrong in it.
#[expect(
    clippy::unnecessary_wraps,
    reason = "handlers answer with a `Result`, and end with this"
)]
pub(crate) fn again(page: &impl Template) -> Result<HttpResponse, Failure> {
    Ok(show(StatusCode::UNPROCESSABLE_ENTITY, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_less_than_an_address() {
        for (address, expected) in [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected);
        }
    }
}
