//! Releasing: an owner takes a user out of its identity provider's hands.

use super::{User, UserId};
use crate::{
    Directory, DirectoryUser, Error,
    custody::Custody,
    db,
    directory::{act_on, shown_user},
    event::{Counts, EventKind, change},
};

impl Directory<'_> {
    /// Takes a user out of its identity provider's hands: it stays as it is, and every provisioning domain forgets what
    /// it calls the user. An identity provider that writes the user again manages it again.
    pub async fn release_user(&self, id: UserId) -> Result<DirectoryUser, Error> {
        act_on(self.owner.org, move |tx, act| {
            let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
            if before.custody.managed_by.is_none() {
                return shown_user(tx, act, id);
            }
            let external_ids = db::custody::external_ids_of_user(tx, act.org, id)?;
            let former = before.custody.shown(&external_ids);
            let user = User {
                version: before.version + 1,
                last_modified: act.origin.at,
                ..before.resource
            };
            db::custody::release_user(tx, act.org, &user)?;
            let released = Custody::default().shown(&std::collections::BTreeMap::new());
            let event = act.event(EventKind::UserReleased, *id.as_uuid(), change(&former, &released));
            db::events::append(
                tx,
                act.org,
                &act.origin,
                std::slice::from_ref(&event),
                Counts::default(),
            )?;
            shown_user(tx, act, id)
        })
        .await
    }
}
