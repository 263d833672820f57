//! One-time links by which a person gets a role in an organization, or becomes an operator. A link holds for 72 hours
//! and for whoever has it; of two who accept it at once one wins.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{AccountId, OrgId, Plaintext, Role, Token, TokenId, TokenKind};
use wicketgate_scim::Object;

use super::{
    Account, Caller, Link, LinkedIdentity, Session, SignedIn, checked_email, email_key, role::role_shown,
    security::chosen, sign_in::Beginning,
};
use crate::{
    Error, Gateway, Owner,
    db::{self, Conn, account_invitations::StoredInvitation},
    event::{Actor, Counts, Event, EventKind, Origin, change_of, object, revoked},
    org::Shared,
    service_user::checked_name,
};

/// An invitation that waits, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its public id.
    pub id: TokenId,
    /// Whom it was made for.
    pub email: String,
    /// What that person will be.
    pub role: Role,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it does not hold any more.
    pub expires: Timestamp,
}

/// What a link offers, for the page that asks whether to accept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Whom it was made for: the address of a new account.
    pub email: String,
    /// The organization and the role there; `None` offers to become an operator.
    pub organization: Option<(OrgId, String, Role)>,
}

/// The invitations into one organization.
#[derive(Debug)]
pub struct Invitations<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Owner<'_> {
    /// Invites people to look after the organization.
    pub fn invitations(&self) -> Invitations<'_> {
        Invitations { owner: self }
    }
}

impl Invitations<'_> {
    /// Makes a link. The token in the answer cannot be read again.
    pub async fn create(&self, email: &str, role: Role) -> Result<(Invitation, Token), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let role = checked_role(role)?;
        let email = checked_email(email)?;
        let link = Link::draw(&org.shared, TokenKind::Invitation)?;
        let invitation = Invitation {
            id: link.id,
            email,
            role,
            created: link.created,
            expires: link.expires,
        };
        let event = org.event(
            EventKind::AccountInvited,
            None,
            change_of(
                [("invitationId", Value::from(invitation.id.to_string()))],
                &Object::new(),
                &object([
                    ("email", Value::from(invitation.email.as_str())),
                    ("role", Value::from(role.as_str())),
                    ("expiresAt", Value::from(invitation.expires.to_string())),
                ]),
            ),
        );
        let (id, origin, made) = (org.id, org.origin(), invitation.clone());
        org.shared
            .db
            .write(move |tx| {
                db::account_invitations::insert(tx, id, &invitation, link.pepper_id, &link.digest)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok((made, link.token))
    }

    /// Those that nobody has accepted, the newest first. Some may have expired.
    pub async fn list(&self) -> Result<Vec<Invitation>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::account_invitations::list(tx, id))
            .await
    }

    /// Up to `limit` of those that nobody has accepted, in the order of their ids, from the one behind `after` on.
    pub async fn page(&self, after: Option<TokenId>, limit: u16) -> Result<Vec<Invitation>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::account_invitations::page(tx, id, after, limit))
            .await
    }

    /// One that nobody has accepted.
    pub async fn get(&self, invitation: TokenId) -> Result<Invitation, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::account_invitations::get(tx, id, &invitation))
            .await
    }

    /// Withdraws a link.
    pub async fn revoke(&self, invitation: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        let event = org.event(
            EventKind::AccountInvitationRevoked,
            None,
            revoked([("invitationId", Value::from(invitation.to_string()))]),
        );
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                db::account_invitations::revoke(tx, id, &invitation, origin.at)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

/// A role that accounts may have.
pub(super) fn checked_role(role: Role) -> Result<Role, Error> {
    if Role::OF_ACCOUNTS.contains(&role) {
        Ok(role)
    } else {
        Err(Error::refused(
            "role",
            format!(
                "{role} is for service users: choose {}",
                Role::OF_ACCOUNTS.map(Role::as_str).join(" or ")
            ),
        ))
    }
}

/// The invitation of a token, if it holds: unknown, forged, used, withdrawn and expired are the same.
async fn open(shared: &Arc<Shared>, token: &Token) -> Result<StoredInvitation, Error> {
    if token.kind() != TokenKind::Invitation {
        return Err(Error::NotFound);
    }
    let id = token.id();
    let found = shared
        .db
        .read(move |tx| db::account_invitations::find(tx, &id))
        .await?;
    let known = found.as_ref().map(|found| (found.pepper_id, &found.digest));
    let is_genuine = shared.peppers.is_digest(token, known);
    found
        .filter(|found| is_genuine && found.is_open && !found.is_first_run())
        .ok_or(Error::NotFound)
}

/// Gives an account what an invitation offers, in the transaction that uses it up.
fn grant(
    tx: &mut Conn,
    invitation: &StoredInvitation,
    token: &TokenId,
    account: AccountId,
    origin: &Origin,
    event_id: uuid::Uuid,
) -> Result<(), Error> {
    let Some((org, _, role)) = invitation.target else {
        if !db::accounts::is_operator(tx, account)? {
            db::accounts::add_operator(tx, account, origin.at)?;
        }
        return db::account_invitations::accepted_by(tx, None, token, account);
    };
    db::account_invitations::accepted_by(tx, Some(org), token, account)?;
    let held = db::account_roles::get(tx, org, account)?;
    let kind = match held {
        None => {
            db::account_roles::insert(tx, org, account, role, origin.at)?;
            EventKind::AccountJoined
        }
        // A link never takes anything away.
        Some(Role::OrgOwner) => return Ok(()),
        Some(held) if held == role => return Ok(()),
        Some(_) => {
            db::account_roles::set(tx, org, account, role)?;
            EventKind::AccountRoleChanged
        }
    };
    let event = Event {
        id: event_id,
        kind,
        resource: Some(*account.as_uuid()),
        payload: change_of(
            [("invitationId", Value::from(token.to_string()))],
            &held.map(role_shown).unwrap_or_default(),
            &role_shown(role),
        ),
    };
    db::events::append(tx, org, origin, std::slice::from_ref(&event), Counts::default())
}

impl Gateway {
    /// What a link offers. [`Error::NotFound`] where it does not hold, or not any more.
    pub async fn invitation(&self, token: &Token) -> Result<Offer, Error> {
        let invitation = open(&self.shared, token).await?;
        Ok(Offer {
            email: invitation.email,
            organization: invitation.target,
        })
    }

    /// Makes an account of the invitation's address with this password, gives it what the link offers, and signs it in.
    ///
    /// Where the address has an account already it is [`Error::AlreadyExists`]: that account signs in, and accepts the
    /// link itself ([`Session::accept_invitation`]).
    pub async fn accept_invitation(
        &self,
        token: &Token,
        display_name: &str,
        password: &Plaintext,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let invitation = open(&self.shared, token).await?;
        let display_name = checked_name(display_name)?;
        let password = chosen(&self.shared, password, &invitation.email).await?;
        self.join(token, invitation, display_name, Some(password), None, caller)
            .await
    }

    /// The same for a person whom the organization's provider has just vouched for: the account has no password, and
    /// signs in through that provider. The address is that of the invitation, whatever the provider says.
    pub async fn accept_invitation_external(
        &self,
        token: &Token,
        display_name: &str,
        issuer: &str,
        subject: &str,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let invitation = open(&self.shared, token).await?;
        let Some((org, _, _)) = invitation.target else {
            return Err(Error::NotFound);
        };
        let display_name = checked_name(display_name)?;
        let identity = LinkedIdentity {
            org,
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            created: self.shared.sources.now(),
        };
        self.join(token, invitation, display_name, None, Some(identity), caller)
            .await
    }

    async fn join(
        &self,
        token: &Token,
        invitation: StoredInvitation,
        display_name: String,
        password: Option<String>,
        identity: Option<LinkedIdentity>,
        caller: &Caller,
    ) -> Result<SignedIn, Error> {
        let shared = &self.shared;
        let beginning = Beginning::draw(shared, caller)?;
        let id = AccountId::from_uuid(shared.sources.uuid());
        let session = beginning.of(id, identity.as_ref().map(|identity| identity.org));
        let account = Account {
            id,
            email: invitation.email.clone(),
            display_name,
            active: true,
            has_password: password.is_some(),
            has_totp: false,
            created: session.created,
            last_sign_in: None,
        };
        let origin = Origin {
            once: None,
            actor: Actor::Account {
                id,
                session: session.id,
            },
            request_id: shared.sources.uuid().to_string(),
            at: session.created,
        };
        let (token, event_id) = (token.id(), shared.sources.uuid());
        let org = invitation.target.as_ref().map(|(org, _, _)| *org);
        shared
            .db
            .write(move |tx| {
                db::account_invitations::accept(tx, org, &token, origin.at)?;
                db::accounts::insert(tx, &account, &email_key(&account.email), password.as_deref())?;
                grant(tx, &invitation, &token, id, &origin, event_id)?;
                if let Some(identity) = &identity {
                    db::identity_providers::link(tx, identity.org, id, identity)?;
                }
                if !db::accounts::signed_in(tx, id, origin.at)? {
                    return Err(Error::NotFound);
                }
                db::account_sessions::insert(tx, &session)
            })
            .await?;
        Ok(beginning.signed_in(id))
    }
}

impl Session {
    /// Gives the account what a link offers, whatever address it was made for: who has the link may use it.
    pub async fn accept_invitation(&self, token: &Token) -> Result<(), Error> {
        if self.stored.vouched_by.is_some() {
            return Err(Error::ReauthenticationNeeded);
        }
        let invitation = open(&self.shared, token).await?;
        let origin = Origin {
            once: None,
            actor: self.actor(),
            request_id: self.shared.sources.uuid().to_string(),
            at: self.shared.sources.now(),
        };
        let (token, id) = (token.id(), self.account().id);
        let event_id = self.shared.sources.uuid();
        let org = invitation.target.as_ref().map(|(org, _, _)| *org);
        self.shared
            .db
            .write(move |tx| {
                db::account_invitations::accept(tx, org, &token, origin.at)?;
                grant(tx, &invitation, &token, id, &origin, event_id)
            })
            .await
    }
}
