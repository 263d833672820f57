//! Users, page by page: all of them, those that a text finds, or those that were deleted and can be restored.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{DeletedSearch, FoundUsers, UserOrder, UserSearch};

use super::{Line, State};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List},
    org::{Entered, enter},
    page::{Frame, Moment, Pager, Section},
};

/// How many users a page has.
const PAGE: u16 = 50;
/// The users of an organization.
const USERS: List = List {
    of: "users",
    find: Some((
        "q",
        "Find a user",
        "The beginning of a name, or a whole e-mail address or id",
    )),
    state: Some((
        "state",
        &[
            ("", "All"),
            ("active", "Active"),
            ("inactive", "Inactive"),
            ("deleted", "Deleted"),
        ],
    )),
    order: (
        "order",
        &[
            ("", "User name, A to Z"),
            ("name-descending", "User name, Z to A"),
            ("newest", "Newest first"),
        ],
    ),
    after: "after",
    anchor: "",
};

#[derive(Template)]
#[template(path = "users/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    filters: Filters<'a>,
    is_narrowed: bool,
    has_text: bool,
    lines: Vec<Line>,
    deleted: Vec<Gone>,
    shows_deleted: bool,
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
    let asked = Asked::read(&call, &USERS, entered.path("/users"))?;
    let shows_deleted = asked.state == "deleted";
    let mut lines = Vec::new();
    let mut deleted = Vec::new();
    let mut next = None;
    if shows_deleted {
        (deleted, next) = gone(&entered, &asked).await?;
    } else {
        let search = UserSearch {
            text: asked.text.to_owned(),
            active: asked.either("active", "inactive"),
            order: match asked.order {
                "name-descending" => UserOrder::UserNameDescending,
                "newest" => UserOrder::Newest,
                _ => UserOrder::UserName,
            },
            after: asked.after(),
            limit: PAGE,
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
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Users),
        filters: asked.filters(),
        has_text: !asked.text.is_empty(),
        is_narrowed: asked.is_narrowed(),
        lines,
        deleted,
        shows_deleted,
        pager: asked.pager(next.as_deref()),
        entered: &entered,
    })
}

/// The users that were deleted and can be restored, and where the next page of them begins.
async fn gone(entered: &Entered, asked: &Asked<'_>) -> Result<(Vec<Gone>, Option<String>), Failure> {
    let search = DeletedSearch {
        text: asked.text.to_owned(),
        after: asked.after(),
        limit: PAGE,
    };
    let found = entered.viewer()?.directory().find_deleted_users(search).await?;
    let mut gone = Vec::with_capacity(found.entries.len());
    for user in found.entries {
        let Some(deletion) = &user.deletion else { continue };
        let line = Line::new(entered, &user.user, &user.custody, State::DELETED);
        gone.push(Gone {
            at: Moment(deletion.at),
            until: Moment(deletion.ends),
            restore: format!("{}/restore", line.path),
            line,
        });
    }
    Ok((gone, found.next))
}
