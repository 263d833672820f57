//! Rows of accounts, their recovery codes, and who is an operator. These tables belong to the installation: an account
//! may have roles in several organizations, and no organization's id leads here.

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::AccountId;

use super::{
    Conn,
    schema::{account_recovery_codes, accounts, operators},
    types::Key,
    users::time,
};
use crate::{Error, account::Account};

/// The states of an account.
pub(super) const ACTIVE: &str = "active";
const DISABLED: &str = "disabled";

/// An account with what must not leave the crate.
#[derive(Debug, Clone)]
pub(crate) struct StoredAccount {
    pub(crate) account: Account,
    /// A PHC string.
    pub(crate) password: Option<String>,
    /// The sealed secret of the authenticator app, with the pepper's number.
    pub(crate) totp: Option<(i32, Vec<u8>)>,
    /// Whether the account has shown that it has the app.
    pub(crate) totp_confirmed: bool,
    pub(crate) totp_last_step: Option<i64>,
}

type Columns = (
    Key,
    String,
    String,
    Option<String>,
    String,
    Option<i32>,
    Option<Vec<u8>>,
    Option<i64>,
    Option<i64>,
    i64,
    Option<i64>,
);

fn stored(columns: Columns) -> Result<StoredAccount, Error> {
    let (id, email, display_name, password, state, pepper, sealed, confirmed, last_step, created, last) =
        columns;
    Ok(StoredAccount {
        account: Account {
            id: AccountId::from_uuid(id.0),
            email,
            display_name,
            active: state == ACTIVE,
            has_password: password.is_some(),
            has_totp: confirmed.is_some(),
            created: time(created)?,
            last_sign_in: last.map(time).transpose()?,
        },
        password,
        totp: pepper.zip(sealed),
        totp_confirmed: confirmed.is_some(),
        totp_last_step: last_step,
    })
}

const COLUMNS: (
    accounts::id,
    accounts::email,
    accounts::display_name,
    accounts::password,
    accounts::state,
    accounts::totp_pepper_id,
    accounts::totp_sealed,
    accounts::totp_confirmed_at,
    accounts::totp_last_step,
    accounts::created_at,
    accounts::last_sign_in_at,
) = (
    accounts::id,
    accounts::email,
    accounts::display_name,
    accounts::password,
    accounts::state,
    accounts::totp_pepper_id,
    accounts::totp_sealed,
    accounts::totp_confirmed_at,
    accounts::totp_last_step,
    accounts::created_at,
    accounts::last_sign_in_at,
);

/// Adds an account. An address that is taken is [`Error::AlreadyExists`].
pub(crate) fn insert(
    conn: &mut Conn,
    account: &Account,
    email_key: &str,
    password: Option<&str>,
) -> Result<(), Error> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(key(account.id)),
            accounts::email.eq(&account.email),
            accounts::email_key.eq(email_key),
            accounts::display_name.eq(&account.display_name),
            accounts::password.eq(password),
            accounts::state.eq(ACTIVE),
            accounts::created_at.eq(account.created.as_millisecond()),
        ))
        .execute(conn)
        .map_err(|error| match error {
            diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => {
                Error::AlreadyExists { attribute: "email" }
            }
            other => other.into(),
        })?;
    Ok(())
}

/// The account with this folded address.
pub(crate) fn by_email(conn: &mut Conn, email_key: &str) -> Result<Option<StoredAccount>, Error> {
    accounts::table
        .filter(accounts::email_key.eq(email_key))
        .select(COLUMNS)
        .first(conn)
        .optional()?
        .map(stored)
        .transpose()
}

/// One account.
pub(crate) fn get(conn: &mut Conn, id: AccountId) -> Result<StoredAccount, Error> {
    stored(accounts::table.find(key(id)).select(COLUMNS).first(conn)?)
}

/// All accounts, the oldest first.
pub(crate) fn list(conn: &mut Conn) -> Result<Vec<StoredAccount>, Error> {
    let rows: Vec<Columns> = accounts::table.order(accounts::id).select(COLUMNS).load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// The accounts that look after the installation, the oldest first.
pub(crate) fn list_operators(conn: &mut Conn) -> Result<Vec<StoredAccount>, Error> {
    let rows: Vec<Columns> = operators::table
        .inner_join(accounts::table.on(accounts::id.eq(operators::account_id)))
        .order(accounts::id)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(stored).collect()
}

/// Up to `limit` of them in the order of their ids, from the one behind `after` on.
pub(crate) fn operators_along(
    conn: &mut Conn,
    newest_first: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Account>, Error> {
    let mut query = operators::table
        .inner_join(accounts::table.on(accounts::id.eq(operators::account_id)))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    query = if newest_first {
        query.order(operators::account_id.desc())
    } else {
        query.order(operators::account_id)
    };
    if let Some(after) = after {
        query = if newest_first {
            query.filter(operators::account_id.lt(Key(after)))
        } else {
            query.filter(operators::account_id.gt(Key(after)))
        };
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(|row| Ok(stored(row)?.account)).collect()
}

/// Gives an account another password, if it still has the one that was looked at. `false` where it has not.
pub(crate) fn set_password(
    conn: &mut Conn,
    id: AccountId,
    looked_at: Option<&str>,
    password: &str,
) -> Result<bool, Error> {
    let row = diesel::update(accounts::table.find(key(id)));
    let changed = match looked_at {
        Some(looked_at) => row
            .filter(accounts::password.eq(looked_at))
            .set(accounts::password.eq(password))
            .execute(conn)?,
        None => row
            .filter(accounts::password.is_null())
            .set(accounts::password.eq(password))
            .execute(conn)?,
    };
    Ok(changed == 1)
}

/// Shuts an account or opens it. `false` where it is so already.
pub(crate) fn set_active(conn: &mut Conn, id: AccountId, active: bool) -> Result<bool, Error> {
    let state = if active { ACTIVE } else { DISABLED };
    let changed = diesel::update(accounts::table.find(key(id)))
        .filter(accounts::state.ne(state))
        .set(accounts::state.eq(state))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Remembers when an account signed in. `false` where it has been shut, however short a time ago.
pub(crate) fn signed_in(conn: &mut Conn, id: AccountId, at: Timestamp) -> Result<bool, Error> {
    let changed = diesel::update(accounts::table.find(key(id)))
        .filter(accounts::state.eq(ACTIVE))
        .set(accounts::last_sign_in_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Keeps a secret that does not count yet. `false` where one counts already.
pub(crate) fn start_totp(
    conn: &mut Conn,
    id: AccountId,
    pepper_id: i32,
    sealed: &[u8],
) -> Result<bool, Error> {
    let changed = diesel::update(accounts::table.find(key(id)))
        .filter(accounts::totp_confirmed_at.is_null())
        .set((
            accounts::totp_pepper_id.eq(pepper_id),
            accounts::totp_sealed.eq(sealed.to_vec()),
            accounts::totp_last_step.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Lets the secret that was looked at count from now on. `false` where it is another one, or counts already.
pub(crate) fn confirm_totp(
    conn: &mut Conn,
    id: AccountId,
    sealed: &[u8],
    step: i64,
    at: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(accounts::table.find(key(id)))
        .filter(accounts::totp_confirmed_at.is_null())
        .filter(accounts::totp_sealed.eq(sealed.to_vec()))
        .set((
            accounts::totp_confirmed_at.eq(at.as_millisecond()),
            accounts::totp_last_step.eq(step),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Takes a time step as used. `false` where it or a later one was used before.
pub(crate) fn use_step(conn: &mut Conn, id: AccountId, step: i64) -> Result<bool, Error> {
    let changed = diesel::update(accounts::table.find(key(id)))
        .filter(
            accounts::totp_last_step
                .is_null()
                .or(accounts::totp_last_step.lt(step)),
        )
        .set(accounts::totp_last_step.eq(step))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Forgets the authenticator app and the recovery codes.
pub(crate) fn remove_totp(conn: &mut Conn, id: AccountId) -> Result<(), Error> {
    diesel::update(accounts::table.find(key(id)))
        .set((
            accounts::totp_pepper_id.eq(None::<i32>),
            accounts::totp_sealed.eq(None::<Vec<u8>>),
            accounts::totp_confirmed_at.eq(None::<i64>),
            accounts::totp_last_step.eq(None::<i64>),
        ))
        .execute(conn)?;
    replace_recovery_codes(conn, id, &[])
}

/// Exchanges all recovery codes.
pub(crate) fn replace_recovery_codes(
    conn: &mut Conn,
    id: AccountId,
    seals: &[[u8; 32]],
) -> Result<(), Error> {
    diesel::delete(account_recovery_codes::table.filter(account_recovery_codes::account_id.eq(key(id))))
        .execute(conn)?;
    for seal in seals {
        diesel::insert_into(account_recovery_codes::table)
            .values((
                account_recovery_codes::account_id.eq(key(id)),
                account_recovery_codes::seal.eq(seal.to_vec()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The seals of the recovery codes that are left.
pub(crate) fn recovery_codes(conn: &mut Conn, id: AccountId) -> Result<Vec<Vec<u8>>, Error> {
    Ok(account_recovery_codes::table
        .filter(account_recovery_codes::account_id.eq(key(id)))
        .filter(account_recovery_codes::used_at.is_null())
        .select(account_recovery_codes::seal)
        .load(conn)?)
}

/// Uses a recovery code up. `false` where it was used before.
pub(crate) fn use_recovery_code(
    conn: &mut Conn,
    id: AccountId,
    seal: &[u8],
    at: Timestamp,
) -> Result<bool, Error> {
    let changed = diesel::update(account_recovery_codes::table.find((key(id), seal.to_vec())))
        .filter(account_recovery_codes::used_at.is_null())
        .set(account_recovery_codes::used_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Whether the account is an operator.
pub(crate) fn is_operator(conn: &mut Conn, id: AccountId) -> Result<bool, Error> {
    let rows: i64 = operators::table
        .filter(operators::account_id.eq(key(id)))
        .count()
        .get_result(conn)?;
    Ok(rows > 0)
}

/// How many operators there are who can sign in.
pub(crate) fn operators(conn: &mut Conn) -> Result<i64, Error> {
    Ok(operators::table
        .inner_join(accounts::table.on(accounts::id.eq(operators::account_id)))
        .filter(accounts::state.eq(ACTIVE))
        .count()
        .get_result(conn)?)
}

/// The same without one of them.
pub(crate) fn other_operators(conn: &mut Conn, id: AccountId) -> Result<i64, Error> {
    Ok(operators::table
        .inner_join(accounts::table.on(accounts::id.eq(operators::account_id)))
        .filter(accounts::state.eq(ACTIVE))
        .filter(operators::account_id.ne(key(id)))
        .count()
        .get_result(conn)?)
}

/// Keeps others that ask for the same out until the transaction ends.
pub(crate) fn lock_operators(conn: &mut Conn) -> Result<(), Error> {
    if let Conn::Postgres(conn) = conn {
        operators::table
            .order(operators::account_id)
            .select(operators::account_id)
            .for_update()
            .load::<Key>(conn)?;
    }
    Ok(())
}

/// Makes an account an operator; one that is stays one.
pub(crate) fn add_operator(conn: &mut Conn, id: AccountId, at: Timestamp) -> Result<(), Error> {
    diesel::insert_into(operators::table)
        .values((
            operators::account_id.eq(key(id)),
            operators::created_at.eq(at.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn key(id: AccountId) -> Key {
    Key(*id.as_uuid())
}
