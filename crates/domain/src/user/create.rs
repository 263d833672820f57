//! POST: a new user.

use wicketgate_scim::{
    Object,
    name::settle_formatted,
    resource::{Context, accept},
};

use super::{Change, ChangeKind, ManagedUsers, User, UserId, Written, keys::UserKeys, manager, save};
use crate::{
    Error,
    db::{self, Conn},
    event::{EventKind, object},
};

impl ManagedUsers<'_> {
    /// Creates a user from a request body.
    pub async fn create(&self, body: Object) -> Result<Written<User>, Error> {
        let act = self.org.act();
        let accepted = accept(&act.types.user, act.settings.mode, Context::Create, body)?;
        let mut attributes = accepted.attributes;
        settle_formatted(None, &mut attributes);
        manager::settle(None, &mut attributes);
        let user = User {
            id: UserId::from_uuid(act.new_id()),
            attributes,
            groups: Vec::new(),
            manager: None,
            version: 1,
            created: act.origin.at,
            last_modified: act.origin.at,
        };
        let create = move |tx: &mut Conn| {
            let types = act.derived(tx)?;
            let mut created = user.clone();
            types.adopt_user(&mut created.attributes);
            manager::check(tx, &act, None, &created.attributes)?;
            let event = act.event(
                EventKind::UserCreated,
                *user.id.as_uuid(),
                object([("data", created.attributes.clone().into())]),
            );
            db::users::create(
                tx,
                &act,
                &types,
                save::row(
                    &types.user,
                    &created,
                    &UserKeys::of(&types.user, &created.attributes),
                ),
                save::external_id(&created.attributes),
                &event,
            )?;
            manager::load(tx, act.org, std::slice::from_mut(&mut created))?;
            Ok(created)
        };
        let created = self.org.shared.db.write(create).await?;
        Ok(Written {
            resource: created,
            rewrites: accepted.rewrites,
            change: Change::of(ChangeKind::Created),
        })
    }
}
