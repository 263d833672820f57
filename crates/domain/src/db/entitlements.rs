//! Rows of the roles and entitlements that an organization offers.

use diesel::prelude::*;
use wicketgate_auth::OrgId;

use super::{Conn, schema::entitlements, types::Key, users::time};
use crate::{
    Error,
    entitlement::{Entitlement, EntitlementKind},
};

type Columns = (String, String, String, Option<String>, i64, i64);

const COLUMNS: (
    entitlements::kind,
    entitlements::id,
    entitlements::display_name,
    entitlements::description,
    entitlements::created_at,
    entitlements::last_modified,
) = (
    entitlements::kind,
    entitlements::id,
    entitlements::display_name,
    entitlements::description,
    entitlements::created_at,
    entitlements::last_modified,
);

fn entitlement(
    (kind, id, display_name, description, created, modified): Columns,
) -> Result<Entitlement, Error> {
    Ok(Entitlement {
        kind: kind.parse()?,
        id,
        display_name,
        description,
        created: time(created)?,
        last_modified: time(modified)?,
    })
}

/// The values of one kind, or of both, in the order of kind and id.
pub(crate) fn list(
    conn: &mut Conn,
    org: OrgId,
    kind: Option<EntitlementKind>,
) -> Result<Vec<Entitlement>, Error> {
    let of_org = entitlements::table
        .filter(entitlements::org_id.eq(Key(*org.as_uuid())))
        .order((entitlements::kind.desc(), entitlements::id))
        .select(COLUMNS);
    let rows: Vec<Columns> = match kind {
        Some(kind) => of_org
            .filter(entitlements::kind.eq(kind.resource_type_name()))
            .load(conn)?,
        None => of_org.load(conn)?,
    };
    rows.into_iter().map(entitlement).collect()
}

/// One value.
pub(crate) fn get(
    conn: &mut Conn,
    org: OrgId,
    kind: EntitlementKind,
    id: &str,
) -> Result<Entitlement, Error> {
    entitlement(
        entitlements::table
            .find((Key(*org.as_uuid()), kind.resource_type_name(), id))
            .select(COLUMNS)
            .first(conn)?,
    )
}

/// The value that has this id, of whichever kind it is.
pub(crate) fn with_id(conn: &mut Conn, org: OrgId, id: &str) -> Result<Option<Entitlement>, Error> {
    let row: Option<Columns> = entitlements::table
        .filter(entitlements::org_id.eq(Key(*org.as_uuid())))
        .filter(entitlements::id.eq(id))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(entitlement).transpose()
}

/// How many values there are of a kind.
pub(crate) fn count(conn: &mut Conn, org: OrgId, kind: EntitlementKind) -> Result<i64, Error> {
    Ok(entitlements::table
        .filter(entitlements::org_id.eq(Key(*org.as_uuid())))
        .filter(entitlements::kind.eq(kind.resource_type_name()))
        .count()
        .get_result(conn)?)
}

/// The kinds of which there is a value.
pub(crate) fn kinds(conn: &mut Conn, org: OrgId) -> Result<Vec<EntitlementKind>, Error> {
    let kinds: Vec<String> = entitlements::table
        .filter(entitlements::org_id.eq(Key(*org.as_uuid())))
        .select(entitlements::kind)
        .distinct()
        .order(entitlements::kind.desc())
        .load(conn)?;
    kinds.iter().map(|kind| kind.parse()).collect()
}

/// Adds a value.
pub(crate) fn insert(conn: &mut Conn, org: OrgId, value: &Entitlement) -> Result<(), Error> {
    diesel::insert_into(entitlements::table)
        .values((
            entitlements::org_id.eq(Key(*org.as_uuid())),
            entitlements::kind.eq(value.kind.resource_type_name()),
            entitlements::id.eq(&value.id),
            entitlements::display_name.eq(&value.display_name),
            entitlements::description.eq(&value.description),
            entitlements::created_at.eq(value.created.as_millisecond()),
            entitlements::last_modified.eq(value.last_modified.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes what a value is called.
pub(crate) fn update(conn: &mut Conn, org: OrgId, value: &Entitlement) -> Result<(), Error> {
    let row = (
        Key(*org.as_uuid()),
        value.kind.resource_type_name(),
        value.id.as_str(),
    );
    diesel::update(entitlements::table.find(row))
        .set((
            entitlements::display_name.eq(&value.display_name),
            entitlements::description.eq(&value.description),
            entitlements::last_modified.eq(value.last_modified.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes a value.
pub(crate) fn delete(conn: &mut Conn, org: OrgId, kind: EntitlementKind, id: &str) -> Result<(), Error> {
    let row = (Key(*org.as_uuid()), kind.resource_type_name(), id);
    diesel::delete(entitlements::table.find(row)).execute(conn)?;
    Ok(())
}
