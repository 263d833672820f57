//! The core Group schema of RFC 7643 §4.2, with its verified errata applied.

use crate::schema::{
    GROUP, Mutability, Schema, Uniqueness,
    build::{complex, reference, string},
};

pub(super) fn schema() -> Schema {
    let immutable = |attribute: crate::schema::Attribute| attribute.mutability(Mutability::Immutable);
    Schema {
        id: GROUP.to_owned(),
        name: "Group".to_owned(),
        description: "A set of users and groups.".to_owned(),
        attributes: vec![
            string(
                "displayName",
                "The group's name, unique in the organization without regard to case.",
            )
            .required()
            .unique(Uniqueness::Server),
            complex(
                "members",
                "The users and groups in the group.",
                vec![
                    immutable(string("value", "The member's id.")),
                    immutable(reference("$ref", &["User", "Group"], "Where the member is.")),
                    // What the client calls a member is not kept: the member has its own name.
                    string("display", "The member's name.").mutability(Mutability::ReadOnly),
                    immutable(string("type", "What the member is.").canonical(&["User", "Group"])),
                ],
            )
            .multi_valued(),
        ],
    }
}
