//! Removing an extension schema.

use serde_json::Value;
use wicketgate_scim::Object;

use super::{ExtensionSchema, Schemas};
use crate::{
    Error, db,
    event::{Counts, Event, EventKind, change_of},
};

impl Schemas<'_> {
    /// Removes an extension schema, from the next request on.
    ///
    /// What resources hold under its URN is not lost: it stays, and is shown like that of an extension nobody declared,
    /// but no filter finds it any more. What was derived by the schema is cleared away afterwards.
    pub async fn remove(&self, urn: &str) -> Result<(), Error> {
        let org = self.owner.org;
        let (act, urn) = (org.act(), urn.to_owned());
        let extended = org
            .shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, act.org)?;
                let removed: ExtensionSchema = db::schemas::delete(tx, act.org, &urn)?.try_into()?;
                db::schemas::raise_revision(tx, act.org)?;
                let payload = change_of(
                    [
                        ("schema", Value::from(removed.schema.id.as_str())),
                        ("resourceType", Value::from(removed.resource_type.as_str())),
                        ("required", Value::from(removed.required)),
                    ],
                    &removed.definition(),
                    &Object::new(),
                );
                let event = Event {
                    id: act.sources.uuid(),
                    kind: EventKind::OrgSchemaRemoved,
                    resource: None,
                    payload,
                };
                db::events::append(
                    tx,
                    act.org,
                    &act.origin,
                    std::slice::from_ref(&event),
                    Counts::default(),
                )?;
                Ok(removed.resource_type)
            })
            .await?;
        self.rebuild(extended).await
    }
}
