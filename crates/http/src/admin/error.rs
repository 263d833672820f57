//! Everything that a request to the admin API can be refused for, and the one place where each becomes a problem (RFC
//! 9457). What a refusal was caused by is logged here, once.

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;

use std::borrow::Cow;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::Role;
use wicketgate_domain::{self as domain, IDEMPOTENCY_KEY, SignInRefused, Unanswered};
use wicketgate_scim as scim;

use crate::{body::Unreadable, content, request_id::RequestId, route::Miss, scim::error::Chain};

const MEDIA_TYPE: &str = "application/problem+json";
/// The challenge where no credential was presented.
const NO_TOKEN: &str = "Bearer realm=\"admin\"";
/// The challenge where one was (RFC 6750 §3.1).
const INVALID_TOKEN: &str = "Bearer realm=\"admin\", error=\"invalid_token\"";
/// The challenge where the credential holds and was not issued for this (RFC 6750 §3.1).
const INSUFFICIENT_SCOPE: &str = "Bearer realm=\"admin\", error=\"insufficient_scope\", scope=\"scim\"";

/// Why a request has no other answer.
#[derive(Debug)]
pub(crate) enum Error {
    /// No credential, or none that holds.
    Unauthenticated {
        /// Whether there was one.
        presented: bool,
    },
    /// No such organization, route or resource is visible to the credential. All of them are answered alike.
    NotFound,
    /// The route has other methods.
    MethodNotAllowed {
        /// Which.
        allow: String,
    },
    /// Only operators may.
    OperatorNeeded,
    /// Nobody was signed in.
    SignIn(SignInRefused),
    /// The body is none that is read.
    Body(content::Refused),
    /// The body was not read to its end.
    Unreadable(Unreadable),
    /// The body is no JSON object.
    Json(scim::Error),
    /// What was sent is refused, field by field.
    Input(Vec<FieldError>),
    /// The key stands for another request.
    KeyOfAnotherRequest,
    /// The key stands for this request, and its answer is not known.
    Unanswered(Unanswered),
    /// What the domain refuses.
    Domain(domain::Error),
}

/// One field, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The member of the body, the parameter or the header.
    pub(super) field: String,
    /// What it must be.
    pub(super) detail: String,
}

/// Why a request was refused (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What kind of problem it is. It never changes.
    #[serde(rename = "type")]
    kind: String,
    /// The same for people.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What to do about it.
    detail: String,
    /// Each field that was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Error {
    /// Refuses one field.
    pub(super) fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Input(vec![FieldError {
            field: field.into(),
            detail: detail.into(),
        }])
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

impl From<content::Refused> for Error {
    fn from(refused: content::Refused) -> Self {
        Self::Body(refused)
    }
}

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        Self::Domain(error)
    }
}

impl From<Miss> for Error {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Path => Self::NotFound,
            Miss::Method { allow } => Self::MethodNotAllowed { allow },
        }
    }
}

/// One row of the table of problems.
struct Row {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    header: Option<(HeaderName, Cow<'static, str>)>,
}

impl Row {
    fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            errors: Vec::new(),
            header: None,
        }
    }

    fn header(self, name: HeaderName, value: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: Some((name, value.into())),
            ..self
        }
    }

    fn answer(self) -> HttpResponse {
        let problem = Problem {
            kind: format!("urn:wicketgate:problem:{}", self.kind),
            title: self.title,
            status: self.status.as_u16(),
            detail: self.detail.into_owned(),
            errors: self.errors,
        };
        let mut response = HttpResponse::build(self.status)
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type(MEDIA_TYPE)
            .body(serde_json::to_string(&problem).unwrap_or_default());
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl Error {
    /// The answer. Failures of the gateway itself are logged with their causes.
    pub(crate) fn answer(&self, request: RequestId) -> HttpResponse {
        self.row(request).answer()
    }

    fn row(&self, request: RequestId) -> Row {
        match self {
            Self::Unauthenticated { presented } => Row::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "No valid credential",
                "Send the token of a session or of a service user in the Authorization header, as Bearer and the token. \
                 If it was accepted before, it has expired or was revoked.",
            )
            .header(
                WWW_AUTHENTICATE,
                if *presented { INVALID_TOKEN } else { NO_TOKEN },
            ),
            Self::NotFound => not_found(),
            Self::MethodNotAllowed { allow } => Row::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Another method is needed",
                format!("This path answers {allow} and nothing else."),
            )
            .header(ALLOW, allow.clone()),
            Self::OperatorNeeded => Row::new(
                StatusCode::FORBIDDEN,
                "role-needed",
                "Another role is needed",
                "This needs the role Operator: sign in as somebody who looks after the installation.",
            ),
            Self::SignIn(refused) => of_sign_in(refused, request),
            Self::Body(content::Refused::MediaType) => Row::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Another media type is needed",
                "The body must be application/json in UTF-8: say so in the Content-Type header.",
            ),
            Self::Body(content::Refused::Encoded) => Row::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Another media type is needed",
                "The body must not be compressed: leave out the Content-Encoding header.",
            ),
            Self::Unreadable(Unreadable::TooLarge { limit }) => Row::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                "The body is too large",
                format!("The body is larger than {limit} bytes, the most that this path reads."),
            ),
            Self::Unreadable(Unreadable::TooSlow) => Row::new(
                StatusCode::REQUEST_TIMEOUT,
                "body-too-slow",
                "The body did not arrive in time",
                "Nothing was changed: send the request again.",
            ),
            Self::Unreadable(Unreadable::Incomplete) => Row::new(
                StatusCode::BAD_REQUEST,
                "body-incomplete",
                "The body broke off",
                "Nothing was changed: send the request again.",
            ),
            Self::Json(error) => Row::new(
                StatusCode::BAD_REQUEST,
                "invalid-json",
                "The body is no acceptable JSON",
                error.detail.clone(),
            ),
            Self::Input(errors) => invalid(errors.clone()),
            Self::KeyOfAnotherRequest => Row::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The key stands for another request",
                "The Idempotency-Key was sent with another request within the last 24 hours: choose a new key for each \
                 request.",
            ),
            Self::Unanswered(Unanswered { request_id, at }) => Row::new(
                StatusCode::CONFLICT,
                "idempotency-key-unanswered",
                "The request was carried out before",
                format!(
                    "A request with this Idempotency-Key was carried out at {at:.3} as request {request_id}, and its \
                     answer is still on its way or was lost. Send it again in a moment; if the answer stays away, look \
                     in the list for what was created, and revoke a secret that nobody has received."
                ),
            )
            .header(RETRY_AFTER, "1"),
            Self::Domain(error) => of_domain(error, request),
        }
    }
}

fn of_sign_in(refused: &SignInRefused, request: RequestId) -> Row {
    match refused {
        SignInRefused::Wrong => Row::new(
            StatusCode::UNAUTHORIZED,
            "sign-in-failed",
            "Nobody was signed in",
            "The e-mail address, the password or the code is wrong.",
        )
        .header(WWW_AUTHENTICATE, NO_TOKEN),
        SignInRefused::TotpNeeded => Row::new(
            StatusCode::UNAUTHORIZED,
            "code-needed",
            "A code is needed",
            "Send the code of the authenticator app, or a recovery code, in the member code.",
        )
        .header(WWW_AUTHENTICATE, NO_TOKEN),
        SignInRefused::Throttled { retry_after } => Row::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-attempts",
            "Too many attempts",
            "Nothing was looked at: wait for as many seconds as the Retry-After header says.",
        )
        .header(RETRY_AFTER, retry_after.as_secs().max(1).to_string()),
        SignInRefused::Store(error) => of_domain(error, request),
    }
}

fn of_domain(error: &domain::Error, request: RequestId) -> Row {
    match error {
        domain::Error::NotFound => not_found(),
        domain::Error::AlreadyExists {
            attribute: IDEMPOTENCY_KEY,
        } => Row::new(
            StatusCode::CONFLICT,
            "idempotency-key-in-use",
            "The same request is being carried out",
            "Another request with this Idempotency-Key was faster, and this one changed nothing: send it again in a \
             moment for the answer.",
        )
        .header(RETRY_AFTER, "1"),
        domain::Error::AlreadyExists { attribute } => taken(attribute),
        domain::Error::VersionMismatch { .. } => Row::new(
            StatusCode::PRECONDITION_FAILED,
            "changed-meanwhile",
            "It has changed meanwhile",
            "The resource is not what the If-Match header names. Nothing was changed: read it again, and repeat the \
             change.",
        ),
        domain::Error::Forbidden { held, needed } => forbidden(*held, *needed),
        domain::Error::ReadOnly => Row::new(
            StatusCode::FORBIDDEN,
            "read-only-token",
            "The token is for reading",
            "The access token was issued for reading alone: let the client ask for the scope scim.",
        )
        .header(WWW_AUTHENTICATE, INSUFFICIENT_SCOPE),
        domain::Error::ReauthenticationNeeded => Row::new(
            StatusCode::FORBIDDEN,
            "recent-sign-in-needed",
            "A recent sign-in is needed",
            "It is more than five minutes ago that this session was signed in to: sign in again, and repeat the request \
             with the new session.",
        ),
        domain::Error::LastOwner => Row::new(
            StatusCode::CONFLICT,
            "last-owner",
            "The organization needs an owner",
            "This is the organization's last Org Owner: give another account the role first.",
        ),
        domain::Error::Managed { .. } => Row::new(
            StatusCode::CONFLICT,
            "managed",
            "An identity provider manages it",
            format!("Nothing was changed: {error}."),
        ),
        domain::Error::Blocked => Row::new(
            StatusCode::CONFLICT,
            "blocked",
            "An owner has blocked the user",
            format!("Nothing was changed: {error}."),
        ),
        domain::Error::Invalid(error) => Row::new(
            StatusCode::BAD_REQUEST,
            "invalid-input",
            "The request is refused",
            error.detail.clone(),
        ),
        domain::Error::Refused { field, fix } => invalid(vec![FieldError {
            field: field_name(field),
            detail: fix.clone(),
        }]),
        domain::Error::Busy => Row::new(
            StatusCode::TOO_MANY_REQUESTS,
            "busy",
            "Too many requests",
            "Too many requests at a time. Nothing was changed: send the request again.",
        )
        .header(RETRY_AFTER, "1"),
        domain::Error::Unavailable(_) => {
            tracing::error!(request.id = %request, error = %Chain(error), "the database is unavailable");
            Row::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The database does not answer",
                format!("Send the request again later. Request {request}."),
            )
            .header(RETRY_AFTER, "5")
        }
        domain::Error::Internal(_) => {
            tracing::error!(request.id = %request, error = %Chain(error), "a request failed");
            internal(request)
        }
    }
}

/// Another resource has the value.
fn taken(attribute: &str) -> Row {
    let field = field_name(attribute);
    let detail = "it is taken already in this organization: choose another value".to_owned();
    Row {
        errors: vec![FieldError { field, detail }],
        ..Row::new(
            StatusCode::CONFLICT,
            "already-exists",
            "There is one already",
            format!("{attribute}: another resource has this value. Nothing was changed."),
        )
    }
}

/// The role does not allow it. A service user is told a role that it can have: it cannot be a viewer.
fn forbidden(held: Role, needed: Role) -> Row {
    let needed = if Role::OF_ACCOUNTS.contains(&held) {
        needed
    } else {
        Role::OrgOwner
    };
    Row::new(
        StatusCode::FORBIDDEN,
        "role-needed",
        "Another role is needed",
        format!("This needs the role {needed}. The credential has the role {held}."),
    )
}

fn not_found() -> Row {
    Row::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "Not found",
        "Check the path and its ids. What belongs to another organization is not found either.",
    )
}

fn invalid(errors: Vec<FieldError>) -> Row {
    let detail = errors
        .iter()
        .map(|FieldError { field, detail }| format!("{field}: {detail}"))
        .collect::<Vec<_>>()
        .join("; ");
    Row {
        errors,
        ..Row::new(
            StatusCode::BAD_REQUEST,
            "invalid-input",
            "The request is refused",
            detail,
        )
    }
}

fn internal(request: RequestId) -> Row {
    Row::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The gateway failed",
        format!("Its operator finds the cause in the log: ask about request {request}."),
    )
}

/// The answer after a panic, which has been logged.
pub(crate) fn panicked(request: RequestId) -> HttpResponse {
    internal(request).answer()
}

/// What the admin API calls an argument that the domain names as the command line does.
fn field_name(field: &str) -> String {
    match field {
        "longest-token-life" => "longestTokenDays".to_owned(),
        "keep-log" => "logDays".to_owned(),
        "keep-bodies" => "bodyDays".to_owned(),
        "keep-deleted" => "graceDays".to_owned(),
        "redirect-uri" => "redirectUris".to_owned(),
        "audience" => "audiences".to_owned(),
        other => {
            let mut words = other.split('-');
            let first = words.next().unwrap_or_default().to_owned();
            words.fold(first, |name, word| {
                let mut letters = word.chars();
                let initial = letters.next().map(|c| c.to_ascii_uppercase());
                name + &initial.into_iter().chain(letters).collect::<String>()
            })
        }
    }
}
