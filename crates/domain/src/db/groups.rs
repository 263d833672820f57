//! Rows of groups.

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;
use wicketgate_scim::Object;

use super::{
    Conn,
    schema::{group_external_ids, groups},
    statement::{Bind, Statement},
    types::{Comparable, Document, Key},
    users::{object, time},
};
use crate::{
    Error,
    custody::{Custody, Held},
    group::{Group, GroupId},
};

pub(super) type Columns = (Key, Document, i64, i64, i64, i64, Option<String>);

pub(super) fn group(
    (id, resource, member_count, version, created, modified, external_id): Columns,
) -> Result<Group, Error> {
    let mut attributes = object(resource)?;
    if let Some(external_id) = external_id {
        attributes.insert("externalId".to_owned(), Value::String(external_id));
    }
    Ok(Group {
        id: GroupId::from_uuid(id.0),
        attributes,
        member_count,
        members: None,
        version,
        created: time(created)?,
        last_modified: time(modified)?,
    })
}

/// A group without its members, as one provisioning domain knows it.
pub(crate) fn get(conn: &mut Conn, org: OrgId, domain: &str, id: GroupId) -> Result<Group, Error> {
    group(
        groups::table
            .left_join(
                group_external_ids::table.on(group_external_ids::org_id
                    .eq(groups::org_id)
                    .and(group_external_ids::group_id.eq(groups::id))
                    .and(group_external_ids::domain.eq(domain))),
            )
            .filter(groups::org_id.eq(Key(*org.as_uuid())))
            .filter(groups::id.eq(Key(*id.as_uuid())))
            .select((
                groups::id,
                groups::resource,
                groups::member_count,
                groups::version,
                groups::created_at,
                groups::last_modified,
                group_external_ids::external_id.nullable(),
            ))
            .first::<Columns>(conn)?,
    )
}

/// [`get`] with in whose hands the group is, and nobody else changes it or its members until the transaction ends.
pub(crate) fn get_for_update(
    conn: &mut Conn,
    org: OrgId,
    domain: &str,
    id: GroupId,
) -> Result<Held<Group>, Error> {
    let (columns, managed_by): (Columns, Option<String>) = match conn {
        Conn::Postgres(conn) => {
            let external_id = group_external_ids::table
                .find((Key(*org.as_uuid()), domain, Key(*id.as_uuid())))
                .select(group_external_ids::external_id)
                .single_value();
            groups::table
                .filter(groups::org_id.eq(Key(*org.as_uuid())))
                .filter(groups::id.eq(Key(*id.as_uuid())))
                .select((
                    (
                        groups::id,
                        groups::resource,
                        groups::member_count,
                        groups::version,
                        groups::created_at,
                        groups::last_modified,
                        external_id,
                    ),
                    groups::managed_by,
                ))
                .for_no_key_update()
                .first(conn)?
        }
        // The transaction holds the only write lock.
        Conn::Sqlite(conn) => groups::table
            .left_join(
                group_external_ids::table.on(group_external_ids::org_id
                    .eq(groups::org_id)
                    .and(group_external_ids::group_id.eq(groups::id))
                    .and(group_external_ids::domain.eq(domain))),
            )
            .filter(groups::org_id.eq(Key(*org.as_uuid())))
            .filter(groups::id.eq(Key(*id.as_uuid())))
            .select((
                (
                    groups::id,
                    groups::resource,
                    groups::member_count,
                    groups::version,
                    groups::created_at,
                    groups::last_modified,
                    group_external_ids::external_id.nullable(),
                ),
                groups::managed_by,
            ))
            .first(conn)?,
    };
    Ok(Held {
        resource: group(columns)?,
        custody: Custody {
            managed_by,
            blocked: None,
        },
    })
}

/// [`get_for_update`] for deleting: nobody can make the group a member of another one meanwhile either.
pub(crate) fn get_for_delete(
    conn: &mut Conn,
    org: OrgId,
    domain: &str,
    id: GroupId,
) -> Result<Held<Group>, Error> {
    if let Conn::Postgres(conn) = conn {
        groups::table
            .find((Key(*org.as_uuid()), Key(*id.as_uuid())))
            .select(groups::version)
            .for_update()
            .first::<i64>(conn)?;
    }
    get_for_update(conn, org, domain, id)
}

/// What is written of a group.
pub(crate) struct Row<'r> {
    pub(crate) id: GroupId,
    pub(crate) display_name: &'r str,
    pub(crate) display_name_key: &'r str,
    /// Without `externalId` and `members`.
    pub(crate) resource: Object,
    pub(crate) comparable: Object,
    pub(crate) member_count: i64,
    pub(crate) version: i64,
    pub(crate) created: Timestamp,
    pub(crate) last_modified: Timestamp,
    /// The provisioning domain whose identity provider manages it.
    pub(crate) managed_by: Option<&'r str>,
}

/// Adds a group. A `displayName` that is taken is [`Error::AlreadyExists`].
pub(crate) fn insert(conn: &mut Conn, org: OrgId, row: Row<'_>) -> Result<(), Error> {
    diesel::insert_into(groups::table)
        .values((
            groups::org_id.eq(Key(*org.as_uuid())),
            groups::id.eq(Key(*row.id.as_uuid())),
            groups::display_name.eq(row.display_name),
            groups::display_name_key.eq(row.display_name_key),
            groups::resource.eq(Document(Value::Object(row.resource))),
            groups::comparable.eq(Comparable(Value::Object(row.comparable))),
            groups::member_count.eq(row.member_count),
            groups::version.eq(row.version),
            groups::created_at.eq(row.created.as_millisecond()),
            groups::last_modified.eq(row.last_modified.as_millisecond()),
            groups::managed_by.eq(row.managed_by),
        ))
        .execute(conn)
        .map_err(taken)?;
    Ok(())
}

/// Writes a group that [`get_for_update`] has read. A `displayName` that is taken is [`Error::AlreadyExists`].
pub(crate) fn update(conn: &mut Conn, org: OrgId, row: Row<'_>) -> Result<(), Error> {
    // Prepared once, unlike diesel's own updates.
    let changed = Statement::new(
        "UPDATE groups SET display_name = {}, display_name_key = {}, resource = {}, comparable = {}, \
         member_count = {}, version = {}, last_modified = {}, managed_by = {} WHERE org_id = {} AND id = {}",
        vec![
            Bind::Text(row.display_name.to_owned()),
            Bind::Text(row.display_name_key.to_owned()),
            Bind::Json(Document(Value::Object(row.resource))),
            Bind::Comparable(Comparable(Value::Object(row.comparable))),
            Bind::BigInt(row.member_count),
            Bind::BigInt(row.version),
            Bind::BigInt(row.last_modified.as_millisecond()),
            Bind::OptionalText(row.managed_by.map(str::to_owned)),
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(*row.id.as_uuid())),
        ],
    )
    .execute(conn)
    .map_err(taken)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Counts one member less and one version more in each of `ids`, after a member was deleted.
pub(crate) fn member_left(conn: &mut Conn, org: OrgId, ids: &[GroupId], at: Timestamp) -> Result<(), Error> {
    for id in ids {
        diesel::update(groups::table.find((Key(*org.as_uuid()), Key(*id.as_uuid()))))
            .set((
                groups::member_count.eq(groups::member_count - 1),
                groups::version.eq(groups::version + 1),
                groups::last_modified.eq(at.as_millisecond()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Counts one member more and one version more in each of `ids` that is a group and has fewer than `most` members, and
/// says which those are. They stay until the transaction ends.
pub(crate) fn member_returned(
    conn: &mut Conn,
    org: OrgId,
    ids: &[GroupId],
    most: i64,
    at: Timestamp,
) -> Result<Vec<GroupId>, Error> {
    let mut joined = Vec::with_capacity(ids.len());
    for id in ids {
        let changed = diesel::update(groups::table.find((Key(*org.as_uuid()), Key(*id.as_uuid()))))
            .filter(groups::member_count.lt(most))
            .set((
                groups::member_count.eq(groups::member_count + 1),
                groups::version.eq(groups::version + 1),
                groups::last_modified.eq(at.as_millisecond()),
            ))
            .execute(conn)?;
        if changed == 1 {
            joined.push(*id);
        }
    }
    Ok(joined)
}

/// Removes a group that has neither members nor memberships any more.
pub(crate) fn delete(conn: &mut Conn, org: OrgId, id: GroupId) -> Result<(), Error> {
    diesel::delete(
        group_external_ids::table
            .filter(group_external_ids::org_id.eq(Key(*org.as_uuid())))
            .filter(group_external_ids::group_id.eq(Key(*id.as_uuid()))),
    )
    .execute(conn)?;
    let removed =
        diesel::delete(groups::table.find((Key(*org.as_uuid()), Key(*id.as_uuid())))).execute(conn)?;
    if removed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

fn taken(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => {
            Error::AlreadyExists {
                attribute: "displayName",
            }
        }
        other => other.into(),
    }
}

/// Sets or removes what one provisioning domain calls the group.
pub(crate) fn set_external_id(
    conn: &mut Conn,
    org: OrgId,
    domain: &str,
    group: GroupId,
    external_id: Option<&str>,
) -> Result<(), Error> {
    let row = group_external_ids::table.find((Key(*org.as_uuid()), domain, Key(*group.as_uuid())));
    let Some(external_id) = external_id else {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    };
    let changed = diesel::update(row)
        .set(group_external_ids::external_id.eq(external_id))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(group_external_ids::table)
            .values((
                group_external_ids::org_id.eq(Key(*org.as_uuid())),
                group_external_ids::domain.eq(domain),
                group_external_ids::group_id.eq(Key(*group.as_uuid())),
                group_external_ids::external_id.eq(external_id),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Which of `ids` are groups. They stay until the transaction ends.
pub(crate) fn existing(conn: &mut Conn, org: OrgId, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    super::members::existing(
        conn,
        org,
        ids,
        "SELECT groups.id FROM json_each({}) AS wanted CROSS JOIN groups ON groups.id = wanted.value \
         WHERE groups.org_id = {}",
        "SELECT found.id FROM jsonb_array_elements_text({}) AS wanted(id) CROSS JOIN LATERAL ( \
             SELECT groups.id FROM groups \
             WHERE groups.org_id = {} AND groups.id = wanted.id::uuid FOR KEY SHARE \
         ) AS found",
    )
}
