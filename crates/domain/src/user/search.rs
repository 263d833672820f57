//! Lists of users.

use super::{User, Users};
use crate::{Error, Page, Query, Resource, db::search::Kind};

impl Users<'_> {
    /// A page of the users that match.
    ///
    /// A search that no index narrows and that reads too much is refused as `tooMany`.
    pub async fn search(&self, query: Query) -> Result<Page<User>, Error> {
        let page = self.org.list(Kind::User, query).await?;
        Ok(page.narrow(|resource| match resource {
            Resource::User(user) => Some(user),
            Resource::Group(_) => None,
        }))
    }
}
