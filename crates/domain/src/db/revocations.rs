//! Revoking credentials: one, those of a service user, all of an organization, all that the installation has ever issued.
//! A credential that was revoked before keeps the time and the reason of that.

use diesel::{QueryableByName, prelude::*};
use jiff::Timestamp;
use wicketgate_auth::{Digest, OrgId, ServiceUserId, TokenId, TokenKind};

use super::{
    Conn,
    schema::{
        account_invitations, account_recoveries, account_recovery_codes, account_sessions, clients,
        credentials, grants, operator_invitations, setup_links,
    },
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{Error, token::RevokeReason};

/// Revokes a credential of this kind; `false` where it was revoked before.
pub(crate) fn one(
    conn: &mut Conn,
    org: OrgId,
    kind: TokenKind,
    id: &TokenId,
    at: Timestamp,
    reason: RevokeReason,
) -> Result<bool, Error> {
    let row = credentials::table
        .find((Key(*org.as_uuid()), id.to_string()))
        .filter(credentials::kind.eq(kind.as_str()));
    // What is not there is an error, and not something that was revoked before.
    row.clone().select(credentials::id).first::<String>(conn)?;
    let revoked = diesel::update(credentials::table.find((Key(*org.as_uuid()), id.to_string())))
        .filter(credentials::kind.eq(kind.as_str()))
        .filter(credentials::revoked_at.is_null())
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?;
    Ok(revoked == 1)
}

/// Revokes every credential of a service user, and what was approved for it; how many credentials there were.
pub(crate) fn of_service_user(
    conn: &mut Conn,
    org: OrgId,
    service_user: ServiceUserId,
    at: Timestamp,
    reason: RevokeReason,
) -> Result<usize, Error> {
    let (org, service_user) = (Key(*org.as_uuid()), Key(*service_user.as_uuid()));
    diesel::update(grants::table)
        .filter(grants::org_id.eq(org))
        .filter(grants::service_user_id.eq(service_user))
        .filter(grants::revoked_at.is_null())
        .set((
            grants::revoked_at.eq(at.as_millisecond()),
            grants::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?;
    Ok(diesel::update(credentials::table)
        .filter(credentials::org_id.eq(org))
        .filter(credentials::service_user_id.eq(service_user))
        .filter(credentials::revoked_at.is_null())
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?)
}

/// Revokes every credential of an organization, and what was approved in it; how many credentials there were.
pub(crate) fn of_org(
    conn: &mut Conn,
    org: OrgId,
    at: Timestamp,
    reason: RevokeReason,
) -> Result<usize, Error> {
    let org = Key(*org.as_uuid());
    diesel::update(grants::table)
        .filter(grants::org_id.eq(org))
        .filter(grants::revoked_at.is_null())
        .set((
            grants::revoked_at.eq(at.as_millisecond()),
            grants::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?;
    Ok(diesel::update(credentials::table)
        .filter(credentials::org_id.eq(org))
        .filter(credentials::revoked_at.is_null())
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?)
}

/// Keeps those out who exchange something that was issued to a client of the organization, until the transaction ends.
pub(crate) fn lock_clients(conn: &mut Conn, org: OrgId) -> Result<(), Error> {
    if let Conn::Postgres(conn) = conn {
        clients::table
            .filter(clients::org_id.eq(Key(*org.as_uuid())))
            .order(clients::id)
            .select(clients::id)
            .for_update()
            .load::<String>(conn)?;
    }
    Ok(())
}

/// Withdraws the setup links of an organization, and is how many there were.
pub(crate) fn setup_links_of_org(conn: &mut Conn, org: OrgId, at: Timestamp) -> Result<usize, Error> {
    Ok(diesel::update(setup_links::table)
        .filter(setup_links::org_id.eq(Key(*org.as_uuid())))
        .filter(setup_links::revoked_at.is_null())
        .set(setup_links::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?)
}

/// Withdraws the invitations into an organization that nobody has accepted, and is how many there were.
pub(crate) fn invitations_of_org(conn: &mut Conn, org: OrgId, at: Timestamp) -> Result<usize, Error> {
    Ok(diesel::update(account_invitations::table)
        .filter(account_invitations::org_id.eq(Key(*org.as_uuid())))
        .filter(account_invitations::accepted_at.is_null())
        .filter(account_invitations::revoked_at.is_null())
        .set(account_invitations::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?)
}

/// Ends all sessions, and is how many there were.
pub(crate) fn sessions(conn: &mut Conn, at: Timestamp) -> Result<usize, Error> {
    Ok(diesel::update(account_sessions::table)
        .filter(account_sessions::revoked_at.is_null())
        .set(account_sessions::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?)
}

/// Ends what lets a person in once: invitations among the operators, links to a new password, recovery codes. By the
/// database's clock, which judges them.
pub(crate) fn one_time_links(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    let now = now.as_millisecond();
    diesel::update(operator_invitations::table)
        .filter(operator_invitations::accepted_at.is_null())
        .filter(operator_invitations::expires_at.gt(now))
        .set(operator_invitations::expires_at.eq(now))
        .execute(conn)?;
    diesel::update(account_recoveries::table)
        .filter(account_recoveries::used_at.is_null())
        .set(account_recoveries::used_at.eq(now))
        .execute(conn)?;
    diesel::update(account_recovery_codes::table)
        .filter(account_recovery_codes::used_at.is_null())
        .set(account_recovery_codes::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Revokes a grant and everything that was issued from it.
pub(crate) fn of_grant(
    conn: &mut Conn,
    org: OrgId,
    grant: Key,
    at: Timestamp,
    reason: RevokeReason,
) -> Result<(), Error> {
    let org = Key(*org.as_uuid());
    diesel::update(grants::table.find((org, grant)))
        .filter(grants::revoked_at.is_null())
        .set((
            grants::revoked_at.eq(at.as_millisecond()),
            grants::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?;
    diesel::update(credentials::table)
        .filter(credentials::org_id.eq(org))
        .filter(credentials::grant_id.eq(grant))
        .filter(credentials::revoked_at.is_null())
        .set((
            credentials::revoked_at.eq(at.as_millisecond()),
            credentials::revoke_reason.eq(reason.as_str()),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is needed to judge a credential that somebody claims to have found.
pub(crate) struct Known {
    pub(crate) org: OrgId,
    pub(crate) service_user: ServiceUserId,
    pub(crate) name: String,
    pub(crate) grant: Option<Key>,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
}

#[derive(QueryableByName)]
struct KnownRow {
    #[diesel(sql_type = Id)]
    org_id: Key,
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<Id>)]
    grant_id: Option<Key>,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pepper_id: i32,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    digest: Vec<u8>,
}

/// The credential of this kind with this id, in whichever organization and state it is.
pub(crate) fn known(conn: &mut Conn, kind: TokenKind, id: &TokenId) -> Result<Option<Known>, Error> {
    let rows: Vec<KnownRow> = Statement::new(
        "SELECT c.org_id, c.service_user_id, c.name, c.grant_id, c.pepper_id, c.digest FROM credential_owners w \
         JOIN credentials c ON c.org_id = w.org_id AND c.id = w.credential_id \
         WHERE w.credential_id = {} AND c.org_id = w.org_id AND c.kind = {}",
        vec![Bind::Text(id.to_string()), Bind::Text(kind.as_str().to_owned())],
    )
    .load(conn)?;
    rows.into_iter()
        .next()
        .map(|row| {
            Ok(Known {
                org: OrgId::from_uuid(row.org_id.0),
                service_user: ServiceUserId::from_uuid(row.service_user_id.0),
                name: row.name,
                grant: row.grant_id,
                pepper_id: row.pepper_id,
                digest: Digest::try_from(row.digest.as_slice()).map_err(Error::internal)?,
            })
        })
        .transpose()
}
