//! Everything that a request to the authorization server can be refused for, and the one place where each becomes a
//! status and an error body (RFC 6749 §5.2). What a refusal was caused by is logged here, once.

use std::borrow::Cow;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde_json::json;
use wicketgate_auth::oauth::{self, ErrorCode};
use wicketgate_domain as domain;

use super::attempts::Wait;
use crate::{body::Unreadable, content::Refused, request_id::RequestId, scim::error::Chain};

/// The one way to prove who a client is that has a header.
const CHALLENGE: &str = "Basic realm=\"oauth\", charset=\"UTF-8\"";

/// Why a request has no other answer.
#[derive(Debug)]
pub(crate) enum Error {
    /// No such endpoint.
    NotFound,
    /// The endpoint has other methods.
    MethodNotAllowed {
        /// Which.
        allow: String,
    },
    /// The body is none that is read.
    Body(Refused),
    /// The body was not read to its end.
    Unreadable(Unreadable),
    /// Too many attempts.
    Wait(Wait),
    /// What the protocol or the domain refuses.
    Refused(oauth::Error),
    /// The domain failed.
    Domain(domain::Error),
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Body(refused)
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

impl From<Wait> for Error {
    fn from(wait: Wait) -> Self {
        Self::Wait(wait)
    }
}

impl From<oauth::Error> for Error {
    fn from(error: oauth::Error) -> Self {
        Self::Refused(error)
    }
}

/// One row of the table of errors.
struct Row {
    status: StatusCode,
    code: ErrorCode,
    description: Cow<'static, str>,
    header: Option<(HeaderName, Cow<'static, str>)>,
}

impl Row {
    fn new(status: StatusCode, code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            description: description.into(),
            header: None,
        }
    }

    /// A request that could not be read.
    fn unread(status: StatusCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, ErrorCode::InvalidRequest, description)
    }

    fn header(self, name: HeaderName, value: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: Some((name, value.into())),
            ..self
        }
    }

    fn answer(self) -> HttpResponse {
        let body = json!({"error": self.code.as_str(), "error_description": self.description});
        let mut response = HttpResponse::build(self.status)
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .content_type("application/json")
            .body(body.to_string());
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
            Self::NotFound => Row::unread(
                StatusCode::NOT_FOUND,
                "No endpoint is here: /.well-known/oauth-authorization-server names those there are.",
            ),
            Self::MethodNotAllowed { allow } => Row::unread(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("This endpoint answers {allow} and nothing else."),
            )
            .header(ALLOW, allow.clone()),
            Self::Body(Refused::MediaType) => Row::unread(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/x-www-form-urlencoded in UTF-8: say so in the Content-Type header.",
            ),
            Self::Body(Refused::Encoded) => Row::unread(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must not be compressed: leave out the Content-Encoding header.",
            ),
            Self::Unreadable(Unreadable::TooLarge { limit }) => Row::unread(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body is larger than {limit} bytes, the most that this endpoint reads."),
            ),
            Self::Unreadable(Unreadable::TooSlow) => Row::unread(
                StatusCode::REQUEST_TIMEOUT,
                "The body did not arrive in time: send the request again.",
            ),
            Self::Unreadable(Unreadable::Incomplete) => Row::unread(
                StatusCode::BAD_REQUEST,
                "The body broke off: send the request again.",
            ),
            Self::Wait(Wait(seconds)) => Row::new(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::TemporarilyUnavailable,
                "Too many requests, or too many that failed: wait for as many seconds as the Retry-After header says.",
            )
            .header(RETRY_AFTER, seconds.to_string()),
            Self::Refused(error) => of_oauth(error),
            Self::Domain(error) => of_domain(error, request),
        }
    }
}

fn of_oauth(error: &oauth::Error) -> Row {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let row = Row::new(status, error.code, error.description.clone());
    match error.code {
        ErrorCode::InvalidClient => row.header(WWW_AUTHENTICATE, CHALLENGE),
        ErrorCode::TemporarilyUnavailable => row.header(RETRY_AFTER, "5"),
        ErrorCode::InvalidRequest
        | ErrorCode::InvalidGrant
        | ErrorCode::UnauthorizedClient
        | ErrorCode::UnsupportedGrantType
        | ErrorCode::UnsupportedResponseType
        | ErrorCode::InvalidScope
        | ErrorCode::InvalidTarget
        | ErrorCode::AccessDenied
        | ErrorCode::ServerError => row,
    }
}

fn of_domain(error: &domain::Error, request: RequestId) -> Row {
    match error {
        domain::Error::Busy => Row::new(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::TemporarilyUnavailable,
            "Too many requests at a time. Nothing was changed: send the request again.",
        )
        .header(RETRY_AFTER, "1"),
        domain::Error::Unavailable(_) => {
            tracing::error!(request.id = %request, error = %Chain(error), "the database is unavailable");
            Row::new(
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::TemporarilyUnavailable,
                format!(
                    "The gateway's database does not answer. Send the request again later. Request {request}."
                ),
            )
            .header(RETRY_AFTER, "5")
        }
        // Nothing that a client sends leads to the others.
        domain::Error::NotFound
        | domain::Error::AlreadyExists { .. }
        | domain::Error::VersionMismatch { .. }
        | domain::Error::Forbidden { .. }
        | domain::Error::ReadOnly
        | domain::Error::ReauthenticationNeeded
        | domain::Error::LastOwner
        | domain::Error::Managed { .. }
        | domain::Error::Blocked
        | domain::Error::Invalid(_)
        | domain::Error::Refused { .. }
        | domain::Error::Internal(_) => {
            tracing::error!(request.id = %request, error = %Chain(error), "a request failed");
            internal(request)
        }
    }
}

fn internal(request: RequestId) -> Row {
    Row::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::ServerError,
        format!("The gateway failed. Its operator finds the cause in the log: ask about request {request}."),
    )
}

/// The answer after a panic, which has been logged.
pub(crate) fn panicked(request: RequestId) -> HttpResponse {
    internal(request).answer()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn every_error_has_its_status_its_word_and_its_header() {
        let cause = || -> Box<dyn std::error::Error + Send + Sync> { "password=hunter2".into() };
        let errors = [
            Error::NotFound,
            Error::MethodNotAllowed {
                allow: "POST".to_owned(),
            },
            Error::Body(Refused::MediaType),
            Error::Body(Refused::Encoded),
            Error::Unreadable(Unreadable::TooLarge { limit: 8_192 }),
            Error::Unreadable(Unreadable::TooSlow),
            Error::Unreadable(Unreadable::Incomplete),
            Error::Wait(Wait(6)),
            Error::Refused(oauth::Error::invalid_client()),
            Error::Refused(oauth::Error::new(ErrorCode::InvalidGrant, "No.")),
            Error::Refused(oauth::Error::new(ErrorCode::TemporarilyUnavailable, "Later.")),
            Error::Domain(domain::Error::Busy),
            Error::Domain(domain::Error::Unavailable(cause())),
            Error::Domain(domain::Error::Internal(cause())),
            Error::Domain(domain::Error::NotFound),
        ];
        let mut table = String::new();
        for error in errors {
            let row = error.row(RequestId::fresh());
            let allowed = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
            assert!(row.description.chars().all(allowed), "{}", row.description);
            assert!(!row.description.contains("hunter2"));
            let header = row
                .header
                .map_or_else(String::new, |(name, value)| format!(" [{name}: {value}]"));
            writeln!(table, "{} {}{header}", row.status.as_u16(), row.code).unwrap();
        }
        assert_eq!(
            table,
            "404 invalid_request\n\
             405 invalid_request [allow: POST]\n\
             415 invalid_request\n\
             415 invalid_request\n\
             413 invalid_request\n\
             408 invalid_request\n\
             400 invalid_request\n\
             429 temporarily_unavailable [retry-after: 6]\n\
             401 invalid_client [www-authenticate: Basic realm=\"oauth\", charset=\"UTF-8\"]\n\
             400 invalid_grant\n\
             429 temporarily_unavailable [retry-after: 5]\n\
             429 temporarily_unavailable [retry-after: 1]\n\
             503 temporarily_unavailable [retry-after: 5]\n\
             500 server_error\n\
             500 server_error\n"
        );
    }
}
