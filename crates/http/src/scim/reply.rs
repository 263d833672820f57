//! Successful answers: status, headers and body. What is in a resource is decided elsewhere.

use std::{convert::Infallible, sync::Arc};

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{CONTENT_LOCATION, ETAG, LOCATION},
    },
};
use futures_util::stream;
use serde_json::Value;
use wicketgate_domain as domain;
use wicketgate_domain::{Group, MemberKind, Page, Query, Resource, RootQuery, User};
use wicketgate_scim::{
    Mode, Object,
    message::{Place, list_response},
    schema::{MEMBERS, ResourceType},
    search::SearchRequest,
};

use super::{
    Answer, Call,
    conditions::{self, Tag},
    error::Error,
    media,
    members::{Piece, Pieces},
    query::Parameters,
    representation::{Representation, around},
    users::GROUPS,
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
    pub(super) fn new(call: &Call, rt: &Arc<ResourceType>) -> Result<Self, Error> {
        Self::with(call, rt, call.parameters()?)
    }

    /// Reads what a query by POST says about its answer.
    pub(super) fn to_search(
        call: &Call,
        rt: &Arc<ResourceType>,
        request: SearchRequest,
    ) -> Result<Self, Error> {
        Self::with(call, rt, request.into())
    }

    fn with(call: &Call, rt: &Arc<ResourceType>, parameters: Parameters) -> Result<Self, Error> {
        let media_type = media::accepted(call.request.headers())?;
        let projection = parameters.projection(rt)?;
        let representation = Representation {
            rt: Arc::clone(rt),
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

    /// As this one, to a request that writes what its body says.
    pub(super) fn with_written(mut self, body: &Object) -> Self {
        let projection = self.representation.projection;
        self.representation.projection = projection.with_written(&self.representation.rt, body);
        self
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
        self.parameters.page(
            &self.representation.rt,
            self.mode,
            self.representation.links.base(),
            self.keeps(memberships),
        )
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
            .insert_header((CONTENT_LOCATION, location.as_str()))
            .insert_header((LOCATION, location));
        Ok(response.body(text(&Value::Object(self.representation.user(user)))?))
    }

    /// A page of users.
    pub(super) fn users(&self, page: Page<User>) -> Answer {
        self.list(page, |user| self.user_pieces(user))
    }

    fn user_pieces(&self, user: User) -> Result<Vec<Piece>, serde_json::Error> {
        let text = serde_json::to_vec(&self.representation.user(user))?;
        Ok(vec![Piece::Text(text)])
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
            .insert_header((CONTENT_LOCATION, location.as_str()))
            .insert_header((LOCATION, location));
        let pieces = self.representation.group(group).map_err(unwritable)?;
        Ok(self.pieces(response, pieces))
    }

    /// A page of groups.
    pub(super) fn groups(&self, page: Page<Group>) -> Answer {
        self.list(page, |group| self.representation.group(group))
    }

    /// A resource that was rendered already, or nothing where the client holds it already.
    pub(super) fn rendered_or_unchanged(
        &self,
        call: &Call,
        tag: Tag,
        location: String,
        resource: Object,
    ) -> Answer {
        if conditions::is_held(call.request.headers(), tag) {
            return Ok(unchanged(tag));
        }
        let mut response = self.build(StatusCode::OK);
        response
            .insert_header((ETAG, tag.to_string()))
            .insert_header((LOCATION, location));
        Ok(response.body(text(&Value::Object(self.shown(resource)))?))
    }

    /// A page of resources that were rendered already.
    pub(super) fn rendered(&self, page: Page<Object>) -> Answer {
        self.list(page, |resource| {
            Ok(vec![Piece::Text(serde_json::to_vec(&self.shown(resource))?)])
        })
    }

    /// What the request wants to see of a resource.
    fn shown(&self, resource: Object) -> Object {
        let Representation { rt, projection, .. } = &self.representation;
        projection.apply(rt, resource)
    }

    fn list<T>(&self, page: Page<T>, show: impl Fn(T) -> Result<Vec<Piece>, serde_json::Error>) -> Answer {
        let mut pieces = Vec::with_capacity(page.resources.len() * 4 + 2);
        let count = page.resources.len();
        let place = if self.parameters.has_cursor() {
            Place::Cursor(page.next_cursor)
        } else {
            Place::Index(page.start_index)
        };
        let list = list_response(page.total, place, count);
        let (head, tail) = around(&list, "Resources").map_err(unwritable)?;
        pieces.push(Piece::Text(head));
        for (position, resource) in page.resources.into_iter().enumerate() {
            pieces.push(Piece::Text(vec![if position == 0 { b'[' } else { b',' }]));
            pieces.extend(show(resource).map_err(unwritable)?);
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

/// How a query for users and groups together wants to be answered.
pub(super) struct RootReply {
    users: Reply,
    groups: Reply,
}

impl RootReply {
    /// Reads what the request says about its answer.
    pub(super) fn new(call: &Call, parameters: &Parameters) -> Result<Self, Error> {
        Ok(Self {
            users: Reply::with(call, call.org.user_type(), parameters.clone())?,
            groups: Reply::with(call, call.org.group_type(), parameters.clone())?,
        })
    }

    /// The page that the request asks for.
    pub(super) fn page(&self) -> Result<RootQuery, Error> {
        let (users, groups) = (&self.users.representation, &self.groups.representation);
        self.users.parameters.root_page(
            &users.rt,
            &groups.rt,
            self.users.mode,
            users.links.base(),
            self.users.keeps(GROUPS) || self.groups.keeps(MEMBERS),
        )
    }

    /// A page of users and groups.
    pub(super) fn resources(&self, page: Page<Resource>) -> Answer {
        self.users.list(page, |resource| match resource {
            Resource::User(user) => self.users.user_pieces(user),
            Resource::Group(group) => self.groups.representation.group(group),
        })
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
