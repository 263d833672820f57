//! OAuth 2.0: tokens for clients, and what becomes of them. How a request is read is the auth crate's, whether it is
//! granted the domain's; here both meet HTTP. The pages that a browser sees are not here.

mod attempts;
pub(crate) mod error;
pub(crate) mod metadata;
mod reply;
pub(crate) mod token;
pub(crate) mod token_query;

use std::net::IpAddr;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::AUTHORIZATION,
    web::{BytesMut, Data},
};
use futures_util::future::LocalBoxFuture;
use wicketgate_auth::oauth::{self, ClientId, ErrorCode, MAX_LEN};
use wicketgate_domain::{Endpoint, ExchangeError};
use wicketgate_metrics::Limit;

use crate::{
    Surface, body, content,
    dispatch::Seen,
    route::{self, Miss},
    unread::Unread,
};

pub(crate) use attempts::Attempts;
use error::Error;

const BASE: &str = "/oauth";
const METADATA: &str = "/.well-known/oauth-authorization-server";
const FORM: &str = "application/x-www-form-urlencoded";

/// What answers a route.
pub(crate) type Handler = fn(Call) -> LocalBoxFuture<'static, Answer>;
/// An answer, or why there is none.
pub(crate) type Answer = Result<HttpResponse, Error>;

/// One request to the authorization server.
pub(crate) struct Call {
    surface: Data<Surface>,
    attempts: Data<Attempts>,
    request: HttpRequest,
    unread: Unread,
    seen: Seen,
}

impl Call {
    /// Reads a form, with the header and the query that go with it.
    async fn message(&self) -> Result<Message, Error> {
        self.attempts.check_address(self.address())?;
        let mut values = self.request.headers().get_all(AUTHORIZATION);
        let authorization = values
            .next()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        if values.next().is_some() {
            return Err(oauth::Error::new(
                ErrorCode::InvalidRequest,
                "The Authorization header is there more than once: send it once.",
            )
            .into());
        }
        content::check(self.request.headers(), &[FORM])?;
        let body = body::read(
            self.request.headers(),
            &self.unread,
            MAX_LEN,
            self.surface.limits.body_time,
        )
        .await?;
        Ok(Message {
            authorization,
            query: self.request.query_string().to_owned(),
            body,
        })
    }

    /// Counts and logs a refusal. A client that fails to prove who it is too often is told to wait instead.
    fn refused(&self, client: Option<ClientId>, error: oauth::Error) -> Error {
        let client_id = client.map(|id| id.to_string()).unwrap_or_default();
        tracing::info!(request.id = %self.seen.id(), client.id = client_id, error = %error.code, "refused");
        match error.code {
            // Codes and refresh tokens can be guessed like secrets.
            ErrorCode::InvalidClient | ErrorCode::InvalidGrant => {
                let metrics = self.surface.gateway.metrics();
                metrics.refused.count("client", error.code.as_str());
                match self.attempts.failed(self.address(), client) {
                    Ok(()) => error.into(),
                    Err(wait) => wait.into(),
                }
            }
            ErrorCode::InvalidRequest
            | ErrorCode::UnauthorizedClient
            | ErrorCode::UnsupportedGrantType
            | ErrorCode::UnsupportedResponseType
            | ErrorCode::InvalidScope
            | ErrorCode::InvalidTarget
            | ErrorCode::AccessDenied
            | ErrorCode::ServerError
            | ErrorCode::TemporarilyUnavailable => error.into(),
        }
    }

    /// The authorization server as this request reached it.
    fn endpoint(&self) -> Endpoint {
        Endpoint {
            public_url: self.surface.public_url.to_string(),
            request_id: self.seen.id().to_string(),
        }
    }

    /// What the domain answered. A client that proved who it is makes its address good again.
    fn judged<T>(&self, client: Option<ClientId>, result: Result<T, ExchangeError>) -> Result<T, Error> {
        match result {
            Ok(value) => {
                self.attempts.succeeded(self.address());
                Ok(value)
            }
            Err(ExchangeError::OAuth(error)) => Err(self.refused(client, error)),
            Err(ExchangeError::Store(error)) => Err(Error::Domain(error)),
        }
    }

    /// Where the request comes from.
    fn address(&self) -> Option<IpAddr> {
        self.request.peer_addr().map(|addr| addr.ip())
    }
}

/// What a client sent, not yet read.
struct Message {
    authorization: Option<String>,
    query: String,
    body: BytesMut,
}

/// Whether a path is the authorization server's to answer.
pub(crate) fn is_under(path: &str) -> bool {
    [BASE, METADATA].iter().any(|base| {
        path.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Answers a request to the authorization server, whichever it is.
pub(crate) async fn answer(
    surface: Data<Surface>,
    attempts: Data<Attempts>,
    request: HttpRequest,
    unread: Unread,
    seen: Seen,
) -> HttpResponse {
    let (id, limited) = (seen.id(), Data::clone(&surface));
    let path = metadata::without_issuer(request.path(), &surface.public_url);
    let found = route::find_oauth(path, request.method().as_str());
    let answer = match found {
        Err(miss) => Err(miss.into()),
        Ok((template, handler)) => {
            seen.matched(template);
            handler(Call {
                surface,
                attempts,
                request,
                unread,
                seen,
            })
            .await
        }
    };
    answer.unwrap_or_else(|error| {
        if matches!(error, Error::Wait(_)) {
            limited.gateway.metrics().limited.count(Limit::OAuth);
        }
        error.answer(id)
    })
}

impl From<Miss> for Error {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Path => Self::NotFound,
            Miss::Method { allow } => Self::MethodNotAllowed { allow },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_segments_belong_to_the_authorization_server() {
        for path in [
            "/oauth",
            "/oauth/",
            "/oauth/v2/token",
            "/oauth/v3",
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-authorization-server/gate",
        ] {
            assert!(is_under(path), "{path}");
        }
        for path in [
            "/",
            "",
            "/oauthx",
            "/OAuth",
            "//oauth",
            "/.well-known",
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server2",
        ] {
            assert!(!is_under(path), "{path}");
        }
    }
}
