//! Doing away with everything of a deleted organization, in batches.

use diesel::prelude::*;
use jiff::Timestamp;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    schema::organizations,
    statement::{Bind, Statement},
    types::Key,
};
use crate::Error;

/// Everything that an organization owns and that says what belongs to it, in an order in which nothing refers to what is
/// gone already. A test holds the list against the migrations.
pub(super) const TABLES: [&str; 31] = [
    "group_members",
    "group_external_ids",
    "groups",
    "user_keys",
    "user_external_ids",
    "users",
    "client_assertions",
    "client_redirect_uris",
    "client_owners",
    "credential_owners",
    "credentials",
    "grants",
    "clients",
    "setup_steps",
    "service_users",
    "setup_link_owners",
    "setup_links",
    "account_invitation_owners",
    "account_invitations",
    "account_identities",
    "identity_providers",
    "account_orgs",
    "account_roles",
    "schemas",
    "entitlements",
    "idempotency_keys",
    "events",
    "audit_entries",
    "provisioning_log_bodies",
    "provisioning_log",
    "provisioning_activity",
];

/// What one transaction has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batch {
    /// There is no such organization, or it is not to be purged.
    NotDue,
    /// So many rows are gone, and there are more.
    More(usize),
    /// The last rows are gone, so many, and the organization.
    Gone(usize),
}

/// The organizations that were deleted before this time, and those whose purge has begun.
pub(crate) fn due(conn: &mut Conn, before: Timestamp) -> Result<Vec<(OrgId, String)>, Error> {
    let rows: Vec<(Key, String)> = organizations::table
        .filter(organizations::state.eq("deleted"))
        .filter(organizations::deleted_at.le(before.as_millisecond()))
        .order(organizations::id)
        .select((organizations::id, organizations::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (OrgId::from_uuid(id.0), name))
        .collect())
}

/// Does away with up to `limit` rows of an organization that was deleted before this time. Of two that try at once, one
/// waits for the other.
pub(crate) fn batch(
    conn: &mut Conn,
    org: OrgId,
    now: Timestamp,
    before: Timestamp,
    limit: i64,
) -> Result<Batch, Error> {
    let row = organizations::table.find(Key(*org.as_uuid()));
    // From here on nobody can resume it, and the triggers let its audit entries go.
    let claimed = diesel::update(row)
        .filter(organizations::state.eq("deleted"))
        .filter(organizations::deleted_at.le(before.as_millisecond()))
        .set(organizations::purging_since.eq(now.as_millisecond()))
        .execute(conn)?;
    if claimed == 0 {
        return Ok(Batch::NotDue);
    }
    let id = Key(*org.as_uuid());
    let untied = untie_rotations(conn, id, limit)?;
    if untied > 0 {
        return Ok(Batch::More(0));
    }
    let mut count = delete(conn, "account_sessions", "vouched_by", id, limit)?;
    for table in TABLES {
        let left = limit - i64::try_from(count).map_err(Error::internal)?;
        if left <= 0 {
            return Ok(Batch::More(count));
        }
        count += delete(conn, table, "org_id", id, left)?;
    }
    if i64::try_from(count).map_err(Error::internal)? >= limit {
        return Ok(Batch::More(count));
    }
    diesel::delete(row).execute(conn)?;
    Ok(Batch::Gone(count))
}

fn delete(conn: &mut Conn, table: &str, owner: &str, org: Key, limit: i64) -> Result<usize, Error> {
    let place = match conn {
        // SQLite keeps their rows in the order of their keys, and gives them no other place.
        Conn::Sqlite(_) if table.starts_with("provisioning_log") => "id",
        Conn::Sqlite(_) if table == "provisioning_activity" => "hour",
        Conn::Sqlite(_) => "rowid",
        Conn::Postgres(_) => "ctid",
    };
    let (open, close) = match conn {
        Conn::Sqlite(_) => ("IN (", ")"),
        // Rows are then fetched by their places; a join would read the whole table.
        Conn::Postgres(_) => ("= ANY (ARRAY(", "))"),
    };
    let sql = format!(
        "DELETE FROM {table} WHERE {owner} = {{}} AND {place} {open}SELECT {place} FROM {table} \
         WHERE {owner} = {{}} LIMIT {{}}{close}"
    );
    let binds = vec![Bind::Id(org), Bind::Id(org), Bind::BigInt(limit)];
    Ok(Statement::composed(sql, binds, true).execute(conn)?)
}

/// Tokens refer to those that take their place: without that, any of them can go first.
fn untie_rotations(conn: &mut Conn, org: Key, limit: i64) -> Result<usize, Error> {
    let sql = "UPDATE credentials SET successor_id = NULL, overlap_ends_at = NULL WHERE org_id = {} AND id IN \
         (SELECT id FROM credentials WHERE org_id = {} AND successor_id IS NOT NULL LIMIT {})";
    let binds = vec![Bind::Id(org), Bind::Id(org), Bind::BigInt(limit)];
    Ok(Statement::new(sql, binds).execute(conn)?)
}

#[cfg(test)]
mod tests {
    use super::{super::scope::ORG_TABLES, *};

    #[test]
    fn every_table_of_an_organization_is_purged() {
        for table in ORG_TABLES.iter() {
            assert!(TABLES.contains(&table.as_str()), "{table} would stay behind");
        }
    }
}
