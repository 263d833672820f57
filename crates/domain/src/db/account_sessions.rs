//! Rows of sessions, and the one-time links that give an account a new password. What has ended is judged by the
//! database's clock, so that all replicas agree.

use diesel::prelude::*;
use jiff::Timestamp;
use wicketgate_auth::{AccountId, Digest, OrgId, TokenId};

use super::{
    Conn,
    accounts::{self, StoredAccount, key},
    orgs,
    schema::{account_recoveries, account_sessions},
    types::Key,
    users::time,
};
use crate::{Caller, Error, account::SessionInfo};

/// Without a request for so long, a session has ended.
const IDLE: i64 = 30 * 60_000;
/// How long ago an account may have shown who it is, to be asked for nothing more.
const FRESH: i64 = 5 * 60_000;
/// How often it is written that a session was seen, at most.
const SEEN: i64 = 60_000;

/// A session that begins.
#[derive(Debug, Clone)]
pub(crate) struct NewSession {
    pub(crate) id: TokenId,
    pub(crate) account: AccountId,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) vouched_by: Option<OrgId>,
    pub(crate) created: Timestamp,
    pub(crate) authenticated: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) caller: Caller,
}

/// A session as the store knows it, at one moment of the database's clock.
#[derive(Debug, Clone)]
pub(crate) struct StoredSession {
    pub(crate) id: TokenId,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) vouched_by: Option<OrgId>,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) caller: Caller,
    pub(crate) has_ended: bool,
    pub(crate) is_fresh: bool,
    /// Whether it is time to write that it was seen.
    pub(crate) is_due: bool,
    pub(crate) account: StoredAccount,
}

/// Begins a session.
pub(crate) fn insert(conn: &mut Conn, session: &NewSession) -> Result<(), Error> {
    diesel::insert_into(account_sessions::table)
        .values((
            account_sessions::id.eq(session.id.to_string()),
            account_sessions::account_id.eq(key(session.account)),
            account_sessions::pepper_id.eq(session.pepper_id),
            account_sessions::digest.eq(session.digest.as_bytes().to_vec()),
            account_sessions::vouched_by.eq(session.vouched_by.map(|org| Key(*org.as_uuid()))),
            account_sessions::created_at.eq(session.created.as_millisecond()),
            account_sessions::last_seen_at.eq(session.authenticated.as_millisecond()),
            account_sessions::authenticated_at.eq(session.authenticated.as_millisecond()),
            account_sessions::expires_at.eq(session.expires.as_millisecond()),
            account_sessions::network.eq(&session.caller.network),
            account_sessions::user_agent.eq(&session.caller.user_agent),
        ))
        .execute(conn)?;
    Ok(())
}

type Columns = (
    Key,
    i32,
    Vec<u8>,
    Option<Key>,
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
);

/// The session with this id.
pub(crate) fn find(conn: &mut Conn, id: &TokenId) -> Result<Option<StoredSession>, Error> {
    let columns: Option<Columns> = account_sessions::table
        .find(id.to_string())
        .select((
            account_sessions::account_id,
            account_sessions::pepper_id,
            account_sessions::digest,
            account_sessions::vouched_by,
            account_sessions::created_at,
            account_sessions::last_seen_at,
            account_sessions::authenticated_at,
            account_sessions::expires_at,
            account_sessions::network,
            account_sessions::user_agent,
            account_sessions::revoked_at,
        ))
        .first(conn)
        .optional()?;
    let Some((
        account,
        pepper_id,
        digest,
        vouched_by,
        created,
        seen,
        authenticated,
        expires,
        network,
        agent,
        revoked,
    )) = columns
    else {
        return Ok(None);
    };
    let now = orgs::clock(conn)?.as_millisecond();
    Ok(Some(StoredSession {
        id: *id,
        pepper_id,
        digest: Digest::try_from(digest.as_slice()).map_err(Error::internal)?,
        vouched_by: vouched_by.map(|org| OrgId::from_uuid(org.0)),
        created: time(created)?,
        expires: time(expires)?,
        caller: Caller {
            network,
            user_agent: agent,
        },
        has_ended: revoked.is_some() || expires <= now || seen <= now - IDLE,
        is_fresh: authenticated > now - FRESH,
        is_due: seen <= now - SEEN,
        account: accounts::get(conn, AccountId::from_uuid(account.0))?,
    }))
}

/// Writes that a session was seen, unless another replica has just done so.
pub(crate) fn seen(conn: &mut Conn, id: &TokenId) -> Result<(), Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    diesel::update(account_sessions::table.find(id.to_string()))
        .filter(account_sessions::last_seen_at.le(now - SEEN))
        .filter(account_sessions::revoked_at.is_null())
        .set(account_sessions::last_seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}

type ListedColumns = (String, i64, i64, i64, Option<String>, Option<String>);

/// The sessions of an account that have not ended, the newest first.
pub(crate) fn list(conn: &mut Conn, account: AccountId) -> Result<Vec<SessionInfo>, Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let rows: Vec<ListedColumns> = account_sessions::table
        .filter(account_sessions::account_id.eq(key(account)))
        .filter(account_sessions::revoked_at.is_null())
        .filter(account_sessions::expires_at.gt(now))
        .filter(account_sessions::last_seen_at.gt(now - IDLE))
        .order((account_sessions::created_at.desc(), account_sessions::id))
        .select((
            account_sessions::id,
            account_sessions::created_at,
            account_sessions::last_seen_at,
            account_sessions::expires_at,
            account_sessions::network,
            account_sessions::user_agent,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, created, seen, expires, network, user_agent)| {
            Ok(SessionInfo {
                id: id.parse().map_err(Error::internal)?,
                created: time(created)?,
                last_seen: time(seen)?,
                expires: time(expires)?,
                network,
                user_agent,
                current: false,
            })
        })
        .collect()
}

/// Ends one session of an account. `false` where it has none of this id that goes on.
pub(crate) fn revoke(
    conn: &mut Conn,
    account: AccountId,
    id: &TokenId,
    at: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(account_sessions::table.find(id.to_string()))
        .filter(account_sessions::account_id.eq(key(account)))
        .filter(account_sessions::revoked_at.is_null())
        .set(account_sessions::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Ends all sessions of an account.
pub(crate) fn revoke_all(conn: &mut Conn, account: AccountId, at: Timestamp) -> Result<(), Error> {
    diesel::update(account_sessions::table)
        .filter(account_sessions::account_id.eq(key(account)))
        .filter(account_sessions::revoked_at.is_null())
        .set(account_sessions::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(())
}

/// Ends the sessions that an organization's provider vouched for: those of one account, or of all.
pub(crate) fn revoke_vouched(
    conn: &mut Conn,
    org: OrgId,
    account: Option<AccountId>,
    at: Timestamp,
) -> Result<(), Error> {
    let sessions = diesel::update(account_sessions::table)
        .filter(account_sessions::vouched_by.eq(Key(*org.as_uuid())))
        .filter(account_sessions::revoked_at.is_null())
        .set(account_sessions::revoked_at.eq(at.as_millisecond()));
    match account {
        Some(account) => sessions
            .filter(account_sessions::account_id.eq(key(account)))
            .execute(conn)?,
        None => sessions.execute(conn)?,
    };
    Ok(())
}

/// Whether an account has had a session from this network since then: it is its own, and not someone's who guesses.
pub(crate) fn knows_network(
    conn: &mut Conn,
    account: AccountId,
    network: &str,
    since: Timestamp,
) -> Result<bool, Error> {
    let rows: i64 = account_sessions::table
        .filter(account_sessions::account_id.eq(key(account)))
        .filter(account_sessions::created_at.gt(since.as_millisecond()))
        .filter(account_sessions::network.eq(network))
        .count()
        .get_result(conn)?;
    Ok(rows > 0)
}

/// A one-time link to a new password, as the store knows it.
#[derive(Debug, Clone)]
pub(crate) struct StoredRecovery {
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) is_open: bool,
    pub(crate) account: StoredAccount,
}

/// Adds a link. The account's earlier ones do not hold any more.
pub(crate) fn insert_recovery(
    conn: &mut Conn,
    id: &TokenId,
    account: AccountId,
    (pepper_id, digest): (i32, &Digest),
    created: Timestamp,
    expires: Timestamp,
) -> Result<(), Error> {
    use_recoveries(conn, account, created)?;
    diesel::insert_into(account_recoveries::table)
        .values((
            account_recoveries::id.eq(id.to_string()),
            account_recoveries::account_id.eq(key(account)),
            account_recoveries::pepper_id.eq(pepper_id),
            account_recoveries::digest.eq(digest.as_bytes().to_vec()),
            account_recoveries::created_at.eq(created.as_millisecond()),
            account_recoveries::expires_at.eq(expires.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

type RecoveryColumns = (Key, i32, Vec<u8>, i64, Option<i64>);

/// The link with this id.
pub(crate) fn find_recovery(conn: &mut Conn, id: &TokenId) -> Result<Option<StoredRecovery>, Error> {
    let columns: Option<RecoveryColumns> = account_recoveries::table
        .find(id.to_string())
        .select((
            account_recoveries::account_id,
            account_recoveries::pepper_id,
            account_recoveries::digest,
            account_recoveries::expires_at,
            account_recoveries::used_at,
        ))
        .first(conn)
        .optional()?;
    let Some((account, pepper_id, digest, expires, used)) = columns else {
        return Ok(None);
    };
    let now = orgs::clock(conn)?.as_millisecond();
    Ok(Some(StoredRecovery {
        pepper_id,
        digest: Digest::try_from(digest.as_slice()).map_err(Error::internal)?,
        is_open: used.is_none() && expires > now,
        account: accounts::get(conn, AccountId::from_uuid(account.0))?,
    }))
}

/// Uses all links of an account up.
pub(crate) fn use_recoveries(conn: &mut Conn, account: AccountId, at: Timestamp) -> Result<(), Error> {
    diesel::update(account_recoveries::table)
        .filter(account_recoveries::account_id.eq(key(account)))
        .filter(account_recoveries::used_at.is_null())
        .set(account_recoveries::used_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(())
}

/// Uses a link up. `false` where it was used before.
pub(crate) fn use_recovery(conn: &mut Conn, id: &TokenId, at: Timestamp) -> Result<bool, Error> {
    let changed = diesel::update(account_recoveries::table.find(id.to_string()))
        .filter(account_recoveries::used_at.is_null())
        .set(account_recoveries::used_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(changed == 1)
}
