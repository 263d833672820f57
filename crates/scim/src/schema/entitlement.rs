//! The roles and entitlements that a service provider offers, in the schemas that Okta discovers them by. RFC 7643 has
//! none, and the attributes `roles` and `entitlements` of a user are not held against them.

use std::sync::{Arc, OnceLock};

use crate::schema::{Attribute, ENTITLEMENT, Mutability, ROLE, ResourceType, Schema, build::string};

impl ResourceType {
    /// A role that can be given to users. All callers share one value.
    pub fn role() -> Arc<Self> {
        static ROLE_TYPE: OnceLock<Arc<ResourceType>> = OnceLock::new();
        let built = ROLE_TYPE.get_or_init(|| {
            Arc::new(Self {
                name: "Role".to_owned(),
                endpoint: "/Roles".to_owned(),
                description: "A role that a user can be given.".to_owned(),
                schema: role(),
                extensions: Vec::new(),
            })
        });
        Arc::clone(built)
    }

    /// An entitlement that can be given to users. All callers share one value.
    pub fn entitlement() -> Arc<Self> {
        static ENTITLEMENT_TYPE: OnceLock<Arc<ResourceType>> = OnceLock::new();
        let built = ENTITLEMENT_TYPE.get_or_init(|| {
            Arc::new(Self {
                name: "Entitlement".to_owned(),
                endpoint: "/Entitlements".to_owned(),
                description: "An entitlement that a user can be given.".to_owned(),
                schema: entitlement(),
                extensions: Vec::new(),
            })
        });
        Arc::clone(built)
    }
}

fn read_only(name: &str, description: &str) -> Attribute {
    string(name, description).mutability(Mutability::ReadOnly)
}

fn role() -> Schema {
    Schema {
        id: ROLE.to_owned(),
        name: "Role".to_owned(),
        description: "A role that a user can be given.".to_owned(),
        attributes: vec![
            read_only("displayName", "What people call the role.").required(),
            read_only("description", "What the role is for."),
        ],
    }
}

fn entitlement() -> Schema {
    Schema {
        id: ENTITLEMENT.to_owned(),
        name: "Entitlement".to_owned(),
        description: "An entitlement that a user can be given.".to_owned(),
        attributes: vec![
            read_only("displayName", "What people call the entitlement.").required(),
            read_only("type", "The name of the entitlement's resource type.").case_exact(true),
            read_only("description", "What the entitlement is for."),
        ],
    }
}
