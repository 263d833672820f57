//! Successful answers: status, headers and body. What is in a resource is decided elsewhere.

use std::{convert::Infallible, sync::Arc};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{ETAG, LOCATION},
    },
};
use futures_util::stream;
use serde_json::Value;
use wicketgate_domain as domain;
use wicketgate_domain::{Group, MemberKind, Page, Query, User};
use wicketgate_scim::{Mode, message::list_response, schema::ResourceType};

use super::{
    Answer, Call,
    conditions::{self, Tag},
    error::Error,
    media,
    members::{Piece, Pieces},
    query::Parameters,
    representation::{Representation, around},
};

/// An answer with more members than this is sent in chunks, while it is written. A smaller one has a length.
const MEMBERS_AT_ONCE: usize = 20_000;

/// How one request wants to be answered, read before anything happens.
pub(super) struct Reply {
    media_type: &'static str,
    representation: Representation,
    parameters: Parameters,
    mode: Mode,
}

impl Reply {
    /// Reads what the request says about its answer.
    pub(super) fn new(call: &Call, rt: Arc<ResourceType>) -> Result<Self, Error> {
        let media_type = media::accepted(call.request.headers())?;
        let parameters = call.parameters()?;
        let projection = parameters.projection(&rt)?;
        let representation = Representation {
            rt,
            links: call.links(),
            projection,
        };
        Ok(Self {
            media_type,
            representation,
            parameters,
            mode: call.mode(),
        })
    }

    /// Whether the answer shows an attribute. One that it does not show need not be loaded.
    pub(super) fn keeps(&self, attribute: &str) -> bool {
        self.representation.projection.keeps(attribute)
    }

    /// Whether the request says which attributes it wants.
    pub(super) fn names_attributes(&self) -> bool {
        self.parameters.has_attributes()
    }

    /// The page that the request asks for; `memberships` is the attribute that shows them.
    pub(super) fn page(&self, memberships: &str) -> Result<Query, Error> {
        self.parameters
            .page(&self.representation.rt, self.mode, self.keeps(memberships))
    }

    /// A user that was read, or nothing where the client holds it already.
    pub(super) fn user_or_unchanged(&self, call: &Call, user: User) -> Answer {
        let tag = Tag::of_user(&user);
        if conditions::is_held(call.request.headers(), tag) {
            return Ok(unchanged(tag));
        }
        self.user(StatusCode::OK, user)
    }

    /// A user.
    pub(super) fn user(&self, status: StatusCode, user: User) -> Answer {
        let location = self.representation.links.to(MemberKind::User, user.id.as_uuid());
        let mut response = self.build(status);
        response
            .insert_header((ETAG, Tag::of_user(&user).to_string()))
            .insert_header((LOCATION, location));
        Ok(response.body(text(&Value::Object(self.representation.user(user)))?))
    }

    /// A page of users.
    pub(super) fn users(&self, page: Page<User>) -> Answer {
        let users = page
            .resources
            .into_iter()
            .map(|user| Value::Object(self.representation.user(user)));
        let list = list_response(page.total, page.start_index, users.collect());
        Ok(self.build(StatusCode::OK).body(text(&list)?))
    }

    /// A group that was read, or nothing where the client holds it already.
    pub(super) fn group_or_unchanged(&self, call: &Call, group: Group) -> Answer {
        let tag = Tag::of_version(group.version);
        if conditions::is_held(call.request.headers(), tag) {
            return Ok(unchanged(tag));
        }
        self.group(StatusCode::OK, group)
    }

    /// A group.
    pub(super) fn group(&self, status: StatusCode, group: Group) -> Answer {
        let location = self
            .representation
            .links
            .to(MemberKind::Group, group.id.as_uuid());
        let mut response = self.build(status);
        response
            .insert_header((ETAG, Tag::of_version(group.version).to_string()))
            .insert_header((LOCATION, location));
        let pieces = self.representation.group(group).map_err(unwritable)?;
        Ok(self.pieces(response, pieces))
    }

    /// A page of groups.
    pub(super) fn groups(&self, page: Page<Group>) -> Answer {
        let mut pieces = Vec::with_capacity(page.resources.len() * 4 + 2);
        let count = page.resources.len();
        let mut list = list_response(page.total, page.start_index, Vec::new());
        if let Some(items_per_page) = list.get_mut("itemsPerPage") {
            *items_per_page = count.into();
        }
        let (head, tail) = around(&list, "Resources").map_err(unwritable)?;
        pieces.push(Piece::Text(head));
        for (position, group) in page.resources.into_iter().enumerate() {
            pieces.push(Piece::Text(vec![if position == 0 { b'[' } else { b',' }]));
            pieces.extend(self.representation.group(group).map_err(unwritable)?);
        }
        pieces.push(Piece::Text(if count == 0 {
            b"[]".to_vec()
        } else {
            b"]".to_vec()
        }));
        pieces.push(Piece::Text(tail));
        Ok(self.pieces(self.build(StatusCode::OK), pieces))
    }

    fn pieces(&self, mut response: HttpResponseBuilder, pieces: Vec<Piece>) -> HttpResponse {
        let pieces = Pieces::new(self.representation.links.clone(), pieces);
        if pieces.members() > MEMBERS_AT_ONCE {
            response.streaming(stream::iter(pieces.map(Ok::<_, Infallible>)))
        } else {
            response.body(pieces.whole())
        }
    }

    fn build(&self, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(status);
        response.content_type(self.media_type);
        response
    }
}

/// A document that is no resource of the organization, such as a schema.
pub(super) fn document(media_type: &'static str, document: &Value) -> Answer {
    Ok(HttpResponse::Ok().content_type(media_type).body(text(document)?))
}

/// Done, with nothing to show but the version there is now.
pub(super) fn done(version: i64) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ETAG, Tag::of_version(version).to_string()))
        .finish()
}

/// Gone.
pub(super) fn deleted() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn unchanged(tag: Tag) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((ETAG, tag.to_string()))
        .finish()
}

fn text(value: &Value) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::Domain(domain::Error::Internal(Box::new(error)))
}
