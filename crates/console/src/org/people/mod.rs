//! The people who look after an organization: what each may do, and who was invited.

pub(crate) mod invite;
pub(crate) mod role;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::AccountId;
use wicketgate_domain::{Invitation, OrgAccount};

use super::{Entered, end::End, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Moment, Notice, Pager, Section, address},
};

/// How many people a page has.
const PAGE: u16 = 50;
/// How many invitations are shown.
const INVITATIONS: usize = 100;

#[derive(Template)]
#[template(path = "people/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    path: String,
    is_owner: bool,
    rows: Vec<Row>,
    pager: Pager<'a>,
    invitations: Vec<InvitationRow>,
}

struct Row {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    since: Moment,
    is_self: bool,
}

struct InvitationRow {
    id: String,
    email: String,
    role: &'static str,
    created: Moment,
    expires: End,
}

/// `GET /console/orgs/{orgId}/people`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let after: Option<AccountId> = call.query.get("after").and_then(|after| after.parse().ok());
    let mut found = entered.viewer()?.accounts_page(after, PAGE + 1).await?;
    let invitations = if entered.is_owner() {
        entered.owner()?.invitations().list().await?
    } else {
        Vec::new()
    };
    let here = entered.path("/people");
    let has_more = found.len() > usize::from(PAGE);
    found.truncate(PAGE.into());
    let last = found.last().map(|account| account.id.to_string());
    let now = call.gateway().now();
    let own = person.session.account().id;
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::People),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        path: here.clone(),
        is_owner: entered.is_owner(),
        rows: found.into_iter().map(|account| row(account, own)).collect(),
        pager: Pager {
            base: call.site().path(),
            of: "people",
            first: after.map(|_| here.clone()),
            next: last
                .filter(|_| has_more)
                .map(|last| address(&here, &[("after", &last)])),
        },
        invitations: invitations
            .into_iter()
            .take(INVITATIONS)
            .map(|invitation| waiting(invitation, now))
            .collect(),
    })
}

fn row(account: OrgAccount, own: AccountId) -> Row {
    Row {
        id: account.id.to_string(),
        name: account.display_name,
        email: account.email,
        role: account.role.display_name(),
        since: Moment(account.since),
        is_self: account.id == own,
    }
}

fn waiting(invitation: Invitation, now: jiff::Timestamp) -> InvitationRow {
    InvitationRow {
        id: invitation.id.to_string(),
        email: invitation.email,
        role: invitation.role.display_name(),
        created: Moment(invitation.created),
        expires: End {
            at: Some(invitation.expires),
            now,
        },
    }
}

/// The path of a page of an account, or of the list.
fn path(entered: &Entered, rest: &str) -> String {
    entered.path(&format!("/people{rest}"))
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "role" => Some("The role was changed. It holds from the next page on that the person opens."),
        "removed" => Some("The person has no role in this organization any more."),
        "revoked" => Some("The invitation was withdrawn. Its link does not hold any more."),
        _ => None,
    }
}
