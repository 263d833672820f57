//! Registering a client.

use std::time::Duration;

use serde_json::Value;
use wicketgate_auth::{ServiceUserId, Token, jwt::JwkSet, oauth::RedirectUri};

use super::{
    AccessTokenFormat, Client, ClientAuthentication, ClientKeys, Clients, RefreshRotation,
    secret::{NewSecret, credential_event},
};
use crate::{
    Error, Org, db,
    event::{Counts, Event, EventKind, change, object},
    service_user::checked_name,
};

/// How many redirect URIs a client may have.
pub(super) const MAX_REDIRECT_URIS: usize = 20;
/// How many audiences a workload identity may have.
const MAX_AUDIENCES: usize = 10;
/// How long an address, a subject or an audience may be, in bytes.
const LONGEST_TEXT: usize = 1_024;

/// What a client is registered with.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// Whom it will act for.
    pub service_user: ServiceUserId,
    /// Its name, for people.
    pub name: String,
    /// How it will prove who it is.
    pub authentication: ClientAuthentication,
    /// What its access tokens will look like.
    pub access_token_format: AccessTokenFormat,
    /// What will happen to a refresh token that was used.
    pub refresh_rotation: RefreshRotation,
    /// Where a browser may be sent back to with a code.
    pub redirect_uris: Vec<RedirectUri>,
    /// For how long its first secret is accepted, if not for ever.
    pub secret_life: Option<Duration>,
}

/// A client that waits to be stored.
pub(crate) struct Registration {
    pub(crate) client: Client,
    /// Its first secret, where it authenticates with one.
    pub(crate) secret: Option<NewSecret>,
    pub(crate) events: Vec<Event>,
}

impl Registration {
    /// Draws an id, and a secret where one is needed.
    pub(crate) fn draw(org: &Org, new: NewClient) -> Result<Self, Error> {
        let client = Client {
            id: org.shared.sources.client_id(),
            service_user: new.service_user,
            name: checked_name(&new.name)?,
            authentication: checked_authentication(new.authentication)?,
            access_token_format: new.access_token_format,
            refresh_rotation: new.refresh_rotation,
            redirect_uris: checked_redirect_uris(new.redirect_uris)?,
            active: true,
            created: org.shared.sources.now(),
        };
        let has_secret = client.authentication == ClientAuthentication::ClientSecret;
        if matches!(
            client.authentication,
            ClientAuthentication::WorkloadIdentity { .. }
        ) && !client.redirect_uris.is_empty()
        {
            return Err(Error::refused(
                "redirect-uri",
                "a client with a workload identity gets no codes: leave it out",
            ));
        }
        let secret = has_secret
            .then(|| NewSecret::draw(org, client.id, client.service_user, new.secret_life))
            .transpose()?;
        let mut events = vec![org.event(
            EventKind::ClientCreated,
            Some(*client.service_user.as_uuid()),
            change(&wicketgate_scim::Object::new(), &shown(&client)),
        )];
        events.extend(
            secret
                .as_ref()
                .map(|secret| credential_event(org, EventKind::CredentialCreated, client.id, &secret.listed)),
        );
        Ok(Self {
            client,
            secret,
            events,
        })
    }
}

impl Clients<'_> {
    /// Registers a client. One that authenticates with a secret gets its first one, which cannot be read again.
    pub async fn create(&self, new: NewClient) -> Result<(Client, Option<Token>), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let Registration {
            client,
            secret,
            events,
        } = Registration::draw(org, new)?;
        let (id, origin, created) = (org.id, org.origin(), client.clone());
        let row = secret.as_ref().map(|secret| secret.row.clone());
        org.shared
            .db
            .write(move |tx| {
                db::service_users::get(tx, id, client.service_user)?;
                db::clients::insert(tx, id, &client)?;
                if let Some(row) = &row {
                    db::issued::insert(tx, id, row)?;
                }
                db::events::append(tx, id, &origin, &events, Counts::default())
            })
            .await?;
        Ok((created, secret.map(|secret| secret.token)))
    }
}

/// What events say of a client.
pub(super) fn shown(client: &Client) -> wicketgate_scim::Object {
    let uris = client.redirect_uris.iter().map(|uri| Value::from(uri.as_str()));
    object([
        ("clientId", client.id.to_string().into()),
        ("name", client.name.as_str().into()),
        ("authentication", client.authentication.as_str().into()),
        ("accessTokenFormat", client.access_token_format.as_str().into()),
        ("refreshRotation", client.refresh_rotation.as_str().into()),
        ("redirectUris", uris.collect::<Vec<_>>().into()),
        ("active", client.active.into()),
    ])
}

/// Redirect URIs without repetition.
pub(super) fn checked_redirect_uris(mut uris: Vec<RedirectUri>) -> Result<Vec<RedirectUri>, Error> {
    uris.sort();
    uris.dedup();
    if uris.len() > MAX_REDIRECT_URIS {
        return Err(Error::refused(
            "redirect-uri",
            format!("register at most {MAX_REDIRECT_URIS} redirect URIs"),
        ));
    }
    Ok(uris)
}

fn checked_authentication(authentication: ClientAuthentication) -> Result<ClientAuthentication, Error> {
    match &authentication {
        ClientAuthentication::ClientSecret => {}
        ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys)) => {
            JwkSet::parse(keys.to_string().as_bytes())
                .map_err(|error| Error::refused("jwks", error.to_string()))?;
        }
        ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri)) => check_jwks_uri(uri)?,
        ClientAuthentication::WorkloadIdentity {
            subject, audiences, ..
        } => {
            check_text("subject", subject)?;
            if audiences.is_empty() || audiences.len() > MAX_AUDIENCES {
                return Err(Error::refused(
                    "audience",
                    format!("give 1 to {MAX_AUDIENCES} audiences, as the tokens have them"),
                ));
            }
            for audience in audiences {
                check_text("audience", audience)?;
            }
        }
    }
    Ok(authentication)
}

/// An address that may be asked for keys. Where it leads is judged when it is asked.
fn check_jwks_uri(uri: &str) -> Result<(), Error> {
    check_text("jwks-uri", uri)?;
    // The rules of redirect URIs are those of an address that every program reads alike.
    uri.parse::<RedirectUri>()
        .map(|_| ())
        .map_err(|_| Error::refused("jwks-uri", "write an https:// URL without user name and fragment"))
}

fn check_text(field: &'static str, text: &str) -> Result<(), Error> {
    if text.is_empty()
        || text.len() > LONGEST_TEXT
        || text.chars().any(|c| c.is_control() || c.is_whitespace())
    {
        return Err(Error::refused(
            field,
            format!("write 1 to {LONGEST_TEXT} characters without spaces"),
        ));
    }
    Ok(())
}
