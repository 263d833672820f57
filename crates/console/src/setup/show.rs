//! The page of a guide: what to do on the other side, what stands in each field of its form, and what is needed for that.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use wicketgate_domain::{Client, Connection, PersonalAccessToken, UniqueIdentifier};

use super::{
    Desk,
    checklist::{self, Step},
    guide::{Guide, Makes, Value, Way},
};
use crate::{
    call::{self, Call},
    failure::Failure,
    field::{Choice, Field},
    page::{Frame, Moment, Notice, address, show},
};

/// The lives of tokens that are offered, in days.
const LIVES: [u16; 5] = [30, 90, 180, 365, 730];
/// The one that is chosen unless the organization forbids it.
const USUAL_LIFE: u16 = 365;

/// What was made a moment ago, and is shown once.
#[derive(Default)]
pub(super) struct Made {
    pub(super) token: Option<String>,
    pub(super) client: Option<(String, String)>,
}

impl Made {
    fn is_something(&self) -> bool {
        self.token.is_some() || self.client.is_some()
    }
}

/// What is wrong with the form that was sent, and what was typed into it.
#[derive(Default)]
pub(super) struct Wrong {
    /// Said above the page, where it concerns no field.
    pub(super) notice: Option<String>,
    pub(super) life: Option<String>,
    pub(super) app: Option<String>,
}

/// A field of the other side's form, with what belongs into it.
struct Row {
    /// The id of what is copied.
    id: String,
    label: &'static str,
    text: Option<String>,
    is_copied: bool,
    is_secret: bool,
    hint: &'static str,
}

/// A credential that was made before.
struct Known {
    name: String,
    hint: String,
    created: Moment,
    /// When it expires, or never.
    expires: Option<Moment>,
    used: Option<Moment>,
    /// The path of the page that asks whether it should go.
    end: String,
}

#[derive(Template)]
#[template(path = "setup/guide.html")]
struct Page<'a> {
    frame: Frame<'a>,
    failed: bool,
    notice: Option<Notice>,
    desk: &'a Desk,
    guide: &'static Guide,
    way: &'static Way,
    /// The ways that this person may choose, with the paths that choose them.
    ways: Vec<(String, &'static Way)>,
    rows: Vec<Row>,
    made: bool,
    tokens: Vec<Known>,
    clients: Vec<Known>,
    /// The path that leads back here after showing again who one is, where that is needed.
    again: Option<String>,
    life: Option<Choice>,
    app: Option<Field>,
    identifier: UniqueIdentifier,
    choice: Choice,
    token: &'a str,
    steps: Vec<Step>,
    summary: String,
    /// The path by which this page is loaded again. A browser takes an address that differs in what follows `#` alone for the
    /// page that it has.
    check: String,
}

impl Page<'_> {
    fn action(&self) -> String {
        self.desk.path(&format!("/{}", self.guide.slug))
    }

    fn makes_token(&self) -> bool {
        self.way.makes == Makes::Token
    }

    fn has_credentials(&self) -> bool {
        !self.tokens.is_empty() || !self.clients.is_empty()
    }

    fn is_identifier(&self, identifier: &str) -> bool {
        self.identifier.as_str() == identifier
    }
}

/// `GET …/setup/{idp}`
pub(crate) async fn show_guide(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let done = call.query.get("done").and_then(done).map(str::to_owned);
    let page = page(&call, &desk, &Made::default(), Wrong::default(), done).await?;
    call::page(&page)
}

/// The page with what was just made.
pub(super) async fn with(call: &Call, desk: &Desk, made: &Made) -> Result<HttpResponse, Failure> {
    let done = if made.token.is_some() {
        "The token was made. It is shown once: copy it into the form now."
    } else {
        "The client was made. Its secret is shown once: copy it into the form now."
    };
    let page = page(call, desk, made, Wrong::default(), Some(done.to_owned())).await?;
    call::page(&page)
}

/// The page with what is wrong.
pub(super) async fn again(call: &Call, desk: &Desk, wrong: Wrong) -> Result<HttpResponse, Failure> {
    let page = page(call, desk, &Made::default(), wrong, None).await?;
    Ok(show(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// What was done on the page before.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "identifier" => Some("The unique identifier was changed, from the next request on."),
        "token" => Some("The token was revoked. It is refused from now on."),
        "client" => {
            Some("The client was deleted, and everything that was issued to it is refused from now on.")
        }
        _ => None,
    }
}

async fn page<'a>(
    call: &'a Call,
    desk: &'a Desk,
    made: &Made,
    wrong: Wrong,
    done: Option<String>,
) -> Result<Page<'a>, Failure> {
    let guide = desk.guide()?;
    let path = desk.path(&format!("/{}", guide.slug));
    let word = call.form.get("with").or_else(|| call.query.get("with"));
    let way = desk.way(guide, word.unwrap_or_default())?;
    let connection = if desk.may_make() {
        desk.setup()?.connection(guide.service_user).await?
    } else {
        None
    };
    let (tokens, clients) = connection
        .as_ref()
        .map_or((Vec::new(), Vec::new()), |connection| {
            known(&path, way, connection)
        });
    let identifier = desk.identifier();
    let may_make = desk.may_make() && desk.is_fresh();
    let is_token = way.makes == Makes::Token;
    let here = address(&path, &[("with", way.word)]);
    let steps = checklist::steps(guide, &desk.progress(guide).await?);
    let failed = wrong.life.is_some() || wrong.app.is_some() || wrong.notice.is_some();
    let notice = wrong
        .notice
        .map(Notice::wrong)
        .or_else(|| {
            wrong
                .life
                .as_ref()
                .map(|text| Notice::wrong_field("life", text.as_str()))
        })
        .or_else(|| {
            wrong
                .app
                .as_ref()
                .map(|text| Notice::wrong_field("app", text.as_str()))
        })
        .or_else(|| done.map(Notice::done));
    Ok(Page {
        frame: desk.frame(call),
        failed,
        notice,
        ways: guide
            .ways
            .iter()
            .filter(|way| desk.may_use(way))
            .map(|way| (address(&path, &[("with", way.word)]), way))
            .collect(),
        rows: rows(call, desk, way, made, connection.as_ref()),
        made: made.is_something(),
        tokens,
        clients,
        again: (desk.may_make() && !desk.is_fresh()).then(|| {
            let query = [("return", here.as_str())];
            address("/console/reauthenticate", &query)
        }),
        life: (may_make && is_token)
            .then(|| lives(desk, call.form.get("life")).error(wrong.life.as_deref())),
        app: (may_make && way.makes == Makes::OktaClient).then(|| {
            Field::text("app", "Name of the app in Okta", "off")
                .with(call.form.text("app"))
                .longest(100)
                .hint(
                    "The part behind /admin/app/ in the address of the app's page in Okta's Admin Console, such as \
                     example_wicketgate_1.",
                )
                .error(wrong.app.as_deref())
        }),
        identifier,
        choice: Choice::of(
            "identifier",
            "Unique identifier of users",
            [("userName", "userName: the user name"), ("email", "email: the e-mail address")],
        )
        .with(identifier.as_str()),
        token: desk.form_token(),
        summary: checklist::summary(&steps),
        steps,
        check: address(
            &path,
            &[
                ("with", way.word),
                ("checked", &call.gateway().now().as_millisecond().to_string()),
            ],
        ),
        desk,
        guide,
        way,
    })
}

/// The lives that the organization allows.
fn lives(desk: &Desk, chosen: Option<&str>) -> Choice {
    let (longest, is_endless) = desk.token_life();
    let mut days: Vec<u16> = LIVES.into_iter().filter(|days| *days <= longest).collect();
    if !days.contains(&longest) {
        days.push(longest);
    }
    let usual = days.iter().copied().filter(|days| *days <= USUAL_LIFE).max();
    let usual = usual.unwrap_or(longest).to_string();
    let mut options: Vec<(String, String)> = days
        .iter()
        .map(|days| (days.to_string(), format!("{days} days")))
        .collect();
    if is_endless {
        options.push(("never".to_owned(), "does not expire".to_owned()));
    }
    Choice::of("life", "The token is accepted for", options)
        .with(chosen.unwrap_or(&usual))
        .hint("Make another one before it expires: both are accepted until you revoke the old one.")
}

fn rows(call: &Call, desk: &Desk, way: &Way, made: &Made, connection: Option<&Connection>) -> Vec<Row> {
    let site = call.site();
    let client = made.client.as_ref();
    // A client that was made before still has its id; its secret nobody can read again.
    let newest = connection
        .and_then(|connection| connection.clients.iter().rfind(|client| fits(way, client)))
        .map(|client| client.id.to_string());
    way.lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let (text, is_copied, is_secret) = match line.value {
                Value::Choose(text) => (Some(text.to_owned()), false, false),
                Value::Text(text) => (Some(text.to_owned()), true, false),
                Value::BaseUrl => (Some(site.at(&format!("/scim/v2/{}", desk.org_id()))), true, false),
                Value::Identifier => (Some(desk.identifier().as_str().to_owned()), true, false),
                Value::Token => (made.token.clone(), true, true),
                Value::ClientId => {
                    let known = client.map(|(id, _)| id.clone()).or_else(|| newest.clone());
                    (known, true, false)
                }
                Value::ClientSecret => (client.map(|(_, secret)| secret.clone()), true, true),
                Value::TokenEndpoint => (Some(site.at("/oauth/v2/token")), true, false),
                Value::AuthorizationEndpoint => (Some(site.at("/oauth/v2/authorize")), true, false),
            };
            Row {
                id: match line.value {
                    Value::BaseUrl => "scim-base".to_owned(),
                    Value::Token => "token-value".to_owned(),
                    Value::ClientId => "client-id".to_owned(),
                    Value::ClientSecret => "client-secret".to_owned(),
                    Value::TokenEndpoint => "token-endpoint".to_owned(),
                    Value::AuthorizationEndpoint => "authorization-endpoint".to_owned(),
                    Value::Choose(_) | Value::Text(_) | Value::Identifier => format!("value-{number}"),
                },
                label: line.label,
                text,
                is_copied,
                is_secret,
                hint: line.hint,
            }
        })
        .collect()
}

/// Whether a client is one of this way.
fn fits(way: &Way, client: &Client) -> bool {
    match way.makes {
        Makes::Token => false,
        Makes::Client => client.redirect_uris.is_empty(),
        Makes::OktaClient => !client.redirect_uris.is_empty(),
    }
}

fn known(path: &str, way: &Way, connection: &Connection) -> (Vec<Known>, Vec<Known>) {
    let token = |token: &PersonalAccessToken| Known {
        name: token.name.clone(),
        hint: token.hint.clone(),
        created: Moment(token.created),
        expires: token
            .expires
            .into_iter()
            .chain(token.overlap_ends)
            .min()
            .map(Moment),
        used: token.last_used.as_ref().map(|used| Moment(used.at)),
        end: format!("{path}/tokens/{}/revoke", token.id),
    };
    let client = |client: &Client| Known {
        name: client.name.clone(),
        hint: client.id.to_string(),
        created: Moment(client.created),
        expires: None,
        used: None,
        end: format!("{path}/clients/{}/delete", client.id),
    };
    let clients = connection.clients.iter().filter(|client| fits(way, client));
    if way.makes == Makes::Token {
        (connection.tokens.iter().map(token).collect(), Vec::new())
    } else {
        (Vec::new(), clients.map(client).collect())
    }
}
