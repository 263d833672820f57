//! SCIM: the order in which a request is checked. First the credential, then the organization and what it may ask for,
//! then route and method, then the role, then query and body: so strangers learn nothing, and no body is read for them.

mod admission;
pub(crate) mod bulk;
mod conditions;
pub(crate) mod decode;
pub(crate) mod discovery;
pub(crate) mod entitlements;
pub(crate) mod error;
pub(crate) mod groups;
mod media;
pub(crate) mod members;
mod path;
mod query;
mod record;
mod reply;
pub(crate) mod representation;
pub(crate) mod root;
pub(crate) mod tenant;
pub(crate) mod users;

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Instant};

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{Data, block},
};
use futures_util::future::LocalBoxFuture;
use wicketgate_domain::{self as domain, Org};
use wicketgate_metrics::Limit;
use wicketgate_scim::{Mode, Object, json, search::SearchRequest};

use crate::{
    Surface, body,
    dispatch::Seen,
    route::{self, Miss},
    scim::{
        admission::{Admission, Place},
        error::Error,
        path::Path,
        query::Parameters,
        record::Record,
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
    pub(crate) org: Rc<Org>,
    /// What stands in the place of `{id}`, `{name}` or `{urn}`; empty where the route has none.
    pub(crate) target: String,
    request: HttpRequest,
    unread: Unread,
    surface: Data<Surface>,
    seen: Seen,
    record: Rc<Record>,
    admission: Arc<Admission>,
    place: RefCell<Place>,
}

impl Call {
    /// Waits until the organization has no more requests at the same time than it may, and counts as one until it is
    /// answered. A body that still arrives holds no place.
    async fn take_place(&self) -> Result<(), Error> {
        let place = self.admission.place().await.inspect_err(|_| {
            let metrics = self.surface.gateway.metrics();
            metrics.limited.count(Limit::OrganizationConcurrency);
        })?;
        self.place.replace(place);
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
        let length = bytes.len();
        let parsed = if length <= READ_AT_ONCE {
            json::parse_object(&bytes)
        } else {
            let parsed = block(move || json::parse_object(&bytes)).await;
            parsed.map_err(|error| Error::Domain(domain::Error::Internal(Box::new(error))))?
        };
        match &parsed {
            Ok(body) => self.record.sent(body),
            Err(_) => self.record.sent_unreadable(length),
        }
        Ok(parsed?)
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
    let (started, id) = (Instant::now(), seen.id());
    let path = Path::read(request.path());
    let org = match tenant::enter(&surface.gateway, path.org, &request, &seen).await {
        Ok(org) => Rc::new(org),
        Err(error) => return error.answer(id).0,
    };
    seen.entered(org.id());
    let record = Rc::new(Record::new(&org, request.method().as_str(), id, started));
    let limit = surface.limits.query_parameters;
    let answer = serve(
        surface,
        org,
        path.segments,
        request.clone(),
        unread,
        seen,
        Rc::clone(&record),
    )
    .await;
    let response = answer.unwrap_or_else(|error| {
        let (response, told) = error.answer(id);
        let query = Parameters::read(request.query_string(), limit);
        record.failed(&error.failure(), &told, query.ok().as_ref());
        response
    });
    record.answered(response.status().as_u16());
    response
}

async fn serve(
    surface: Data<Surface>,
    org: Rc<Org>,
    segments: Vec<String>,
    request: HttpRequest,
    unread: Unread,
    seen: Seen,
    record: Rc<Record>,
) -> Answer {
    if org.is_paused() {
        return Err(Error::Paused);
    }
    let admission = surface.admissions.admit(&org).inspect_err(|_| {
        let metrics = surface.gateway.metrics();
        metrics.limited.count(Limit::OrganizationRate);
    })?;
    let (template, handler) = find(&org, &segments, request.method().as_str()).await?;
    seen.matched(template);
    record.matched(request.method().as_str(), template);
    let target = segments.into_iter().nth(1).unwrap_or_default();
    record.about(&target);
    let has_body = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    let call = Call {
        org,
        target,
        request,
        unread,
        surface,
        seen,
        record,
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
