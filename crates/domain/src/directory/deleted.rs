//! Looking for users that were deleted and can be brought back, as for those that are there.

use jiff::Timestamp;

use super::{
    DirectoryUser, DirectoryView, completed,
    find::{Gathered, Place, ids_named},
    grace,
};
use crate::{
    Error, Listed, UserId,
    db::{self, Conn},
    org::Act,
};

/// Which deleted users are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeletedSearch {
    /// An id, an external id or an e-mail address, or the beginning of a `userName` or `displayName`. Empty for all.
    pub text: String,
    /// Where the page before ended.
    pub after: Option<String>,
    /// How many users at most.
    pub limit: u16,
}

/// Where a page of all deleted users ended: the time of a deletion, and the user's id.
fn read(text: &str) -> Result<(Timestamp, UserId), Error> {
    let place = text
        .split_once(' ')
        .and_then(|(at, id)| Some((at.parse().ok()?, UserId::parse(id).ok()?)));
    place.ok_or_else(|| Error::refused("after", "ask for the first page again"))
}

/// A page of all, the last deleted one first.
fn all(
    tx: &mut Conn,
    act: &Act,
    since: Timestamp,
    search: &DeletedSearch,
) -> Result<Listed<DirectoryUser>, Error> {
    let limit = search.limit.max(1);
    let after = search.after.as_deref().map(read).transpose()?;
    let mut found = db::tombstones::page(tx, act.org, &act.domain, since, after, limit.saturating_add(1))?;
    let has_more = found.len() > usize::from(limit);
    found.truncate(limit.into());
    let entries: Vec<DirectoryUser> = found
        .into_iter()
        .map(|found| completed(tx, act, found))
        .collect::<Result<_, _>>()?;
    let next = entries
        .last()
        .filter(|_| has_more)
        .and_then(|last| Some(format!("{} {}", last.deletion.as_ref()?.at, last.user.id)));
    Ok(Listed { entries, next })
}

impl DirectoryView<'_> {
    /// The deleted users that are looked for: all of them with the last deleted one first, what a text finds best match
    /// first.
    pub async fn find_deleted_users(&self, search: DeletedSearch) -> Result<Listed<DirectoryUser>, Error> {
        let act = self.org.act();
        self.org
            .shared
            .db
            .read(move |tx| {
                let since = act.origin.at.checked_sub(grace(&act)).map_err(Error::internal)?;
                let text = search.text.trim();
                if text.is_empty() {
                    return all(tx, &act, since, &search);
                }
                let after = search.after.as_deref().map(Place::read).transpose()?;
                let gathered = Gathered::new(act.org, None, Some(since.as_millisecond()), search.limit);
                let (ids, next) = ids_named(tx, gathered, text, after.as_ref())?;
                let entries = ids
                    .into_iter()
                    .map(|id| {
                        let found = db::tombstones::find(tx, act.org, &act.domain, UserId::from_uuid(id))?;
                        completed(tx, &act, found)
                    })
                    .collect::<Result<_, _>>()?;
                Ok(Listed {
                    entries,
                    next: next.map(|place| place.to_string()),
                })
            })
            .await
    }
}
