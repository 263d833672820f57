//! What owners allowed an OAuth client.

use wicketgate_auth::oauth::ClientId;

use super::{ListQuery, Listed, place, walk};
use crate::{ClientGrant, Error, GrantId, Grants, db};

impl Grants<'_> {
    /// Grants of one client: with the state `true`, those that hold. They have no names: `text` finds them by their scope.
    pub async fn of_client(
        &self,
        client: ClientId,
        query: ListQuery<bool>,
    ) -> Result<Listed<ClientGrant>, Error> {
        let id = self.owner.org.id;
        let after = query.place(place::moment_of_uuid)?;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let names = query.names();
                walk(
                    (query.limit, query.piece()),
                    after,
                    |after, limit| db::grants::of_client(tx, id, client, query.order, after, limit),
                    |grant: &ClientGrant| (grant.created.as_millisecond(), *GrantId::as_uuid(&grant.id)),
                    |(at, id)| place::of_moment(&(*at, id.to_string())),
                    |grant| {
                        names(&grant.scope.to_string())
                            && query.state.is_none_or(|holds| holds == grant.revoked.is_none())
                    },
                )
            })
            .await
    }
}
