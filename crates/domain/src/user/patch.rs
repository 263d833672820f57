//! PATCH: one transaction that reads, checks the version, applies every operation or none, and writes.

use wicketgate_scim::{Object, name::settle_formatted, patch};

use super::{ManagedUsers, User, UserId, Written, manager, membership, save::save};
use crate::{Error, Precondition, db};

impl ManagedUsers<'_> {
    /// Patches a user with a request body.
    pub async fn patch(
        &self,
        id: UserId,
        precondition: Precondition,
        body: Object,
    ) -> Result<Written<User>, Error> {
        let act = self.org.act();
        let request = patch::parse(body, act.settings.mode)?;
        let (user, rewrites, change) = self
            .org
            .shared
            .db
            .write(move |tx| {
                let before = db::users::get_for_update(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let applied = patch::apply(
                    &act.types.user,
                    act.settings.mode,
                    &act.types.fitting_user(&before.attributes),
                    &request,
                    None,
                )?;
                let mut after = applied.resource;
                settle_formatted(Some(&before.attributes), &mut after);
                manager::settle(Some(&before.attributes), &mut after);
                manager::check(tx, &act, Some(&before.attributes), &after)?;
                let (mut user, change) = save(tx, &act, before, after)?;
                membership::load(tx, act.org, std::slice::from_mut(&mut user))?;
                manager::load(tx, act.org, std::slice::from_mut(&mut user))?;
                Ok((user, applied.rewrites, change))
            })
            .await?;
        Ok(Written {
            resource: user,
            rewrites,
            change,
        })
    }
}
