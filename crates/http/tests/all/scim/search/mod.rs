//! Queries as far as HTTP goes: by GET and by POST, below an endpoint and below none, sorted, and page by page. What a
//! filter selects is tested where the filter is answered.

mod by_post;
mod cursor;
mod root;
mod sort;

use serde_json::{Value, json};
use wicketgate_scim::{message::SEARCH_REQUEST, schema::USER};

use crate::harness::{Answer, TestOrg};

/// Creates users of these names and titles.
async fn people(org: &TestOrg, people: &[(&str, Option<&str>)]) {
    for (name, title) in people {
        let mut user = json!({"schemas": [USER], "userName": name});
        if let Some(title) = title {
            user["title"] = json!(title);
        }
        org.post("/Users", &user).await.expect(201);
    }
}

/// A query by POST with these members.
fn request(members: &Value) -> Value {
    let mut body = json!({"schemas": [SEARCH_REQUEST]});
    body.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    body
}

/// What the resources of a list are called, in its order.
fn names(list: &Answer) -> Vec<String> {
    let list = list.json();
    list["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| {
            let name = resource.get("userName").or_else(|| resource.get("displayName"));
            name.unwrap().as_str().unwrap().to_owned()
        })
        .collect()
}
