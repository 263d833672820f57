//! The people of an organization, and the organizations of a person.

use super::{ByTime, ListQuery, Listed, place, walk};
use crate::{Error, OrgAccount, OrgOfAccount, Session, Viewer, db};

impl Viewer<'_> {
    /// The accounts that have a role in the organization, by their names and e-mail addresses: with the state `true`, those
    /// that may sign in.
    pub async fn find_accounts(&self, query: ListQuery<bool>) -> Result<Listed<OrgAccount>, Error> {
        let id = self.org.id;
        let after = query.place(place::uuid)?;
        self.org
            .shared
            .db
            .read(move |tx| {
                let names = query.names();
                let newest_first = query.order == ByTime::Newest;
                walk(
                    (query.limit, query.piece()),
                    after,
                    |after, limit| db::account_roles::along(tx, id, newest_first, after.copied(), limit),
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

impl Session {
    /// The organizations that this session may enter, the oldest first, or the last that was created first.
    pub async fn find_orgs(&self, query: ListQuery<()>) -> Result<Listed<OrgOfAccount>, Error> {
        let account = self.account().id;
        let only = self.stored.vouched_by;
        let after = query.place(place::uuid)?;
        self.shared
            .db
            .read(move |tx| {
                let names = query.names();
                let newest_first = query.order == ByTime::Newest;
                walk(
                    (query.limit, query.piece()),
                    after,
                    |after, limit| {
                        db::account_roles::orgs_along(tx, account, newest_first, after.copied(), limit)
                    },
                    |org| *org.id.as_uuid(),
                    ToString::to_string,
                    |org| names(&org.name) && only.is_none_or(|only| only == org.id),
                )
            })
            .await
    }
}
