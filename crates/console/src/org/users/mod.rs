//! The users of an organization, who were provisioned: finding them, and what is known of one. They are not the people who
//! sign in here.

pub(crate) mod act;
pub(crate) mod list;
pub(crate) mod show;

use wicketgate_domain::{Custody, User, UserId};

use super::{Entered, resource::hands};
use crate::{call::Call, failure::Failure, page::Moment};

/// A user as lists show it.
pub(crate) struct Line {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) user_name: String,
    pub(crate) state: State,
    pub(crate) changed: Moment,
    pub(crate) hands: String,
}

/// Whether a user may be used, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) word: &'static str,
    /// What its tag is: nothing, `warn` or `bad`.
    pub(crate) tone: &'static str,
}

impl State {
    /// The state of a user that was not deleted.
    pub(crate) fn of(user: &User, custody: &Custody) -> Self {
        if custody.blocked.is_some() {
            Self {
                word: "Blocked",
                tone: "bad",
            }
        } else if is_active(user) {
            Self {
                word: "Active",
                tone: "",
            }
        } else {
            Self {
                word: "Inactive",
                tone: "warn",
            }
        }
    }

    const DELETED: Self = Self {
        word: "Deleted",
        tone: "bad",
    };
}

pub(crate) fn is_active(user: &User) -> bool {
    // Absent means active.
    user.attributes
        .get("active")
        .and_then(serde_json::Value::as_bool)
        .unwrap_or(true)
}

/// The text of an attribute, or nothing.
fn attribute<'u>(user: &'u User, name: &str) -> &'u str {
    user.attributes
        .get(name)
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
}

/// What a user is called: its `displayName`, or what its name says, or its `userName`.
pub(crate) fn called(user: &User) -> String {
    let display = attribute(user, "displayName");
    if !display.is_empty() {
        return display.to_owned();
    }
    let name = user.attributes.get("name");
    let part = |name_of: &str| {
        name.and_then(|name| name.get(name_of))
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    let formatted = part("formatted");
    if !formatted.is_empty() {
        return formatted.to_owned();
    }
    let both = format!("{} {}", part("givenName"), part("familyName"));
    match both.trim() {
        "" => attribute(user, "userName").to_owned(),
        both => both.to_owned(),
    }
}

impl Line {
    fn new(entered: &Entered, user: &User, custody: &Custody, state: State) -> Self {
        Self {
            path: entered.path(&format!("/users/{}", user.id)),
            name: called(user),
            user_name: attribute(user, "userName").to_owned(),
            state,
            changed: Moment(user.last_modified),
            hands: hands(custody.managed_by.as_deref()),
        }
    }
}

/// The user that the path names second.
fn id(call: &Call) -> Result<UserId, Failure> {
    Ok(UserId::parse(call.segments.get(1).ok_or(Failure::NotFound)?)?)
}
