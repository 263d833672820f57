//! Rows of an organization's own extension schemas, and the revision that counts their changes.

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::OrgId;
use wicketgate_scim::schema::{Extension, ResourceType, Schema, definition};

use super::{
    Conn,
    schema::{organizations, schemas},
    types::{Document, Key},
    users::{object, time},
};
use crate::{
    Error,
    extension::{Extended, union},
    types::{OrgTypes, Types},
};

/// One row: a definition that holds, one that waits, or both.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) resource_type: Extended,
    pub(crate) required: bool,
    pub(crate) definition: Option<Schema>,
    pub(crate) waiting: Option<Schema>,
    pub(crate) created: Timestamp,
    pub(crate) last_modified: Timestamp,
    /// How much JSON the definitions are.
    pub(crate) bytes: usize,
}

impl Row {
    /// The definition that holds, or else the one that waits.
    pub(crate) fn latest(&self) -> Result<&Schema, Error> {
        self.definition
            .as_ref()
            .or(self.waiting.as_ref())
            .ok_or_else(|| Error::internal("a schema has no definition"))
    }
}

type Columns = (String, bool, Option<Document>, Option<Document>, i64, i64);

fn row(columns: Columns) -> Result<Row, Error> {
    let (resource_type, required, definition, waiting, created, modified) = columns;
    let mut bytes = 0;
    let mut read = |document: Option<Document>| -> Result<Option<Schema>, Error> {
        let Some(document) = document else { return Ok(None) };
        bytes += document.0.to_string().len();
        let schema = definition::parse(&object(document)?).map_err(Error::internal)?;
        Ok(Some(schema))
    };
    Ok(Row {
        resource_type: resource_type.parse()?,
        required,
        definition: read(definition)?,
        waiting: read(waiting)?,
        created: time(created)?,
        last_modified: time(modified)?,
        bytes,
    })
}

/// URNs are compared without regard to case.
fn urn_key(urn: &str) -> String {
    urn.to_ascii_lowercase()
}

/// All schemas of an organization, the oldest first.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<Row>, Error> {
    let rows: Vec<Columns> = schemas::table
        .filter(schemas::org_id.eq(Key(*org.as_uuid())))
        .order((schemas::created_at, schemas::urn_key))
        .select((
            schemas::resource_type,
            schemas::required,
            schemas::definition,
            schemas::waiting,
            schemas::created_at,
            schemas::last_modified,
        ))
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How often the organization's schemas have changed.
pub(crate) fn revision(conn: &mut Conn, org: OrgId) -> Result<i64, Error> {
    Ok(organizations::table
        .find(Key(*org.as_uuid()))
        .select(organizations::schema_revision)
        .first(conn)?)
}

/// [`revision`], and it stays what it is until the transaction ends. To be asked last: other writers of the organization
/// wait from here on.
pub(crate) fn settled_revision(conn: &mut Conn, org: OrgId) -> Result<i64, Error> {
    let Conn::Postgres(conn) = conn else {
        return revision(conn, org);
    };
    Ok(organizations::table
        .find(Key(*org.as_uuid()))
        .select(organizations::schema_revision)
        .for_share()
        .first(conn)?)
}

/// The types of an organization as they are now.
///
/// The revision is read first. A change in between makes the types newer than they say, which is harmless: whoever
/// derives by them finds at the end that the revision has moved on.
pub(crate) fn current(conn: &mut Conn, org: OrgId) -> Result<OrgTypes, Error> {
    let revision = revision(conn, org)?;
    if revision == 0 {
        return Ok(OrgTypes::standard());
    }
    let rows = list(conn, org)?;
    let types = |schema: fn(&Row) -> Option<Schema>| {
        let extended = |resource_type: Extended, standard: std::sync::Arc<ResourceType>| {
            let extensions: Vec<Extension> = rows
                .iter()
                .filter(|row| row.resource_type == resource_type)
                .filter_map(|row| {
                    Some(Extension {
                        schema: schema(row)?,
                        required: row.required,
                    })
                })
                .collect();
            if extensions.is_empty() {
                standard
            } else {
                standard.extended(extensions).into()
            }
        };
        Types {
            revision,
            user: extended(Extended::User, ResourceType::user()),
            group: extended(Extended::Group, ResourceType::group()),
        }
    };
    Ok(OrgTypes {
        effective: types(|row| row.definition.clone()),
        derived: types(|row| match (&row.definition, &row.waiting) {
            (Some(definition), Some(waiting)) => Some(union(definition, waiting)),
            (definition, waiting) => waiting.as_ref().or(definition.as_ref()).cloned(),
        }),
        bytes: rows.iter().map(|row| row.bytes).sum(),
    })
}

/// Lets a definition wait, from revision `since` on.
pub(crate) fn wait(
    conn: &mut Conn,
    org: OrgId,
    resource_type: Extended,
    required: bool,
    schema: &Schema,
    since: i64,
    at: Timestamp,
) -> Result<(), Error> {
    let key = urn_key(&schema.id);
    let waiting = Document(Value::Object(definition::to_object(schema)));
    let changed = diesel::update(schemas::table.find((Key(*org.as_uuid()), &key)))
        .set((
            schemas::required.eq(required),
            schemas::waiting.eq(&waiting),
            schemas::waiting_since.eq(since),
            schemas::last_modified.eq(at.as_millisecond()),
        ))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(schemas::table)
            .values((
                schemas::org_id.eq(Key(*org.as_uuid())),
                schemas::urn_key.eq(&key),
                schemas::resource_type.eq(resource_type.as_str()),
                schemas::required.eq(required),
                schemas::waiting.eq(&waiting),
                schemas::waiting_since.eq(since),
                schemas::created_at.eq(at.as_millisecond()),
                schemas::last_modified.eq(at.as_millisecond()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Makes the definition that waits since revision `since` the one that holds. `false` where it waits no longer.
pub(crate) fn take_effect(conn: &mut Conn, org: OrgId, urn: &str, since: i64) -> Result<bool, Error> {
    let changed = diesel::update(
        schemas::table
            .find((Key(*org.as_uuid()), urn_key(urn)))
            .filter(schemas::waiting_since.eq(since)),
    )
    .set((
        schemas::definition.eq(schemas::waiting),
        schemas::waiting.eq(None::<Document>),
        schemas::waiting_since.eq(None::<i64>),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Removes a schema, and is what it was.
pub(crate) fn delete(conn: &mut Conn, org: OrgId, urn: &str) -> Result<Row, Error> {
    let removed: Columns = diesel::delete(schemas::table.find((Key(*org.as_uuid()), urn_key(urn))))
        .returning((
            schemas::resource_type,
            schemas::required,
            schemas::definition,
            schemas::waiting,
            schemas::created_at,
            schemas::last_modified,
        ))
        .get_result(conn)?;
    row(removed)
}

/// Counts a change of the organization's schemas, and is the new count.
pub(crate) fn raise_revision(conn: &mut Conn, org: OrgId) -> Result<i64, Error> {
    Ok(diesel::update(organizations::table.find(Key(*org.as_uuid())))
        .set(organizations::schema_revision.eq(organizations::schema_revision + 1))
        .returning(organizations::schema_revision)
        .get_result(conn)?)
}
