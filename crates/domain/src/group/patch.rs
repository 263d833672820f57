//! PATCH: one transaction that reads, checks the version, applies every operation or none, and writes. Operations on
//! members never read the membership, unless they select by something other than ids.

use wicketgate_scim::{Object, patch};

use super::{Group, GroupId, ManagedGroups, members::Wish, save::save};
use crate::{Error, Precondition, Written, db};

impl ManagedGroups<'_> {
    /// Patches a group with a request body. `members` asks for the membership in the answer.
    pub async fn patch(
        &self,
        id: GroupId,
        precondition: Precondition,
        body: Object,
        members: bool,
    ) -> Result<Written<Group>, Error> {
        let act = self.org.act();
        let request = patch::parse(body, act.settings.mode)?;
        let (group, rewrites, change) = self
            .org
            .shared
            .db
            .write(move |tx| {
                let before = db::groups::get_for_update(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let applied = patch::apply(
                    &act.types.group,
                    act.settings.mode,
                    &act.types.fitting_group(&before.attributes),
                    &request,
                    Some("members"),
                )?;
                let wish = Wish::from_changes(tx, &act, id, &applied.detached)?;
                let (mut group, skipped, change) = save(tx, &act, before, applied.resource, &wish)?;
                if members {
                    group.members = Some(db::members::list(tx, act.org, id)?);
                }
                let mut rewrites = applied.rewrites;
                rewrites.extend(skipped);
                Ok((group, rewrites, change))
            })
            .await?;
        Ok(Written {
            resource: group,
            rewrites,
            change,
        })
    }
}
