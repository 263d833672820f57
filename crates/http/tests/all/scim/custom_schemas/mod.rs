//! Attributes that an organization has defined for itself: shown to it alone, and as good as those of the RFC.

mod characteristics;
mod discovery;
mod filters;
mod writes;

use serde_json::{Value, json};
use wicketgate_domain::Extended;
use wicketgate_scim::schema::USER;

use crate::harness::{TestGateway, TestOrg};

const CLINIC: &str = "urn:ietf:params:scim:schemas:extension:Clinic:2.0:User";
const BADGE: &str = "urn:ietf:params:scim:schemas:extension:Clinic:2.0:User:badgeNumber";

fn clinic() -> Value {
    json!({
        "id": CLINIC,
        "name": "Clinic",
        "description": "What the clinic knows about its staff.",
        "attributes": [
            {"name": "badgeNumber", "description": "On the badge.", "indexed": true},
            {"name": "floor", "type": "integer"},
            {"name": "hired", "type": "dateTime"},
            {"name": "onCall", "type": "boolean"},
            {"name": "weight", "type": "decimal"},
            {"name": "keys", "multiValued": true, "caseExact": true},
            {"name": "license", "mutability": "immutable", "returned": "request"},
            {"name": "pin", "mutability": "writeOnly", "returned": "never"},
            {"name": "shifts", "type": "complex", "multiValued": true, "indexed": true, "subAttributes": [
                {"name": "value"}, {"name": "type", "canonicalValues": ["day", "night"]},
                {"name": "primary", "type": "boolean"},
            ]},
        ],
    })
}

/// An organization that has defined [`clinic`].
async fn clinic_org(gateway: &TestGateway) -> TestOrg {
    let org = gateway.with_org().await;
    org.define(Extended::User, false, clinic()).await;
    org
}

/// A user whose container is `container`.
fn employee(user_name: &str, container: Value) -> Value {
    let mut user = json!({"schemas": [USER, CLINIC], "userName": user_name});
    user[CLINIC] = container;
    user
}
