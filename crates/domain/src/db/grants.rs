//! Rows of grants: what an Org Owner allowed a client. What came of a grant is in `issued.rs`.

use diesel::{QueryableByName, prelude::*, sql_types};
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{
    OrgId, ServiceUserId,
    oauth::{ClientId, CodeChallenge, Scope},
};

use super::{
    Conn,
    schema::grants,
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{
    ByTime, Error,
    grant::{ClientGrant, GrantId},
};

/// A grant with what the exchange of its code is checked against.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) grant: ClientGrant,
    pub(crate) redirect_uri: String,
    /// Whether the request named its redirect URI.
    pub(crate) redirect_uri_named: bool,
    pub(crate) code_challenge: Option<CodeChallenge>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = sql_types::Text)]
    client_id: String,
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = sql_types::Text)]
    scope: String,
    #[diesel(sql_type = sql_types::Text)]
    redirect_uri: String,
    #[diesel(sql_type = sql_types::Bool)]
    redirect_uri_named: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    code_challenge: Option<String>,
    #[diesel(sql_type = Id)]
    approved_by: Key,
    #[diesel(sql_type = sql_types::BigInt)]
    created_at: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    revoked_at: Option<i64>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    revoke_reason: Option<String>,
}

impl Row {
    fn into_stored(self) -> Result<Stored, Error> {
        Ok(Stored {
            grant: ClientGrant {
                id: GrantId::from_uuid(self.id.0),
                client: self.client_id.parse().map_err(Error::internal)?,
                service_user: ServiceUserId::from_uuid(self.service_user_id.0),
                scope: scope(&self.scope)?,
                approved_by: self.approved_by.0,
                created: time(self.created_at)?,
                revoked: self.revoked_at.map(time).transpose()?,
                revoke_reason: self.revoke_reason,
            },
            redirect_uri: self.redirect_uri,
            redirect_uri_named: self.redirect_uri_named,
            code_challenge: self
                .code_challenge
                .map(|challenge| CodeChallenge::s256(&challenge))
                .transpose()
                .map_err(Error::internal)?,
        })
    }
}

/// The scope in a column.
pub(crate) fn scope(text: &str) -> Result<Scope, Error> {
    Scope::stored(text).ok_or_else(|| Error::internal(format!("a scope is {text:?}")))
}

/// Adds a grant.
pub(crate) fn insert(conn: &mut Conn, org: OrgId, stored: &Stored) -> Result<(), Error> {
    let grant = &stored.grant;
    diesel::insert_into(grants::table)
        .values((
            grants::org_id.eq(Key(*org.as_uuid())),
            grants::id.eq(Key(*grant.id.as_uuid())),
            grants::client_id.eq(grant.client.to_string()),
            grants::service_user_id.eq(Key(*grant.service_user.as_uuid())),
            grants::scope.eq(grant.scope.to_string()),
            grants::redirect_uri.eq(&stored.redirect_uri),
            grants::redirect_uri_named.eq(stored.redirect_uri_named),
            grants::code_challenge.eq(stored.code_challenge.map(|challenge| challenge.to_string())),
            grants::approved_by.eq(Key(grant.approved_by)),
            grants::created_at.eq(grant.created.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

const COLUMNS: &str = "id, client_id, service_user_id, scope, redirect_uri, redirect_uri_named, code_challenge, \
                       approved_by, created_at, revoked_at, revoke_reason";

/// A grant. Others who exchange something of it, or revoke it, wait until the transaction ends.
pub(crate) fn lock(conn: &mut Conn, org: OrgId, id: Uuid) -> Result<Stored, Error> {
    let lock = conn.dialect("", " FOR UPDATE");
    let sql = format!("SELECT {COLUMNS} FROM grants WHERE org_id = {{}} AND id = {{}}{lock}");
    let binds = vec![Bind::Id(Key(*org.as_uuid())), Bind::Id(Key(id))];
    let row: Row = Statement::composed(sql, binds, true).get_result(conn)?;
    row.into_stored()
}

/// All grants of the organization, the newest first.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<ClientGrant>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM grants WHERE org_id = {{}} ORDER BY created_at DESC, id");
    let binds = vec![Bind::Id(Key(*org.as_uuid()))];
    let rows: Vec<Row> = Statement::composed(sql, binds, true).load(conn)?;
    rows.into_iter().map(|row| Ok(row.into_stored()?.grant)).collect()
}

/// Up to `limit` grants of one client, from the one behind `after` on: the time of its creation and its id.
pub(crate) fn of_client(
    conn: &mut Conn,
    org: OrgId,
    client: ClientId,
    order: ByTime,
    after: Option<&(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<ClientGrant>, Error> {
    let (direction, behind) = match order {
        ByTime::Newest => (" DESC", "<"),
        ByTime::Oldest => ("", ">"),
    };
    let mut binds = vec![Bind::Id(Key(*org.as_uuid())), Bind::Text(client.to_string())];
    let within = if let Some((at, id)) = after {
        binds.extend([Bind::BigInt(*at), Bind::Id(Key(*id))]);
        format!(" AND (created_at, id) {behind} ({{}}, {{}})")
    } else {
        String::new()
    };
    binds.push(Bind::BigInt(limit));
    let sql = format!(
        "SELECT {COLUMNS} FROM grants WHERE org_id = {{}} AND client_id = {{}}{within} \
         ORDER BY created_at{direction}, id{direction} LIMIT {{}}"
    );
    let rows: Vec<Row> = Statement::composed(sql, binds, true).load(conn)?;
    rows.into_iter().map(|row| Ok(row.into_stored()?.grant)).collect()
}

/// Revokes a grant. What came of it has to be revoked with it.
pub(crate) fn revoke(
    conn: &mut Conn,
    org: OrgId,
    id: Uuid,
    reason: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let live = grants::table
        .filter(grants::org_id.eq(Key(*org.as_uuid())))
        .filter(grants::id.eq(Key(id)))
        .filter(grants::revoked_at.is_null());
    diesel::update(live)
        .set((
            grants::revoked_at.eq(at.as_millisecond()),
            grants::revoke_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Revokes all grants of a client. What came of them has to be revoked with them.
pub(crate) fn revoke_of_client(
    conn: &mut Conn,
    org: OrgId,
    client: ClientId,
    reason: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let live = grants::table
        .filter(grants::org_id.eq(Key(*org.as_uuid())))
        .filter(grants::client_id.eq(client.to_string()))
        .filter(grants::revoked_at.is_null());
    diesel::update(live)
        .set((
            grants::revoked_at.eq(at.as_millisecond()),
            grants::revoke_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets all grants of a client, of which nothing is left.
pub(super) fn delete_of_client(conn: &mut Conn, org: OrgId, client: ClientId) -> Result<(), Error> {
    let of_client = grants::table
        .filter(grants::org_id.eq(Key(*org.as_uuid())))
        .filter(grants::client_id.eq(client.to_string()));
    diesel::delete(of_client).execute(conn)?;
    Ok(())
}
