//! What users are called who are the managers of others.

use diesel::{QueryableByName, RunQueryDsl as _, sql_types::Text};
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    statement::{Bind, Statement},
    types::{Document, Id, Key},
};
use crate::Error;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    display: String,
}

/// Those of `ids` that are live users, with the name that people know them by.
pub(crate) fn names(conn: &mut Conn, org: OrgId, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // Each id is looked up by the key, whatever the database believes about the table: see `members::existing`.
    let sql = conn.dialect(
        "SELECT users.id, coalesce(users.resource ->> '$.displayName', users.resource ->> '$.name.formatted', \
         users.user_name) AS display \
         FROM json_each({}) AS wanted CROSS JOIN users ON users.id = wanted.value \
         WHERE users.org_id = {} AND users.live",
        "SELECT found.id, found.display FROM jsonb_array_elements_text({}) AS wanted(id) CROSS JOIN LATERAL ( \
             SELECT users.id, coalesce(users.resource ->> 'displayName', users.resource #>> '{name,formatted}', \
             users.user_name) AS display \
             FROM users WHERE users.org_id = {} AND users.id = wanted.id::uuid AND users.live LIMIT 1 \
         ) AS found",
    );
    let wanted = ids.iter().map(|id| Value::String(id.to_string())).collect();
    let rows: Vec<Row> = Statement::new(
        sql,
        vec![
            Bind::Json(Document(Value::Array(wanted))),
            Bind::Id(Key(*org.as_uuid())),
        ],
    )
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id.0, row.display)).collect())
}
