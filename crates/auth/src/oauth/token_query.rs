//! What is asked about a token that a client holds: to revoke it (RFC 7009) or to say what it is (RFC 7662).

use super::{Error, PresentedClient, form::Form, token_request::check_query};
use crate::Plaintext;

/// A well-formed request to revoke a token.
#[derive(Debug)]
pub struct RevocationRequest {
    /// Who asks.
    pub client: PresentedClient,
    /// Which token. It may be any text.
    pub token: Plaintext,
}

/// A well-formed request to say what a token is.
#[derive(Debug)]
pub struct IntrospectionRequest {
    /// Who asks.
    pub client: PresentedClient,
    /// Which token. It may be any text.
    pub token: Plaintext,
}

impl RevocationRequest {
    /// Reads a request: the value of its `Authorization` header, its query and its form body. The hint about the kind
    /// of token is not needed: a token says of which kind it is.
    pub fn parse(authorization: Option<&str>, query: &str, body: &[u8]) -> Result<Self, Error> {
        let (client, token) = read(authorization, query, body)?;
        Ok(Self { client, token })
    }
}

impl IntrospectionRequest {
    /// Reads a request, as [`RevocationRequest::parse`] does.
    pub fn parse(authorization: Option<&str>, query: &str, body: &[u8]) -> Result<Self, Error> {
        let (client, token) = read(authorization, query, body)?;
        Ok(Self { client, token })
    }
}

fn read(
    authorization: Option<&str>,
    query: &str,
    body: &[u8],
) -> Result<(PresentedClient, Plaintext), Error> {
    let (query, body) = (Form::parse(query.as_bytes())?, Form::parse(body)?);
    body.check_duplicates()?;
    check_query(&query, &[])?;
    let client = PresentedClient::read(authorization, &body)?;
    let token = body
        .get("token")
        .ok_or_else(|| Error::invalid_request("The parameter token is missing."))?;
    Ok((client, Plaintext::new(token.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::ErrorCode;

    const CLIENT: &str = "client_id=wicket_client_0123456789ABCDEF&client_secret=s";

    fn read(query: &str, body: &str) -> Result<String, Error> {
        let revoked = RevocationRequest::parse(None, query, body.as_bytes()).map(|request| request.token);
        let inspected =
            IntrospectionRequest::parse(None, query, body.as_bytes()).map(|request| request.token);
        match (revoked, inspected) {
            (Ok(revoked), Ok(inspected)) => {
                assert_eq!(revoked.reveal(), inspected.reveal());
                Ok(revoked.reveal().to_owned())
            }
            (Err(revoked), Err(inspected)) => {
                assert_eq!(revoked, inspected);
                Err(revoked)
            }
            other => panic!("revocation and introspection differ: {other:?}"),
        }
    }

    #[test]
    fn any_text_may_be_a_token_and_the_hint_is_not_needed() {
        for (body, token) in [
            (format!("{CLIENT}&token=abc"), "abc"),
            (format!("token=a%20b%2B%26&{CLIENT}"), "a b+&"),
            (format!("{CLIENT}&token=abc&token_type_hint=refresh_token"), "abc"),
            (format!("{CLIENT}&token=abc&token_type_hint=nonsense"), "abc"),
        ] {
            assert_eq!(read("", &body).unwrap(), token, "{body}");
        }
    }

    #[test]
    fn a_request_without_one_token_and_one_client_is_refused() {
        for (query, body, code, word) in [
            ("", CLIENT.to_owned(), ErrorCode::InvalidRequest, "token"),
            ("", format!("{CLIENT}&token="), ErrorCode::InvalidRequest, "token"),
            (
                "",
                format!("{CLIENT}&token=a&token=a"),
                ErrorCode::InvalidRequest,
                "token",
            ),
            (
                "",
                format!("{CLIENT}&token=a&client_id=b"),
                ErrorCode::InvalidRequest,
                "client_id",
            ),
            ("token=a", CLIENT.to_owned(), ErrorCode::InvalidRequest, "token"),
            (
                "scope=scim",
                format!("{CLIENT}&token=a"),
                ErrorCode::InvalidRequest,
                "scope",
            ),
            ("", "token=a".to_owned(), ErrorCode::InvalidClient, "client"),
        ] {
            let error = read(query, &body).unwrap_err();
            assert_eq!(error.code, code, "{body}");
            assert!(error.description.contains(word), "{body}: {error}");
        }
    }
}
