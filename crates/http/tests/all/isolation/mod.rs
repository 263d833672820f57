//! The standing test of the first promise: to one organization, another one's things are exactly like things that do
//! not exist. Status, headers and bytes are compared, and at the end of each scenario the other organization holds
//! exactly what it held. What a caller may do inside the own organization is in `permissions.rs`.

mod bodies;
mod filters;
mod paths;

use serde_json::json;
use wicketgate_domain::EntitlementKind;
use wicketgate_scim::schema::USER;

use crate::{
    harness::{Snapshot, TestGateway, TestOrg},
    route_rows::UNKNOWN,
};

/// Texts that are no ids. `{own}` would be an id of ours if case or spelling did not matter.
const NO_IDS: [&str; 4] = ["anna", "0", "0193d8a49b7e7c3d8f215a6b7c8d9e0f", "%7B%7D"];

/// Two organizations. `a` acts; `b` must not notice.
struct World {
    gateway: TestGateway,
    a: TestOrg,
    b: TestOrg,
    b_user: String,
    b_group: String,
    before: Snapshot,
}

const B_USER_NAME: &str = "secret@b.example.com";
const B_EXTERNAL_ID: &str = "00u-of-b";
const B_GROUP_NAME: &str = "Secret of B";
const B_ROLE: &str = "secret-role-of-b";
const B_ENTITLEMENT: &str = "secret-entitlement-of-b";
const A_ROLE: &str = "a-role";
const A_ENTITLEMENT: &str = "an-entitlement";

impl World {
    async fn new(gateway: TestGateway) -> Self {
        let a = gateway.with_org().await;
        let b = gateway.with_org().await;
        let user = json!({
            "schemas": [USER], "userName": B_USER_NAME, "externalId": B_EXTERNAL_ID,
            "emails": [{"value": B_USER_NAME, "type": "work", "primary": true}],
        });
        let b_user = b.post("/Users", &user).await.expect(201).id();
        let b_group = b.group(B_GROUP_NAME, &[&b_user]).await;
        for (org, role, entitlement) in [(&a, A_ROLE, A_ENTITLEMENT), (&b, B_ROLE, B_ENTITLEMENT)] {
            org.offer(EntitlementKind::Role, role, "Role").await;
            org.offer(EntitlementKind::Entitlement, entitlement, "Entitlement")
                .await;
        }
        let before = b.snapshot().await;
        Self {
            gateway,
            a,
            b,
            b_user,
            b_group,
            before,
        }
    }

    /// Fails when anything in `b` has changed.
    async fn b_is_unchanged(&self) {
        assert_eq!(self.b.snapshot().await, self.before);
    }
}
