//! One user, with everything that is known of it.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::DirectoryUser;

use super::{State, called, id, is_active};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::{
        Entered, enter,
        resource::{self, History, external_ids, hands, scim_base},
    },
    page::{Frame, Moment, Notice, Section},
};

#[expect(
    clippy::struct_excessive_bools,
    reason = "each shows or hides a part of its own"
)]
#[derive(Template)]
#[template(path = "users/show.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    notice: Option<Notice>,
    path: String,
    name: String,
    state: State,
    hands: String,
    is_managed: bool,
    is_active: bool,
    is_blocked: bool,
    blocked: Option<Moment>,
    is_owner: bool,
    deletion: Option<(Moment, Moment, usize)>,
    id: String,
    created: Moment,
    changed: Moment,
    version: i64,
    groups: Vec<Group>,
    external_ids: Vec<(String, String)>,
    sections: Vec<resource::Section>,
    raw: String,
    history: History,
}

/// A group that the user is in.
struct Group {
    path: String,
    name: String,
    is_direct: bool,
}

/// `GET /console/orgs/{orgId}/users/{id}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let directory = entered.viewer()?.directory();
    let found: DirectoryUser = directory.user(id(&call)?).await?;
    let user = &found.user;
    let scim = directory.scim_user(user, &scim_base(&call, &entered));
    let names: Vec<(String, String)> = entered
        .org
        .user_type()
        .extensions
        .iter()
        .map(|extension| (extension.schema.id.clone(), extension.schema.name.clone()))
        .collect();
    let deletion = found.deletion.as_ref();
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Users),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        path: entered.path(&format!("/users/{}", user.id)),
        name: called(user),
        state: match deletion {
            Some(_) => State::DELETED,
            None => State::of(user, &found.custody),
        },
        hands: hands(found.custody.managed_by.as_deref()),
        is_managed: found.custody.managed_by.is_some(),
        is_active: is_active(user),
        is_blocked: found.custody.blocked.is_some(),
        blocked: found.custody.blocked.map(Moment),
        is_owner: entered.is_owner(),
        deletion: deletion
            .map(|deletion| (Moment(deletion.at), Moment(deletion.ends), deletion.groups.len())),
        id: user.id.to_string(),
        created: Moment(user.created),
        changed: Moment(user.last_modified),
        version: user.version,
        groups: user
            .groups
            .iter()
            .map(|membership| Group {
                path: entered.path(&format!("/groups/{}", membership.group)),
                name: membership.display.clone(),
                is_direct: membership.direct,
            })
            .collect(),
        external_ids: external_ids(&found.external_ids),
        sections: resource::sections(&scim, &names),
        raw: serde_json::to_string_pretty(&scim).map_err(|_| Failure::Internal)?,
        history: History::of(&entered, *user.id.as_uuid()).await?,
        entered: &entered,
    })
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "deactivate" => Some("The user is deactivated, and no identity provider activates it."),
        "reactivate" => Some("The user is reactivated, or its block is lifted."),
        "restore" => Some("The user is back, with the same id and in the groups that are still there."),
        "release" => {
            Some("The user is released: it can be changed here until an identity provider writes it again.")
        }
        "delete" => Some("The user is deleted. It can be restored here."),
        _ => None,
    }
}
