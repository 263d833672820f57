//! `/Users` and `/Users/{id}`, a file for each verb.

mod create;
mod delete;
mod get;
mod groups_attribute;
mod in_owners_hands;
mod list;
mod manager;
mod patch;
mod patch_refused;
mod replace;

use serde_json::json;
use wicketgate_scim::schema::{ENTERPRISE_USER, USER};

use crate::harness::TestOrg;

/// Creates a user with something of everything, and answers its endpoint.
async fn anna(org: &TestOrg) -> String {
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "externalId": "00u1", "title": "Pilot",
        "name": {"givenName": "Anna", "familyName": "Berg"},
        "emails": [{"value": "w@x.example", "type": "work", "primary": true}, {"value": "h@x.example", "type": "home"}],
        ENTERPRISE_USER: {"department": "Air", "costCenter": "7"},
    });
    format!("/Users/{}", org.post("/Users", &user).await.expect(201).id())
}
