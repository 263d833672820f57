//! Everything a SCIM request can be refused for, and the one place where each becomes a status, a `scimType` and a
//! detail (RFC 7644 §3.12). What a refusal was caused by is logged here, once, and only here.

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;

use std::{borrow::Cow, fmt};

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde_json::Value;
use wicketgate_domain::{self as domain, Failure, RequestLimits};
use wicketgate_scim::{self as scim, ScimType, bulk::BulkError, message::error_body};

use super::media;
use crate::{body::Unreadable, request_id::RequestId};

/// The challenges where no credential was presented: every scheme that opens the door, the preferred one first
/// (RFC 9110 §11.6.1, RFC 7644 §2).
const NO_TOKEN: &str = "Bearer realm=\"scim\", Basic realm=\"scim\", charset=\"UTF-8\"";
/// The challenges where one was (RFC 6750 §3.1).
const INVALID_TOKEN: &str =
    "Bearer realm=\"scim\", error=\"invalid_token\", Basic realm=\"scim\", charset=\"UTF-8\"";
/// The challenge where the credential holds and was not issued for this (RFC 6750 §3.1).
const INSUFFICIENT_SCOPE: &str = "Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"scim\"";

/// Why a request has no other answer.
#[derive(Debug)]
pub(crate) enum Error {
    /// No credential, or none that holds.
    Unauthenticated {
        /// Whether there was one.
        presented: bool,
    },
    /// No such organization, endpoint or resource is visible to the credential. All of them are answered alike.
    NotFound,
    /// The organization is paused.
    Paused,
    /// The organization's identity providers ask for more than it may.
    TooFast {
        /// What it may.
        limits: RequestLimits,
        /// When the next request is taken.
        seconds: u64,
    },
    /// The organization has as many requests at the same time as it may, and has had for a while.
    TooManyAtATime {
        /// How many it may.
        at_a_time: u16,
    },
    /// The endpoint has other methods.
    MethodNotAllowed {
        /// Which.
        allow: String,
    },
    /// An endpoint of the RFC that is not offered.
    Unsupported,
    /// A discovery endpoint was asked to filter.
    DiscoveryFilter,
    /// The client accepts nothing that can be answered.
    NotAcceptable,
    /// The body is of another media type.
    UnsupportedMediaType,
    /// The body is encoded, compressed for instance.
    UnsupportedEncoding,
    /// The body was not read to its end.
    Unreadable(Unreadable),
    /// A bulk request is too large (RFC 7644 §3.7.4).
    BulkPayloadTooLarge {
        /// How many bytes it may have.
        limit: usize,
    },
    /// A bulk request has too many operations.
    BulkTooManyOperations(BulkError),
    /// What the protocol refuses.
    Invalid(scim::Error),
    /// What the domain refuses.
    Domain(domain::Error),
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

impl From<scim::Error> for Error {
    fn from(error: scim::Error) -> Self {
        Self::Invalid(error)
    }
}

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        Self::Domain(error)
    }
}

/// One row of the table of errors.
struct Row {
    status: StatusCode,
    scim_type: Option<ScimType>,
    detail: Cow<'static, str>,
    header: Option<(HeaderName, Cow<'static, str>)>,
}

impl Row {
    fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
            header: None,
        }
    }

    fn scim_type(self, scim_type: ScimType) -> Self {
        Self {
            scim_type: Some(scim_type),
            ..self
        }
    }

    fn header(self, name: HeaderName, value: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: Some((name, value.into())),
            ..self
        }
    }

    fn body(&self) -> Value {
        error_body(self.status.as_u16(), self.scim_type, &self.detail)
    }

    fn answer(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status)
            .content_type(media::SCIM)
            .body(self.body().to_string());
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// What a client is told of an error.
pub(super) struct Told {
    pub(super) scim_type: Option<ScimType>,
    pub(super) detail: String,
}

impl Told {
    fn of(row: &Row) -> Self {
        Self {
            scim_type: row.scim_type,
            detail: row.detail.to_string(),
        }
    }
}

impl Error {
    /// The answer, and what it tells. Failures of the gateway itself are logged with their causes.
    pub(super) fn answer(&self, request: RequestId) -> (HttpResponse, Told) {
        let row = self.row(request);
        let told = Told::of(&row);
        (row.answer(), told)
    }

    /// The status and the body of the answer, for one operation of many, and what it tells. Failures are logged as in
    /// [`Error::answer`].
    pub(super) fn body(&self, request: RequestId) -> (u16, Value, Told) {
        let row = self.row(request);
        (row.status.as_u16(), row.body(), Told::of(&row))
    }

    /// Why the request failed, as the provisioning log tells it apart.
    pub(super) fn failure(&self) -> Failure {
        match self {
            // Who has no credential has no log either: the domain logs what there is to log.
            Self::Unauthenticated { .. } => Failure::Other,
            Self::NotFound => Failure::UnknownEndpoint,
            Self::Paused => Failure::Paused,
            Self::TooFast { .. } | Self::TooManyAtATime { .. } => Failure::TooFast,
            Self::MethodNotAllowed { .. } => Failure::MethodNotAllowed,
            Self::Unsupported => Failure::Unsupported,
            Self::DiscoveryFilter => Failure::DiscoveryFilter,
            Self::NotAcceptable => Failure::NotAcceptable,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding => Failure::WrongMediaType,
            Self::Unreadable(Unreadable::TooLarge { .. }) => Failure::TooLarge,
            Self::Unreadable(Unreadable::TooSlow) => Failure::TooSlow,
            Self::Unreadable(Unreadable::Incomplete) => Failure::Incomplete,
            Self::BulkPayloadTooLarge { .. } | Self::BulkTooManyOperations(_) => Failure::BulkTooLarge,
            Self::Invalid(error) => error.into(),
            Self::Domain(error) => error.into(),
        }
    }

    fn row(&self, request: RequestId) -> Row {
        match self {
            Self::Unauthenticated { presented } => Row::new(
                StatusCode::UNAUTHORIZED,
                "No valid credential: send a token of this organization in the Authorization header, as Bearer and \
                 the token. If it was accepted before, it has expired or was revoked.",
            )
            .header(
                WWW_AUTHENTICATE,
                if *presented { INVALID_TOKEN } else { NO_TOKEN },
            ),
            Self::NotFound => not_found(),
            Self::Paused => Row::new(
                StatusCode::TOO_MANY_REQUESTS,
                "This organization is paused. Nothing was changed: try again later.",
            )
            .header(RETRY_AFTER, "60"),
            Self::TooFast { limits, seconds } => Row::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "This organization may send {} requests a second on the long run. Nothing was changed: send the \
                     request again in {seconds} s.",
                    limits.per_second
                ),
            )
            .header(RETRY_AFTER, seconds.to_string()),
            Self::TooManyAtATime { at_a_time } => Row::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "This organization may send {at_a_time} requests at the same time, and they take long. Nothing was \
                     changed: send the request again."
                ),
            )
            .header(RETRY_AFTER, "1"),
            Self::MethodNotAllowed { allow } => Row::new(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("This endpoint does not have the method that was used. It has {allow}."),
            )
            .header(ALLOW, allow.clone()),
            Self::Unsupported => Row::new(
                StatusCode::NOT_IMPLEMENTED,
                "This endpoint is not supported. /ServiceProviderConfig says what is.",
            ),
            Self::DiscoveryFilter => Row::new(
                StatusCode::FORBIDDEN,
                "This endpoint cannot be filtered: leave out the parameter filter.",
            ),
            Self::NotAcceptable => Row::new(
                StatusCode::NOT_ACCEPTABLE,
                "Answers are application/scim+json or application/json: send one of them in the Accept header.",
            ),
            Self::UnsupportedMediaType => Row::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/scim+json or application/json in UTF-8: say so in the Content-Type \
                 header.",
            ),
            Self::UnsupportedEncoding => Row::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must not be compressed: leave out the Content-Encoding header.",
            ),
            Self::Unreadable(Unreadable::TooLarge { limit }) => Row::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body is larger than {limit} bytes, the most that this endpoint reads."),
            ),
            Self::BulkPayloadTooLarge { limit } => Row::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "The bulk request is larger than {limit} bytes, its maxPayloadSize. Nothing was changed: send the \
                     operations in several requests."
                ),
            ),
            Self::BulkTooManyOperations(error) => Row::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            Self::Unreadable(Unreadable::TooSlow) => Row::new(
                StatusCode::REQUEST_TIMEOUT,
                "The body did not arrive in time. Nothing was changed: send the request again.",
            ),
            Self::Unreadable(Unreadable::Incomplete) => Row::new(
                StatusCode::BAD_REQUEST,
                "The body broke off. Nothing was changed: send the request again.",
            )
            .scim_type(ScimType::InvalidSyntax),
            Self::Invalid(error) => invalid(error),
            Self::Domain(error) => of_domain(error, request),
        }
    }
}

fn of_domain(error: &domain::Error, request: RequestId) -> Row {
    match error {
        domain::Error::NotFound => not_found(),
        domain::Error::AlreadyExists { attribute } => Row::new(
            StatusCode::CONFLICT,
            format!(
                "{attribute}: another resource of this organization has this value. Send another value, or match the \
                 existing resource."
            ),
        )
        .scim_type(ScimType::Uniqueness),
        domain::Error::VersionMismatch { current } => Row::new(
            StatusCode::PRECONDITION_FAILED,
            format!(
                "The resource has changed: its version is W/\"{current}\" now. Read it again and repeat the change."
            ),
        ),
        domain::Error::Forbidden { held, needed } => Row::new(
            StatusCode::FORBIDDEN,
            format!(
                "This needs the role {needed}. The credential's service user has the role {held}: give it the other \
                 role, or use another service user's token."
            ),
        ),
        domain::Error::ReadOnly => Row::new(
            StatusCode::FORBIDDEN,
            "The access token was issued for reading alone: let the client ask for the scope scim.",
        )
        .header(WWW_AUTHENTICATE, INSUFFICIENT_SCOPE),
        domain::Error::ReauthenticationNeeded => Row::new(
            StatusCode::FORBIDDEN,
            "This needs a recent sign-in: sign in again, and repeat the request.",
        ),
        domain::Error::LastOwner => Row::new(
            StatusCode::CONFLICT,
            "This is the organization's last Org Owner: give another account the role first.",
        ),
        domain::Error::Managed { resource, domain } => Row::new(
            StatusCode::CONFLICT,
            format!(
                "The identity provider of the provisioning domain {domain} manages this {resource}: change it there, \
                 or let an Org Owner release it first."
            ),
        ),
        domain::Error::Blocked => Row::new(
            StatusCode::FORBIDDEN,
            "An Org Owner has blocked this user here, and active stays false. Nothing was changed: an Org Owner must \
             reactivate the user here first, or send active as false.",
        ),
        domain::Error::Invalid(error) => invalid(error),
        domain::Error::Refused { field, fix } => {
            Row::new(StatusCode::BAD_REQUEST, format!("{field}: {fix}")).scim_type(ScimType::InvalidValue)
        }
        domain::Error::Busy => Row::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests at a time. Nothing was changed: send the request again.",
        )
        .header(RETRY_AFTER, "1"),
        domain::Error::Unavailable(_) => {
            tracing::error!(request.id = %request, error = %Chain(error), "the database is unavailable");
            Row::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("The gateway's database does not answer. Send the request again later. Request {request}."),
            )
            .header(RETRY_AFTER, "5")
        }
        domain::Error::Internal(_) => {
            tracing::error!(request.id = %request, error = %Chain(error), "a request failed");
            internal(request)
        }
    }
}

fn not_found() -> Row {
    Row::new(
        StatusCode::NOT_FOUND,
        "Not found: check the base URL, the endpoint and the id. What belongs to another organization is not found \
         either.",
    )
}

fn invalid(error: &scim::Error) -> Row {
    let status = StatusCode::from_u16(error.scim_type.status()).unwrap_or(StatusCode::BAD_REQUEST);
    Row::new(status, error.detail.clone()).scim_type(error.scim_type)
}

fn internal(request: RequestId) -> Row {
    Row::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("The gateway failed. Its operator finds the cause in the log: ask about request {request}."),
    )
}

/// The answer after a panic, which has been logged.
pub(crate) fn panicked(request: RequestId) -> HttpResponse {
    internal(request).answer()
}

/// An error with everything it was caused by, in one line.
pub(crate) struct Chain<'e>(pub(crate) &'e (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
