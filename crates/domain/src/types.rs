//! The resource types of one organization: the core ones with the extension schemas that the organization has defined.
//!
//! An organization has two readings of them. Requests go by the **effective** types. What is derived from a resource (the
//! form that filters read, the rows it is looked up by) goes by the **derived** types, which also have the definitions
//! that are still waiting. [`extension`](crate::extension) says why.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use wicketgate_auth::OrgId;
use wicketgate_scim::{
    Object,
    resource::{adopt, fit},
    schema::ResourceType,
};

use crate::{
    Error,
    db::{self, Conn},
};

/// The resource types of one organization. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Types {
    /// Which state of the organization's schemas they come from, at the latest: they may be newer, never older.
    pub(crate) revision: i64,
    pub(crate) user: Arc<ResourceType>,
    pub(crate) group: Arc<ResourceType>,
}

impl Types {
    /// Those of an organization that has never defined anything.
    pub(crate) fn standard() -> Self {
        Self {
            revision: 0,
            user: ResourceType::user(),
            group: ResourceType::group(),
        }
    }

    /// Spells what a user holds of an organization's own schemas as they do. It can be spelled differently where a
    /// definition still waits: requests then know nothing of it.
    pub(crate) fn adopt_user(&self, attributes: &mut Object) -> bool {
        self.revision > 0 && adopt(&self.user, attributes)
    }

    /// As [`adopt_user`](Self::adopt_user), for a group.
    pub(crate) fn adopt_group(&self, attributes: &mut Object) -> bool {
        self.revision > 0 && adopt(&self.group, attributes)
    }

    /// What a stored user holds, fit to be changed: see [`fit`].
    pub(crate) fn fitting_user(&self, stored: &Object) -> Object {
        fitting(self.revision, &self.user, stored)
    }

    /// As [`fitting_user`](Self::fitting_user), for a group.
    pub(crate) fn fitting_group(&self, stored: &Object) -> Object {
        fitting(self.revision, &self.group, stored)
    }
}

fn fitting(revision: i64, rt: &ResourceType, stored: &Object) -> Object {
    let mut fitting = stored.clone();
    if revision > 0 {
        fit(rt, &mut fitting);
    }
    fitting
}

/// Both readings of an organization's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrgTypes {
    pub(crate) effective: Types,
    pub(crate) derived: Types,
    /// How much JSON they were read from.
    pub(crate) bytes: usize,
}

impl OrgTypes {
    /// Those of an organization that has never defined anything.
    pub(crate) fn standard() -> Self {
        Self {
            effective: Types::standard(),
            derived: Types::standard(),
            bytes: 0,
        }
    }
}

/// The derived types of one act. They are read again when a transaction found that the organization's schemas have
/// changed since the act began; the transaction then runs again.
#[derive(Debug, Clone)]
pub(crate) struct Derived(Arc<Mutex<Option<Types>>>);

impl Derived {
    pub(crate) fn new(types: Types) -> Self {
        Self(Arc::new(Mutex::new(Some(types))))
    }

    /// The types by which to derive in this attempt.
    pub(crate) fn now(&self, conn: &mut Conn, org: OrgId) -> Result<Types, Error> {
        let mut types = locked(&self.0);
        if let Some(types) = &*types {
            return Ok(types.clone());
        }
        let read = db::schemas::current(conn, org)?.derived;
        *types = Some(read.clone());
        Ok(read)
    }

    /// Has the next attempt read the types again, and is the error that leads to it.
    pub(crate) fn outdated(&self) -> Error {
        *locked(&self.0) = None;
        Error::Busy
    }
}

/// How much JSON the cached types of all organizations come from, at most.
const CACHED_BYTES: usize = 16 * 1024 * 1024;

/// Types that were read already, by organization. An entry holds for one revision, so nothing ever has to be
/// invalidated: whoever asks has just read the revision that counts.
#[derive(Debug, Default)]
pub(crate) struct TypesCache(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    types: HashMap<OrgId, Arc<OrgTypes>>,
    bytes: usize,
}

impl TypesCache {
    /// The types of this revision, if they are here.
    pub(crate) fn get(&self, org: OrgId, revision: i64) -> Option<Arc<OrgTypes>> {
        let entries = locked(&self.0);
        let found = entries.types.get(&org)?;
        (found.effective.revision == revision).then(|| Arc::clone(found))
    }

    /// Keeps types, unless newer ones of the organization are here.
    pub(crate) fn keep(&self, org: OrgId, types: &Arc<OrgTypes>) {
        let mut entries = locked(&self.0);
        if let Some(known) = entries.types.get(&org) {
            if known.effective.revision > types.effective.revision {
                return;
            }
            entries.remove(org);
        }
        while entries.bytes + types.bytes > CACHED_BYTES
            && let Some(other) = entries.types.keys().next().copied()
        {
            entries.remove(other);
        }
        entries.bytes += types.bytes;
        entries.types.insert(org, Arc::clone(types));
    }
}

impl Entries {
    fn remove(&mut self, org: OrgId) {
        if let Some(removed) = self.types.remove(&org) {
            self.bytes = self.bytes.saturating_sub(removed.bytes);
        }
    }
}

/// Nothing that holds these locks can panic half-way.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn org(number: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(number))
    }

    fn types(revision: i64, bytes: usize) -> Arc<OrgTypes> {
        let standard = OrgTypes::standard();
        Arc::new(OrgTypes {
            effective: Types {
                revision,
                ..standard.effective
            },
            bytes,
            ..standard
        })
    }

    #[test]
    fn only_the_revision_that_is_asked_for_is_found() {
        let cache = TypesCache::default();
        cache.keep(org(1), &types(2, 10));
        assert!(cache.get(org(1), 2).is_some());
        for (org, revision) in [(org(1), 1), (org(1), 3), (org(2), 2)] {
            assert_eq!(cache.get(org, revision), None);
        }
    }

    #[test]
    fn newer_types_replace_older_ones_and_never_the_other_way() {
        let cache = TypesCache::default();
        cache.keep(org(1), &types(2, 10));
        cache.keep(org(1), &types(3, 20));
        cache.keep(org(1), &types(2, 10));
        assert!(cache.get(org(1), 3).is_some());
        assert_eq!(locked(&cache.0).bytes, 20);
    }

    #[test]
    fn others_make_room_when_it_is_full() {
        let cache = TypesCache::default();
        for number in 0..8 {
            cache.keep(org(number), &types(1, CACHED_BYTES / 4));
            assert!(cache.get(org(number), 1).is_some());
            assert!(locked(&cache.0).bytes <= CACHED_BYTES);
        }
        assert_eq!(locked(&cache.0).types.len(), 4);
    }

    #[test]
    fn types_that_exceed_the_room_are_kept_alone() {
        let cache = TypesCache::default();
        cache.keep(org(1), &types(1, 10));
        cache.keep(org(2), &types(1, CACHED_BYTES + 1));
        assert!(cache.get(org(2), 1).is_some());
        cache.keep(org(3), &types(1, 10));
        assert_eq!((cache.get(org(2), 1), locked(&cache.0).bytes), (None, 10));
    }
}
