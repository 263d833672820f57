//! PUT: a group as the request says it is.

use wicketgate_scim::{
    Mode, Object,
    resource::{Context, accept, keep_unreadable},
};

use super::{Group, GroupId, ManagedGroups, members::Wish, save::save};
use crate::{Error, Precondition, Written, db};

impl ManagedGroups<'_> {
    /// Replaces a group with a request body. A membership of many thousands that differs in one costs one row.
    ///
    /// `members` asks for the membership in the answer.
    pub async fn replace(
        &self,
        id: GroupId,
        precondition: Precondition,
        body: Object,
        members: bool,
    ) -> Result<Written<Group>, Error> {
        let act = self.org.act();
        let accepted = accept(&act.types.group, act.settings.mode, Context::Replace, body)?;
        let mut attributes = accepted.attributes;
        let wish = match (attributes.shift_remove("members"), act.settings.mode) {
            (Some(named), _) => Wish::exactly(&named),
            // Clients that leave `members` out mean that it stays; the RFC lets the service provider decide.
            (None, Mode::Tolerant) => Wish::keep(),
            (None, Mode::Strict | Mode::Interop) => Wish::exactly(&serde_json::Value::Null),
        };
        let mut rewrites = accepted.rewrites;
        let (group, skipped, change) = self
            .org
            .shared
            .db
            .write(move |tx| {
                let before = db::groups::get_for_update(tx, act.org, &act.domain, id)?;
                precondition.check(before.version)?;
                let mut after = attributes.clone();
                let held = act.types.fitting_group(&before.attributes);
                keep_unreadable(&act.types.group, &held, &mut after)?;
                let (mut group, skipped, change) = save(tx, &act, before, after, &wish)?;
                if members {
                    group.members = Some(db::members::list(tx, act.org, id)?);
                }
                Ok((group, skipped, change))
            })
            .await?;
        rewrites.extend(skipped);
        Ok(Written {
            resource: group,
            rewrites,
            change,
        })
    }
}
