//! Looking for users and groups as people do: one text that may be a name or its beginning, an e-mail address or an id.
//! A page costs the same in every organization, because an index answers it; what no index answers is read in steps.

use std::{collections::HashMap, fmt};

use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::fold::fold;

use super::DirectoryView;
use crate::{
    Error, Group, Resource, User, UserId,
    custody::Custody,
    db::{
        self, Conn,
        directory::{Along, Met, Way},
        search::Kind,
    },
    group::GroupId,
};

/// How many users one page looks at, of which few may be wanted.
const STEP: usize = 1_000;
/// How many are read at once.
const PIECE: i64 = 100;

/// In which order users are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UserOrder {
    /// By `userName`.
    #[default]
    UserName,
    /// By `userName`, from its end.
    UserNameDescending,
    /// The last one that was created first.
    Newest,
}

/// Which users are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserSearch {
    /// An id, an external id or an e-mail address, or the beginning of a `userName` or `displayName`. Empty for all.
    pub text: String,
    /// Only those that are active, or only those that are not.
    pub active: Option<bool>,
    /// The order in which all are listed. What a text finds is listed best match first.
    pub order: UserOrder,
    /// Where the page before ended.
    pub after: Option<String>,
    /// How many users at most.
    pub limit: u16,
}

/// Some users, and in whose hands each is.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundUsers {
    /// The users, without their groups.
    pub users: Vec<(User, Custody)>,
    /// What the next page is `after`, if there may be one. A page that has few users, or none, may have one: a search
    /// that finds little goes through the organization in steps.
    pub next: Option<String>,
}

/// Which groups are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupSearch {
    /// An id, an external id, or the beginning of a `displayName`. Empty for all.
    pub text: String,
    /// Whether the last name comes first.
    pub descending: bool,
    /// Where the page before ended.
    pub after: Option<String>,
    /// How many groups at most.
    pub limit: u16,
}

/// Some groups, and the provisioning domain whose identity provider manages each.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundGroups {
    /// The groups, without their members.
    pub groups: Vec<(Group, Option<String>)>,
    /// What the next page is `after`, if there is one.
    pub next: Option<String>,
}

/// A place in a list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    along: Along,
    value: String,
    id: Uuid,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.along {
            Along::UserName => 'u',
            Along::DisplayName => 'd',
            Along::Id => 'i',
        };
        write!(f, "{letter}{}{}", self.id.simple(), self.value)
    }
}

impl Place {
    /// Where a way has led so far: before all others where nothing was met on it.
    fn on(way: Way) -> Self {
        let (value, id) = way.after.unwrap_or_default();
        Self {
            along: way.along,
            value,
            id,
        }
    }

    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let unknown = || Error::refused("after", "ask for the first page again");
        let (letter, rest) = text.split_at_checked(1).ok_or_else(unknown)?;
        let (id, value) = rest.split_at_checked(32).ok_or_else(unknown)?;
        let along = match letter {
            "u" => Along::UserName,
            "d" => Along::DisplayName,
            "i" => Along::Id,
            _ => return Err(unknown()),
        };
        // No stored text has this, and PostgreSQL takes none that does.
        if value.contains('\0') {
            return Err(unknown());
        }
        Ok(Self {
            along,
            value: value.to_owned(),
            id: Uuid::try_parse(id).map_err(|_| unknown())?,
        })
    }
}

/// What is gathered for a page.
pub(super) struct Gathered {
    org: OrgId,
    active: Option<bool>,
    /// Only those that were deleted after this time, in milliseconds; where there is none, those that are live.
    deleted_after: Option<i64>,
    limit: usize,
    ids: Vec<Uuid>,
    looked_at: usize,
}

impl Gathered {
    pub(super) fn new(org: OrgId, active: Option<bool>, deleted_after: Option<i64>, limit: u16) -> Self {
        Self {
            org,
            active,
            deleted_after,
            limit: usize::from(limit.max(1)),
            ids: Vec::new(),
            looked_at: 0,
        }
    }

    fn wants(&self, met: &Met) -> bool {
        self.active.is_none_or(|active| active == met.active)
    }

    /// Goes a way until the page is full or enough was looked at, and says from where on to go on then.
    fn walk(
        &mut self,
        tx: &mut Conn,
        mut way: Way,
        is_new: impl Fn(&Met) -> bool,
    ) -> Result<Option<Place>, Error> {
        loop {
            let piece = db::directory::users_along(tx, self.org, &way, PIECE)?;
            let is_last = i64::try_from(piece.len()).map_err(Error::internal)? < PIECE;
            for met in piece {
                if self.wants(&met) && is_new(&met) {
                    if self.ids.len() == self.limit {
                        return Ok(Some(Place::on(way)));
                    }
                    self.ids.push(met.id());
                }
                self.looked_at += 1;
                way.after = Some((met.place.clone(), met.id()));
            }
            if is_last {
                return Ok(None);
            }
            if self.looked_at >= STEP {
                return Ok(Some(Place::on(way)));
            }
        }
    }
}

/// The ids that a page has, and from where on the next one goes.
fn ids_of(tx: &mut Conn, org: OrgId, search: &UserSearch) -> Result<(Vec<Uuid>, Option<Place>), Error> {
    let after = search.after.as_deref().map(Place::read).transpose()?;
    let mut gathered = Gathered::new(org, search.active, None, search.limit);
    let text = search.text.trim();
    if text.is_empty() {
        let (along, descending) = match search.order {
            UserOrder::UserName => (Along::UserName, false),
            UserOrder::UserNameDescending => (Along::UserName, true),
            UserOrder::Newest => (Along::Id, true),
        };
        let way = Way {
            along,
            descending,
            prefix: String::new(),
            after: behind(after.as_ref(), along),
            inactive: search.active == Some(false) && along == Along::UserName,
            deleted_after: None,
        };
        let next = gathered.walk(tx, way, |_| true)?;
        return Ok((gathered.ids, next));
    }
    ids_named(tx, gathered, text, after.as_ref())
}

/// Where a page ended, if that was on this way.
fn behind(after: Option<&Place>, along: Along) -> Option<(String, Uuid)> {
    after
        .filter(|place| place.along == along)
        .map(|place| (place.value.clone(), place.id))
}

/// The ids of those that a text finds on a page, best match first, and from where on the next one goes.
pub(super) fn ids_named(
    tx: &mut Conn,
    mut gathered: Gathered,
    text: &str,
    after: Option<&Place>,
) -> Result<(Vec<Uuid>, Option<Place>), Error> {
    // No stored text has this, and PostgreSQL takes none that does.
    if text.contains('\0') {
        return Ok((Vec::new(), None));
    }
    let deleted_after = gathered.deleted_after;
    let inactive = gathered.active == Some(false);
    let known = db::directory::users_known_as(tx, gathered.org, text, deleted_after)?;
    let is_known = |met: &Met| known.iter().any(|other| other.id() == met.id());
    if after.is_none() {
        let wanted: Vec<Uuid> = known
            .iter()
            .filter(|met| gathered.wants(met))
            .map(Met::id)
            .collect();
        gathered.limit += wanted.len();
        gathered.ids.extend(wanted);
    }
    let mut next = None;
    let way = |along| Way {
        along,
        descending: false,
        prefix: text.to_owned(),
        after: behind(after, along),
        inactive: inactive && along == Along::UserName,
        deleted_after,
    };
    if after.is_none_or(|place| place.along == Along::UserName) {
        next = gathered.walk(tx, way(Along::UserName), |met| !is_known(met))?;
    }
    if next.is_none() {
        let prefix = fold(text);
        next = gathered.walk(tx, way(Along::DisplayName), |met| {
            !is_known(met) && !met.user_name_key.starts_with(&prefix)
        })?;
    }
    Ok((gathered.ids, next))
}

impl DirectoryView<'_> {
    /// The users that are looked for.
    pub async fn find_users(&self, search: UserSearch) -> Result<FoundUsers, Error> {
        let (org, scope) = (self.org.id, self.org.scope(String::new()));
        self.org
            .shared
            .db
            .read(move |tx| {
                let (ids, next) = ids_of(tx, org, &search)?;
                let known: Vec<UserId> = ids.iter().copied().map(UserId::from_uuid).collect();
                let mut custody: HashMap<UserId, Custody> =
                    db::custody::of_users(tx, org, &known)?.into_iter().collect();
                let users = scope
                    .load(tx, Kind::User, &ids)?
                    .into_iter()
                    .filter_map(|resource| match resource {
                        Resource::User(user) => {
                            let custody = custody.remove(&user.id).unwrap_or_default();
                            Some((user, custody))
                        }
                        Resource::Group(_) => None,
                    })
                    .collect();
                Ok(FoundUsers {
                    users,
                    next: next.map(|place| place.to_string()),
                })
            })
            .await
    }

    /// The groups that are looked for.
    pub async fn find_groups(&self, search: GroupSearch) -> Result<FoundGroups, Error> {
        let (org, scope) = (self.org.id, self.org.scope(String::new()));
        self.org
            .shared
            .db
            .read(move |tx| {
                let text = search.text.trim();
                let after = search.after.as_deref();
                // No stored text has this, and PostgreSQL takes none that does.
                if text.contains('\0') || after.is_some_and(|after| after.contains('\0')) {
                    return Ok(FoundGroups {
                        groups: Vec::new(),
                        next: None,
                    });
                }
                let known = if text.is_empty() {
                    Vec::new()
                } else {
                    db::directory::groups_known_as(tx, org, text)?
                };
                let limit = usize::from(search.limit.max(1));
                let take = i64::try_from(limit).map_err(Error::internal)? + 1;
                let mut named = db::directory::groups_along(tx, org, text, after, search.descending, take)?;
                let has_more = named.len() > limit;
                named.truncate(limit);
                let next = named.last().filter(|_| has_more).map(|(key, _)| key.clone());
                let mut ids = if after.is_none() {
                    known.clone()
                } else {
                    Vec::new()
                };
                ids.extend(
                    named
                        .into_iter()
                        .map(|(_, id)| id)
                        .filter(|id| !known.contains(id)),
                );
                let of: Vec<GroupId> = ids.iter().copied().map(GroupId::from_uuid).collect();
                let mut managed: HashMap<GroupId, Option<String>> =
                    db::custody::of_groups(tx, org, &of)?.into_iter().collect();
                let groups = scope
                    .load(tx, Kind::Group, &ids)?
                    .into_iter()
                    .filter_map(|resource| match resource {
                        Resource::Group(group) => {
                            let managed_by = managed.remove(&group.id).flatten();
                            Some((group, managed_by))
                        }
                        Resource::User(_) => None,
                    })
                    .collect();
                Ok(FoundGroups { groups, next })
            })
            .await
    }

    /// The id of the user or group that people mean by this text: the id itself, a `userName`, the `displayName` of a
    /// group, or what else exactly one user is known by.
    pub async fn id_of(&self, text: &str) -> Result<Option<Uuid>, Error> {
        if let Some(id) = db::search::uuid(text) {
            return Ok(Some(id));
        }
        if text.contains('\0') {
            return Ok(None);
        }
        let (org, text) = (self.org.id, text.to_owned());
        self.org
            .shared
            .db
            .read(move |tx| {
                if let Some(user) = db::directory::user_named(tx, org, &text)? {
                    return Ok(Some(user));
                }
                if let Some(group) = db::directory::group_named(tx, org, &text)? {
                    return Ok(Some(group));
                }
                match db::directory::users_known_as(tx, org, &text, None)?.as_slice() {
                    [user] => Ok(Some(user.id())),
                    _ => Ok(None),
                }
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nothing_else_is_one() {
        for along in [Along::UserName, Along::DisplayName, Along::Id] {
            let place = Place {
                along,
                value: "änna:1".to_owned(),
                id: Uuid::from_u128(7),
            };
            assert_eq!(Place::read(&place.to_string()).unwrap(), place);
        }
        for text in ["", "u", "x00000000000000000000000000000007a", "ä", "uanna"] {
            assert!(Place::read(text).is_err(), "{text}");
        }
    }
}
