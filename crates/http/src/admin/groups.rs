//! Groups: as SCIM shows them, and what owners do with those that are in their hands.

use std::convert::Infallible;

use actix_web::{HttpResponse, http::header::CACHE_CONTROL};
use futures_util::stream;
use serde_json::Value;
use wicketgate_domain::{Group, GroupId};

use super::{
    Answer, Call, Org,
    error::Error,
    openapi::{Doc, resource},
    page, reply,
    users::{FILTER, QUERY, representation, search},
};
use crate::scim::{members::Pieces, representation::Representation};

const TAG: &str = "Users and groups";

pub(super) const LIST: Doc = Doc::list(
    "listGroups",
    TAG,
    "The organization's groups as SCIM shows them, without their members, in the order in which they were created.",
    resource,
)
.with_query(QUERY);

/// `GET /admin/v1/orgs/{orgId}/groups`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR, FILTER])?;
    let representation = representation(&call, call.door.group_type())?;
    let search = search(&call.http, &call.door, &query, &representation)?;
    let page = call.door.groups().search(search).await?;
    let shown = |group| -> Result<Value, Error> {
        let bytes = pieces(&representation, group)?.whole();
        serde_json::from_slice(&bytes).map_err(reply::unwritable)
    };
    let groups: Vec<Value> = page.resources.into_iter().map(shown).collect::<Result<_, _>>()?;
    page::of_search(&call.http, &query, &groups, page.next_cursor)
}

pub(super) const GET: Doc = Doc::get(
    "getGroup",
    TAG,
    "A group as SCIM shows it, with all its members.",
    resource,
);

/// `GET /admin/v1/orgs/{orgId}/groups/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    call.door.owner()?;
    let representation = representation(&call, call.door.group_type())?;
    let id = GroupId::parse(call.http.target(0))?;
    let group = call.door.groups().get(id, true).await?;
    // Members may be many: they are written while they are sent.
    let pieces = pieces(&representation, group)?.map(Ok::<_, Infallible>);
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(reply::JSON)
        .streaming(stream::iter(pieces)))
}

pub(super) const RELEASE: Doc = Doc::act(
    "releaseGroup",
    TAG,
    "Take a group out of its identity provider's hands. One that writes it again manages it again.",
);

/// `POST /admin/v1/orgs/{orgId}/groups/{id}/release`.
pub(super) async fn release(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let id = GroupId::parse(call.http.target(0))?;
    owner.directory().release_group(id).await?;
    Ok(reply::done())
}

pub(super) const DELETE: Doc = Doc::act(
    "deleteGroup",
    TAG,
    "Delete a group that no identity provider manages. Its members stay, and there is no way back.",
)
.or(&[409]);

/// `DELETE /admin/v1/orgs/{orgId}/groups/{id}`.
pub(super) async fn delete(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let id = GroupId::parse(call.http.target(0))?;
    owner.directory().delete_group(id).await?;
    Ok(reply::done())
}

fn pieces(representation: &Representation, group: Group) -> Result<Pieces, Error> {
    let pieces = representation.group(group).map_err(reply::unwritable)?;
    Ok(Pieces::new(representation.links.clone(), pieces))
}
