//! Bodies, queries, and what tests look at in answers.

use serde_json::{Value, json};
use wicketgate_domain::{Error, Group, Member, MemberKind, Query, User, Window};
use wicketgate_scim::{
    Mode, Object, ScimType, filter, message,
    schema::{self, ResourceType},
};

/// The base URL of every organization in these tests.
pub(crate) const BASE: &str = "https://scim.example.com/scim/v2/acme";

/// A JSON object.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

/// The least body of a user.
pub(crate) fn user(user_name: &str) -> Object {
    object(json!({"schemas": [schema::USER], "userName": user_name}))
}

/// The body of a group.
pub(crate) fn group(display_name: &str, members: &[String]) -> Object {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    object(json!({"schemas": [schema::GROUP], "displayName": display_name, "members": members}))
}

/// The body of a PATCH.
pub(crate) fn patch(operations: Value) -> Object {
    let mut body = object(json!({"schemas": [message::PATCH_OP]}));
    body.insert("Operations".to_owned(), operations);
    body
}

/// A query for the first page; no filter where the text is empty.
pub(crate) fn query(resource_type: &ResourceType, text: &str) -> Query {
    let filter = (!text.is_empty()).then(|| {
        let filter = filter::parse(text, Mode::Tolerant).unwrap();
        filter::check(resource_type, filter, Mode::Tolerant).unwrap()
    });
    Query {
        filter,
        sort: None,
        window: Window::first(100),
        base: BASE.to_owned(),
        memberships: false,
    }
}

/// The texts of ids.
pub(crate) fn ids(users: &[&User]) -> Vec<String> {
    users.iter().map(|user| user.id.to_string()).collect()
}

/// The members of a group as texts, sorted.
pub(crate) fn members(group: &Group) -> Vec<String> {
    let mut members: Vec<String> = group
        .members
        .as_ref()
        .unwrap()
        .iter()
        .map(|member| member.id.to_string())
        .collect();
    members.sort_unstable();
    members
}

/// A member that is a user.
pub(crate) fn member(user: &User) -> Member {
    Member {
        id: *user.id.as_uuid(),
        kind: MemberKind::User,
    }
}

/// The `scimType` of a refusal.
#[track_caller]
pub(crate) fn scim_type<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ScimType {
    match outcome {
        Err(Error::Invalid(error)) => error.scim_type,
        other => panic!("a SCIM error was expected: {other:?}"),
    }
}

/// Asserts that an outcome is a certain refusal.
macro_rules! assert_refused {
    ($outcome:expr, $refusal:pat) => {
        match $outcome {
            Err($refusal) => {}
            other => panic!("{} was expected: {other:?}", stringify!($refusal)),
        }
    };
}
pub(crate) use assert_refused;
