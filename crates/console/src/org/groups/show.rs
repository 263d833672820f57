//! One group, with a page of its members.

use actix_web::HttpResponse;
use askama::Template;
use uuid::Uuid;
use wicketgate_domain::{DirectoryGroup, MemberKind, NamedMember};

use super::{called, id};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::{
        Entered, enter,
        resource::{self, History, external_ids, hands, scim_base},
    },
    page::{Frame, Moment, Notice, Pager, Section, address},
};

/// How many members a page has.
const MEMBERS: u16 = 50;

#[derive(Template)]
#[template(path = "groups/show.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    notice: Option<Notice>,
    path: String,
    name: String,
    hands: String,
    is_managed: bool,
    is_owner: bool,
    id: String,
    created: Moment,
    changed: Moment,
    version: i64,
    count: i64,
    members: Vec<Member>,
    pager: Pager<'a>,
    external_ids: Vec<(String, String)>,
    sections: Vec<resource::Section>,
    raw: String,
    history: History,
}

/// A member as the page shows it.
struct Member {
    path: String,
    name: String,
    kind: &'static str,
    is_active: bool,
}

/// `GET /console/orgs/{orgId}/groups/{id}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let directory = entered.viewer()?.directory();
    let found: DirectoryGroup = directory.group(id(&call)?).await?;
    let group = &found.group;
    let path = entered.path(&format!("/groups/{}", group.id));
    let after = call
        .query
        .get("after")
        .and_then(|after| after.parse::<Uuid>().ok());
    let mut members = directory.members(group.id, after, MEMBERS + 1).await?;
    let has_more = members.len() > usize::from(MEMBERS);
    members.truncate(usize::from(MEMBERS));
    let last = members
        .last()
        .filter(|_| has_more)
        .map(|last| last.id.to_string());
    let scim = directory.scim_group(group, &scim_base(&call, &entered));
    let names: Vec<(String, String)> = entered
        .org
        .group_type()
        .extensions
        .iter()
        .map(|extension| (extension.schema.id.clone(), extension.schema.name.clone()))
        .collect();
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Groups),
        notice: (call.query.get("done") == Some("release")).then(|| {
            Notice::done(
                "The group is released: it can be deleted here until an identity provider writes it again.",
            )
        }),
        name: called(group),
        hands: hands(found.managed_by.as_deref()),
        is_managed: found.managed_by.is_some(),
        is_owner: entered.is_owner(),
        id: group.id.to_string(),
        created: Moment(group.created),
        changed: Moment(group.last_modified),
        version: group.version,
        count: group.member_count,
        members: members.iter().map(|member| shown(member, &entered)).collect(),
        pager: Pager {
            base: call.site().path(),
            of: "the members",
            first: after.map(|_| path.clone()),
            next: last.map(|last| address(&path, &[("after", &last)])),
        },
        external_ids: external_ids(&found.external_ids),
        sections: resource::sections(&scim, &names),
        raw: serde_json::to_string_pretty(&scim).map_err(|_| Failure::Internal)?,
        history: History::of(&entered, *group.id.as_uuid()).await?,
        path,
        entered: &entered,
    })
}

fn shown(member: &NamedMember, entered: &Entered) -> Member {
    let (kind, section) = match member.kind {
        MemberKind::User => ("User", "users"),
        MemberKind::Group => ("Group", "groups"),
    };
    Member {
        path: entered.path(&format!("/{section}/{}", member.id)),
        name: member.name.clone(),
        kind,
        is_active: member.active,
    }
}
