//! Rows that say what an account is in an organization.

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{AccountId, OrgId, Role};

use super::{
    Conn,
    accounts::{ACTIVE, key},
    schema::{account_identities, account_orgs, account_roles, accounts, organizations},
    types::Key,
    users::time,
};
use crate::{
    Error,
    account::{OrgAccount, OrgOfAccount},
};

/// What an account is in an organization, if anything.
pub(crate) fn get(conn: &mut Conn, org: OrgId, account: AccountId) -> Result<Option<Role>, Error> {
    let role: Option<String> = account_roles::table
        .find((Key(*org.as_uuid()), key(account)))
        .select(account_roles::role)
        .first(conn)
        .optional()?;
    role.map(|role| role.parse().map_err(Error::internal)).transpose()
}

/// Gives an account its first role in an organization.
pub(crate) fn insert(
    conn: &mut Conn,
    org: OrgId,
    account: AccountId,
    role: Role,
    at: Timestamp,
) -> Result<(), Error> {
    diesel::insert_into(account_roles::table)
        .values((
            account_roles::org_id.eq(Key(*org.as_uuid())),
            account_roles::account_id.eq(key(account)),
            account_roles::role.eq(role.as_str()),
            account_roles::created_at.eq(at.as_millisecond()),
        ))
        .execute(conn)?;
    diesel::insert_into(account_orgs::table)
        .values((
            account_orgs::account_id.eq(key(account)),
            account_orgs::org_id.eq(Key(*org.as_uuid())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes what an account is.
pub(crate) fn set(conn: &mut Conn, org: OrgId, account: AccountId, role: Role) -> Result<(), Error> {
    let changed = diesel::update(account_roles::table.find((Key(*org.as_uuid()), key(account))))
        .set(account_roles::role.eq(role.as_str()))
        .execute(conn)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Takes an account its role, and the identities by which it signs in there.
pub(crate) fn remove(conn: &mut Conn, org: OrgId, account: AccountId) -> Result<(), Error> {
    diesel::delete(account_identities::table)
        .filter(account_identities::org_id.eq(Key(*org.as_uuid())))
        .filter(account_identities::account_id.eq(key(account)))
        .execute(conn)?;
    diesel::delete(account_orgs::table.find((key(account), Key(*org.as_uuid())))).execute(conn)?;
    let removed =
        diesel::delete(account_roles::table.find((Key(*org.as_uuid()), key(account)))).execute(conn)?;
    if removed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// How many other accounts own the organization and can sign in.
pub(crate) fn other_owners(conn: &mut Conn, org: OrgId, account: AccountId) -> Result<i64, Error> {
    Ok(account_roles::table
        .inner_join(accounts::table.on(accounts::id.eq(account_roles::account_id)))
        .filter(account_roles::org_id.eq(Key(*org.as_uuid())))
        .filter(account_roles::account_id.ne(key(account)))
        .filter(account_roles::role.eq(Role::OrgOwner.as_str()))
        .filter(accounts::state.eq("active"))
        .count()
        .get_result(conn)?)
}

type Columns = (Key, String, String, String, i64, String);

const COLUMNS: (
    accounts::id,
    accounts::email,
    accounts::display_name,
    account_roles::role,
    account_roles::created_at,
    accounts::state,
) = (
    accounts::id,
    accounts::email,
    accounts::display_name,
    account_roles::role,
    account_roles::created_at,
    accounts::state,
);

fn org_account((id, email, display_name, role, since, state): Columns) -> Result<OrgAccount, Error> {
    Ok(OrgAccount {
        id: AccountId::from_uuid(id.0),
        email,
        display_name,
        role: role.parse().map_err(Error::internal)?,
        since: time(since)?,
        active: state == ACTIVE,
    })
}

/// The accounts of an organization, the oldest first.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<OrgAccount>, Error> {
    let rows: Vec<Columns> = account_roles::table
        .inner_join(accounts::table.on(accounts::id.eq(account_roles::account_id)))
        .filter(account_roles::org_id.eq(Key(*org.as_uuid())))
        .order(account_roles::account_id)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(org_account).collect()
}

/// Up to `limit` of them, from the one behind `after` on.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    after: Option<AccountId>,
    limit: u16,
) -> Result<Vec<OrgAccount>, Error> {
    let after = after.map_or(Uuid::nil(), |id| *id.as_uuid());
    let rows: Vec<Columns> = account_roles::table
        .inner_join(accounts::table.on(accounts::id.eq(account_roles::account_id)))
        .filter(account_roles::org_id.eq(Key(*org.as_uuid())))
        .filter(account_roles::account_id.gt(Key(after)))
        .order(account_roles::account_id)
        .limit(limit.into())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(org_account).collect()
}

/// Up to `limit` of them in the order of their ids, from the one behind `after` on.
pub(crate) fn along(
    conn: &mut Conn,
    org: OrgId,
    newest_first: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrgAccount>, Error> {
    let mut query = account_roles::table
        .inner_join(accounts::table.on(accounts::id.eq(account_roles::account_id)))
        .filter(account_roles::org_id.eq(Key(*org.as_uuid())))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    query = if newest_first {
        query.order(account_roles::account_id.desc())
    } else {
        query.order(account_roles::account_id)
    };
    if let Some(after) = after {
        query = if newest_first {
            query.filter(account_roles::account_id.lt(Key(after)))
        } else {
            query.filter(account_roles::account_id.gt(Key(after)))
        };
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(org_account).collect()
}

/// One of them.
pub(crate) fn one(conn: &mut Conn, org: OrgId, account: AccountId) -> Result<OrgAccount, Error> {
    let row: Columns = account_roles::table
        .inner_join(accounts::table.on(accounts::id.eq(account_roles::account_id)))
        .filter(account_roles::org_id.eq(Key(*org.as_uuid())))
        .filter(account_roles::account_id.eq(key(account)))
        .select(COLUMNS)
        .first(conn)?;
    org_account(row)
}

/// The organizations that an account may enter, in the order of their ids.
pub(crate) fn orgs_of(conn: &mut Conn, account: AccountId) -> Result<Vec<OrgOfAccount>, Error> {
    let rows: Vec<(Key, String, String)> = account_orgs::table
        .inner_join(
            account_roles::table.on(account_roles::org_id
                .eq(account_orgs::org_id)
                .and(account_roles::account_id.eq(account_orgs::account_id))),
        )
        .inner_join(organizations::table.on(organizations::id.eq(account_orgs::org_id)))
        .filter(account_orgs::account_id.eq(key(account)))
        .filter(account_roles::org_id.eq(account_orgs::org_id))
        .filter(organizations::state.ne("deleted"))
        .order(organizations::id)
        .select((organizations::id, organizations::name, account_roles::role))
        .load(conn)?;
    rows.into_iter().map(org_of_account).collect()
}

fn org_of_account((id, name, role): (Key, String, String)) -> Result<OrgOfAccount, Error> {
    Ok(OrgOfAccount {
        id: OrgId::from_uuid(id.0),
        name,
        role: role.parse().map_err(Error::internal)?,
    })
}

/// Up to `limit` of them, from the one behind `after` on.
pub(crate) fn orgs_along(
    conn: &mut Conn,
    account: AccountId,
    newest_first: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrgOfAccount>, Error> {
    let mut query = account_orgs::table
        .inner_join(
            account_roles::table.on(account_roles::org_id
                .eq(account_orgs::org_id)
                .and(account_roles::account_id.eq(account_orgs::account_id))),
        )
        .inner_join(organizations::table.on(organizations::id.eq(account_orgs::org_id)))
        .filter(account_orgs::account_id.eq(key(account)))
        .filter(account_roles::org_id.eq(account_orgs::org_id))
        .filter(organizations::state.ne("deleted"))
        .limit(limit)
        .select((organizations::id, organizations::name, account_roles::role))
        .into_boxed();
    query = if newest_first {
        query.order(account_orgs::org_id.desc())
    } else {
        query.order(account_orgs::org_id)
    };
    if let Some(after) = after {
        query = if newest_first {
            query.filter(account_orgs::org_id.lt(Key(after)))
        } else {
            query.filter(account_orgs::org_id.gt(Key(after)))
        };
    }
    let rows: Vec<(Key, String, String)> = query.load(conn)?;
    rows.into_iter().map(org_of_account).collect()
}
