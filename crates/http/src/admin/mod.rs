//! The admin API: what an organization's owners and the installation's operators do by script. A request is checked in
//! this order: the credential, the organization, route and method, the role, query and body. So strangers learn nothing,
//! and no body is read for them. Cookies are not looked at.
//!
//! | Question | File |
//! |---|---|
//! | Which routes are there? | `table.rs` |
//! | Who is asking? | `caller.rs` |
//! | How is a request carried out only once? | `once.rs` |
//! | What does a body or a query say? | `fields.rs` |
//! | What is answered when something is refused? | `error.rs` |
//! | How are lists cut into pages? | `page.rs` |
//! | Where does the OpenAPI description come from? | `openapi.rs`, and the constants beside the handlers |

mod accounts;
mod audit;
mod caller;
mod clients;
mod entitlements;
pub(crate) mod error;
mod export;
mod fields;
mod grants;
mod groups;
mod identity_providers;
mod invitations;
mod log;
mod once;
mod openapi;
mod operators;
mod orgs;
mod page;
mod reply;
mod roles;
mod rotations;
mod schemas;
mod secrets;
mod service_users;
mod sessions;
mod settings;
pub(crate) mod table;
mod tokens;
mod users;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use wicketgate_auth::OrgId;
use wicketgate_domain::{Operator, Org};
use wicketgate_scim::{Object, json};

use crate::{Surface, body, content, dispatch::Seen, route, scim::decode::percent_decoded, unread::Unread};
use caller::Credential;
use error::Error;
use fields::{Fields, Query};

const BASE: &str = "/admin/v1";
/// The part of a path that names an organization.
const ORGS: &str = "orgs";
/// The largest body, in bytes.
const LARGEST_BODY: usize = 256 << 10;
const MEDIA_TYPES: [&str; 2] = ["application/json", "application/merge-patch+json"];

/// An answer, or why there is none.
pub(crate) type Answer = Result<HttpResponse, Error>;

/// What answers a route, by what its caller must be.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Anybody.
    Open(fn(Http) -> LocalBoxFuture<'static, Answer>),
    /// Whoever presents a credential.
    Known(fn(Call<Credential>) -> LocalBoxFuture<'static, Answer>),
    /// An operator, in no organization.
    Operator(fn(Call<Operator>) -> LocalBoxFuture<'static, Answer>),
    /// Whom the organization in the path knows. The handler asks for the role.
    Org(fn(Call<Org>) -> LocalBoxFuture<'static, Answer>),
    /// An operator, in the organization in the path.
    OperatorInOrg(fn(Call<Org>) -> LocalBoxFuture<'static, Answer>),
    /// An operator, for the organization in the path, which it has entered.
    OperatorOfOrg(fn(Call<(Operator, OrgId)>) -> LocalBoxFuture<'static, Answer>),
}

/// One request of somebody.
pub(crate) struct Call<D> {
    /// What the credential opened. A handler reaches nothing else.
    door: D,
    http: Http,
}

/// One request.
pub(crate) struct Http {
    /// What stands in the places of the path behind the organization's.
    targets: Vec<String>,
    request: HttpRequest,
    unread: Unread,
    surface: Data<Surface>,
    seen: Seen,
}

impl Http {
    /// What stands in a place of the path, from 0.
    fn target(&self, place: usize) -> &str {
        self.targets.get(place).map_or("", String::as_str)
    }

    /// What stands in a place of the path, where only texts of a form name anything.
    fn id<T: std::str::FromStr>(&self, place: usize) -> Result<T, Error> {
        self.target(place).parse().map_err(|_| Error::NotFound)
    }

    /// The query, of these parameters and no others.
    fn query(&self, known: &[&'static str]) -> Result<Query, Error> {
        Query::read(self.request.query_string(), known)
    }

    /// The body as it was sent.
    async fn bytes(&self) -> Result<Vec<u8>, Error> {
        content::check(self.request.headers(), &MEDIA_TYPES)?;
        let time = self.surface.limits.body_time;
        let bytes = body::read(self.request.headers(), &self.unread, LARGEST_BODY, time).await?;
        Ok(bytes.to_vec())
    }

    /// The body, for reading it member by member.
    async fn fields(&self) -> Result<Fields, Error> {
        Ok(Fields::new(object(&self.bytes().await?)?))
    }

    /// A link to something of the organization.
    fn link(&self, org: OrgId, rest: &str) -> String {
        format!("{}{BASE}/{ORGS}/{org}{rest}", self.surface.public_url)
    }
}

/// The members of a body.
fn object(body: &[u8]) -> Result<Object, Error> {
    json::parse_object(body).map_err(Error::Json)
}

/// A time as answers say it.
fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Whether a path is the admin API's to answer.
pub(crate) fn is_under(path: &str) -> bool {
    path.strip_prefix("/admin")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request below `/admin`, whichever it is.
pub(crate) async fn answer(
    surface: Data<Surface>,
    request: HttpRequest,
    unread: Unread,
    seen: Seen,
) -> HttpResponse {
    let id = seen.id();
    let http = Http {
        targets: Vec::new(),
        request,
        unread,
        surface,
        seen,
    };
    match serve(http).await {
        Ok(response) => response,
        Err(error) => error.answer(id),
    }
}

/// The decoded segments of a path below [`BASE`]. What is not UTF-8, or leads elsewhere, fits no route.
fn segments(path: &str) -> Vec<String> {
    let below = path.strip_prefix(BASE).and_then(|rest| rest.strip_prefix('/'));
    let decoded = |segment| percent_decoded(segment).filter(|text| !matches!(text.as_str(), "." | ".."));
    below
        .and_then(|below| below.split('/').map(decoded).collect())
        .unwrap_or_default()
}

async fn serve(mut http: Http) -> Answer {
    let segments = segments(http.request.path());
    let method = http.request.method().as_str().to_owned();
    if let Ok((endpoint, targets)) = table::find(&segments, &method)
        && let Handler::Open(handler) = endpoint.handler
    {
        http.seen.matched(endpoint.path);
        http.targets = targets;
        return handler(http).await;
    }
    // Whether the organization's segment is an id is told to nobody without a credential.
    let org = match segments.as_slice() {
        [first, org, ..] if first == ORGS => Some(org.as_str()),
        _ => None,
    };
    match org {
        Some(org) => in_org(http, org, &segments, &method).await,
        None => in_none(http, &segments, &method).await,
    }
}

async fn in_org(mut http: Http, org: &str, segments: &[String], method: &str) -> Answer {
    let entered = caller::enter(&http, org).await?;
    http.seen.entered(entered.org.id());
    let (endpoint, targets) = table::find(segments, method)?;
    http.seen.matched(endpoint.path);
    // The organization's own place is behind the door.
    http.targets = targets.into_iter().skip(1).collect();
    match endpoint.handler {
        Handler::Org(handler) => {
            let door = entered.org;
            handler(Call { door, http }).await
        }
        Handler::OperatorInOrg(handler) => {
            let door = entered.entered_by_operator(&http).await?;
            handler(Call { door, http }).await
        }
        Handler::OperatorOfOrg(handler) => {
            let door = entered.operator(&http).await?;
            handler(Call { door, http }).await
        }
        // No path of an organization is one of these.
        Handler::Open(_) | Handler::Known(_) | Handler::Operator(_) => Err(Error::NotFound),
    }
}

async fn in_none(mut http: Http, segments: &[String], method: &str) -> Answer {
    let credential = caller::known(&http).await?;
    let (endpoint, targets) = table::find(segments, method)?;
    http.seen.matched(endpoint.path);
    http.targets = targets;
    match endpoint.handler {
        Handler::Known(handler) => {
            let door = credential;
            handler(Call { door, http }).await
        }
        Handler::Operator(handler) => {
            let door = credential.operator(&http).await?;
            handler(Call { door, http }).await
        }
        Handler::Open(_) | Handler::Org(_) | Handler::OperatorInOrg(_) | Handler::OperatorOfOrg(_) => {
            Err(Error::NotFound)
        }
    }
}

/// Where the routes of the table are mounted: see [`table`].
pub(crate) fn routes() -> impl Iterator<Item = route::Route> {
    table::ENDPOINTS
        .iter()
        .map(|endpoint| route::Route::of_admin(endpoint.method, endpoint.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_segments_are_under_admin() {
        for path in ["/admin", "/admin/", "/admin/v1", "/admin/v2/x", "/admin//"] {
            assert!(is_under(path), "{path}");
        }
        for path in ["/", "", "/adminx", "/ADMIN", "//admin", "/x/admin"] {
            assert!(!is_under(path), "{path}");
        }
    }

    #[test]
    fn segments_are_decoded_one_by_one_and_what_leads_elsewhere_fits_nothing() {
        assert_eq!(
            segments("/admin/v1/orgs/1/schemas/urn%3Aa%2Fb"),
            ["orgs", "1", "schemas", "urn:a/b"]
        );
        for path in [
            "/admin",
            "/admin/v1",
            "/admin/v2/orgs",
            "/admin/v1/orgs/..",
            "/admin/v1/orgs/%2e",
            "/admin/v1/%ff",
        ] {
            assert!(segments(path).is_empty(), "{path}");
        }
        assert_eq!(segments("/admin/v1//orgs/"), ["", "orgs", ""]);
    }
}
