//! POST: a new user.

use wicketgate_scim::{
    Object,
    name::settle_formatted,
    resource::{Context, accept},
    schema::ResourceType,
};

use super::{ManagedUsers, User, UserId, Written, keys::UserKeys, save};
use crate::{
    Error, db,
    event::{EventKind, object},
};

impl ManagedUsers<'_> {
    /// Creates a user from a request body.
    pub async fn create(&self, body: Object) -> Result<Written<User>, Error> {
        let act = self.org.act();
        let accepted = accept(&ResourceType::user(), act.settings.mode, Context::Create, body)?;
        let mut attributes = accepted.attributes;
        settle_formatted(None, &mut attributes);
        let user = User {
            id: UserId::from_uuid(act.sources.uuid()),
            attributes,
            groups: Vec::new(),
            version: 1,
            created: act.origin.at,
            last_modified: act.origin.at,
        };
        let keys = UserKeys::of(&user.attributes);
        let created = user.clone();
        self.org
            .shared
            .db
            .write_statement(move |tx| {
                let event = act.event(
                    EventKind::UserCreated,
                    *user.id.as_uuid(),
                    object([("data", user.attributes.clone().into())]),
                );
                db::users::create(
                    tx,
                    &act,
                    save::row(&user, &keys),
                    save::external_id(&user.attributes),
                    &event,
                )
            })
            .await?;
        Ok(Written {
            resource: created,
            rewrites: accepted.rewrites,
        })
    }
}
