//! Extension schemas that an organization defines: what holds when, and what becomes of resources.

mod define;
mod refused;
mod resources;
mod writers;

use serde_json::{Value, json};
use wicketgate_domain::Org;
use wicketgate_scim::Object;

use crate::harness::user;

const STAFF: &str = "urn:example:staff:2.0:User";

/// The schema `STAFF` with these attributes.
fn staff(attributes: Value) -> Value {
    let mut definition = json!({"id": STAFF, "name": "Staff"});
    definition["attributes"] = attributes;
    definition
}

/// The schema that most tests define.
fn badges() -> Value {
    staff(json!([
        {"name": "badgeNumber", "indexed": true},
        {"name": "floor", "type": "integer"},
        {"name": "keys", "multiValued": true, "caseExact": true, "indexed": true},
    ]))
}

/// The same for groups, which have no index.
fn group_badges() -> Value {
    let mut definition = badges();
    for attribute in definition["attributes"].as_array_mut().unwrap() {
        attribute.as_object_mut().unwrap().remove("indexed");
    }
    definition
}

/// The body of a user who has something of `STAFF`.
fn member_of_staff(user_name: &str, container: Value) -> Object {
    let mut body = user(user_name);
    body.insert(STAFF.to_owned(), container);
    body
}

/// The URNs of the extensions of users, as requests know them.
fn extensions(org: &Org) -> Vec<String> {
    let extensions = org.user_type().extensions.iter();
    extensions.map(|extension| extension.schema.id.clone()).collect()
}
