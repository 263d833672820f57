//! The attributes that every resource has (RFC 7643 §3.1), which no schema lists.

use std::sync::OnceLock;

use crate::schema::{
    Attribute, Mutability, Returned, Uniqueness,
    build::{complex, date_time, reference, string},
    is_same_name,
};

/// A common attribute by name, without regard to case: `schemas`, `id`, `externalId` or `meta`.
pub fn common(name: &str) -> Option<&'static Attribute> {
    static COMMON: OnceLock<Vec<Attribute>> = OnceLock::new();
    COMMON
        .get_or_init(attributes)
        .iter()
        .find(|attribute| is_same_name(&attribute.name, name))
}

fn attributes() -> Vec<Attribute> {
    let read_only = |attribute: Attribute| attribute.mutability(Mutability::ReadOnly);
    vec![
        // URNs are compared without regard to case (RFC 7644 §3.10).
        reference("schemas", &["uri"], "The schemas the resource uses.")
            .multi_valued()
            .required()
            .case_exact(false)
            .returned(Returned::Always),
        read_only(string(
            "id",
            "The identifier the service provider gave the resource.",
        ))
        .case_exact(true)
        .returned(Returned::Always)
        .unique(Uniqueness::Server),
        string(
            "externalId",
            "The identifier the provisioning client gave the resource.",
        )
        .case_exact(true),
        read_only(complex(
            "meta",
            "Data about the resource.",
            vec![
                read_only(string("resourceType", "The name of the resource type.").case_exact(true)),
                read_only(date_time("created", "When the resource was created.")),
                read_only(date_time("lastModified", "When the resource was last changed.")),
                read_only(reference("location", &["uri"], "Where the resource is.")),
                read_only(string("version", "The version, as in the ETag header.").case_exact(true)),
            ],
        )),
    ]
}
