//! Users and groups as the organization's own people see them: in whose hands each is, and what was deleted and can be
//! brought back. What owners do with them is beside the other verbs, in `user/` and `group/`.

mod deleted;
mod find;
mod members;
mod scim;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Deref,
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    Error, Group, GroupId, Org, Owner, Page, Query, User, UserId, Viewer,
    custody::Custody,
    db::{self, Conn},
    org::Act,
    user::{manager, membership},
};

pub use deleted::DeletedSearch;
pub use find::{FoundGroups, FoundUsers, GroupSearch, UserOrder, UserSearch};
pub use members::NamedMember;

/// The users and groups of one organization, as everybody who looks after it may see them.
#[derive(Debug)]
pub struct DirectoryView<'o> {
    org: &'o Org,
}

/// The users and groups of one organization, in the hands of its owners: what a [`DirectoryView`] shows, and the acts.
#[derive(Debug)]
pub struct Directory<'o> {
    pub(crate) owner: &'o Owner<'o>,
    view: DirectoryView<'o>,
}

impl<'o> Deref for Directory<'o> {
    type Target = DirectoryView<'o>;

    fn deref(&self) -> &DirectoryView<'o> {
        &self.view
    }
}

impl<'o> Viewer<'o> {
    /// The organization's users and groups.
    pub fn directory(&self) -> DirectoryView<'o> {
        DirectoryView { org: self.org }
    }
}

impl Owner<'_> {
    /// The organization's users and groups, as its owners see and change them.
    pub fn directory(&self) -> Directory<'_> {
        Directory {
            owner: self,
            view: DirectoryView { org: self.org },
        }
    }
}

/// A user as the organization's people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectoryUser {
    /// The user, with the groups it is in.
    pub user: User,
    /// In whose hands it is.
    pub custody: Custody,
    /// What each provisioning domain calls it.
    pub external_ids: BTreeMap<String, String>,
    /// Its deletion, where it was deleted and can be restored.
    pub deletion: Option<Deletion>,
}

/// What is known of a user's deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// When it was deleted.
    pub at: Timestamp,
    /// From when on it cannot be restored any more.
    pub ends: Timestamp,
    /// The groups it was a direct member of: it comes back into those that are still there.
    pub groups: Vec<GroupId>,
}

/// A group as the organization's people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectoryGroup {
    /// The group, without its members.
    pub group: Group,
    /// The provisioning domain whose identity provider manages it; `None` where an owner released it.
    pub managed_by: Option<String>,
    /// What each provisioning domain calls it.
    pub external_ids: BTreeMap<String, String>,
}

impl DirectoryView<'_> {
    /// A page of the users that match.
    pub async fn users(&self, query: Query) -> Result<Page<User>, Error> {
        self.org.users().search(query).await
    }

    /// A page of the groups that match.
    pub async fn groups(&self, query: Query) -> Result<Page<Group>, Error> {
        self.org.groups().search(query).await
    }

    /// In whose hands each of `users` is, of those that are there.
    pub async fn custody_of_users(&self, users: &[UserId]) -> Result<HashMap<UserId, Custody>, Error> {
        let (id, users) = (self.org.id, users.to_vec());
        self.org
            .shared
            .db
            .read(move |tx| Ok(db::custody::of_users(tx, id, &users)?.into_iter().collect()))
            .await
    }

    /// The provisioning domain whose identity provider manages each of `groups`, of those that are there.
    pub async fn custody_of_groups(
        &self,
        groups: &[GroupId],
    ) -> Result<HashMap<GroupId, Option<String>>, Error> {
        let (id, groups) = (self.org.id, groups.to_vec());
        self.org
            .shared
            .db
            .read(move |tx| Ok(db::custody::of_groups(tx, id, &groups)?.into_iter().collect()))
            .await
    }

    /// One user, also where it was deleted and can be restored.
    pub async fn user(&self, id: UserId) -> Result<DirectoryUser, Error> {
        let act = self.org.act();
        self.org.shared.db.read(move |tx| shown_user(tx, &act, id)).await
    }

    /// One group.
    pub async fn group(&self, id: GroupId) -> Result<DirectoryGroup, Error> {
        let act = self.org.act();
        self.org.shared.db.read(move |tx| shown_group(tx, &act, id)).await
    }

    /// Up to `limit` deleted users that can be restored, the last deleted one first, from the one behind `after` on: the
    /// time of its deletion and its id.
    pub async fn deleted_users(
        &self,
        after: Option<(Timestamp, UserId)>,
        limit: u16,
    ) -> Result<Vec<DirectoryUser>, Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .read(move |tx| {
                let since = act.origin.at.checked_sub(grace(&act)).map_err(Error::internal)?;
                db::tombstones::page(tx, act.org, &act.domain, since, after, limit)?
                    .into_iter()
                    .map(|found| completed(tx, &act, found))
                    .collect()
            })
            .await
    }
}

/// For how long the organization keeps who was deleted.
fn grace(act: &Act) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(act.settings.grace_days))
}

/// From when on who was deleted at `at` is not there any more.
fn end(at: Timestamp, act: &Act) -> Result<Timestamp, Error> {
    at.checked_add(grace(act)).map_err(Error::internal)
}

/// Whether the organization still keeps who was deleted at `at`.
pub(crate) fn is_kept(at: Timestamp, act: &Act) -> Result<bool, Error> {
    Ok(act.origin.at < end(at, act)?)
}

/// A user as the organization's people see it.
pub(crate) fn shown_user(tx: &mut Conn, act: &Act, id: UserId) -> Result<DirectoryUser, Error> {
    let found = db::tombstones::find(tx, act.org, &act.domain, id)?;
    if let Some(at) = found.deleted
        && !is_kept(at, act)?
    {
        return Err(Error::NotFound);
    }
    completed(tx, act, found)
}

fn completed(tx: &mut Conn, act: &Act, found: db::tombstones::Known) -> Result<DirectoryUser, Error> {
    let mut user = found.user.resource;
    manager::load(tx, act.org, std::slice::from_mut(&mut user))?;
    let deletion = match found.deleted {
        None => {
            membership::load(tx, act.org, std::slice::from_mut(&mut user))?;
            None
        }
        Some(at) => Some(Deletion {
            at,
            ends: end(at, act)?,
            groups: found.left,
        }),
    };
    Ok(DirectoryUser {
        external_ids: db::custody::external_ids_of_user(tx, act.org, user.id)?,
        user,
        custody: found.user.custody,
        deletion,
    })
}

/// A group as the organization's people see it.
pub(crate) fn shown_group(tx: &mut Conn, act: &Act, id: GroupId) -> Result<DirectoryGroup, Error> {
    let group = db::groups::get(tx, act.org, &act.domain, id)?;
    let managed_by = db::custody::of_groups(tx, act.org, &[id])?
        .into_iter()
        .find_map(|(_, managed_by)| managed_by);
    Ok(DirectoryGroup {
        group,
        managed_by,
        external_ids: db::custody::external_ids_of_group(tx, act.org, id)?,
    })
}

/// One act of an owner, in one transaction.
pub(crate) async fn act_on<T: Send + 'static>(
    org: &Org,
    change: impl Fn(&mut Conn, &Act) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let act = org.act();
    org.shared.db.write(move |tx| change(tx, &act)).await
}
