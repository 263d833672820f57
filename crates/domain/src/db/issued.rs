//! Credentials of OAuth clients: their secrets, and the codes and tokens that are issued to them. Personal access tokens,
//! and what opens SCIM, are in `credentials.rs`. A secret never reaches this file: what is stored is its digest.

use diesel::{QueryableByName, prelude::*, sql_types};
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{Digest, OrgId, Peppers, ServiceUserId, Token, TokenId, TokenKind, oauth::ClientId};

use super::{
    Conn,
    schema::{credential_owners, credentials},
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{Error, client::ClientSecret};

/// How many old rows one exchange clears away: more than it adds, so that they do not heap up.
const SWEEP: i64 = 20;

/// A credential that waits to be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewCredential {
    pub(crate) id: TokenId,
    pub(crate) kind: TokenKind,
    pub(crate) service_user: ServiceUserId,
    pub(crate) client: ClientId,
    /// The grant it comes of, and which pair of tokens of that it belongs to.
    pub(crate) grant: Option<(Uuid, i32)>,
    pub(crate) scope: Option<String>,
    pub(crate) hint: String,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) created: Timestamp,
    pub(crate) expires: Option<Timestamp>,
}

/// Adds a credential.
pub(crate) fn insert(conn: &mut Conn, org: OrgId, new: &NewCredential) -> Result<(), Error> {
    diesel::insert_into(credentials::table)
        .values((
            credentials::org_id.eq(Key(*org.as_uuid())),
            credentials::id.eq(new.id.to_string()),
            credentials::service_user_id.eq(Key(*new.service_user.as_uuid())),
            credentials::kind.eq(new.kind.as_str()),
            credentials::client_id.eq(Some(new.client.to_string())),
            credentials::grant_id.eq(new.grant.map(|(grant, _)| Key(grant))),
            credentials::step.eq(new.grant.map(|(_, step)| step)),
            credentials::scope.eq(&new.scope),
            credentials::name.eq(""),
            credentials::hint.eq(&new.hint),
            credentials::pepper_id.eq(new.pepper_id),
            credentials::digest.eq(new.digest.as_bytes().to_vec()),
            credentials::created_at.eq(new.created.as_millisecond()),
            credentials::expires_at.eq(new.expires.map(Timestamp::as_millisecond)),
        ))
        .execute(conn)?;
    diesel::insert_into(credential_owners::table)
        .values((
            credential_owners::credential_id.eq(new.id.to_string()),
            credential_owners::org_id.eq(Key(*org.as_uuid())),
        ))
        .execute(conn)?;
    Ok(())
}

/// A credential that was issued to a client, as the store knows it.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) id: TokenId,
    pub(crate) client: ClientId,
    pub(crate) service_user: ServiceUserId,
    pub(crate) kind: TokenKind,
    pub(crate) grant: Option<(Uuid, i32)>,
    pub(crate) scope: Option<String>,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) created: Timestamp,
    pub(crate) expires: Option<Timestamp>,
    /// Why it was revoked, if it was.
    pub(crate) revoked: Option<String>,
    pub(crate) used: bool,
    /// By the database's clock.
    pub(crate) expired: bool,
}

impl Issued {
    /// Whether this is the row of the token.
    pub(crate) fn is_of(&self, token: &Token, peppers: &Peppers) -> bool {
        self.kind == token.kind()
            && peppers
                .get(self.pepper_id)
                .is_some_and(|pepper| pepper.digest(token) == self.digest)
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Text)]
    client_id: String,
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Nullable<Id>)]
    grant_id: Option<Key>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    step: Option<i32>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    scope: Option<String>,
    #[diesel(sql_type = sql_types::Integer)]
    pepper_id: i32,
    #[diesel(sql_type = sql_types::Binary)]
    digest: Vec<u8>,
    #[diesel(sql_type = sql_types::BigInt)]
    created_at: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    expires_at: Option<i64>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    revoked_at: Option<i64>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    revoke_reason: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    used_at: Option<i64>,
    #[diesel(sql_type = sql_types::BigInt)]
    now: i64,
}

/// The credential of this organization with this id, if a client holds it.
pub(crate) fn find(conn: &mut Conn, org: OrgId, id: TokenId) -> Result<Option<Issued>, Error> {
    let sql = conn.dialect(
        "SELECT client_id, service_user_id, kind, grant_id, step, scope, pepper_id, digest, created_at, expires_at, \
         revoked_at, revoke_reason, used_at, CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now \
         FROM credentials WHERE org_id = {} AND id = {} AND client_id IS NOT NULL",
        "SELECT client_id, service_user_id, kind, grant_id, step, scope, pepper_id, digest, created_at, expires_at, \
         revoked_at, revoke_reason, used_at, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now \
         FROM credentials WHERE org_id = {} AND id = {} AND client_id IS NOT NULL",
    );
    let binds = vec![Bind::Id(Key(*org.as_uuid())), Bind::Text(id.to_string())];
    let rows: Vec<Row> = Statement::new(sql, binds).load(conn)?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Issued {
        id,
        client: row.client_id.parse().map_err(Error::internal)?,
        service_user: ServiceUserId::from_uuid(row.service_user_id.0),
        kind: TokenKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == row.kind)
            .ok_or_else(|| Error::internal(format!("a credential is a {:?}", row.kind)))?,
        grant: row.grant_id.map(|grant| (grant.0, row.step.unwrap_or_default())),
        scope: row.scope,
        pepper_id: row.pepper_id,
        digest: Digest::try_from(row.digest.as_slice()).map_err(Error::internal)?,
        created: time(row.created_at)?,
        expires: row.expires_at.map(time).transpose()?,
        revoked: row
            .revoked_at
            .map(|_| row.revoke_reason.unwrap_or_else(|| "revoked".to_owned())),
        used: row.used_at.is_some(),
        expired: row.expires_at.is_some_and(|at| at <= row.now),
    }))
}

type SecretColumns = (String, String, i64, Option<i64>, Option<i64>);

/// The secrets of a client, the newest first.
pub(crate) fn secrets(conn: &mut Conn, org: OrgId, client: ClientId) -> Result<Vec<ClientSecret>, Error> {
    let rows: Vec<SecretColumns> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::client_id.eq(client.to_string()))
        .filter(credentials::kind.eq(TokenKind::ClientSecret.as_str()))
        .order((credentials::created_at.desc(), credentials::id))
        .select((
            credentials::id,
            credentials::hint,
            credentials::created_at,
            credentials::expires_at,
            credentials::revoked_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, hint, created, expires, revoked)| {
            Ok(ClientSecret {
                id: id.parse().map_err(Error::internal)?,
                hint,
                created: time(created)?,
                expires: expires.map(time).transpose()?,
                revoked: revoked.map(time).transpose()?,
            })
        })
        .collect()
}

/// Revokes a credential that was not revoked yet.
pub(crate) fn revoke(
    conn: &mut Conn,
    org: OrgId,
    id: TokenId,
    reason: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let live = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::id.eq(id.to_string()))
        .filter(credentials::revoked_at.is_null());
    diesel::update(live)
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Revokes all that came of a grant, its code included.
pub(crate) fn revoke_of_grant(
    conn: &mut Conn,
    org: OrgId,
    grant: Uuid,
    reason: &str,
    at: Timestamp,
) -> Result<(), Error> {
    revoke_after(conn, org, grant, -1, reason, at)
}

/// Revokes all pairs of tokens of a grant that come after `step`. (A code belongs to no pair: its step is 0.)
pub(crate) fn revoke_after(
    conn: &mut Conn,
    org: OrgId,
    grant: Uuid,
    step: i32,
    reason: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let live = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::grant_id.eq(Key(grant)))
        .filter(credentials::step.gt(step))
        .filter(credentials::revoked_at.is_null());
    diesel::update(live)
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Revokes all that a client holds, and is how many credentials that were.
pub(crate) fn revoke_of_client(
    conn: &mut Conn,
    org: OrgId,
    client: ClientId,
    reason: &str,
    at: Timestamp,
) -> Result<usize, Error> {
    let live = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::client_id.eq(client.to_string()))
        .filter(credentials::revoked_at.is_null());
    Ok(diesel::update(live)
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason),
        ))
        .execute(conn)?)
}

/// Which pair of tokens of a grant is the newest, and whether anything of a pair after `step` was ever used.
pub(crate) fn later(conn: &mut Conn, org: OrgId, grant: Uuid, step: i32) -> Result<(i32, bool), Error> {
    let rows: Vec<(Option<i32>, Option<i64>)> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::grant_id.eq(Key(grant)))
        .filter(credentials::step.ge(step))
        .select((credentials::step, credentials::used_at))
        .load(conn)?;
    let newest = rows.iter().filter_map(|(step, _)| *step).max().unwrap_or(step);
    let is_used = rows
        .iter()
        .any(|(of, used)| used.is_some() && of.is_some_and(|of| of > step));
    Ok((newest, is_used))
}

/// Says that a code or refresh token was exchanged, the first time.
pub(crate) fn consume(conn: &mut Conn, org: OrgId, id: TokenId, at: Timestamp) -> Result<(), Error> {
    let fresh = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::id.eq(id.to_string()))
        .filter(credentials::used_at.is_null());
    diesel::update(fresh)
        .set(credentials::used_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(())
}

/// Lets a refresh token that stays what it is live on.
pub(crate) fn prolong(conn: &mut Conn, org: OrgId, id: TokenId, expires: Timestamp) -> Result<(), Error> {
    diesel::update(credentials::table.find((Key(*org.as_uuid()), id.to_string())))
        .set(credentials::expires_at.eq(expires.as_millisecond()))
        .execute(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = sql_types::Text)]
    id: String,
}

/// Forgets some of a client's codes and tokens that expired before `before`, the oldest first.
pub(crate) fn sweep(conn: &mut Conn, org: OrgId, client: ClientId, before: Timestamp) -> Result<(), Error> {
    let sql = conn.dialect(
        "SELECT id FROM credentials WHERE org_id = {} AND client_id = {} AND kind IN ('access_token', \
         'refresh_token', 'authorization_code') AND expires_at < {} ORDER BY expires_at LIMIT {}",
        "SELECT id FROM credentials WHERE org_id = {} AND client_id = {} AND kind IN ('access_token', \
         'refresh_token', 'authorization_code') AND expires_at < {} ORDER BY expires_at LIMIT {} \
         FOR UPDATE SKIP LOCKED",
    );
    let binds = vec![
        Bind::Id(Key(*org.as_uuid())),
        Bind::Text(client.to_string()),
        Bind::BigInt(before.as_millisecond()),
        Bind::BigInt(SWEEP),
    ];
    let rows: Vec<IdRow> = Statement::new(sql, binds).load(conn)?;
    let ids: Vec<String> = rows.into_iter().map(|row| row.id).collect();
    delete(conn, org, &ids)
}

/// Forgets everything that a client holds or was given, its grants included.
pub(crate) fn delete_of_client(conn: &mut Conn, org: OrgId, client: ClientId) -> Result<(), Error> {
    let of_client = Statement::new(
        "DELETE FROM credential_owners WHERE credential_id IN (SELECT id FROM credentials WHERE org_id = {} AND \
         client_id = {})",
        vec![Bind::Id(Key(*org.as_uuid())), Bind::Text(client.to_string())],
    );
    of_client.execute(conn)?;
    let rows = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::client_id.eq(client.to_string()));
    diesel::delete(rows).execute(conn)?;
    super::grants::delete_of_client(conn, org, client)
}

fn delete(conn: &mut Conn, org: OrgId, ids: &[String]) -> Result<(), Error> {
    for id in ids {
        diesel::delete(credential_owners::table.find(id)).execute(conn)?;
        diesel::delete(credentials::table.find((Key(*org.as_uuid()), id))).execute(conn)?;
    }
    Ok(())
}
