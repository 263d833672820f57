//! Lists of groups.

use super::{Group, Groups};
use crate::{Error, Page, Query, Resource, db::search::Kind};

impl Groups<'_> {
    /// A page of the groups that match.
    ///
    /// A search that no index narrows and that reads too much is refused as `tooMany`.
    pub async fn search(&self, query: Query) -> Result<Page<Group>, Error> {
        let page = self.org.list(Kind::Group, query).await?;
        Ok(page.narrow(|resource| match resource {
            Resource::Group(group) => Some(group),
            Resource::User(_) => None,
        }))
    }
}
