//! The people who look after an organization: what each may do, and who was invited.

pub(crate) mod invite;
pub(crate) mod role;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::AccountId;
use wicketgate_domain::{Invitation, Listed, OrgAccount};

use super::{Entered, end::End, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NEWEST_FIRST, NoneFits, OLDEST_FIRST},
    page::{Frame, Moment, Notice, Pager, Section},
};

/// How many people and how many invitations a page has.
const PAGE: u16 = 50;
/// The people of an organization.
const PEOPLE: List = List {
    of: "people",
    find: Some((
        "q",
        "Find a person",
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
/// The invitations that nobody has accepted.
const INVITATIONS: List = List {
    of: "invitations",
    find: Some(("invited", "Find an invitation", "A part of the e-mail address")),
    state: Some((
        "invited-state",
        &[("", "All"), ("open", "Open"), ("expired", "Expired")],
    )),
    order: ("invited-order", NEWEST_FIRST),
    after: "invited-after",
    anchor: "#invitations",
};

#[derive(Template)]
#[template(path = "people/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    path: String,
    is_owner: bool,
    filters: Filters<'a>,
    none_fits: Option<NoneFits<'a>>,
    rows: Vec<Row>,
    pager: Pager<'a>,
    invitation_filters: Option<Filters<'a>>,
    no_invitation_fits: Option<NoneFits<'a>>,
    invitations: Vec<InvitationRow>,
    more_invitations: Pager<'a>,
}

struct Row {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    active: bool,
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
    let here = entered.path("/people");
    let asked = Asked::read(&call, &PEOPLE, here.clone())?;
    let query = asked.query(asked.either("active", "disabled"), asked.oldest_first(), PAGE);
    let found = entered.viewer()?.find_accounts(query).await?;
    let asked_invitations = Asked::read(&call, &INVITATIONS, here.clone())?;
    let invitations = if entered.is_owner() {
        let query = asked_invitations.query(
            asked_invitations.either("open", "expired"),
            asked_invitations.newest_first(),
            PAGE,
        );
        entered.owner()?.invitations().find(query).await?
    } else {
        Listed {
            entries: Vec::new(),
            next: None,
        }
    };
    let (next, next_invitations) = (found.next.as_deref(), invitations.next.as_deref());
    let now = call.gateway().now();
    let own = person.session.account().id;
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::People),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        path: here,
        is_owner: entered.is_owner(),
        filters: asked.filters(),
        none_fits: asked.none_fits(found.entries.is_empty(), next),
        pager: asked.pager(next),
        rows: found
            .entries
            .into_iter()
            .map(|account| row(account, own))
            .collect(),
        invitation_filters: (!asked_invitations.is_plain() || !invitations.entries.is_empty())
            .then(|| asked_invitations.filters()),
        no_invitation_fits: asked_invitations.none_fits(invitations.entries.is_empty(), next_invitations),
        more_invitations: asked_invitations.pager(next_invitations),
        invitations: invitations
            .entries
            .into_iter()
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
        active: account.active,
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
