//! The members of a group, some at a time: a group may have a million of them.

use uuid::Uuid;

use super::DirectoryView;
use crate::{Error, GroupId, MemberKind, db};

/// A member of a group, and what it is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMember {
    /// The id of the user or group.
    pub id: Uuid,
    /// Which of the two it is.
    pub kind: MemberKind,
    /// The `userName` of the user, or the `displayName` of the group.
    pub name: String,
    /// Whether the user is active. Groups always are.
    pub active: bool,
}

impl DirectoryView<'_> {
    /// Up to `limit` members of a group in the order of their ids, from the one behind `after` on. A group that is not
    /// there has none.
    pub async fn members(
        &self,
        group: GroupId,
        after: Option<Uuid>,
        limit: u16,
    ) -> Result<Vec<NamedMember>, Error> {
        let org = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| db::directory::members(tx, org, group, after, limit.into()))
            .await
    }
}
