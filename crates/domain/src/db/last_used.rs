//! When and from where credentials were last used: written in batches, of all organizations at once.

use diesel::prelude::*;
use serde_json::{Value, json};
use wicketgate_auth::{OrgId, TokenId};

use super::{
    Conn,
    statement::{Bind, Statement},
    types::Document,
};
use crate::{Error, caller::LastUse};

/// Writes one batch in one statement, each use only where it is newer than what is known.
pub(crate) fn write(conn: &mut Conn, batch: &[(OrgId, TokenId, LastUse)]) -> Result<(), Error> {
    let rows: Vec<Value> = batch
        .iter()
        .map(|(org, id, used)| {
            json!([
                org.to_string(),
                id.to_string(),
                used.at.as_millisecond(),
                used.network,
                used.user_agent
            ])
        })
        .collect();
    let sql = conn.dialect(
        "UPDATE credentials SET last_used_at = b.value ->> 2, last_used_network = b.value ->> 3, \
         last_used_agent = b.value ->> 4 FROM json_each({}) AS b \
         WHERE credentials.org_id = b.value ->> 0 AND credentials.id = b.value ->> 1 \
         AND (credentials.last_used_at IS NULL OR credentials.last_used_at < b.value ->> 2)",
        "UPDATE credentials SET last_used_at = (b.value ->> 2)::bigint, last_used_network = b.value ->> 3, \
         last_used_agent = b.value ->> 4 FROM jsonb_array_elements({}) AS b(value) \
         WHERE credentials.org_id = (b.value ->> 0)::uuid AND credentials.id = b.value ->> 1 \
         AND (credentials.last_used_at IS NULL OR credentials.last_used_at < (b.value ->> 2)::bigint)",
    );
    Statement::new(sql, vec![Bind::Json(Document(Value::Array(rows)))]).execute(conn)?;
    Ok(())
}
