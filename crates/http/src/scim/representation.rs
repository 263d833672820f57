//! Users and groups as JSON: what the domain knows about them, with links, without what was not asked for. Status and
//! headers are not written here.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_domain::{Group, Manager, MemberKind, Membership, User};
use wicketgate_scim::{
    Object,
    projection::Projection,
    resource::{Meta, render},
    schema::{ENTERPRISE_USER, MEMBERS, ResourceType},
};

use super::{
    conditions::Tag,
    members::{Piece, Shown},
};
use crate::PublicUrl;

/// The URLs of one organization.
#[derive(Debug, Clone)]
pub(crate) struct Links(Arc<str>);

impl Links {
    pub(crate) fn new(public_url: &PublicUrl, org: OrgId) -> Self {
        Self(format!("{public_url}/scim/v2/{org}").into())
    }

    /// The base URL.
    pub(crate) fn base(&self) -> &str {
        &self.0
    }

    /// The path of a kind of member, below the base URL.
    pub(crate) const fn endpoint(kind: MemberKind) -> &'static str {
        match kind {
            MemberKind::User => "/Users/",
            MemberKind::Group => "/Groups/",
        }
    }

    /// The URL of a user or group.
    pub(crate) fn to(&self, kind: MemberKind, id: &Uuid) -> String {
        format!("{}{}{}", self.0, Self::endpoint(kind), id.as_hyphenated())
    }
}

/// How resources are shown in one answer.
pub(crate) struct Representation {
    pub(crate) rt: Arc<ResourceType>,
    pub(crate) links: Links,
    pub(crate) projection: Projection,
}

impl Representation {
    /// A user.
    pub(crate) fn user(&self, user: User) -> Object {
        let mut computed = Object::new();
        let tag = Tag::of_user(&user).to_string();
        let mut attributes = user.attributes;
        if let Some(manager) = &user.manager {
            self.show(manager, &mut attributes);
        }
        if !user.groups.is_empty() {
            let groups = user
                .groups
                .iter()
                .map(|membership| self.membership(membership))
                .collect();
            computed.insert("groups".to_owned(), Value::Array(groups));
        }
        let meta = Meta {
            id: &user.id.to_string(),
            location: self.links.to(MemberKind::User, user.id.as_uuid()),
            version: tag,
            created: user.created,
            last_modified: user.last_modified,
        };
        self.projection
            .apply(&self.rt, render(&self.rt, attributes, computed, &meta))
    }

    /// Shows who `manager` leads to.
    fn show(&self, manager: &Manager, attributes: &mut Object) {
        let shown = attributes
            .get_mut(ENTERPRISE_USER)
            .and_then(|extension| extension.get_mut("manager"))
            .and_then(Value::as_object_mut);
        if let Some(shown) = shown {
            let link = self.links.to(MemberKind::User, manager.id.as_uuid());
            shown.insert("$ref".to_owned(), Value::String(link));
            shown.insert("displayName".to_owned(), Value::String(manager.display.clone()));
        }
    }

    fn membership(&self, membership: &Membership) -> Value {
        Value::Object(Object::from_iter([
            ("value".to_owned(), Value::String(membership.group.to_string())),
            (
                "$ref".to_owned(),
                Value::String(self.links.to(MemberKind::Group, membership.group.as_uuid())),
            ),
            ("display".to_owned(), Value::String(membership.display.clone())),
            (
                "type".to_owned(),
                Value::from(if membership.direct { "direct" } else { "indirect" }),
            ),
        ]))
    }

    /// A group in pieces: its members, which may be many, never become JSON values.
    pub(crate) fn group(&self, group: Group) -> Result<Vec<Piece>, serde_json::Error> {
        let mut computed = Object::new();
        if group.members.is_some() {
            // One member stands for all: what the projection leaves of it is what is shown of each.
            computed.insert(MEMBERS.to_owned(), Shown::sample());
        }
        let meta = Meta {
            id: &group.id.to_string(),
            location: self.links.to(MemberKind::Group, group.id.as_uuid()),
            version: Tag::of_version(group.version).to_string(),
            created: group.created,
            last_modified: group.last_modified,
        };
        let rendered = render(&self.rt, group.attributes, computed, &meta);
        let shown = Value::Object(self.projection.apply(&self.rt, rendered));
        let (Some(members), Some(sample)) = (group.members, shown.get(MEMBERS)) else {
            return Ok(vec![Piece::Text(serde_json::to_vec(&shown)?)]);
        };
        let of_each = Shown::of(sample);
        let (head, tail) = around(&shown, MEMBERS)?;
        Ok(vec![
            Piece::Text(head),
            Piece::members(members, of_each),
            Piece::Text(tail),
        ])
    }
}

/// The JSON text of an object before and after the value of one of its members.
pub(super) fn around(object: &Value, hole: &str) -> Result<(Vec<u8>, Vec<u8>), serde_json::Error> {
    let mut head = vec![b'{'];
    let mut tail = Vec::new();
    let mut is_past = false;
    for (position, (key, value)) in object.as_object().into_iter().flatten().enumerate() {
        let text = if is_past { &mut tail } else { &mut head };
        if position > 0 {
            text.push(b',');
        }
        serde_json::to_writer(&mut *text, key)?;
        text.push(b':');
        if key == hole {
            is_past = true;
        } else {
            serde_json::to_writer(text, value)?;
        }
    }
    tail.push(b'}');
    Ok((head, tail))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_around_a_hole_is_the_rest_of_the_object() {
        let object = json!({"a": "\"", "b": [1], "c": {}});
        for (hole, expected) in [
            ("a", "{\"a\":HOLE,\"b\":[1],\"c\":{}}"),
            ("b", "{\"a\":\"\\\"\",\"b\":HOLE,\"c\":{}}"),
            ("c", "{\"a\":\"\\\"\",\"b\":[1],\"c\":HOLE}"),
        ] {
            let (head, tail) = around(&object, hole).unwrap();
            let text = [head, b"HOLE".to_vec(), tail].concat();
            assert_eq!(String::from_utf8(text).unwrap(), expected);
        }
    }

    #[test]
    fn links_begin_with_the_public_url_and_name_the_organization() {
        let org = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";
        let links = Links::new(
            &"https://scim.example.com/x/".parse().unwrap(),
            org.parse().unwrap(),
        );
        assert_eq!(
            links.to(MemberKind::Group, &Uuid::nil()),
            format!("https://scim.example.com/x/scim/v2/{org}/Groups/00000000-0000-0000-0000-000000000000")
        );
    }
}
