//! Service users, and the OAuth clients of one.

use wicketgate_auth::ServiceUserId;

use super::{ByName, ListQuery, Listed, place, walk};
use crate::{
    Client, Clients, Error, Holdings, ServiceUser, ServiceUsers,
    db::{self, Conn},
    user::keys::key,
};

impl ServiceUsers<'_> {
    /// Service users, each with what it holds: with the state `true`, those that are enabled.
    pub async fn find(
        &self,
        query: ListQuery<bool, ByName>,
    ) -> Result<Listed<(ServiceUser, Holdings)>, Error> {
        let id = self.owner.org.id;
        let is_named = query.names();
        let wants = move |known: &ServiceUser| {
            is_named(&known.name) && query.state.is_none_or(|active| active == known.active)
        };
        let size = (query.limit, query.piece());
        let newest_first = match query.order {
            ByName::Name => None,
            ByName::Newest => Some(true),
            ByName::Oldest => Some(false),
        };
        let (by_name, by_time) = match newest_first {
            None => (query.place(place::name)?, None),
            Some(_) => (None, query.place(place::uuid)?),
        };
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let page = match newest_first {
                    None => walk(
                        size,
                        by_name.clone(),
                        |after, limit| db::service_users::by_name(tx, id, after, limit),
                        |known| (key(&known.name), *known.id.as_uuid()),
                        place::of_name,
                        &wants,
                    ),
                    Some(newest_first) => walk(
                        size,
                        by_time,
                        |after, limit| db::service_users::along(tx, id, newest_first, after.copied(), limit),
                        |known| *known.id.as_uuid(),
                        ToString::to_string,
                        &wants,
                    ),
                }?;
                Ok(Listed {
                    entries: with_holdings(tx, id, page.entries)?,
                    next: page.next,
                })
            })
            .await
    }
}

fn with_holdings(
    tx: &mut Conn,
    org: wicketgate_auth::OrgId,
    page: Vec<ServiceUser>,
) -> Result<Vec<(ServiceUser, Holdings)>, Error> {
    let ids: Vec<ServiceUserId> = page.iter().map(|known| known.id).collect();
    let now = db::orgs::clock(tx)?;
    let mut holdings = db::holdings::of(tx, org, &ids, now)?;
    Ok(page
        .into_iter()
        .map(|known| {
            let own = holdings.remove(&known.id).unwrap_or_default();
            (known, own)
        })
        .collect())
}

impl Clients<'_> {
    /// The clients that act for one service user: with the state `true`, those that are enabled.
    pub async fn of_service_user(
        &self,
        service_user: ServiceUserId,
        query: ListQuery<bool>,
    ) -> Result<Listed<Client>, Error> {
        let id = self.owner.org.id;
        let after = query.place(place::moment)?;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let names = query.names();
                walk(
                    (query.limit, query.piece()),
                    after.clone(),
                    |after, limit| {
                        db::clients::of_service_user(tx, id, service_user, query.order, after, limit)
                    },
                    |client| (client.created.as_millisecond(), client.id.to_string()),
                    place::of_moment,
                    |client| names(&client.name) && query.state.is_none_or(|active| active == client.active),
                )
            })
            .await
    }
}
