//! What a token is, for a client that holds it (RFC 7662).

use jiff::Timestamp;
use wicketgate_auth::{
    OrgId, Peppers, Plaintext, ServiceUserId, Token, TokenId, TokenKind,
    oauth::{ClientId, PresentedClient, Scope},
};

use super::{Endpoint, ExchangeError};
use crate::{
    Error, Gateway,
    db::{self, Conn, issued::Issued},
};

/// What there is to say of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Introspection {
    /// It is accepted.
    Active {
        /// What it opens: an access token opens SCIM, a refresh token gets the next access token.
        kind: TokenKind,
        /// Its public id.
        id: TokenId,
        /// What it may be used for.
        scope: Scope,
        /// Whom it was issued to.
        client: ClientId,
        /// Who acts with it.
        service_user: ServiceUserId,
        /// Where it belongs.
        org: OrgId,
        /// When it was issued.
        issued: Timestamp,
        /// From when on it is refused.
        expires: Option<Timestamp>,
    },
    /// It is not, or it is none of the client's business.
    Inactive,
}

/// The row of a token that a client holds: an access token in either form, or a refresh token.
pub(super) fn find(
    tx: &mut Conn,
    org: OrgId,
    text: &Plaintext,
    peppers: &Peppers,
) -> Result<Option<Issued>, Error> {
    let Ok(token) = Token::parse(text.reveal()) else {
        return Ok(None);
    };
    if !matches!(token.kind(), TokenKind::AccessToken | TokenKind::RefreshToken) {
        return Ok(None);
    }
    let found = db::issued::find(tx, org, token.id())?;
    Ok(found.filter(|issued| issued.is_of(&token, peppers)))
}

impl Gateway {
    /// Says what a token is, if it is an access token of the client's organization or a refresh token of the client.
    pub async fn introspect(
        &self,
        client: &PresentedClient,
        token: &Plaintext,
        endpoint: &Endpoint,
    ) -> Result<Introspection, ExchangeError> {
        let asking = self.authenticate_reader(client, endpoint).await?;
        let shared = std::sync::Arc::clone(&self.shared);
        let text = Plaintext::new(token.reveal().to_owned());
        let (org, own) = (asking.org, asking.client.id);
        let work = move |tx: &mut Conn| {
            let Some(issued) = find(tx, org, &text, &shared.peppers)? else {
                return Ok(Introspection::Inactive);
            };
            let holds = issued.revoked.is_none()
                && !issued.expired
                && match issued.kind {
                    TokenKind::RefreshToken => issued.client == own && !issued.used,
                    _ => true,
                };
            if !holds {
                return Ok(Introspection::Inactive);
            }
            // Another client of the organization may be shut, and its tokens with it.
            let holder = db::clients::find(tx, issued.client, None, false)?;
            if !holder.is_some_and(|holder| holder.is_open()) {
                return Ok(Introspection::Inactive);
            }
            Ok(Introspection::Active {
                kind: issued.kind,
                id: issued.id,
                scope: db::grants::scope(issued.scope.as_deref().unwrap_or_default())?,
                client: issued.client,
                service_user: issued.service_user,
                org,
                issued: issued.created,
                expires: issued.expires,
            })
        };
        Ok(self.shared.db.read(work).await?)
    }
}
