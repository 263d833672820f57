//! Lists of groups: a filter, a page, and the total.

use super::{Group, Groups};
use crate::{
    Error, Page, Query,
    db::{self, filter::groups as conditions},
};

impl Groups<'_> {
    /// A page of the groups that match.
    pub async fn search(&self, query: Query) -> Result<Page<Group>, Error> {
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
                let (offset, limit) = query.range();
                let mut groups = if limit == 0 {
                    Vec::new()
                } else {
                    db::groups::page(tx, act.org, &act.domain, &conditions, offset, limit)?
                };
                let seen = i64::try_from(groups.len()).map_err(Error::internal)?;
                let total = if seen < limit && (seen > 0 || offset == 0) {
                    // A page that is not full shows how many there are.
                    offset + seen
                } else if conditions.is_empty() {
                    db::orgs::get(tx, act.org)?.groups
                } else {
                    db::groups::count(tx, act.org, &act.domain, &conditions)?
                };
                if query.memberships {
                    for group in &mut groups {
                        group.members = Some(db::members::list(tx, act.org, group.id)?);
                    }
                }
                Ok(Page {
                    total: u64::try_from(total).map_err(Error::internal)?,
                    start_index: query.start_index.max(1),
                    resources: groups,
                })
            })
            .await
    }
}
