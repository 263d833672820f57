//! Lists of users: a filter, a page, and the total.

use super::{User, Users, keys::PRIMARY_EMAIL, membership};
use crate::{
    Error, Page, Query, UniqueIdentifier,
    db::{
        self, Conn,
        filter::{UserCondition, users as conditions},
    },
    org::Act,
};

impl Users<'_> {
    /// A page of the users that match.
    pub async fn search(&self, query: Query) -> Result<Page<User>, Error> {
        let act = self.org.act();
        let conditions = query
            .filter
            .as_ref()
            .map(conditions)
            .transpose()?
            .unwrap_or_default();
        self.org
            .shared
            .db
            .read(move |tx| {
                let page = page(tx, &act, &query, &conditions)?;
                if page.total > 0 || act.settings.unique_identifier == UniqueIdentifier::UserName {
                    return Ok(page);
                }
                match by_email(&conditions) {
                    Some(conditions) => self::page(tx, &act, &query, &conditions),
                    None => Ok(page),
                }
            })
            .await
    }
}

/// The conditions with the primary e-mail address in the place of `userName`, for organizations whose identity provider
/// sends the address where it asks for the name. `None` where no name was asked for.
fn by_email(conditions: &[UserCondition]) -> Option<Vec<UserCondition>> {
    let mut found = false;
    let conditions = conditions
        .iter()
        .map(|condition| match condition {
            UserCondition::UserName(value) => {
                found = true;
                UserCondition::Key {
                    path: PRIMARY_EMAIL,
                    value: value.clone(),
                }
            }
            other => other.clone(),
        })
        .collect();
    found.then_some(conditions)
}

fn page(tx: &mut Conn, act: &Act, query: &Query, conditions: &[UserCondition]) -> Result<Page<User>, Error> {
    let (offset, limit) = query.range();
    let mut users = if limit == 0 {
        Vec::new()
    } else {
        db::users::page(tx, act.org, &act.domain, conditions, offset, limit)?
    };
    let seen = i64::try_from(users.len()).map_err(Error::internal)?;
    let total = match conditions {
        // A page that is not full shows how many there are.
        _ if seen < limit && (seen > 0 || offset == 0) => offset + seen,
        [] => db::orgs::get(tx, act.org)?.users,
        [UserCondition::Active(true)] => db::orgs::get(tx, act.org)?.active_users,
        [UserCondition::Active(false)] => {
            let org = db::orgs::get(tx, act.org)?;
            org.users - org.active_users
        }
        _ => db::users::count(tx, act.org, &act.domain, conditions)?,
    };
    if query.memberships {
        membership::load(tx, act.org, &mut users)?;
    }
    Ok(Page {
        total: u64::try_from(total).map_err(Error::internal)?,
        start_index: query.start_index.max(1),
        resources: users,
    })
}
