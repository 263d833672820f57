//! Users, page by page: all of them, those that a text finds, or those that were deleted and can be restored.

use actix_web::HttpResponse;
use askama::Template;
use jiff::Timestamp;
use wicketgate_domain::{Error, FoundUsers, UserId, UserOrder, UserSearch};

use super::{Line, State};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::{Choice, Field},
    org::{Entered, enter},
    page::{Frame, Moment, Pager, Section, address},
};

/// How many users a page has.
const USERS: u16 = 50;

#[derive(Template)]
#[template(path = "users/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    filters: Vec<Field>,
    choices: Vec<Choice>,
    is_narrowed: bool,
    lines: Vec<Line>,
    deleted: Vec<Gone>,
    shows_deleted: bool,
    has_more: bool,
    pager: Pager<'a>,
}

/// A deleted user as lists show it.
struct Gone {
    line: Line,
    at: Moment,
    until: Moment,
    restore: String,
}

/// `GET /console/orgs/{orgId}/users`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let text = call.query.trimmed("q");
    let state = call.query.text("state");
    let order = call.query.text("order");
    let after = call.query.get("after").filter(|after| !after.is_empty());
    let shows_deleted = state == "deleted";
    let mut lines = Vec::new();
    let mut deleted = Vec::new();
    let mut next = None;
    if shows_deleted {
        (deleted, next) = gone(&entered, after).await?;
    } else {
        let search = UserSearch {
            text: text.to_owned(),
            active: match state {
                "active" => Some(true),
                "inactive" => Some(false),
                _ => None,
            },
            order: match order {
                "name-descending" => UserOrder::UserNameDescending,
                "newest" => UserOrder::Newest,
                _ => UserOrder::UserName,
            },
            after: after.map(str::to_owned),
            limit: USERS,
        };
        let found: FoundUsers = entered.viewer()?.directory().find_users(search).await?;
        lines.extend(
            found
                .users
                .iter()
                .map(|(user, custody)| Line::new(&entered, user, custody, State::of(user, custody))),
        );
        next = found.next.or(next);
    }
    let at = |after: &str| {
        let fields = [("q", text), ("state", state), ("order", order), ("after", after)];
        address(&entered.path("/users"), &fields)
    };
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Users),
        filters: vec![
            Field::text("q", "Find a user", "off")
                .optional()
                .longest(512)
                .with(text)
                .hint("The beginning of a name, or a whole e-mail address or id"),
        ],
        choices: vec![
            Choice::of(
                "state",
                "State",
                [
                    ("", "All"),
                    ("active", "Active"),
                    ("inactive", "Inactive"),
                    ("deleted", "Deleted"),
                ],
            )
            .with(state),
            Choice::of(
                "order",
                "Order",
                [
                    ("", "User name, A to Z"),
                    ("name-descending", "User name, Z to A"),
                    ("newest", "Newest first"),
                ],
            )
            .with(order),
        ],
        is_narrowed: !text.is_empty() || !state.is_empty(),
        lines,
        deleted,
        shows_deleted,
        has_more: next.is_some(),
        pager: Pager {
            base: call.site().path(),
            of: "users",
            first: after.map(|_| at("")),
            next: next.map(|next| at(&next)),
        },
        entered: &entered,
    })
}

/// The users that were deleted and can be restored, and where the next page of them begins.
async fn gone(entered: &Entered, after: Option<&str>) -> Result<(Vec<Gone>, Option<String>), Failure> {
    let after = match after {
        None => None,
        Some(text) => Some(place(text).ok_or(Failure::Domain(Error::NotFound))?),
    };
    let found = entered
        .viewer()?
        .directory()
        .deleted_users(after, USERS + 1)
        .await?;
    let mut gone = Vec::with_capacity(found.len());
    let mut next = None;
    let has_more = found.len() > usize::from(USERS);
    for user in found.into_iter().take(usize::from(USERS)) {
        let Some(deletion) = &user.deletion else { continue };
        if has_more {
            next = Some(format!("{} {}", deletion.at, user.user.id));
        }
        let line = Line::new(entered, &user.user, &user.custody, State::DELETED);
        gone.push(Gone {
            at: Moment(deletion.at),
            until: Moment(deletion.ends),
            restore: format!("{}/restore", line.path),
            line,
        });
    }
    Ok((gone, next))
}

/// Where a page of deleted users ended: the time of a deletion, and the user's id.
fn place(text: &str) -> Option<(Timestamp, UserId)> {
    let (at, id) = text.split_once(' ')?;
    Some((at.parse().ok()?, UserId::parse(id).ok()?))
}
