//! Deactivating and reactivating by an owner. What an owner has deactivated no identity provider activates.

use serde_json::Value;

use super::{UserId, save::write};
use crate::{
    Directory, DirectoryUser, Error,
    custody::Custody,
    db,
    directory::{act_on, shown_user},
};

impl Directory<'_> {
    /// Deactivates a user and blocks it: no identity provider activates it again until an owner has reactivated it.
    /// [`Error::Managed`] where an identity provider manages the user.
    pub async fn deactivate_user(&self, id: UserId) -> Result<DirectoryUser, Error> {
        act_on(self.owner.org, move |tx, act| {
            let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
            before.custody.by_hand("user")?;
            let custody = Custody {
                blocked: before.custody.blocked.or(Some(act.origin.at)),
                ..before.custody.clone()
            };
            let mut after = before.attributes.clone();
            after.insert("active".to_owned(), Value::Bool(false));
            write(tx, act, before, after, &custody)?;
            shown_user(tx, act, id)
        })
        .await
    }

    /// Reactivates a user.
    ///
    /// Where an identity provider has taken up a blocked user meanwhile, the block alone is lifted: whether the user is
    /// active is then the identity provider's to say. [`Error::Managed`] where one manages the user and there is no
    /// block to lift.
    pub async fn reactivate_user(&self, id: UserId) -> Result<DirectoryUser, Error> {
        act_on(self.owner.org, move |tx, act| {
            let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
            let mut after = before.attributes.clone();
            if before.custody.managed_by.is_none() {
                after.insert("active".to_owned(), Value::Bool(true));
            } else if before.custody.blocked.is_none() {
                before.custody.by_hand("user")?;
            }
            let custody = Custody {
                blocked: None,
                ..before.custody.clone()
            };
            write(tx, act, before, after, &custody)?;
            shown_user(tx, act, id)
        })
        .await
    }

    /// Deletes a user that no identity provider manages; one that is managed is [`Error::Managed`]. It can be restored as
    /// long as any deleted user.
    pub async fn delete_user(&self, id: UserId) -> Result<(), Error> {
        act_on(self.owner.org, move |tx, act| {
            let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
            before.custody.by_hand("user")?;
            super::delete::delete(tx, act, before)
        })
        .await
    }
}
