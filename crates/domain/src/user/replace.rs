//! PUT: a user as the request says it is.

use wicketgate_scim::{
    Object,
    name::settle_formatted,
    resource::{Context, accept, keep_unreadable},
};

use super::{ManagedUsers, User, UserId, Written, manager, membership, save::save};
use crate::{Error, Precondition, db};

impl ManagedUsers<'_> {
    /// Replaces a user with a request body.
    pub async fn replace(
        &self,
        id: UserId,
        precondition: Precondition,
        body: Object,
    ) -> Result<Written<User>, Error> {
        let act = self.org.act();
        let accepted = accept(&act.types.user, act.settings.mode, Context::Replace, body)?;
        let attributes = accepted.attributes;
        let (user, change) = self
            .org
            .shared
            .db
            .write(move |tx| {
                let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let mut after = attributes.clone();
                if !after.contains_key("active")
                    && let Some(active) = before.attributes.get("active")
                {
                    // A PUT without `active` says nothing about it: clearing it would reactivate a deactivated user.
                    after.insert("active".to_owned(), active.clone());
                }
                let held = act.types.fitting_user(&before.attributes);
                keep_unreadable(&act.types.user, &held, &mut after)?;
                settle_formatted(Some(&before.attributes), &mut after);
                manager::settle(Some(&before.attributes), &mut after);
                manager::check(tx, &act, Some(&before.attributes), &after)?;
                let (mut user, change) = save(tx, &act, before, after)?;
                membership::load(tx, act.org, std::slice::from_mut(&mut user))?;
                manager::load(tx, act.org, std::slice::from_mut(&mut user))?;
                Ok((user, change))
            })
            .await?;
        Ok(Written {
            resource: user,
            rewrites: accepted.rewrites,
            change,
        })
    }
}
