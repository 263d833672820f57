//! Groups, page by page: all of them, or those that a text finds.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::GroupSearch;

use super::called;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NoneFits},
    org::{Entered, enter, resource::hands},
    page::{Frame, Moment, Notice, Pager, Section},
};

/// How many groups a page has.
const PAGE: u16 = 50;
/// The groups of an organization.
const GROUPS: List = List {
    of: "groups",
    find: Some(("q", "Find a group", "The beginning of a name, or a whole id")),
    state: None,
    order: (
        "order",
        &[("", "Name, A to Z"), ("name-descending", "Name, Z to A")],
    ),
    after: "after",
    anchor: "",
};

#[derive(Template)]
#[template(path = "groups/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    notice: Option<Notice>,
    filters: Filters<'a>,
    none_fits: Option<NoneFits<'a>>,
    lines: Vec<Line>,
    pager: Pager<'a>,
}

/// A group as lists show it.
struct Line {
    path: String,
    name: String,
    members: i64,
    hands: String,
    changed: Moment,
}

/// `GET /console/orgs/{orgId}/groups`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let asked = Asked::read(&call, &GROUPS, entered.path("/groups"))?;
    let search = GroupSearch {
        text: asked.text.to_owned(),
        descending: asked.order == "name-descending",
        after: asked.after(),
        limit: PAGE,
    };
    let found = entered.viewer()?.directory().find_groups(search).await?;
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Groups),
        notice: (call.query.get("done") == Some("delete"))
            .then(|| Notice::done("The group is deleted. Its members are still there.")),
        filters: asked.filters(),
        none_fits: asked.none_fits(found.groups.is_empty(), found.next.as_deref()),
        lines: found
            .groups
            .iter()
            .map(|(group, managed_by)| Line {
                path: entered.path(&format!("/groups/{}", group.id)),
                name: called(group),
                members: group.member_count,
                hands: hands(managed_by.as_deref()),
                changed: Moment(group.last_modified),
            })
            .collect(),
        pager: asked.pager(found.next.as_deref()),
        entered: &entered,
    })
}
