//! The enterprise User extension of RFC 7643 §4.3, with its verified errata applied.

use crate::schema::{
    ENTERPRISE_USER, Mutability, Schema,
    build::{complex, reference, string},
};

pub(super) fn schema() -> Schema {
    Schema {
        id: ENTERPRISE_USER.to_owned(),
        name: "EnterpriseUser".to_owned(),
        description: "What an employer knows about a user.".to_owned(),
        attributes: vec![
            string("employeeNumber", "The number the employer gave the user."),
            string("costCenter", "The cost center."),
            string("organization", "The organization the user works for."),
            string("division", "The division."),
            string("department", "The department."),
            complex(
                "manager",
                "The user's manager.",
                vec![
                    string("value", "The manager's id.").case_exact(true),
                    reference(
                        "$ref",
                        &["User"],
                        "Where the manager is. Once the manager is a user of the organization, it is the user's URL.",
                    ),
                    string(
                        "displayName",
                        "The manager's displayName, taken from the manager.",
                    )
                    .mutability(Mutability::ReadOnly),
                ],
            ),
        ],
    }
}
