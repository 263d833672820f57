//! The token endpoint: a client proves who it is and gets tokens, in one transaction. Codes are in `code.rs`, refresh
//! tokens in `refresh.rs`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::{
    Plaintext, Token, TokenKind,
    jwt::AccessTokenClaims,
    oauth::{self, ErrorCode, GrantRequest, Scope, TokenRequest, TokenResponse},
};

use super::{Endpoint, ExchangeError, invalid_grant, settled, signing};
use crate::{
    Error, Gateway,
    client::{AccessTokenFormat, ClientAuthentication},
    db::{
        self, Conn,
        clients::Registered,
        issued::{Issued, NewCredential},
    },
    event::{Actor, Counts, Event, EventKind, Origin, revoked},
    org::Shared,
};

/// For how long an access token is accepted.
pub(super) const ACCESS_TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// For how long a refresh token is accepted that nobody uses.
pub(super) const REFRESH_TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// For how long codes and tokens that have expired are remembered, so that a second use is known for what it is.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

impl Gateway {
    /// Gives a client tokens for what it presents.
    ///
    /// One that presents a code or refresh token a second time loses what came of the first, and the organization's
    /// events say so.
    pub async fn exchange(
        &self,
        request: TokenRequest,
        endpoint: &Endpoint,
    ) -> Result<TokenResponse, ExchangeError> {
        let proven = self.authenticate(&request.client, endpoint).await?;
        let (shared, endpoint) = (Arc::clone(&self.shared), endpoint.clone());
        let answer = self
            .shared
            .db
            .write(move |tx| {
                let outcome = proven.confirm(tx, &shared.peppers).and_then(|registered| {
                    Exchange {
                        shared: &shared,
                        endpoint: &endpoint,
                        origin: Origin {
                            once: None,
                            actor: Actor::Client {
                                id: registered.client.id,
                                service_user: registered.client.service_user,
                            },
                            request_id: endpoint.request_id.clone(),
                            at: shared.sources.now(),
                        },
                        registered,
                    }
                    .run(tx, &request)
                });
                settled(outcome)
            })
            .await?;
        Ok(answer?)
    }
}

/// One exchange, of a client that has proved who it is.
pub(super) struct Exchange<'a> {
    pub(super) shared: &'a Shared,
    pub(super) endpoint: &'a Endpoint,
    pub(super) origin: Origin,
    pub(super) registered: Registered,
}

impl Exchange<'_> {
    fn run(&self, tx: &mut Conn, request: &TokenRequest) -> Result<TokenResponse, ExchangeError> {
        let org = self.registered.org;
        self.endpoint.check_resource(request.resource.as_deref(), org)?;
        let has_grants = !matches!(
            self.registered.client.authentication,
            ClientAuthentication::WorkloadIdentity { .. }
        );
        let response = match &request.grant {
            GrantRequest::ClientCredentials => {
                let scope = Scope::requested(request.scope.as_deref())?;
                self.issue(tx, None, scope, None)?
            }
            GrantRequest::AuthorizationCode { .. } | GrantRequest::RefreshToken { .. } if !has_grants => {
                return Err(oauth::Error::new(
                    ErrorCode::UnauthorizedClient,
                    "The client has a workload identity: use the grant_type client_credentials.",
                )
                .into());
            }
            GrantRequest::AuthorizationCode {
                code,
                redirect_uri,
                code_verifier,
            } => {
                let scope = request.scope.as_deref();
                self.code(tx, code, redirect_uri.as_deref(), code_verifier.as_ref(), scope)?
            }
            GrantRequest::RefreshToken { refresh_token } => {
                self.refresh(tx, refresh_token, request.scope.as_deref())?
            }
        };
        let forgotten = self
            .registered
            .now
            .checked_sub(REMEMBERED)
            .map_err(Error::internal)?;
        db::issued::sweep(tx, org, self.registered.client.id, forgotten)?;
        Ok(response)
    }

    /// A code or refresh token that is this client's own, whatever else is wrong with it.
    pub(super) fn own(&self, tx: &mut Conn, token: &Token) -> Result<(Issued, Uuid, i32), ExchangeError> {
        let issued = db::issued::find(tx, self.registered.org, token.id())?
            .filter(|issued| issued.client == self.registered.client.id)
            .filter(|issued| issued.is_of(token, &self.shared.peppers))
            .ok_or_else(invalid_grant)?;
        let (grant, step) = issued.grant.ok_or_else(invalid_grant)?;
        Ok((issued, grant, step))
    }

    /// Takes a grant back because something that came of it was used again.
    pub(super) fn replayed(&self, tx: &mut Conn, grant: Uuid, again: &Issued) -> Result<(), Error> {
        const REASON: &str = "replayed";
        let (org, at) = (self.registered.org, self.origin.at);
        tracing::warn!(
            client = %self.registered.client.id,
            credential = %again.id,
            "a code or refresh token was used again: its grant is revoked"
        );
        db::grants::revoke(tx, org, grant, REASON, at)?;
        db::issued::revoke_of_grant(tx, org, grant, REASON, at)?;
        let event = Event {
            id: self.shared.sources.uuid(),
            kind: EventKind::GrantRevoked,
            resource: Some(grant),
            payload: revoked([
                ("reason", REASON.into()),
                ("clientId", self.registered.client.id.to_string().into()),
                ("credentialId", Value::from(again.id.to_string())),
                ("kind", again.kind.as_str().into()),
            ]),
        };
        db::events::append(
            tx,
            org,
            &self.origin,
            std::slice::from_ref(&event),
            Counts::default(),
        )
    }

    /// Issues an access token, and with `refreshed` a refresh token of that scope beside it.
    pub(super) fn issue(
        &self,
        tx: &mut Conn,
        grant: Option<(Uuid, i32)>,
        scope: Scope,
        refreshed: Option<Scope>,
    ) -> Result<TokenResponse, ExchangeError> {
        let access_token = self.access_token(tx, grant, scope)?;
        let refresh_token = match refreshed {
            None => None,
            Some(scope) => {
                let token = self.shared.sources.token(TokenKind::RefreshToken);
                let pepper = self.shared.peppers.current();
                let (hint, digest) = (token.hint().to_owned(), pepper.digest(&token));
                let row = self.row(&token, grant, scope, (hint, digest), REFRESH_TOKEN_LIFE)?;
                db::issued::insert(tx, self.registered.org, &row)?;
                Some(Plaintext::new(token.reveal().to_owned()))
            }
        };
        Ok(TokenResponse {
            access_token,
            expires_in: ACCESS_TOKEN_LIFE.as_secs().unsigned_abs(),
            scope,
            refresh_token,
        })
    }

    fn access_token(
        &self,
        tx: &mut Conn,
        grant: Option<(Uuid, i32)>,
        scope: Scope,
    ) -> Result<Plaintext, ExchangeError> {
        let (org, client) = (self.registered.org, &self.registered.client);
        let pepper = self.shared.peppers.current();
        let token = self.shared.sources.token(TokenKind::AccessToken);
        let (text, hint, digest) = match client.access_token_format {
            AccessTokenFormat::Opaque => {
                let text = Plaintext::new(token.reveal().to_owned());
                (text, token.hint().to_owned(), pepper.digest(&token))
            }
            AccessTokenFormat::Jwt => {
                let issued_at = self.origin.at.as_second();
                let jwt =
                    signing::key(tx, self.shared, self.origin.at)?.sign_access_token(&AccessTokenClaims {
                        issuer: self.endpoint.issuer().to_owned(),
                        audience: self.endpoint.scim_base(org),
                        subject: client.service_user.to_string(),
                        client_id: client.id.to_string(),
                        scope: scope.to_string(),
                        token_id: token.id(),
                        issued_at,
                        expires_at: issued_at.saturating_add(ACCESS_TOKEN_LIFE.as_secs()),
                    });
                // The end of its id: the end of the token belongs to the signature.
                let id = token.id().to_string();
                let hint = id.get(id.len() - 4..).unwrap_or_default().to_owned();
                let signed = Token::parse(&jwt).map_err(Error::internal)?;
                (Plaintext::new(jwt), hint, pepper.digest(&signed))
            }
        };
        let row = self.row(&token, grant, scope, (hint, digest), ACCESS_TOKEN_LIFE)?;
        db::issued::insert(tx, org, &row)?;
        Ok(text)
    }

    fn row(
        &self,
        token: &Token,
        grant: Option<(Uuid, i32)>,
        scope: Scope,
        (hint, digest): (String, wicketgate_auth::Digest),
        life: SignedDuration,
    ) -> Result<NewCredential, Error> {
        Ok(NewCredential {
            id: token.id(),
            kind: token.kind(),
            service_user: self.registered.client.service_user,
            client: self.registered.client.id,
            grant,
            scope: Some(scope.to_string()),
            hint,
            pepper_id: self.shared.peppers.current().id(),
            digest,
            created: self.origin.at,
            expires: Some(self.later(life)?),
        })
    }

    /// The moment of this exchange and so much more.
    pub(super) fn later(&self, life: SignedDuration) -> Result<Timestamp, Error> {
        self.origin.at.checked_add(life).map_err(Error::internal)
    }
}
