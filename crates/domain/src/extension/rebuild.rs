//! Deriving every resource of a type anew, after what it is derived by has changed.

use uuid::Uuid;

use super::{Extended, Schemas};
use crate::{
    Error,
    db::{self, reindex::Which},
    types::Derived,
};

/// How many resources one transaction derives: the rows of so many stay locked for as long as that takes.
const CHUNK: i64 = 200;
/// How often a chunk that finds the database busy is tried again before the rebuild gives up.
const PATIENCE: u32 = 100;

impl Schemas<'_> {
    /// Derives every resource of the type by the types of now, a chunk in a transaction.
    pub(super) async fn rebuild(&self, resource_type: Extended) -> Result<(), Error> {
        let org = self.owner.org;
        let id = org.id;
        let types = org.shared.db.read(move |tx| db::schemas::current(tx, id)).await?;
        let derived = Derived::new(types.derived);
        let mut after = None;
        let mut busy = 0;
        loop {
            let derived = derived.clone();
            let done = org
                .shared
                .db
                .write(move |tx| chunk(tx, id, resource_type, &derived, after))
                .await;
            match done {
                Ok(None) => return Ok(()),
                Ok(last) => (after, busy) = (last, 0),
                // It waits its turn behind the requests that make the database busy.
                Err(Error::Busy) if busy < PATIENCE => busy += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

fn chunk(
    tx: &mut db::Conn,
    org: wicketgate_auth::OrgId,
    resource_type: Extended,
    derived: &Derived,
    after: Option<Uuid>,
) -> Result<Option<Uuid>, Error> {
    let types = derived.now(tx, org)?;
    let last = match resource_type {
        Extended::User => db::reindex::users(tx, org, &types, Which::All, after, CHUNK)?,
        Extended::Group => db::reindex::groups(tx, org, &types, Which::All, after, CHUNK)?,
    };
    if db::schemas::settled_revision(tx, org)? != types.revision {
        return Err(derived.outdated());
    }
    Ok(last)
}
