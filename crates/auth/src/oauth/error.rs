//! What a client is told when it is refused (RFC 6749 §4.1.2.1 and §5.2). How it is sent is decided by each surface.

use std::fmt;

/// Why a request was refused, as one of the words that clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The request is not one: a parameter is missing, there twice, or says nothing.
    InvalidRequest,
    /// The client is not known, or did not prove who it is.
    InvalidClient,
    /// The code or refresh token does not hold, or was issued to another client.
    InvalidGrant,
    /// The client is known, and is not allowed to ask this.
    UnauthorizedClient,
    /// The grant is none that is offered.
    UnsupportedGrantType,
    /// The response is none that is offered.
    UnsupportedResponseType,
    /// The scope is not known, or more than was granted.
    InvalidScope,
    /// The resource is not one that the token would be for (RFC 8707).
    InvalidTarget,
    /// The owner refused.
    AccessDenied,
    /// The gateway failed.
    ServerError,
    /// The gateway has too much to do, or the client asks too often.
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::UnsupportedResponseType,
        Self::InvalidScope,
        Self::InvalidTarget,
        Self::AccessDenied,
        Self::ServerError,
        Self::TemporarilyUnavailable,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// The HTTP status of an answer that is not a redirect.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest
            | Self::InvalidGrant
            | Self::UnauthorizedClient
            | Self::UnsupportedGrantType
            | Self::UnsupportedResponseType
            | Self::InvalidScope
            | Self::InvalidTarget
            | Self::AccessDenied => 400,
            Self::InvalidClient => 401,
            Self::TemporarilyUnavailable => 429,
            Self::ServerError => 500,
        }
    }
}

/// The word of [`ErrorCode::as_str`].
impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A refusal: the word for programs and a sentence for people, which never repeats what the client sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Error {
    /// The word.
    pub code: ErrorCode,
    /// What to do. It has only the characters that RFC 6749 allows: printable ASCII without `"` and `\`.
    pub description: String,
}

impl Error {
    /// A refusal. Characters that may not be in a description are replaced.
    pub fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        let description = description
            .into()
            .chars()
            .map(|c| match c {
                '"' | '\\' => '\'',
                ' '..='~' => c,
                _ => '?',
            })
            .collect();
        Self { code, description }
    }

    /// The one refusal of a client that did not prove who it is, whatever was wrong: it tells nobody which ids exist.
    pub fn invalid_client() -> Self {
        Self::new(
            ErrorCode::InvalidClient,
            "The client is not known or did not prove who it is: check its id and its secret or assertion. If they \
             were accepted before, they have expired or were revoked.",
        )
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_word_and_its_status() {
        let table: Vec<_> = ErrorCode::ALL
            .iter()
            .map(|code| format!("{} {code}", code.status()))
            .collect();
        assert_eq!(
            table,
            [
                "400 invalid_request",
                "401 invalid_client",
                "400 invalid_grant",
                "400 unauthorized_client",
                "400 unsupported_grant_type",
                "400 unsupported_response_type",
                "400 invalid_scope",
                "400 invalid_target",
                "400 access_denied",
                "500 server_error",
                "429 temporarily_unavailable",
            ]
        );
    }

    #[test]
    fn a_description_has_only_the_characters_that_clients_must_expect() {
        let error = Error::new(ErrorCode::InvalidScope, "a \"b\\c\"\r\n\u{e9}~");
        assert_eq!(error.description, "a 'b'c'???~");
    }
}
