//! Extension schemas that an organization defines for itself. Nobody else sees them.
//!
//! # How a definition takes effect
//!
//! Filters do not read resources: they read what was derived from them, and that depends on the schemas. A definition
//! must therefore not answer filters before everything is derived by it, while other requests go on writing. So:
//!
//! 1. One transaction lets the definition **wait**, and raises the organization's revision to r.
//! 2. Every resource of the type is derived anew, in chunks.
//! 3. One transaction makes the definition **effective**, raises the revision again, and appends the event.
//!
//! Requests go by the effective types, and derive by the derived types: effective definitions, and in their place the
//! waiting ones, which only ever add to them ([`union`]). After step 2 every resource is derived by the definition:
//!
//! - A transaction that derives ends with taking the lock on the organization's row, and compares the revision there with
//!   that of its types (`db::events::append_derived`, `db::schemas::settled_revision`). Where they differ it is undone
//!   and runs again with the types of now. So what is committed after step 1 was derived by types of r or later, which
//!   have the definition.
//! - What was committed before step 1 is seen by step 2, which begins later, goes through all ids, and locks each row
//!   before it reads it: of a writer and a chunk at one row, the later sees what the earlier has written. A chunk ends
//!   with the same comparison, so that two definitions at once cannot undo each other.
//!
//! A process that dies in step 2 leaves a definition that waits, and wrong answers nowhere: defining it again goes on. A
//! request that began before step 3 ends by the types it began with.
//!
//! Removing a schema takes effect at once: from then on nobody can filter by it. What was stored under its URN stays and
//! is shown, like that of any extension nobody declared. A filter that was read before the removal and runs after it may
//! miss a resource that was written in between; its client is told with the next request that there is no such attribute.

mod define;
mod rebuild;
mod remove;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use wicketgate_scim::{
    Object,
    schema::{Attribute, Schema, definition},
};

use crate::{Error, Owner, db};

/// The most extension schemas of one organization.
pub const MAX_SCHEMAS: usize = 64;

/// A resource type that can be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extended {
    /// `User`.
    User,
    /// `Group`.
    Group,
}

impl Extended {
    /// The name of the resource type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

impl fmt::Display for Extended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Extended {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::User, Self::Group]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| Error::refused("resource-type", "write User or Group"))
    }
}

/// An extension schema of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionSchema {
    /// What it says.
    pub schema: Schema,
    /// What it extends.
    pub resource_type: Extended,
    /// Whether every resource must have it.
    pub required: bool,
    /// Whether a definition still waits for resources to be derived by it. Defining it again finishes it.
    pub unfinished: bool,
    /// When it was defined first.
    pub created: Timestamp,
    /// When its definition last changed.
    pub last_modified: Timestamp,
}

impl ExtensionSchema {
    /// The schema as the Schema resource that defines it, `indexed` included.
    pub fn definition(&self) -> Object {
        definition::to_object(&self.schema)
    }
}

impl TryFrom<db::schemas::Row> for ExtensionSchema {
    type Error = Error;

    fn try_from(row: db::schemas::Row) -> Result<Self, Error> {
        Ok(Self {
            schema: row.latest()?.clone(),
            resource_type: row.resource_type,
            required: row.required,
            unfinished: row.waiting.is_some(),
            created: row.created,
            last_modified: row.last_modified,
        })
    }
}

/// The extension schemas of one organization.
#[derive(Debug)]
pub struct Schemas<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Schemas<'_> {
    /// All of them, the oldest first.
    pub async fn list(&self) -> Result<Vec<ExtensionSchema>, Error> {
        let id = self.owner.org.id;
        let rows = self
            .owner
            .org
            .shared
            .db
            .read(move |tx| db::schemas::list(tx, id))
            .await?;
        rows.into_iter().map(ExtensionSchema::try_from).collect()
    }

    /// The one with this URN, without regard to case.
    pub async fn get(&self, urn: &str) -> Result<ExtensionSchema, Error> {
        let mut all = self.list().await?.into_iter();
        all.find(|known| known.schema.id.eq_ignore_ascii_case(urn))
            .ok_or(Error::NotFound)
    }
}

/// What resources are derived by while `waiting` waits to replace `definition`: the one that waits, with the indexes that
/// requests still look up by the other.
pub(crate) fn union(definition: &Schema, waiting: &Schema) -> Schema {
    let was_indexed = |name: &str| {
        let mut attributes = definition.attributes.iter();
        attributes.any(|attribute| attribute.name == name && attribute.indexed)
    };
    let attributes = waiting.attributes.iter().map(|attribute| Attribute {
        indexed: attribute.indexed || was_indexed(&attribute.name),
        ..attribute.clone()
    });
    Schema {
        attributes: attributes.collect(),
        ..waiting.clone()
    }
}
