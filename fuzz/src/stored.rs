//! Resources as they are stored, to be searched and changed. They are made by the same reading that a POST goes through.

use std::sync::OnceLock;

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode, Object,
    resource::{Context, accept},
    schema::{ENTERPRISE_USER, ResourceType, USER},
};

/// Stored resources of a type: a bare one, and for users one with something of everything.
pub(crate) fn all(rt: &ResourceType) -> &'static [Object] {
    static USERS: OnceLock<Vec<Object>> = OnceLock::new();
    static GROUPS: OnceLock<Vec<Object>> = OnceLock::new();
    if rt.schema.id == USER {
        USERS.get_or_init(|| {
            [bare_user(), full_user()]
                .into_iter()
                .map(|body| read(rt, body))
                .collect()
        })
    } else {
        GROUPS.get_or_init(|| {
            vec![read(
                rt,
                json!({"displayName": "Tour Guides", "externalId": "g-1"}),
            )]
        })
    }
}

fn bare_user() -> Value {
    json!({"userName": "bjensen"})
}

fn full_user() -> Value {
    json!({
        "userName": "bjensen@example.com",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "name": {"formatted": "Ms. Barbara J Jensen", "familyName": "Jensen", "givenName": "Barbara"},
        "displayName": "Babs Jensen",
        "profileUrl": "https://login.example.com/bjensen",
        "title": "Tour Guide",
        "locale": "en-US",
        "active": true,
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true},
            {"value": "babs@example.org", "type": "home"}
        ],
        "phoneNumbers": [{"value": "tel:+1-555-555-5555", "type": "work"}],
        "addresses": [{"type": "work", "streetAddress": "100 Universal City Plaza", "country": "US"}],
        "roles": [{"value": "guide", "primary": true}, {"value": "lead"}],
        "x509Certificates": [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAw"}],
        ENTERPRISE_USER: {"department": "Tours", "employeeNumber": "701984", "manager": {"value": "26118915"}},
        "urn:example:undeclared:2.0:User": {"badge": {"colour": "red", "numbers": [1, 2]}}
    })
}

fn read(rt: &ResourceType, body: Value) -> Object {
    let Value::Object(body) = body else {
        unreachable!("the bodies above are objects");
    };
    match accept(rt, Mode::Tolerant, Context::Create, body) {
        Ok(accepted) => accepted.attributes,
        Err(error) => panic!("a resource to begin with is not acceptable: {error}"),
    }
}
