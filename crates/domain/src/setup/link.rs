//! Links by which somebody without an account connects an identity provider: for 1 to 30 days, until they are revoked. Who
//! has a link may do in its organization what [`Setup`] does, and nothing else: it opens no [`Org`].

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{OrgState, Role, Token, TokenId, TokenKind};
use wicketgate_scim::Object;

use super::Setup;
use crate::{
    Caller, DEFAULT_DOMAIN, Error, Gateway, Org, Owner,
    db::{self, setup_links::StoredLink},
    event::{Actor, Counts, EventKind, change_of, object, revoked, unchanged},
    org::OrgShared,
    service_user::checked_name,
};

/// For how long a link may hold.
const LONGEST: Duration = Duration::from_hours(30 * 24);
/// How many links of an organization may hold at a time.
const MOST: usize = 50;

/// A link without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupLinkInfo {
    /// Its public id.
    pub id: TokenId,
    /// For whom it was made, in words.
    pub label: String,
    /// Who made it: the id of an account or of a service user, or `operator`.
    pub created_by: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it does not hold any more.
    pub expires: Timestamp,
    /// When it was opened first.
    pub first_used: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used: Option<Timestamp>,
    /// Since when it does not hold, if it was revoked.
    pub revoked: Option<Timestamp>,
    /// Whether it holds now.
    pub is_open: bool,
}

/// The links into one organization.
#[derive(Debug)]
pub struct SetupLinks<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Owner<'_> {
    /// Lets people without an account connect an identity provider.
    pub fn setup_links(&self) -> SetupLinks<'_> {
        SetupLinks { owner: self }
    }
}

impl SetupLinks<'_> {
    /// Makes a link that holds for this long. The token in the answer cannot be read again.
    pub async fn create(&self, label: &str, life: Duration) -> Result<(SetupLinkInfo, Token), Error> {
        let org = self.owner.org;
        org.require_fresh()?;
        let label = checked_name(label).map_err(|error| match error {
            Error::Refused { fix, .. } => Error::refused("label", fix),
            other => other,
        })?;
        if life < Duration::from_hours(24) || life > LONGEST {
            return Err(Error::refused("expires-in", "choose 1 to 30 days"));
        }
        let token = org.shared.sources.token(TokenKind::SetupLink);
        let pepper = org.shared.peppers.current();
        let digest = pepper.digest(&token);
        let pepper_id = pepper.id();
        let created = org.shared.sources.now();
        let link = SetupLinkInfo {
            id: token.id(),
            label,
            created_by: org.actor.key(),
            created,
            expires: created.checked_add(life).map_err(Error::internal)?,
            first_used: None,
            last_used: None,
            revoked: None,
            is_open: true,
        };
        let event = org.event(
            EventKind::SetupLinkCreated,
            None,
            change_of(
                [("setupLinkId", Value::from(link.id.to_string()))],
                &Object::new(),
                &object([
                    ("label", Value::from(link.label.as_str())),
                    ("expiresAt", Value::from(link.expires.to_string())),
                ]),
            ),
        );
        let (id, origin, made) = (org.id, org.origin(), link.clone());
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                if db::setup_links::open(tx, id)? >= MOST {
                    return Err(Error::refused(
                        "setup-link",
                        format!("{MOST} links hold already: revoke one first"),
                    ));
                }
                db::setup_links::insert(tx, id, &link, pepper_id, &digest)?;
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await?;
        Ok((made, token))
    }

    /// The newest links, those that do not hold any more among them: up to 100.
    pub async fn list(&self) -> Result<Vec<SetupLinkInfo>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::setup_links::list(tx, id))
            .await
    }

    /// One link.
    pub async fn get(&self, link: TokenId) -> Result<SetupLinkInfo, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::setup_links::get(tx, id, &link))
            .await
    }

    /// Revokes a link: it opens nothing from the next request on. Revoking twice is no error. What was made through it
    /// stays.
    pub async fn revoke(&self, link: TokenId) -> Result<(), Error> {
        let org = self.owner.org;
        let event = org.event(
            EventKind::SetupLinkRevoked,
            None,
            revoked([("setupLinkId", Value::from(link.to_string()))]),
        );
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                db::setup_links::get(tx, id, &link)?;
                if db::setup_links::revoke(tx, id, &link, origin.at)? {
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(())
            })
            .await
    }
}

/// A link that holds, for one request of whoever has it.
#[derive(Debug)]
pub struct SetupVisit {
    org: Org,
    link: StoredLink,
}

impl Gateway {
    /// Opens a link. [`Error::NotFound`] where it does not hold, or not any more: unknown, forged, revoked and expired
    /// are the same.
    pub async fn setup_visit(&self, token: &Token, request_id: String) -> Result<SetupVisit, Error> {
        if token.kind() != TokenKind::SetupLink {
            return Err(Error::NotFound);
        }
        let id = token.id();
        let found = self
            .shared
            .db
            .read(move |tx| {
                let Some(link) = db::setup_links::find(tx, &id)? else {
                    return Ok(None);
                };
                let organization = db::orgs::get(tx, link.org)?;
                let types = db::schemas::current(tx, link.org)?;
                Ok(Some((link, organization, types)))
            })
            .await?;
        let known = found.as_ref().map(|(link, _, _)| (link.pepper_id, &link.digest));
        let is_genuine = self.shared.peppers.is_digest(token, known);
        let (link, organization, types) = found
            .filter(|(link, organization, _)| {
                is_genuine && link.info.is_open && organization.state != OrgState::Deleted
            })
            .ok_or(Error::NotFound)?;
        Ok(SetupVisit {
            org: Org {
                shared: OrgShared::new(&self.shared, organization.id),
                id: organization.id,
                state: organization.state,
                settings: organization.settings,
                types: Arc::new(types),
                domain: DEFAULT_DOMAIN.into(),
                // What a link may do is what `Setup` does. It has no role beside.
                role: Role::OrgViewer,
                reads_only: true,
                actor: Actor::SetupLink { id },
                is_fresh: true,
                request_id,
                caller: Caller::default(),
                once: None,
            },
            link: StoredLink {
                org_name: organization.name,
                ..link
            },
        })
    }
}

impl SetupVisit {
    /// The link's public id.
    pub fn id(&self) -> TokenId {
        self.link.info.id
    }

    /// When the link ends at the latest.
    pub fn expires(&self) -> Timestamp {
        self.link.info.expires
    }

    /// What the organization is called.
    pub fn organization(&self) -> &str {
        &self.link.org_name
    }

    /// What may be done through the link.
    pub fn setup(&self) -> Setup<'_> {
        Setup { org: &self.org }
    }

    /// Writes down that the link is used. The first time is an event.
    pub async fn used(&self) -> Result<(), Error> {
        if !self.link.is_due {
            return Ok(());
        }
        let org = &self.org;
        let event = org.event(
            EventKind::SetupLinkUsed,
            None,
            unchanged([
                ("setupLinkId", Value::from(self.id().to_string())),
                ("label", Value::from(self.link.info.label.as_str())),
            ]),
        );
        let (id, origin, link) = (org.id, org.origin(), self.id());
        org.shared
            .db
            .write(move |tx| {
                if db::setup_links::used(tx, id, &link, origin.at)? {
                    db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                }
                Ok(())
            })
            .await
    }

    /// Whether the link still holds, for answers that take long.
    pub async fn goes_on(&self) -> Result<bool, Error> {
        let (id, link) = (self.org.id, self.id());
        let found = self
            .org
            .shared
            .db
            .read(move |tx| {
                let link = db::setup_links::get(tx, id, &link)?;
                Ok(link.is_open && db::orgs::get(tx, id)?.state != OrgState::Deleted)
            })
            .await;
        match found {
            Err(Error::NotFound) => Ok(false),
            other => other,
        }
    }
}
