//! Rows of the keys that JWT access tokens are signed with. They are the installation's, not an organization's. When
//! one is made, used and retired is decided in `grant/signing.rs`.

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::Value;

use super::{Conn, schema::signing_keys, types::Document, users::time};
use crate::Error;

/// A key whose private part is encrypted.
#[derive(Debug, Clone)]
pub(crate) struct StoredKey {
    pub(crate) id: String,
    pub(crate) pepper_id: i32,
    pub(crate) sealed: Vec<u8>,
    pub(crate) public_jwk: Value,
    pub(crate) created: Timestamp,
    /// From when on it signs.
    pub(crate) signs_from: Timestamp,
    /// From when on no token that it signed is accepted any more.
    pub(crate) retires: Option<Timestamp>,
}

type Columns = (String, i32, Vec<u8>, Document, i64, i64, Option<i64>);

/// All keys, the one that signs last first.
pub(crate) fn list(conn: &mut Conn) -> Result<Vec<StoredKey>, Error> {
    let rows: Vec<Columns> = signing_keys::table
        .order((signing_keys::signs_from.desc(), signing_keys::id))
        .select((
            signing_keys::id,
            signing_keys::pepper_id,
            signing_keys::sealed,
            signing_keys::public_jwk,
            signing_keys::created_at,
            signing_keys::signs_from,
            signing_keys::retires_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(
            |(id, pepper_id, sealed, public_jwk, created, signs_from, retires)| {
                Ok(StoredKey {
                    id,
                    pepper_id,
                    sealed,
                    public_jwk: public_jwk.0,
                    created: time(created)?,
                    signs_from: time(signs_from)?,
                    retires: retires.map(time).transpose()?,
                })
            },
        )
        .collect()
}

/// Keeps others who would make a key out until the transaction ends.
pub(crate) fn lock(conn: &mut Conn) -> Result<(), Error> {
    if let Conn::Postgres(conn) = conn {
        // An arbitrary constant: whoever makes signing keys holds the lock of this number.
        diesel::sql_query("SELECT pg_advisory_xact_lock(7722110046)").execute(conn)?;
    }
    Ok(())
}

/// Adds a key.
pub(crate) fn insert(conn: &mut Conn, key: &StoredKey) -> Result<(), Error> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::id.eq(&key.id),
            signing_keys::pepper_id.eq(key.pepper_id),
            signing_keys::sealed.eq(&key.sealed),
            signing_keys::public_jwk.eq(Document(key.public_jwk.clone())),
            signing_keys::created_at.eq(key.created.as_millisecond()),
            signing_keys::signs_from.eq(key.signs_from.as_millisecond()),
            signing_keys::retires_at.eq(key.retires.map(Timestamp::as_millisecond)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Says from when on a key is no longer needed.
pub(crate) fn retire(conn: &mut Conn, id: &str, at: Timestamp) -> Result<(), Error> {
    diesel::update(signing_keys::table.find(id))
        .set(signing_keys::retires_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(())
}

/// Forgets the keys that are no longer needed.
pub(crate) fn forget_retired(conn: &mut Conn, now: Timestamp) -> Result<(), Error> {
    diesel::delete(signing_keys::table.filter(signing_keys::retires_at.lt(now.as_millisecond())))
        .execute(conn)?;
    Ok(())
}
