//! SCIM: the order in which a request is checked. First the credential, then the organization and what it may ask for,
//! then route and method, then the role, then query and body: so strangers learn nothing, and no body is read for them.

mod admission;
pub(crate) mod bulk;
mod conditions;
mod decode;
pub(crate) mod discovery;
pub(crate) mod entitlements;
pub(crate) mod error;
pub(crate) mod groups;
mod media;
mod members;
mod path;
mod query;
mod reply;
mod representation;
pub(crate) mod root;
mod tenant;
pub(crate) mod users;

use std::{cell::RefCell, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Data, block},
};
use futures_util::future::LocalBoxFuture;
use wicketgate_domain::{self as domain, Org};
use wicketgate_scim::{Mode, Object, json, resource::Rewrite, search::SearchRequest};

use crate::{
    Surface, body,
    dispatch::Seen,
    route::{self, Miss},
    scim::{
        admission::{Admission, Place},
        error::Error,
        path::Path,
        query::Parameters,
        representation::Links,
    },
    unread::Unread,
};

pub(crate) use admission::Admissions;

/// A larger body is parsed outside the worker, which other requests wait for.
const READ_AT_ONCE: usize = 256 << 10;

/// What answers a route.
pub(crate) type Handler = fn(Call) -> LocalBoxFuture<'static, Answer>;
/// An answer, or why there is none.
pub(crate) type Answer = Result<HttpResponse, Error>;

/// One request inside the organization that its credential opened.
pub(crate) struct Call {
    /// The organization. A handler holds no other.
    pub(crate) org: Org,
    /// What stands in the place of `{id}`, `{name}` or `{urn}`; empty where the route has none.
    pub(crate) target: String,
    request: HttpRequest,
    unread: Unread,
    surface: Data<Surface>,
    seen: Seen,
    admission: Arc<Admission>,
    place: RefCell<Place>,
}

impl Call {
    /// Waits until the organization has no more requests at the same time than it may, and counts as one until it is
    /// answered. A body that still arrives holds no place.
    async fn take_place(&self) -> Result<(), Error> {
        self.place.replace(self.admission.place().await?);
        Ok(())
    }

    fn mode(&self) -> Mode {
        self.org.settings().mode
    }

    fn links(&self) -> Links {
        Links::new(&self.surface.public_url, self.org.id())
    }

    fn parameters(&self) -> Result<Parameters, Error> {
        Parameters::read(self.request.query_string(), self.surface.limits.query_parameters)
    }

    /// Reads the body of a query.
    async fn search_body(&self) -> Result<SearchRequest, Error> {
        let body = self.body(self.surface.limits.user_body).await?;
        Ok(SearchRequest::parse(body, self.mode())?)
    }

    /// Reads the body of a user.
    async fn user_body(&self) -> Result<Object, Error> {
        self.body(self.surface.limits.user_body).await
    }

    /// Reads the body of a group.
    async fn group_body(&self) -> Result<Object, Error> {
        self.body(self.surface.limits.group_body).await
    }

    async fn body(&self, limit: usize) -> Result<Object, Error> {
        media::check_content(self.request.headers())?;
        let bytes = body::read(
            self.request.headers(),
            &self.unread,
            limit,
            self.surface.limits.body_time,
        )
        .await?;
        self.take_place().await?;
        if bytes.len() <= READ_AT_ONCE {
            return Ok(json::parse_object(&bytes)?);
        }
        let parsed = block(move || json::parse_object(&bytes)).await;
        Ok(parsed.map_err(|error| Error::Domain(domain::Error::Internal(Box::new(error))))??)
    }

    /// Logs which deviations from the RFC were understood. The names of attributes say enough: values are people's.
    fn log_rewrites(&self, rewrites: &[Rewrite]) {
        for Rewrite { rule, attribute } in rewrites {
            tracing::info!(org.id = %self.org.id(), request.id = %self.seen.id(), %rule, attribute, "rewritten");
        }
    }
}

/// Whether a path is SCIM's to answer.
pub(crate) fn is_under(path: &str) -> bool {
    path.strip_prefix("/scim")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request below `/scim`, whichever it is.
pub(crate) async fn answer(
    surface: Data<Surface>,
    request: HttpRequest,
    unread: Unread,
    seen: Seen,
) -> HttpResponse {
    let id = seen.id();
    match serve(surface, request, unread, seen).await {
        Ok(response) => response,
        Err(error) => error.answer(id),
    }
}

async fn serve(surface: Data<Surface>, request: HttpRequest, unread: Unread, seen: Seen) -> Answer {
    let path = Path::read(request.path());
    let org = tenant::enter(&surface.gateway, path.org, &request, &seen).await?;
    seen.entered(org.id());
    if org.is_paused() {
        return Err(Error::Paused);
    }
    let admission = surface.admissions.admit(&org)?;
    let (template, handler) = find(&org, &path.segments, request.method().as_str()).await?;
    seen.matched(template);
    let target = path.segments.into_iter().nth(1).unwrap_or_default();
    let has_body = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    let call = Call {
        org,
        target,
        request,
        unread,
        surface,
        seen,
        admission,
        place: RefCell::default(),
    };
    if !has_body {
        call.take_place().await?;
    }
    handler(call).await
}

/// Finds a route of the organization. The endpoints of what it does not offer are no endpoints, whatever the method.
async fn find(org: &Org, segments: &[String], method: &str) -> Result<(&'static str, Handler), Error> {
    let mode = org.settings().mode;
    if let Some(kind) = entitlements::kind(segments, mode)
        && !org.entitlements().kinds().await?.contains(&kind)
    {
        return Err(Error::NotFound);
    }
    Ok(route::find_scim(segments, method, mode.is_tolerant())?)
}

impl From<Miss> for Error {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Path => Self::NotFound,
            Miss::Method { allow } => Self::MethodNotAllowed { allow },
        }
    }
}

/// Says that an endpoint of the RFC is not offered here.
pub(crate) async fn unsupported(call: Call) -> Answer {
    // The request is only held to answer it: its body is not read.
    drop(call);
    Err(Error::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_segments_are_under_scim() {
        for path in ["/scim", "/scim/", "/scim/v2", "/scim//"] {
            assert!(is_under(path), "{path}");
        }
        for path in ["/", "", "/scimx", "/SCIM", "//scim", "/x/scim"] {
            assert!(!is_under(path), "{path}");
        }
    }
}
