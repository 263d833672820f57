//! What is asked of the token endpoint (RFC 6749 §3.2). Whether it is given is decided by the domain.

#[cfg(test)]
#[path = "token_request_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "token_client_tests.rs"]
mod client_tests;

use super::{Error, ErrorCode, PresentedClient, code_challenge::is_verifier, form::Form};
use crate::Plaintext;

/// What a client wants a token for.
#[derive(Debug)]
pub enum GrantRequest {
    /// For itself (RFC 6749 §4.4).
    ClientCredentials,
    /// For a code that an owner's approval gave it (RFC 6749 §4.1.3).
    AuthorizationCode {
        /// The code.
        code: Plaintext,
        /// The redirect URI of the request that led to the code.
        redirect_uri: Option<String>,
        /// What the code challenge was made of. It has the length and characters of one.
        code_verifier: Option<Plaintext>,
    },
    /// For a refresh token (RFC 6749 §6).
    RefreshToken {
        /// The refresh token.
        refresh_token: Plaintext,
    },
}

/// A well-formed request for a token.
#[derive(Debug)]
pub struct TokenRequest {
    /// Who asks.
    pub client: PresentedClient,
    /// What for.
    pub grant: GrantRequest,
    /// The scope, to be read with [`Scope::requested`](super::Scope::requested).
    pub scope: Option<String>,
    /// The resource that the token is for (RFC 8707), to be compared with the organization's.
    pub resource: Option<String>,
}

impl TokenRequest {
    /// Reads a request: the value of its `Authorization` header, its query and its form body.
    ///
    /// Of its parameters only `scope` may be in the query, where Okta puts it.
    pub fn parse(authorization: Option<&str>, query: &str, body: &[u8]) -> Result<Self, Error> {
        let (query, body) = (Form::parse(query.as_bytes())?, Form::parse(body)?);
        query.check_duplicates()?;
        body.check_duplicates()?;
        check_query(&query, &["scope"])?;
        let client = PresentedClient::read(authorization, &body)?;
        let grant = grant(&body)?;
        let scope = match (query.get("scope"), body.get("scope")) {
            (Some(query), Some(body)) if query != body => {
                return Err(Error::invalid_request(
                    "The parameter scope is in the query and in the body, and differs: send it once.",
                ));
            }
            (query, body) => body.or(query),
        };
        Ok(Self {
            client,
            grant,
            scope: scope.map(str::to_owned),
            resource: body.get("resource").map(str::to_owned),
        })
    }
}

/// Refuses parameters in the query, where logs keep them (RFC 6749 §2.3.1), but for `allowed`.
pub(super) fn check_query(query: &Form, allowed: &[&str]) -> Result<(), Error> {
    match query.names().find(|name| !allowed.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Error::invalid_request(format!(
            "The parameter {name} is in the query: send it in the body. If it is a secret, revoke it: it is in logs now."
        ))),
    }
}

fn grant(body: &Form) -> Result<GrantRequest, Error> {
    let required = |name: &str| {
        body.get(name)
            .map(|value| Plaintext::new(value.to_owned()))
            .ok_or_else(|| Error::invalid_request(format!("The parameter {name} is missing.")))
    };
    match body.get("grant_type") {
        None => Err(Error::invalid_request(
            "The parameter grant_type is missing: use client_credentials, authorization_code or refresh_token.",
        )),
        Some("client_credentials") => Ok(GrantRequest::ClientCredentials),
        Some("authorization_code") => {
            let code_verifier = body.get("code_verifier");
            if code_verifier.is_some_and(|verifier| !is_verifier(verifier)) {
                return Err(Error::invalid_request(
                    "The parameter code_verifier must have 43 to 128 letters, digits, hyphens, dots, underscores and \
                     tildes.",
                ));
            }
            Ok(GrantRequest::AuthorizationCode {
                code: required("code")?,
                redirect_uri: body.get("redirect_uri").map(str::to_owned),
                code_verifier: code_verifier.map(|verifier| Plaintext::new(verifier.to_owned())),
            })
        }
        Some("refresh_token") => Ok(GrantRequest::RefreshToken {
            refresh_token: required("refresh_token")?,
        }),
        Some(_) => Err(Error::new(
            ErrorCode::UnsupportedGrantType,
            "This grant_type is not offered: use client_credentials, authorization_code or refresh_token.",
        )),
    }
}
