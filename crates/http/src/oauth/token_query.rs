//! `POST /oauth/v2/revoke` (RFC 7009) and `POST /oauth/v2/introspect` (RFC 7662): what a client may do with a token
//! that it holds already.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, PRAGMA},
};
use serde_json::{Value, json};
use wicketgate_auth::{
    TokenKind,
    oauth::{IntrospectionRequest, RevocationRequest},
};
use wicketgate_domain::{Endpoint, Introspection};

use super::{Answer, Call, reply};

/// `POST /oauth/v2/revoke`. A token that is not there, or is not the client's, is as revoked as one that was.
pub(crate) async fn revoke(call: Call) -> Answer {
    let message = call.message().await?;
    let request = RevocationRequest::parse(message.authorization.as_deref(), &message.query, &message.body)
        .map_err(|error| call.refused(None, error))?;
    let gateway = &call.surface.gateway;
    let revoked = gateway
        .revoke_token(&request.client, &request.token, &call.endpoint())
        .await;
    call.judged(request.client.id(), revoked)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .finish())
}

/// `POST /oauth/v2/introspect`.
pub(crate) async fn introspect(call: Call) -> Answer {
    let message = call.message().await?;
    let request =
        IntrospectionRequest::parse(message.authorization.as_deref(), &message.query, &message.body)
            .map_err(|error| call.refused(None, error))?;
    let (gateway, endpoint) = (&call.surface.gateway, call.endpoint());
    let found = gateway
        .introspect(&request.client, &request.token, &endpoint)
        .await;
    let found = call.judged(request.client.id(), found)?;
    Ok(reply::private(&document(&found, &endpoint)))
}

fn document(found: &Introspection, endpoint: &Endpoint) -> Value {
    match found {
        Introspection::Inactive => json!({"active": false}),
        Introspection::Active {
            kind,
            id,
            scope,
            client,
            service_user,
            org,
            issued,
            expires,
        } => {
            let mut document = json!({
                "active": true,
                "scope": scope.to_string(),
                "client_id": client.to_string(),
                "sub": service_user.to_string(),
                "aud": endpoint.scim_base(*org),
                "iss": endpoint.issuer(),
                "jti": id.to_string(),
                "iat": issued.as_second(),
            });
            if let Some(members) = document.as_object_mut() {
                // A refresh token is no bearer token: SCIM does not take it.
                if *kind == TokenKind::AccessToken {
                    members.insert("token_type".to_owned(), "Bearer".into());
                }
                if let Some(expires) = expires {
                    members.insert("exp".to_owned(), expires.as_second().into());
                }
            }
            document
        }
    }
}
