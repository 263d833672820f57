//! `/Roles` and `/Entitlements`: what an organization offers, and that there is nothing where it offers nothing.

mod cursors;
mod lists;
mod offered;
mod values;

use wicketgate_domain::EntitlementKind;

use crate::harness::{TestGateway, TestOrg};

/// An organization that offers three roles.
async fn with_roles(gateway: &TestGateway) -> TestOrg {
    let org = gateway.with_org().await;
    for (id, name, description) in [
        ("steward", "Flight attendant", None),
        ("pilot", "Pilot", Some("Flies the plane.")),
        ("Mechanic", "aircraft mechanic", Some("Keeps it flying.")),
    ] {
        org.describe(EntitlementKind::Role, id, name, description).await;
    }
    org
}
