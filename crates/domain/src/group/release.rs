//! Releasing: an owner takes a group out of its identity provider's hands, and may then delete it.

use super::{Group, GroupId};
use crate::{
    Directory, DirectoryGroup, Error,
    custody::Custody,
    db,
    directory::{act_on, shown_group},
    event::{Counts, EventKind, change},
};

impl Directory<'_> {
    /// Takes a group out of its identity provider's hands: it and its members stay as they are, and every provisioning
    /// domain forgets what it calls the group. An identity provider that writes the group again manages it again.
    pub async fn release_group(&self, id: GroupId) -> Result<DirectoryGroup, Error> {
        act_on(self.owner.org, move |tx, act| {
            let before = db::groups::get_for_update(tx, act.org, &act.domain, id)?;
            if before.custody.managed_by.is_none() {
                return shown_group(tx, act, id);
            }
            let external_ids = db::custody::external_ids_of_group(tx, act.org, id)?;
            let former = before.custody.shown(&external_ids);
            let group = Group {
                version: before.version + 1,
                last_modified: act.origin.at,
                ..before.resource
            };
            db::custody::release_group(tx, act.org, &group)?;
            let released = Custody::default().shown(&std::collections::BTreeMap::new());
            let event = act.event(
                EventKind::GroupReleased,
                *id.as_uuid(),
                change(&former, &released),
            );
            db::events::append(
                tx,
                act.org,
                &act.origin,
                std::slice::from_ref(&event),
                Counts::default(),
            )?;
            shown_group(tx, act, id)
        })
        .await
    }

    /// Deletes a group that no identity provider manages; one that is managed is [`Error::Managed`]. Its members stay,
    /// and there is no way back.
    pub async fn delete_group(&self, id: GroupId) -> Result<(), Error> {
        act_on(self.owner.org, move |tx, act| {
            let before = db::groups::get_for_delete(tx, act.org, &act.domain, id)?;
            before.custody.by_hand("group")?;
            super::delete::delete(tx, act, before)
        })
        .await
    }
}
