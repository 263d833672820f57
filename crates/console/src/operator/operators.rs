//! Who looks after the installation, and inviting another one.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::Account;

use super::{HOME, frame, fresh, operator};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::{Form, Once},
    listing::{Asked, Filters, List, NoneFits, OLDEST_FIRST},
    page::{Frame, Moment, Pager},
    wrong::{Wrong, beside},
};

/// How many operators a page has.
const PAGE: u16 = 50;
/// Who looks after the installation.
const OPERATORS: List = List {
    of: "operators",
    find: Some((
        "q",
        "Find an operator",
        "A part of the name or of the e-mail address",
    )),
    state: Some((
        "state",
        &[("", "All"), ("active", "Active"), ("disabled", "Disabled")],
    )),
    order: ("order", OLDEST_FIRST),
    after: "after",
    anchor: "",
};

#[derive(Template)]
#[template(path = "operator/operators.html")]
struct Page<'a> {
    frame: Frame<'a>,
    home: &'static str,
    filters: Filters<'a>,
    none_fits: Option<NoneFits<'a>>,
    rows: Vec<Row>,
    pager: Pager<'a>,
}

struct Row {
    name: String,
    email: String,
    active: bool,
    has_totp: bool,
    last_sign_in: Option<Moment>,
}

impl Row {
    fn new(account: Account) -> Self {
        Self {
            name: account.display_name,
            email: account.email,
            active: account.active,
            has_totp: account.has_totp,
            last_sign_in: account.last_sign_in.map(Moment),
        }
    }
}

/// `GET /console/operator/operators`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let asked = Asked::read(&call, &OPERATORS, format!("{HOME}/operators"))?;
    let query = asked.query(asked.either("active", "disabled"), asked.oldest_first(), PAGE);
    let found = operator.find_operators(query).await?;
    let next = found.next.as_deref();
    call::page(&Page {
        frame: frame(&call, &person),
        home: HOME,
        filters: asked.filters(),
        none_fits: asked.none_fits(found.entries.is_empty(), next),
        pager: asked.pager(next),
        rows: found.entries.into_iter().map(Row::new).collect(),
    })
}

/// `GET /console/operator/operators/new`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    fresh(&operator, &call)?;
    call::page(&page(&call, &person, None))
}

/// `POST /console/operator/operators/new`
pub(crate) async fn invite(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    fresh(&operator, &call)?;
    let email = call.form.trimmed("email");
    match operator.invite(email).await {
        Ok(token) => {
            let link = call
                .site()
                .at(&format!("/console/invitations/{}", token.reveal()));
            call::page(&Once {
                frame: frame(&call, &person),
                heading: format!("The invitation for {email} was made"),
                things: vec![("link", "Invitation link", &link)],
                advice: vec![format!(
                    "Send it to {email} yourself: the gateway sends no e-mail. It works once, for three days, and whoever has \
                     it becomes an operator of this gateway."
                )],
                next: format!("{HOME}/operators"),
            })
        }
        Err(error) => {
            let wrong = Wrong::of(error, &["email"])?;
            call::again(&page(&call, &person, Some(&wrong)))
        }
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, wrong: Option<&'a Wrong>) -> Form<'a> {
    Form {
        frame: frame(call, person),
        heading: "Invite an operator".to_owned(),
        wrong,
        intro: vec![
            "An operator creates, pauses and deletes organizations, invites their owners, and invites other operators. You \
             get a one-time link, which is shown once and holds for three days."
                .to_owned(),
        ],
        parts: vec![
            Field::email()
                .with(call.form.trimmed("email"))
                .error(beside(wrong, "email"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: format!("{HOME}/operators/new"),
        button: "Make the invitation",
        back: Some(format!("{HOME}/operators")),
    }
}
