//! One-time links into an organization: for people, and for connecting an identity provider.

use super::{ListQuery, Listed, place, walk};
use crate::{Error, Invitation, Invitations, SetupLinkInfo, SetupLinks, db};

/// What has become of a setup link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetupLinkState {
    /// It holds.
    Open,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl SetupLinkState {
    /// What had become of a link when it was read.
    pub fn of(link: &SetupLinkInfo) -> Self {
        if link.is_open {
            Self::Open
        } else if link.revoked.is_some() {
            Self::Revoked
        } else {
            Self::Expired
        }
    }
}

impl Invitations<'_> {
    /// Invitations that nobody has accepted or withdrawn, by their e-mail addresses: with the state `true`, those that still
    /// hold.
    pub async fn find(&self, query: ListQuery<bool>) -> Result<Listed<Invitation>, Error> {
        let id = self.owner.org.id;
        let after = query.place(place::moment)?;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let now = db::orgs::clock(tx)?;
                let names = query.names();
                walk(
                    (query.limit, query.piece()),
                    after.clone(),
                    |after, limit| db::account_invitations::along(tx, id, query.order, after, limit),
                    |invitation| (invitation.created.as_millisecond(), invitation.id.to_string()),
                    place::of_moment,
                    |invitation| {
                        names(&invitation.email)
                            && query
                                .state
                                .is_none_or(|holds| holds == (invitation.expires > now))
                    },
                )
            })
            .await
    }
}

impl SetupLinks<'_> {
    /// Links, by what they were made for.
    pub async fn find(&self, query: ListQuery<SetupLinkState>) -> Result<Listed<SetupLinkInfo>, Error> {
        let id = self.owner.org.id;
        let after = query.place(place::moment)?;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let names = query.names();
                walk(
                    (query.limit, query.piece()),
                    after.clone(),
                    |after, limit| db::setup_links::along(tx, id, query.order, after, limit),
                    |link| (link.created.as_millisecond(), link.id.to_string()),
                    place::of_moment,
                    |link| {
                        names(&link.label)
                            && query.state.is_none_or(|state| state == SetupLinkState::of(link))
                    },
                )
            })
            .await
    }
}
