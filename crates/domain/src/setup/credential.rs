//! What an identity provider connects with: a service user of its name, with tokens or OAuth clients. A service user that
//! is missing is made with its first credential, in one transaction, so that no half of it is left behind.

use std::time::Duration;

use wicketgate_auth::{
    OrgId, Role, ServiceUserId, Token, TokenId,
    oauth::{ClientId, RedirectUri},
};
use wicketgate_scim::Object;

use super::Setup;
use crate::{
    AccessTokenFormat, Client, ClientAuthentication, DEFAULT_DOMAIN, Error, NewClient, Org, Owner,
    PersonalAccessToken, RefreshRotation, ServiceUser,
    client::Registration,
    db::{self, Conn},
    event::{Counts, Event, EventKind, change},
    service_user::checked_name,
    token::Drawn,
};

/// How many tokens of one identity provider may be accepted at a time, and how many clients it may have.
const MOST: u16 = 5;

/// What an identity provider connects with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What it acts as.
    pub service_user: ServiceUser,
    /// Its tokens that are accepted, the newest first.
    pub tokens: Vec<PersonalAccessToken>,
    /// Its OAuth clients.
    pub clients: Vec<Client>,
}

/// A service user that is made where there is none of its name.
struct Wanted {
    service_user: ServiceUser,
    event: Event,
}

impl Wanted {
    fn new(org: &Org, name: &str) -> Result<Self, Error> {
        let service_user = ServiceUser {
            id: ServiceUserId::from_uuid(org.shared.sources.uuid()),
            name: checked_name(name)?,
            role: Role::OrgUserManager,
            provisioning_domain: DEFAULT_DOMAIN.to_owned(),
            active: true,
            created: org.shared.sources.now(),
        };
        let event = org.event(
            EventKind::ServiceUserCreated,
            Some(*service_user.id.as_uuid()),
            change(&Object::new(), &service_user.shown()),
        );
        Ok(Self { service_user, event })
    }

    /// The service user of the name, and the events that making it was.
    fn found_or_made(&self, tx: &mut Conn, org: OrgId) -> Result<(ServiceUserId, Vec<Event>), Error> {
        let Some(known) = db::service_users::named(tx, org, &self.service_user.name)? else {
            db::service_users::insert(tx, org, &self.service_user)?;
            return Ok((self.service_user.id, vec![self.event.clone()]));
        };
        // Whoever connects an identity provider gives nobody a role.
        if known.role != Role::OrgUserManager {
            return Err(Error::refused(
                "service-user",
                format!(
                    "the service user {} has the role {}, and an identity provider needs {}: give it that role, or \
                     rename it",
                    known.name,
                    known.role,
                    Role::OrgUserManager
                ),
            ));
        }
        if !known.active {
            return Err(Error::refused(
                "service-user",
                format!("the service user {} is disabled: enable it first", known.name),
            ));
        }
        Ok((known.id, Vec::new()))
    }
}

impl Setup<'_> {
    /// What the identity provider of this name connects with, if anything was made for it.
    pub async fn connection(&self, name: &str) -> Result<Option<Connection>, Error> {
        let (id, name) = (self.org.id, name.to_owned());
        self.org
            .shared
            .db
            .read(move |tx| {
                let Some(service_user) = db::service_users::named(tx, id, &name)? else {
                    return Ok(None);
                };
                let now = db::orgs::clock(tx)?;
                let tokens = db::credentials::accepted(tx, id, service_user.id, now, MOST)?;
                let clients = clients_of(tx, id, service_user.id)?;
                Ok(Some(Connection {
                    service_user,
                    tokens,
                    clients,
                }))
            })
            .await
    }

    /// Issues a token for the identity provider of this name. Those that it has are accepted as before. The secret in the
    /// answer cannot be read again.
    pub async fn make_token(
        &self,
        name: &str,
        life: Option<Duration>,
    ) -> Result<(PersonalAccessToken, Token), Error> {
        let org = self.org;
        org.require_fresh()?;
        org.settings.check_token_life(life)?;
        let wanted = Wanted::new(org, name)?;
        let now = org.shared.sources.now();
        let called = format!("{} {}", wanted.service_user.name, now.strftime("%Y-%m-%d"));
        let drawn = Drawn::new(org, wanted.service_user.id, checked_name(&called)?, now, life)?;
        let issued = drawn.issued(org);
        let Drawn {
            token,
            secret,
            pepper_id,
            digest,
        } = drawn;
        let (id, origin) = (org.id, org.origin());
        let token = org
            .shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                // The organization may have changed its mind since it was entered.
                db::orgs::get(tx, id)?.settings.check_token_life(life)?;
                let (service_user, mut events) = wanted.found_or_made(tx, id)?;
                let now = db::orgs::clock(tx)?;
                let accepted = db::credentials::accepted(tx, id, service_user, now, MOST)?;
                if accepted.len() >= usize::from(MOST) {
                    return Err(Error::refused(
                        "token",
                        format!("{MOST} tokens are accepted already: revoke one that is not used any more"),
                    ));
                }
                let token = PersonalAccessToken {
                    service_user,
                    ..token.clone()
                };
                db::credentials::insert(tx, id, &token, pepper_id, &digest)?;
                events.push(Event {
                    resource: Some(*service_user.as_uuid()),
                    ..issued.clone()
                });
                db::events::append(tx, id, &origin, &events, Counts::default())?;
                Ok(token)
            })
            .await?;
        Ok((token, secret))
    }

    /// Registers an OAuth client for the identity provider of this name, with a secret that cannot be read again.
    pub async fn make_client(
        &self,
        name: &str,
        redirect_uris: Vec<RedirectUri>,
        refresh_rotation: RefreshRotation,
    ) -> Result<(Client, Token), Error> {
        let org = self.org;
        org.require_fresh()?;
        let wanted = Wanted::new(org, name)?;
        let Registration {
            client,
            secret,
            events: registered,
        } = Registration::draw(
            org,
            NewClient {
                service_user: wanted.service_user.id,
                name: wanted.service_user.name.clone(),
                authentication: ClientAuthentication::ClientSecret,
                access_token_format: AccessTokenFormat::default(),
                refresh_rotation,
                redirect_uris,
                secret_life: None,
            },
        )?;
        let secret = secret.ok_or_else(|| Error::internal("a client has no secret"))?;
        let (id, origin, row) = (org.id, org.origin(), secret.row);
        let client = org
            .shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let (service_user, mut events) = wanted.found_or_made(tx, id)?;
                if clients_of(tx, id, service_user)?.len() >= usize::from(MOST) {
                    return Err(Error::refused(
                        "client",
                        format!("there are {MOST} clients already: delete one that is not used any more"),
                    ));
                }
                let client = Client {
                    service_user,
                    ..client.clone()
                };
                let mut row = row.clone();
                row.service_user = service_user;
                db::clients::insert(tx, id, &client)?;
                db::issued::insert(tx, id, &row)?;
                let resource = Some(*service_user.as_uuid());
                events.extend(registered.iter().map(|event| Event {
                    resource: event.resource.and(resource),
                    ..event.clone()
                }));
                db::events::append(tx, id, &origin, &events, Counts::default())?;
                Ok(client)
            })
            .await?;
        Ok((client, secret.token))
    }

    /// Revokes a token of the identity provider of this name. That of another one is [`Error::NotFound`].
    pub async fn revoke_token(&self, name: &str, token: TokenId) -> Result<(), Error> {
        let connection = self.connection(name).await?.ok_or(Error::NotFound)?;
        if !connection.tokens.iter().any(|known| known.id == token) {
            return Err(Error::NotFound);
        }
        Owner { org: self.org }.tokens().revoke(token).await
    }

    /// Deletes a client of the identity provider of this name, with everything that was issued to it. That of another one
    /// is [`Error::NotFound`].
    pub async fn delete_client(&self, name: &str, client: ClientId) -> Result<(), Error> {
        let connection = self.connection(name).await?.ok_or(Error::NotFound)?;
        if !connection.clients.iter().any(|known| known.id == client) {
            return Err(Error::NotFound);
        }
        Owner { org: self.org }.clients().delete(client).await
    }
}

fn clients_of(tx: &mut Conn, org: OrgId, service_user: ServiceUserId) -> Result<Vec<Client>, Error> {
    let mut clients = db::clients::list(tx, org)?;
    clients.retain(|client| client.service_user == service_user);
    Ok(clients)
}
