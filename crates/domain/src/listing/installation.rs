//! The organizations of the installation from outside, and its operators.

use wicketgate_auth::OrgState;

use super::{ByName, ByTime, ListQuery, Listed, place, walk};
use crate::{
    Account, Error, Operator, Organization,
    db::{self, search::beginning_with},
    user::keys::key,
};

impl Operator {
    /// Organizations: `text` is the beginning of a name, or a whole id. Those that are being purged are gone.
    ///
    /// What a text finds is in the order of names, whatever order is asked for: the index that finds it has that order.
    pub async fn find_orgs(&self, query: ListQuery<OrgState, ByName>) -> Result<Listed<Organization>, Error> {
        let text = query.text.trim().to_owned();
        let piece = query.piece();
        let size = (query.limit, piece);
        let wants = move |org: &Organization| query.state.is_none_or(|state| state == org.state);
        if let Some(id) = place::uuid(&text) {
            let id = wicketgate_auth::OrgId::from_uuid(id);
            return match self.show(id).await {
                Ok(org) => Ok(Listed {
                    entries: Some(org).filter(wants).into_iter().collect(),
                    next: None,
                }),
                Err(Error::NotFound) => Ok(Listed {
                    entries: Vec::new(),
                    next: None,
                }),
                Err(error) => Err(error),
            };
        }
        let db = &self.instance.shared.db;
        let newest_first = match query.order {
            _ if !text.is_empty() => None,
            ByName::Name => None,
            ByName::Newest => Some(true),
            ByName::Oldest => Some(false),
        };
        let Some(newest_first) = newest_first else {
            let after = query.place(place::name)?;
            // No stored text has NUL, and PostgreSQL takes none that does.
            let within = if text.contains('\0') {
                None
            } else {
                beginning_with(&text)
            };
            if within.is_none() && !text.is_empty() {
                return Ok(Listed {
                    entries: Vec::new(),
                    next: None,
                });
            }
            return db
                .read(move |tx| {
                    walk(
                        size,
                        after.clone(),
                        |after, limit| db::orgs::by_name(tx, within.as_ref(), after, limit),
                        |org| (key(&org.name), *org.id.as_uuid()),
                        place::of_name,
                        wants,
                    )
                })
                .await;
        };
        let after = query.place(place::uuid)?;
        db.read(move |tx| {
            walk(
                size,
                after,
                |after, limit| db::orgs::along(tx, newest_first, after.copied(), limit),
                |org| *org.id.as_uuid(),
                ToString::to_string,
                wants,
            )
        })
        .await
    }

    /// The accounts that look after the installation, by their names and e-mail addresses: with the state `true`, those that
    /// may sign in.
    pub async fn find_operators(&self, query: ListQuery<bool>) -> Result<Listed<Account>, Error> {
        let after = query.place(place::uuid)?;
        self.instance
            .shared
            .db
            .read(move |tx| {
                let names = query.names();
                let newest_first = query.order == ByTime::Newest;
                walk(
                    (query.limit, query.piece()),
                    after,
                    |after, limit| db::accounts::operators_along(tx, newest_first, after.copied(), limit),
                    |account| *account.id.as_uuid(),
                    ToString::to_string,
                    |account| {
                        (names(&account.display_name) || names(&account.email))
                            && query.state.is_none_or(|active| active == account.active)
                    },
                )
            })
            .await
    }
}
