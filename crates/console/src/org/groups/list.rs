//! Groups, page by page: all of them, or those that a text finds.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::GroupSearch;

use super::called;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::{Choice, Field},
    org::{Entered, enter, resource::hands},
    page::{Frame, Moment, Notice, Pager, Section, address},
};

/// How many groups a page has.
const GROUPS: u16 = 50;

#[derive(Template)]
#[template(path = "groups/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    notice: Option<Notice>,
    find: Field,
    order: Choice,
    is_narrowed: bool,
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
    let text = call.query.trimmed("q");
    let order = call.query.text("order");
    let after = call.query.get("after").filter(|after| !after.is_empty());
    let search = GroupSearch {
        text: text.to_owned(),
        descending: order == "name-descending",
        after: after.map(str::to_owned),
        limit: GROUPS,
    };
    let found = entered.viewer()?.directory().find_groups(search).await?;
    let at = |after: &str| {
        let fields = [("q", text), ("order", order), ("after", after)];
        address(&entered.path("/groups"), &fields)
    };
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Groups),
        notice: (call.query.get("done") == Some("delete"))
            .then(|| Notice::done("The group is deleted. Its members are still there.")),
        find: Field::text("q", "Find a group", "off")
            .optional()
            .longest(512)
            .with(text)
            .hint("The beginning of a name, or a whole id"),
        order: Choice::of(
            "order",
            "Order",
            [("", "Name, A to Z"), ("name-descending", "Name, Z to A")],
        )
        .with(order),
        is_narrowed: !text.is_empty(),
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
        pager: Pager {
            base: call.site().path(),
            of: "groups",
            first: after.map(|_| at("")),
            next: found.next.as_deref().map(at),
        },
        entered: &entered,
    })
}
