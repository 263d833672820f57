//! `POST /oauth/v2/token` (RFC 6749 §3.2): every grant.

use serde_json::{Value, json};
use wicketgate_auth::oauth::{TokenRequest, TokenResponse};

use super::{Answer, Call, reply};

/// `POST /oauth/v2/token`.
pub(crate) async fn issue(call: Call) -> Answer {
    let message = call.message().await?;
    let request = TokenRequest::parse(message.authorization.as_deref(), &message.query, &message.body)
        .map_err(|error| call.refused(None, error))?;
    let client = request.client.id();
    call.attempts.check_issued(client)?;
    let issued = call.surface.gateway.exchange(request, &call.endpoint()).await;
    let issued = call.judged(client, issued)?;
    call.attempts.issued(client);
    Ok(reply::private(&document(&issued)))
}

fn document(issued: &TokenResponse) -> Value {
    let mut document = json!({
        "access_token": issued.access_token.reveal(),
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": issued.scope.to_string(),
    });
    if let (Some(refresh_token), Some(members)) = (&issued.refresh_token, document.as_object_mut()) {
        members.insert("refresh_token".to_owned(), refresh_token.reveal().into());
    }
    document
}
