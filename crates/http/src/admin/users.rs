//! Users: as SCIM shows them, in whose hands they are, and what owners do with those that are in theirs.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_domain::{DirectoryUser, Query as Search, UserId, Window};
use wicketgate_scim::{Object, filter, projection::Projection, schema::ResourceType};

use super::{
    Answer, Call, Http, Org,
    error::Error,
    fields::Query,
    openapi::{Doc, Parameter, resource, shape},
    page, reply, time,
};
use crate::scim::representation::{Links, Representation};

const TAG: &str = "Users and groups";
pub(super) const FILTER: &str = "filter";
/// The parameters of lists of users and groups, beside those of every list.
pub(super) const QUERY: &[Parameter] = &[Parameter {
    name: FILTER,
    description: "A SCIM filter (RFC 7644 §3.4.2.2), such as userName sw \"anna\".",
    schema: || serde_json::json!({"type": "string"}),
}];

/// How resources of a type are shown.
pub(super) fn representation(call: &Call<Org>, rt: &Arc<ResourceType>) -> Result<Representation, Error> {
    Ok(Representation {
        rt: Arc::clone(rt),
        links: Links::new(&call.http.surface.public_url, call.door.id()),
        projection: Projection::parse(rt, None, None).map_err(wicketgate_domain::Error::from)?,
    })
}

/// The page that a request asks for.
pub(super) fn search(
    http: &Http,
    org: &Org,
    query: &Query,
    representation: &Representation,
) -> Result<Search, Error> {
    let mode = org.settings().mode;
    let refused = |error: wicketgate_scim::Error| Error::field(FILTER, error.detail);
    let filter = match query.get(FILTER) {
        None => None,
        Some(text) => {
            let parsed = filter::parse(text, mode).map_err(refused)?;
            Some(filter::check(&representation.rt, parsed, mode).map_err(refused)?)
        }
    };
    let cursor = query.get(page::CURSOR).filter(|cursor| !cursor.is_empty());
    // The domain's cursors belong to the organization and the filter; this one also to the list.
    let cursor = cursor
        .map(|cursor| page::opened(http, query, cursor))
        .transpose()?;
    Ok(Search {
        filter,
        sort: None,
        window: Window::Cursor {
            cursor,
            count: page::limit(query)? as u64,
        },
        base: representation.links.base().to_owned(),
        memberships: false,
    })
}

pub(super) const LIST: Doc = Doc::list(
    "listUsers",
    TAG,
    "The organization's users as SCIM shows them, without their groups, in the order in which they were created.",
    resource,
)
.with_query(QUERY);

/// `GET /admin/v1/orgs/{orgId}/users`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR, FILTER])?;
    let representation = representation(&call, call.door.user_type())?;
    let search = search(&call.http, &call.door, &query, &representation)?;
    let page = call.door.users().search(search).await?;
    let users: Vec<Object> = page
        .resources
        .into_iter()
        .map(|user| representation.user(user))
        .collect();
    page::of_search(&call.http, &query, &users, page.next_cursor)
}

/// A user, and in whose hands it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectoryUser)]
struct ShownUser {
    /// The user as SCIM shows it, with its groups.
    #[schema(value_type = Object)]
    user: Object,
    /// The provisioning domain whose identity provider manages it; null where an owner released it.
    #[schema(required)]
    managed_by: Option<String>,
    /// Since when an owner keeps it deactivated.
    #[schema(required)]
    blocked_at: Option<String>,
    /// What each provisioning domain calls it.
    external_ids: BTreeMap<String, String>,
    /// Its deletion, where it was deleted and can be restored.
    #[schema(required)]
    deletion: Option<ShownDeletion>,
}

/// What is known of a user's deletion.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Deletion)]
struct ShownDeletion {
    /// When it was deleted.
    deleted_at: String,
    /// Until when it can be restored.
    restorable_until: String,
    /// The groups it comes back into, as far as they are still there.
    groups: Vec<String>,
}

impl ShownUser {
    fn new(found: DirectoryUser, representation: &Representation) -> Self {
        Self {
            user: representation.user(found.user),
            managed_by: found.custody.managed_by,
            blocked_at: found.custody.blocked.map(time),
            external_ids: found.external_ids,
            deletion: found.deletion.map(|deletion| ShownDeletion {
                deleted_at: time(deletion.at),
                restorable_until: time(deletion.ends),
                groups: deletion.groups.iter().map(ToString::to_string).collect(),
            }),
        }
    }
}

/// Answers a user that was looked at or acted on.
fn shown(call: &Call<Org>, found: DirectoryUser) -> Answer {
    let representation = representation(call, call.door.user_type())?;
    reply::json(&ShownUser::new(found, &representation))
}

fn id(call: &Call<Org>) -> Result<UserId, Error> {
    Ok(UserId::parse(call.http.target(0))?)
}

pub(super) const GET: Doc = Doc::get(
    "getUser",
    TAG,
    "A user, and in whose hands it is; also one that was deleted and can be restored.",
    shape::<ShownUser>,
);

/// `GET /admin/v1/orgs/{orgId}/users/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let found = owner.directory().user(id(&call)?).await?;
    shown(&call, found)
}

pub(super) const DEACTIVATE: Doc = Doc::get(
    "deactivateUser",
    TAG,
    "Deactivate a user that no identity provider manages: none activates it until an owner reactivates it.",
    shape::<ShownUser>,
)
.or(&[409]);

/// `POST /admin/v1/orgs/{orgId}/users/{id}/deactivate`.
pub(super) async fn deactivate(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let found = owner.directory().deactivate_user(id(&call)?).await?;
    shown(&call, found)
}

pub(super) const REACTIVATE: Doc = Doc::get(
    "reactivateUser",
    TAG,
    "Reactivate a user, or lift the block of one that an identity provider manages.",
    shape::<ShownUser>,
)
.or(&[409]);

/// `POST /admin/v1/orgs/{orgId}/users/{id}/reactivate`.
pub(super) async fn reactivate(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let found = owner.directory().reactivate_user(id(&call)?).await?;
    shown(&call, found)
}

pub(super) const RELEASE: Doc = Doc::get(
    "releaseUser",
    TAG,
    "Take a user out of its identity provider's hands. One that writes it again manages it again.",
    shape::<ShownUser>,
);

/// `POST /admin/v1/orgs/{orgId}/users/{id}/release`.
pub(super) async fn release(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let found = owner.directory().release_user(id(&call)?).await?;
    shown(&call, found)
}

pub(super) const RESTORE: Doc = Doc::get(
    "restoreUser",
    TAG,
    "Bring a deleted user back with the id it had, into the groups it was in.",
    shape::<ShownUser>,
)
.or(&[409]);

/// `POST /admin/v1/orgs/{orgId}/users/{id}/restore`.
pub(super) async fn restore(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let found = owner.directory().restore_user(id(&call)?).await?;
    shown(&call, found)
}

pub(super) const DELETE: Doc = Doc::act(
    "deleteUser",
    TAG,
    "Delete a user that no identity provider manages. It can be restored as long as any deleted user.",
)
.or(&[409]);

/// `DELETE /admin/v1/orgs/{orgId}/users/{id}`.
pub(super) async fn delete(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner.directory().delete_user(id(&call)?).await?;
    Ok(reply::done())
}

pub(super) const DELETED: Doc = Doc::list(
    "listDeletedUsers",
    TAG,
    "The users that were deleted and can be restored, the last deleted one first.",
    shape::<ShownUser>,
);

/// Where a page of deleted users ends: the time of a deletion, and the user's id.
struct Place(Timestamp, UserId);

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once(' ').ok_or(())?;
        let id = UserId::parse(id).map_err(|_| ())?;
        Ok(Self(at.parse().map_err(|_| ())?, id))
    }
}

/// `GET /admin/v1/orgs/{orgId}/deleted-users`.
pub(super) async fn deleted(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    let representation = representation(&call, call.door.user_type())?;
    page::by_key(
        &call.http,
        &query,
        async |after: Option<Place>, limit| {
            let after = after.map(|Place(at, id)| (at, id));
            owner.directory().deleted_users(after, limit).await
        },
        |found| {
            let at = found
                .deletion
                .as_ref()
                .map(|deletion| deletion.at)
                .unwrap_or_default();
            format!("{at} {}", found.user.id)
        },
        |found| ShownUser::new(found, &representation),
    )
    .await
}
