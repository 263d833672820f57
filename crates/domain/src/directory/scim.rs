//! A user or group as SCIM shows it, for people who want to see what their identity provider sees.

use serde_json::Value;
use wicketgate_scim::{
    Object,
    resource::{Meta, render},
    schema::ENTERPRISE_USER,
};

use super::DirectoryView;
use crate::{Group, Membership, User, event::object};

impl DirectoryView<'_> {
    /// A user as SCIM shows it below this base URL. `meta.version` is left out: it belongs to answers.
    pub fn scim_user(&self, user: &User, base: &str) -> Object {
        let mut attributes = user.attributes.clone();
        if let Some(manager) = &user.manager
            && let Some(shown) = attributes
                .get_mut(ENTERPRISE_USER)
                .and_then(|extension| extension.get_mut("manager"))
                .and_then(Value::as_object_mut)
        {
            shown.insert("$ref".to_owned(), format!("{base}/Users/{}", manager.id).into());
            shown.insert("displayName".to_owned(), manager.display.as_str().into());
        }
        let mut computed = Object::new();
        if !user.groups.is_empty() {
            let groups = user.groups.iter().map(|membership| shown(membership, base));
            computed.insert("groups".to_owned(), groups.collect());
        }
        let meta = Meta {
            id: &user.id.to_string(),
            location: format!("{base}/Users/{}", user.id),
            version: String::new(),
            created: user.created,
            last_modified: user.last_modified,
        };
        unversioned(render(self.org.user_type(), attributes, computed, &meta))
    }

    /// A group as SCIM shows it below this base URL, without its members. `meta.version` is left out.
    pub fn scim_group(&self, group: &Group, base: &str) -> Object {
        let meta = Meta {
            id: &group.id.to_string(),
            location: format!("{base}/Groups/{}", group.id),
            version: String::new(),
            created: group.created,
            last_modified: group.last_modified,
        };
        unversioned(render(
            self.org.group_type(),
            group.attributes.clone(),
            Object::new(),
            &meta,
        ))
    }
}

fn shown(membership: &Membership, base: &str) -> Value {
    let kind = if membership.direct { "direct" } else { "indirect" };
    object([
        ("value", membership.group.to_string().into()),
        ("$ref", format!("{base}/Groups/{}", membership.group).into()),
        ("display", membership.display.as_str().into()),
        ("type", kind.into()),
    ])
    .into()
}

fn unversioned(mut resource: Object) -> Object {
    if let Some(Value::Object(meta)) = resource.get_mut("meta") {
        meta.shift_remove("version");
    }
    resource
}
