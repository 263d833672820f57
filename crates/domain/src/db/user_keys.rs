//! Rows that users are looked up by, and their external ids.

use std::collections::HashSet;

use diesel::prelude::*;
use serde_json::json;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::{user_external_ids, user_keys},
    statement::{Bind, Statement},
    types::{Document, Key},
};
use crate::{
    Error,
    user::{UserId, keys::KeyRow},
};

/// Adds rows of a user. Those that are there already stay: a schema that was removed may have left them behind.
pub(crate) fn insert(conn: &mut Conn, org: OrgId, user: UserId, rows: &[KeyRow]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = conn.dialect(
        "INSERT INTO user_keys (org_id, user_id, path, value_key, kind, ordinal) \
         SELECT {}, {}, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each({}) \
         WHERE true ON CONFLICT DO NOTHING",
        "INSERT INTO user_keys (org_id, user_id, path, value_key, kind, ordinal) \
         SELECT {}, {}, value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::bigint FROM jsonb_array_elements({}) \
         ON CONFLICT DO NOTHING",
    );
    Statement::new(
        sql,
        vec![
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(*user.as_uuid())),
            Bind::Json(json(rows)),
        ],
    )
    .execute(conn)?;
    Ok(())
}

/// Rows as the statements take them: path, value, kind, ordinal.
pub(super) fn json(rows: &[KeyRow]) -> Document {
    Document(
        rows.iter()
            .map(|row| json!([row.path, row.value_key, row.kind, row.ordinal]))
            .collect(),
    )
}

/// Turns the rows `before` into the rows `after`, touching only what differs.
pub(crate) fn replace(
    conn: &mut Conn,
    org: OrgId,
    user: UserId,
    before: &[KeyRow],
    after: &[KeyRow],
) -> Result<(), Error> {
    let identity = |row: &KeyRow| {
        (
            row.path.clone(),
            row.value_key.clone(),
            row.kind.clone(),
            row.ordinal,
        )
    };
    let kept: HashSet<_> = after.iter().map(identity).collect();
    let former: HashSet<_> = before.iter().map(identity).collect();
    for row in before.iter().filter(|row| !kept.contains(&identity(row))) {
        diesel::delete(user_keys::table.find((
            Key(*org.as_uuid()),
            &row.path,
            &row.value_key,
            &row.kind,
            Key(*user.as_uuid()),
            row.ordinal,
        )))
        .execute(conn)?;
    }
    let added: Vec<KeyRow> = after
        .iter()
        .filter(|row| !former.contains(&identity(row)))
        .cloned()
        .collect();
    insert(conn, org, user, &added)
}

/// The rows of one user.
pub(crate) fn of(conn: &mut Conn, org: OrgId, user: UserId) -> Result<Vec<KeyRow>, Error> {
    let rows: Vec<(String, String, String, i64)> = user_keys::table
        .filter(user_keys::org_id.eq(Key(*org.as_uuid())))
        .filter(user_keys::user_id.eq(Key(*user.as_uuid())))
        .select((
            user_keys::path,
            user_keys::value_key,
            user_keys::kind,
            user_keys::ordinal,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(path, value_key, kind, ordinal)| KeyRow {
            path: path.into(),
            value_key,
            kind,
            ordinal,
        })
        .collect())
}

/// Sets or removes what one provisioning domain calls the user.
pub(crate) fn set_external_id(
    conn: &mut Conn,
    org: OrgId,
    domain: &str,
    user: UserId,
    external_id: Option<&str>,
) -> Result<(), Error> {
    let row = user_external_ids::table.find((Key(*org.as_uuid()), domain, Key(*user.as_uuid())));
    let Some(external_id) = external_id else {
        diesel::delete(row).execute(conn)?;
        return Ok(());
    };
    let changed = diesel::update(row)
        .set(user_external_ids::external_id.eq(external_id))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(user_external_ids::table)
            .values((
                user_external_ids::org_id.eq(Key(*org.as_uuid())),
                user_external_ids::domain.eq(domain),
                user_external_ids::user_id.eq(Key(*user.as_uuid())),
                user_external_ids::external_id.eq(external_id),
            ))
            .execute(conn)?;
    }
    Ok(())
}
