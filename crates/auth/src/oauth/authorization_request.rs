//! What a browser brings to the authorization endpoint (RFC 6749 §4.1.1). Whether the client exists and where the
//! browser may be sent back to is decided by the domain.

#[cfg(test)]
#[path = "authorization_request_tests.rs"]
mod tests;

use super::{ClientId, CodeChallenge, Error, ErrorCode, form::Form};

/// A request whose client can be looked up.
///
/// What is wrong with the rest of it is told to the client by a redirect, and that may only happen once its redirect
/// URI was found to be registered. So it is kept in [`AuthorizationRequest::asked`] until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Which client asks.
    pub client_id: ClientId,
    /// Where it wants the browser to be sent, to be compared with what is registered, character by character.
    pub redirect_uri: Option<String>,
    /// What the client gets back untouched.
    pub state: Option<String>,
    /// What it asks for, or why that cannot be given.
    pub asked: Result<Asked, Error>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The scope, to be read with [`Scope::requested`](super::Scope::requested).
    pub scope: Option<String>,
    /// The resource that tokens will be for (RFC 8707), to be compared with the organization's.
    pub resource: Option<String>,
    /// Who exchanges the code must know what this was made of.
    pub code_challenge: Option<CodeChallenge>,
}

impl AuthorizationRequest {
    /// Reads the parameters of a query, or of a form that repeats them. An error is for the person at the browser:
    /// nothing may be redirected then.
    pub fn parse(query: &str) -> Result<Self, Error> {
        let form = Form::parse(query.as_bytes())?;
        form.check_once("client_id")?;
        form.check_once("redirect_uri")?;
        let client_id = form
            .get("client_id")
            .ok_or_else(|| Error::invalid_request("The parameter client_id is missing."))?
            .parse()
            .map_err(|_| Error::invalid_client())?;
        Ok(Self {
            client_id,
            redirect_uri: form.get("redirect_uri").map(str::to_owned),
            state: form.get("state").map(str::to_owned),
            asked: Asked::read(&form),
        })
    }
}

impl Asked {
    fn read(form: &Form) -> Result<Self, Error> {
        form.check_duplicates()?;
        match form.get("response_type") {
            Some("code") => {}
            None => {
                return Err(Error::invalid_request(
                    "The parameter response_type is missing: set it to code.",
                ));
            }
            Some(_) => {
                return Err(Error::new(
                    ErrorCode::UnsupportedResponseType,
                    "This response_type is not offered: use code.",
                ));
            }
        }
        Ok(Self {
            scope: form.get("scope").map(str::to_owned),
            resource: form.get("resource").map(str::to_owned),
            code_challenge: code_challenge(form)?,
        })
    }
}

/// A challenge without a method would be a plain one (RFC 7636 §4.3), which anybody who sees it can answer.
fn code_challenge(form: &Form) -> Result<Option<CodeChallenge>, Error> {
    match (form.get("code_challenge"), form.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) => CodeChallenge::s256(challenge).map(Some),
        (Some(_), _) => Err(Error::invalid_request(
            "The parameter code_challenge_method must be S256.",
        )),
        (None, Some(_)) => Err(Error::invalid_request(
            "The parameter code_challenge is missing, which code_challenge_method announces.",
        )),
    }
}
