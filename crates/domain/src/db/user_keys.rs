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

/// Adds the rows of a new user.
pub(crate) fn insert(conn: &mut Conn, org: OrgId, user: UserId, rows: &[KeyRow]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = conn.dialect(
        "INSERT INTO user_keys (org_id, user_id, path, value_key, kind, ordinal) \
         SELECT {}, {}, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each({})",
        "INSERT INTO user_keys (org_id, user_id, path, value_key, kind, ordinal) \
         SELECT {}, {}, value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::bigint FROM jsonb_array_elements({})",
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
    let identity = |row: &KeyRow| (row.path, row.value_key.clone(), row.kind.clone(), row.ordinal);
    let kept: HashSet<_> = after.iter().map(identity).collect();
    let former: HashSet<_> = before.iter().map(identity).collect();
    for row in before.iter().filter(|row| !kept.contains(&identity(row))) {
        diesel::delete(user_keys::table.find((
            Key(*org.as_uuid()),
            row.path,
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
