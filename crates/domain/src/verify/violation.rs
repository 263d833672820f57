//! What can be wrong with what is stored, and what that means.

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ViolationKind {
    /// A stored resource is no JSON object.
    Unreadable,
    /// `userName` is stored otherwise than the resource has it.
    UserName,
    /// `displayName` is looked up otherwise than the resource has it.
    DisplayName,
    /// `active` is stored otherwise than the resource has it.
    Active,
    /// What filters read is not what the resource says.
    Comparable,
    /// The resource has a value that it is not found by.
    KeyMissing,
    /// The resource is found by a value that it does not have.
    KeyLeftOver,
    /// A user that is not there is found by a value.
    KeyOfNone,
    /// `externalId` is in the resource, where every provisioning domain would see it.
    ExternalIdInside,
    /// A resource that is not there has an external id.
    ExternalIdOfNone,
    /// A group has another number of members than it says.
    MemberCount,
    /// A member is no user or group of the organization, or a deleted user.
    MemberUnknown,
    /// There are members of a group that is not there.
    GroupUnknown,
    /// A group is a member of itself, through others or at once.
    GroupCycle,
    /// The organization counts another number of users than it has.
    UserCount,
    /// The organization counts another number of active users than it has.
    ActiveUserCount,
    /// The organization counts another number of groups than it has.
    GroupCount,
    /// An event is missing.
    EventMissing,
    /// An event has a number that was never given.
    EventAdded,
    /// Something of the organization cannot be found by its id.
    OwnerMissing,
    /// Something is looked for in the organization that is not there.
    OwnerOfNone,
}

impl ViolationKind {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Unreadable,
        Self::UserName,
        Self::DisplayName,
        Self::Active,
        Self::Comparable,
        Self::KeyMissing,
        Self::KeyLeftOver,
        Self::KeyOfNone,
        Self::ExternalIdInside,
        Self::ExternalIdOfNone,
        Self::MemberCount,
        Self::MemberUnknown,
        Self::GroupUnknown,
        Self::GroupCycle,
        Self::UserCount,
        Self::ActiveUserCount,
        Self::GroupCount,
        Self::EventMissing,
        Self::EventAdded,
        Self::OwnerMissing,
        Self::OwnerOfNone,
    ];

    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UserName => "user_name",
            Self::DisplayName => "display_name",
            Self::Active => "active",
            Self::Comparable => "comparable",
            Self::KeyMissing => "key_missing",
            Self::KeyLeftOver => "key_left_over",
            Self::KeyOfNone => "key_of_none",
            Self::ExternalIdInside => "external_id_inside",
            Self::ExternalIdOfNone => "external_id_of_none",
            Self::MemberCount => "member_count",
            Self::MemberUnknown => "member_unknown",
            Self::GroupUnknown => "group_unknown",
            Self::GroupCycle => "group_cycle",
            Self::UserCount => "user_count",
            Self::ActiveUserCount => "active_user_count",
            Self::GroupCount => "group_count",
            Self::EventMissing => "event_missing",
            Self::EventAdded => "event_added",
            Self::OwnerMissing => "owner_missing",
            Self::OwnerOfNone => "owner_of_none",
        }
    }

    /// What that means, after the words that say which row it is.
    pub const fn explained(self) -> &'static str {
        match self {
            Self::Unreadable => "holds no JSON object: every request for it fails",
            Self::UserName => {
                "has another userName in its column than in its resource: a lookup by userName misses it"
            }
            Self::DisplayName => {
                "has another displayName in its column than in its resource: a lookup by displayName misses it"
            }
            Self::Active => {
                "is active in its column and not in its resource, or the other way: it is counted wrongly"
            }
            Self::Comparable => "is filtered and sorted by something else than its resource says",
            Self::KeyMissing => "has a value by which a lookup does not find it",
            Self::KeyLeftOver => "is found by a value that it does not have",
            Self::KeyOfNone => "is not there, and a lookup finds it",
            Self::ExternalIdInside => {
                "has an externalId in its resource: every provisioning domain sees that of one"
            }
            Self::ExternalIdOfNone => "is not there, and has an externalId",
            Self::MemberCount => "has another number of members than it says",
            Self::MemberUnknown => {
                "is no user or group of the organization: answers list a member that nobody can read"
            }
            Self::GroupUnknown => "is not there, and has members",
            Self::GroupCycle => "is a member of itself through its members",
            Self::UserCount => "is not how many users there are: totalResults is wrong",
            Self::ActiveUserCount => "is not how many active users there are: totalResults is wrong",
            Self::GroupCount => "is not how many groups there are: totalResults is wrong",
            Self::EventMissing => "is not there: whoever follows the events has missed a change",
            Self::EventAdded => "stands behind the last event that was numbered",
            Self::OwnerMissing => "cannot be found by its id: it is refused as if it did not exist",
            Self::OwnerOfNone => "is looked for in the organization and is not there",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong.
    pub kind: ViolationKind,
    /// Which row it is, by its id alone: `user 0193…`.
    pub row: String,
}
