//! Rows of the keys under which creations are carried out once. What an answer says never reaches this file in the clear.

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error as Diesel},
};
use jiff::Timestamp;
use wicketgate_auth::{AccountId, OrgId};

use super::{
    Conn,
    schema::{account_idempotency_keys as of_accounts, idempotency_keys as of_orgs},
    statement::{Bind, Statement},
    types::Key,
    users::time,
};
use crate::{Error, event::Origin, idempotency::IDEMPOTENCY_KEY};

/// Whose key it is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// Of a caller in an organization.
    Org { org: OrgId, caller: String, key: String },
    /// Of an operator, for what belongs to no organization.
    Account { account: AccountId, key: String },
}

/// A key as the store knows it.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The seal of the request that it stands for.
    pub(crate) request: Vec<u8>,
    /// What that request is called.
    pub(crate) request_id: String,
    /// When it was carried out.
    pub(crate) at: Timestamp,
    /// What was answered, encrypted under the pepper of this number.
    pub(crate) answer: Option<(i32, Vec<u8>)>,
}

type Columns = (Vec<u8>, String, i64, Option<i32>, Option<Vec<u8>>);

/// The key, if it was used since then.
pub(crate) fn find(conn: &mut Conn, place: &Place, since: Timestamp) -> Result<Option<Stored>, Error> {
    let row: Option<Columns> = match place {
        Place::Org { org, caller, key } => of_orgs::table
            .find((Key(*org.as_uuid()), caller, key))
            .filter(of_orgs::created_at.gt(since.as_millisecond()))
            .select((
                of_orgs::request,
                of_orgs::request_id,
                of_orgs::created_at,
                of_orgs::answer_pepper_id,
                of_orgs::answer,
            ))
            .first(conn)
            .optional()?,
        Place::Account { account, key } => of_accounts::table
            .find((Key(*account.as_uuid()), key))
            .filter(of_accounts::created_at.gt(since.as_millisecond()))
            .select((
                of_accounts::request,
                of_accounts::request_id,
                of_accounts::created_at,
                of_accounts::answer_pepper_id,
                of_accounts::answer,
            ))
            .first(conn)
            .optional()?,
    };
    row.map(|(request, request_id, at, pepper_id, answer)| {
        Ok(Stored {
            request,
            request_id,
            at: time(at)?,
            answer: pepper_id.zip(answer),
        })
    })
    .transpose()
}

/// Uses up the key that an act came with, if it came with one. A key that another act has used is
/// [`Error::AlreadyExists`], and undoes this one.
pub(crate) fn use_up(conn: &mut Conn, org: Option<OrgId>, origin: &Origin) -> Result<(), Error> {
    let Some(keyed) = &origin.once else {
        return Ok(());
    };
    let since = keyed.since.as_millisecond();
    let at = origin.at.as_millisecond();
    let used = match &keyed.place {
        Place::Org {
            org: owner,
            caller,
            key,
        } => {
            // A handle holds one organization: a key of another one is a defect.
            if org != Some(*owner) {
                return Err(Error::internal("a key of another organization"));
            }
            let row = of_orgs::table.find((Key(*owner.as_uuid()), caller, key));
            diesel::delete(row.filter(of_orgs::created_at.le(since))).execute(conn)?;
            diesel::insert_into(of_orgs::table)
                .values((
                    of_orgs::org_id.eq(Key(*owner.as_uuid())),
                    of_orgs::caller.eq(caller),
                    of_orgs::idempotency_key.eq(key),
                    of_orgs::request.eq(keyed.request.to_vec()),
                    of_orgs::request_id.eq(&origin.request_id),
                    of_orgs::created_at.eq(at),
                ))
                .execute(conn)
        }
        Place::Account { account, key } => {
            let row = of_accounts::table.find((Key(*account.as_uuid()), key));
            diesel::delete(row.filter(of_accounts::created_at.le(since))).execute(conn)?;
            diesel::insert_into(of_accounts::table)
                .values((
                    of_accounts::account_id.eq(Key(*account.as_uuid())),
                    of_accounts::idempotency_key.eq(key),
                    of_accounts::request.eq(keyed.request.to_vec()),
                    of_accounts::request_id.eq(&origin.request_id),
                    of_accounts::created_at.eq(at),
                ))
                .execute(conn)
        }
    };
    match used {
        Ok(_) => Ok(()),
        Err(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(Error::AlreadyExists {
            attribute: IDEMPOTENCY_KEY,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Keeps what was answered under a key.
pub(crate) fn keep(conn: &mut Conn, place: &Place, pepper_id: i32, answer: &[u8]) -> Result<(), Error> {
    match place {
        Place::Org { org, caller, key } => {
            diesel::update(of_orgs::table.find((Key(*org.as_uuid()), caller, key)))
                .set((
                    of_orgs::answer_pepper_id.eq(pepper_id),
                    of_orgs::answer.eq(answer),
                ))
                .execute(conn)?;
        }
        Place::Account { account, key } => {
            diesel::update(of_accounts::table.find((Key(*account.as_uuid()), key)))
                .set((
                    of_accounts::answer_pepper_id.eq(pepper_id),
                    of_accounts::answer.eq(answer),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// Forgets the keys, of all organizations and operators, that were used before then; how many there were.
pub(crate) fn forget(conn: &mut Conn, before: Timestamp) -> Result<usize, Error> {
    let before = before.as_millisecond();
    let of_all = Statement::new(
        "DELETE FROM idempotency_keys WHERE org_id IN (SELECT id FROM organizations) AND created_at <= {}",
        vec![Bind::BigInt(before)],
    );
    let forgotten = of_all.execute(conn)?;
    let of_operators = of_accounts::table.filter(of_accounts::created_at.le(before));
    Ok(forgotten + diesel::delete(of_operators).execute(conn)?)
}
