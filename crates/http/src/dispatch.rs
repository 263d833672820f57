//! What happens to every request: it gets an id, a panic in it is caught, its answer is stamped and one line is logged.
//! What it is about is decided further in.

use std::{cell::Cell, fmt, rc::Rc, sync::Arc, time::Instant};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderValue, X_CONTENT_TYPE_OPTIONS},
    web::{self, Data},
};
use wicketgate_auth::OrgId;

use crate::{
    Surface, admin, leak,
    oauth::{self, Attempts},
    panics::{Panicked, caught},
    problem,
    request_id::RequestId,
    route::{self, Miss, Plain},
    scim,
    unread::Unread,
};

/// What the log will say about one request, filled in as it becomes known. It never holds the query, an id from the
/// path, or a credential.
#[derive(Clone)]
pub(crate) struct Seen(Rc<Facts>);

struct Facts {
    id: RequestId,
    route: Cell<&'static str>,
    org: Cell<Option<OrgId>>,
    is_probe: Cell<bool>,
}

impl Seen {
    pub(crate) fn new(id: RequestId) -> Self {
        Self(Rc::new(Facts {
            id,
            route: Cell::new("(none)"),
            org: Cell::new(None),
            is_probe: Cell::new(false),
        }))
    }

    pub(crate) fn id(&self) -> RequestId {
        self.0.id
    }

    /// The request's credential opened this organization.
    pub(crate) fn entered(&self, org: OrgId) {
        self.0.org.set(Some(org));
    }

    /// The request is for this route.
    pub(crate) fn matched(&self, template: &'static str) {
        self.0.route.set(template);
    }
}

/// An organization's id, or nothing where no organization was entered.
struct Entered(Option<OrgId>);

impl fmt::Display for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |org| org.fmt(f))
    }
}

/// Whose words a request is answered in, whatever becomes of it.
#[derive(Clone, Copy)]
enum Place {
    Scim,
    OAuth,
    Admin,
    Other,
}

impl Place {
    fn of(path: &str) -> Self {
        if scim::is_under(path) {
            Self::Scim
        } else if oauth::is_under(path) {
            Self::OAuth
        } else if admin::is_under(path) {
            Self::Admin
        } else {
            Self::Other
        }
    }
}

/// Answers a request, whichever it is.
pub(crate) async fn serve(
    surface: Data<Surface>,
    attempts: Data<Attempts>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let started = Instant::now();
    let metrics = Arc::clone(surface.gateway.metrics());
    let measured = Arc::clone(&surface.measured);
    let in_flight = metrics.requests.begin();
    let seen = Seen::new(RequestId::fresh());
    let method = request.method().clone();
    let place = Place::of(request.path());

    let unread = Unread::new(payload.into_inner());
    let work = answer(place, surface, attempts, request, unread.clone(), seen.clone());
    let mut response = caught(work).await.unwrap_or_else(|Panicked(message)| {
        tracing::error!(request.id = %seen.id(), panic = message, "a request panicked");
        match place {
            Place::Scim => scim::error::panicked(seen.id()),
            Place::OAuth => oauth::error::panicked(seen.id()),
            Place::Admin => admin::error::panicked(seen.id()),
            Place::Other => problem::internal(),
        }
    });

    seen.id().stamp(&mut response);
    response
        .headers_mut()
        .insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let (status, took) = (response.status().as_u16(), started.elapsed());
    measured.answered(seen.0.route.get(), method.as_str(), status, took);
    if let (Place::Scim, Some(org)) = (place, seen.0.org.get()) {
        metrics.requests.of_org(*org.as_uuid(), status);
    }
    drop(in_flight);
    // Probes that succeed, many times a minute, would drown the rest.
    if !(seen.0.is_probe.get() && response.status().is_success()) {
        tracing::info!(
            http.method = %method,
            http.route = seen.0.route.get(),
            http.status = status,
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            org.id = %Entered(seen.0.org.get()),
            request.id = %seen.id(),
            "request"
        );
    }
    unread.hold(response)
}

async fn answer(
    place: Place,
    surface: Data<Surface>,
    attempts: Data<Attempts>,
    request: HttpRequest,
    unread: Unread,
    seen: Seen,
) -> HttpResponse {
    match place {
        Place::Scim => return scim::answer(surface, request, unread, seen).await,
        Place::OAuth => return oauth::answer(surface, attempts, request, unread, seen).await,
        Place::Admin => return admin::answer(surface, request, unread, seen).await,
        Place::Other => {}
    }
    match route::find_plain(request.path(), request.method().as_str()) {
        Ok((template, Plain::Probe(handler))) => {
            seen.matched(template);
            seen.0.is_probe.set(true);
            handler(surface, seen).await
        }
        Ok((template, Plain::Open(handler))) => {
            seen.matched(template);
            handler(leak::Call {
                surface,
                request,
                unread,
                seen,
            })
            .await
        }
        Err(Miss::Path) => problem::not_found(),
        Err(Miss::Method { allow }) => problem::method_not_allowed(&allow),
    }
}
