//! Rows of invitations: into an organization, and among the operators. A secret never reaches this file.

use diesel::prelude::*;
use jiff::Timestamp;
use wicketgate_auth::{AccountId, Digest, OrgId, Role, TokenId};

use super::{
    Conn,
    accounts::key,
    orgs,
    schema::{account_invitation_owners, account_invitations, operator_invitations},
    types::Key,
    users::time,
};
use crate::{ByTime, Error, account::Invitation};

/// An invitation as the store knows it, at one moment of the database's clock.
#[derive(Debug, Clone)]
pub(crate) struct StoredInvitation {
    pub(crate) email: String,
    /// Into which organization, as what; among the operators where there is none.
    pub(crate) target: Option<(OrgId, String, Role)>,
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) is_open: bool,
}

impl StoredInvitation {
    /// Whether it is for the first operator, whose address nobody knows yet.
    pub(crate) fn is_first_run(&self) -> bool {
        self.target.is_none() && self.email.is_empty()
    }
}

/// Adds an invitation into an organization.
pub(crate) fn insert(
    conn: &mut Conn,
    org: OrgId,
    invitation: &Invitation,
    pepper_id: i32,
    digest: &Digest,
) -> Result<(), Error> {
    diesel::insert_into(account_invitations::table)
        .values((
            account_invitations::org_id.eq(Key(*org.as_uuid())),
            account_invitations::id.eq(invitation.id.to_string()),
            account_invitations::email.eq(&invitation.email),
            account_invitations::role.eq(invitation.role.as_str()),
            account_invitations::pepper_id.eq(pepper_id),
            account_invitations::digest.eq(digest.as_bytes().to_vec()),
            account_invitations::created_at.eq(invitation.created.as_millisecond()),
            account_invitations::expires_at.eq(invitation.expires.as_millisecond()),
        ))
        .execute(conn)?;
    diesel::insert_into(account_invitation_owners::table)
        .values((
            account_invitation_owners::invitation_id.eq(invitation.id.to_string()),
            account_invitation_owners::org_id.eq(Key(*org.as_uuid())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps others who make or use a link for the first operator out until the transaction ends.
pub(crate) fn lock_first_run(conn: &mut Conn) -> Result<(), Error> {
    if let Conn::Postgres(conn) = conn {
        // An arbitrary constant: whoever makes or uses such a link holds the lock of this number.
        diesel::sql_query("SELECT pg_advisory_xact_lock(7722110047)").execute(conn)?;
    }
    Ok(())
}

/// Ends the links for the first operator that were made before.
pub(crate) fn withdraw_first_run(conn: &mut Conn) -> Result<(), Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    diesel::update(operator_invitations::table)
        .filter(operator_invitations::email.eq(""))
        .filter(operator_invitations::accepted_at.is_null())
        .filter(operator_invitations::expires_at.gt(now))
        .set(operator_invitations::expires_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Adds an invitation among the operators. Without an address it is for the first one.
pub(crate) fn insert_operator(
    conn: &mut Conn,
    id: &TokenId,
    email: &str,
    (pepper_id, digest): (i32, &Digest),
    created: Timestamp,
    expires: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(operator_invitations::table)
        .values((
            operator_invitations::id.eq(id.to_string()),
            operator_invitations::email.eq(email),
            operator_invitations::pepper_id.eq(pepper_id),
            operator_invitations::digest.eq(digest.as_bytes().to_vec()),
            operator_invitations::created_at.eq(created.as_millisecond()),
            operator_invitations::expires_at.eq(expires.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

type Columns = (String, String, i32, Vec<u8>, i64, Option<i64>, Option<i64>);

/// The invitation with this id, wherever it leads.
pub(crate) fn find(conn: &mut Conn, id: &TokenId) -> Result<Option<StoredInvitation>, Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let owner: Option<Key> = account_invitation_owners::table
        .find(id.to_string())
        .select(account_invitation_owners::org_id)
        .first(conn)
        .optional()?;
    let Some(owner) = owner else {
        return find_operator(conn, id, now);
    };
    let org = orgs::get(conn, OrgId::from_uuid(owner.0))?;
    let columns: Columns = account_invitations::table
        .find((owner, id.to_string()))
        .select((
            account_invitations::email,
            account_invitations::role,
            account_invitations::pepper_id,
            account_invitations::digest,
            account_invitations::expires_at,
            account_invitations::accepted_at,
            account_invitations::revoked_at,
        ))
        .first(conn)?;
    let (email, role, pepper_id, digest, expires, accepted, revoked) = columns;
    let is_served = org.state != wicketgate_auth::OrgState::Deleted;
    Ok(Some(StoredInvitation {
        email,
        target: Some((org.id, org.name, role.parse().map_err(Error::internal)?)),
        pepper_id,
        digest: Digest::try_from(digest.as_slice()).map_err(Error::internal)?,
        is_open: is_served && expires > now && accepted.is_none() && revoked.is_none(),
    }))
}

type OperatorColumns = (String, i32, Vec<u8>, i64, Option<i64>);

fn find_operator(conn: &mut Conn, id: &TokenId, now: i64) -> Result<Option<StoredInvitation>, Error> {
    let row: Option<OperatorColumns> = operator_invitations::table
        .find(id.to_string())
        .select((
            operator_invitations::email,
            operator_invitations::pepper_id,
            operator_invitations::digest,
            operator_invitations::expires_at,
            operator_invitations::accepted_at,
        ))
        .first(conn)
        .optional()?;
    row.map(|(email, pepper_id, digest, expires, accepted)| {
        Ok(StoredInvitation {
            email,
            target: None,
            pepper_id,
            digest: Digest::try_from(digest.as_slice()).map_err(Error::internal)?,
            is_open: expires > now && accepted.is_none(),
        })
    })
    .transpose()
}

/// Uses an invitation up. [`Error::NotFound`] where it does not hold any more, so that one of two who accept it wins.
pub(crate) fn accept(conn: &mut Conn, org: Option<OrgId>, id: &TokenId, at: Timestamp) -> Result<(), Error> {
    let now = orgs::clock(conn)?.as_millisecond();
    let changed = match org {
        Some(org) => diesel::update(account_invitations::table.find((Key(*org.as_uuid()), id.to_string())))
            .filter(account_invitations::accepted_at.is_null())
            .filter(account_invitations::revoked_at.is_null())
            .filter(account_invitations::expires_at.gt(now))
            .set(account_invitations::accepted_at.eq(at.as_millisecond()))
            .execute(conn)?,
        None => diesel::update(operator_invitations::table.find(id.to_string()))
            .filter(operator_invitations::accepted_at.is_null())
            .filter(operator_invitations::expires_at.gt(now))
            .set(operator_invitations::accepted_at.eq(at.as_millisecond()))
            .execute(conn)?,
    };
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Writes down who accepted an invitation.
pub(crate) fn accepted_by(
    conn: &mut Conn,
    org: Option<OrgId>,
    id: &TokenId,
    account: AccountId,
) -> Result<(), Error> {
    match org {
        Some(org) => diesel::update(account_invitations::table.find((Key(*org.as_uuid()), id.to_string())))
            .set(account_invitations::accepted_by.eq(key(account)))
            .execute(conn)?,
        None => diesel::update(operator_invitations::table.find(id.to_string()))
            .set(operator_invitations::accepted_by.eq(key(account)))
            .execute(conn)?,
    };
    Ok(())
}

type Waiting = (String, String, String, i64, i64);

const WAITING: (
    account_invitations::id,
    account_invitations::email,
    account_invitations::role,
    account_invitations::created_at,
    account_invitations::expires_at,
) = (
    account_invitations::id,
    account_invitations::email,
    account_invitations::role,
    account_invitations::created_at,
    account_invitations::expires_at,
);

fn waiting((id, email, role, created, expires): Waiting) -> Result<Invitation, Error> {
    Ok(Invitation {
        id: id.parse().map_err(Error::internal)?,
        email,
        role: role.parse().map_err(Error::internal)?,
        created: time(created)?,
        expires: time(expires)?,
    })
}

/// The invitations of an organization that nobody has accepted, the newest first. Some may have expired.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<Invitation>, Error> {
    let rows: Vec<Waiting> = account_invitations::table
        .filter(account_invitations::org_id.eq(Key(*org.as_uuid())))
        .filter(account_invitations::accepted_at.is_null())
        .filter(account_invitations::revoked_at.is_null())
        .order((account_invitations::created_at.desc(), account_invitations::id))
        .select(WAITING)
        .load(conn)?;
    rows.into_iter().map(waiting).collect()
}

/// Up to `limit` of them, from the one behind `after` on: the time of its creation and its id.
pub(crate) fn along(
    conn: &mut Conn,
    org: OrgId,
    order: ByTime,
    after: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<Invitation>, Error> {
    let mut query = account_invitations::table
        .filter(account_invitations::org_id.eq(Key(*org.as_uuid())))
        .filter(account_invitations::accepted_at.is_null())
        .filter(account_invitations::revoked_at.is_null())
        .limit(limit)
        .select(WAITING)
        .into_boxed();
    query = match order {
        ByTime::Newest => query.order((
            account_invitations::created_at.desc(),
            account_invitations::id.desc(),
        )),
        ByTime::Oldest => query.order((account_invitations::created_at, account_invitations::id)),
    };
    if let Some((at, id)) = after {
        query = match order {
            ByTime::Newest => query.filter(account_invitations::created_at.le(*at)).filter(
                account_invitations::created_at
                    .lt(*at)
                    .or(account_invitations::id.lt(id.clone())),
            ),
            ByTime::Oldest => query.filter(account_invitations::created_at.ge(*at)).filter(
                account_invitations::created_at
                    .gt(*at)
                    .or(account_invitations::id.gt(id.clone())),
            ),
        };
    }
    let rows: Vec<Waiting> = query.load(conn)?;
    rows.into_iter().map(waiting).collect()
}

/// Up to `limit` of them in the order of their ids, from the one behind `after` on.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    after: Option<TokenId>,
    limit: u16,
) -> Result<Vec<Invitation>, Error> {
    let rows: Vec<Waiting> = account_invitations::table
        .filter(account_invitations::org_id.eq(Key(*org.as_uuid())))
        .filter(account_invitations::id.gt(after.map_or_else(String::new, |id| id.to_string())))
        .filter(account_invitations::accepted_at.is_null())
        .filter(account_invitations::revoked_at.is_null())
        .order(account_invitations::id)
        .limit(limit.into())
        .select(WAITING)
        .load(conn)?;
    rows.into_iter().map(waiting).collect()
}

/// One of them.
pub(crate) fn get(conn: &mut Conn, org: OrgId, id: &TokenId) -> Result<Invitation, Error> {
    let row: Waiting = account_invitations::table
        .find((Key(*org.as_uuid()), id.to_string()))
        .filter(account_invitations::accepted_at.is_null())
        .filter(account_invitations::revoked_at.is_null())
        .select(WAITING)
        .first(conn)?;
    waiting(row)
}

/// Withdraws an invitation. [`Error::NotFound`] where nothing waits under this id.
pub(crate) fn revoke(conn: &mut Conn, org: OrgId, id: &TokenId, at: Timestamp) -> Result<(), Error> {
    let changed = diesel::update(account_invitations::table.find((Key(*org.as_uuid()), id.to_string())))
        .filter(account_invitations::accepted_at.is_null())
        .filter(account_invitations::revoked_at.is_null())
        .set(account_invitations::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
