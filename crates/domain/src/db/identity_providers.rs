//! Rows of an organization's OpenID providers, and of who its accounts are to them.

use diesel::prelude::*;
use jiff::Timestamp;
use wicketgate_auth::{AccountId, OrgId};

use super::{
    Conn,
    accounts::key,
    schema::{account_identities, identity_providers, organizations},
    types::Key,
    users::time,
};
use crate::{
    Error,
    account::{IdentityProvider, LinkedIdentity},
};

/// Adds a provider, or changes the one of this issuer. Since when it has been there is the answer.
pub(crate) fn set(
    conn: &mut Conn,
    org: OrgId,
    provider: &IdentityProvider,
    pepper_id: i32,
    sealed: &[u8],
) -> Result<Timestamp, Error> {
    let changed: Option<i64> =
        diesel::update(identity_providers::table.find((Key(*org.as_uuid()), &provider.issuer)))
            .set((
                identity_providers::name.eq(&provider.name),
                identity_providers::client_id.eq(&provider.client_id),
                identity_providers::pepper_id.eq(pepper_id),
                identity_providers::client_secret.eq(sealed.to_vec()),
            ))
            .returning(identity_providers::created_at)
            .get_result(conn)
            .optional()?;
    if let Some(created) = changed {
        return time(created);
    }
    diesel::insert_into(identity_providers::table)
        .values((
            identity_providers::org_id.eq(Key(*org.as_uuid())),
            identity_providers::issuer.eq(&provider.issuer),
            identity_providers::name.eq(&provider.name),
            identity_providers::client_id.eq(&provider.client_id),
            identity_providers::pepper_id.eq(pepper_id),
            identity_providers::client_secret.eq(sealed.to_vec()),
            identity_providers::created_at.eq(provider.created.as_millisecond()),
        ))
        .execute(conn)?;
    Ok(provider.created)
}

/// A provider with its sealed client secret.
pub(crate) struct StoredProvider {
    pub(crate) provider: IdentityProvider,
    pub(crate) pepper_id: i32,
    pub(crate) sealed: Vec<u8>,
}

/// The providers of an organization that is not deleted, in the order of their issuers.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<StoredProvider>, Error> {
    let rows: Vec<(String, String, String, i32, Vec<u8>, i64)> = identity_providers::table
        .inner_join(organizations::table.on(organizations::id.eq(identity_providers::org_id)))
        .filter(identity_providers::org_id.eq(Key(*org.as_uuid())))
        .filter(organizations::state.ne("deleted"))
        .order(identity_providers::issuer)
        .select((
            identity_providers::issuer,
            identity_providers::name,
            identity_providers::client_id,
            identity_providers::pepper_id,
            identity_providers::client_secret,
            identity_providers::created_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(issuer, name, client_id, pepper_id, sealed, created)| {
            Ok(StoredProvider {
                provider: IdentityProvider {
                    issuer,
                    name,
                    client_id,
                    created: time(created)?,
                },
                pepper_id,
                sealed,
            })
        })
        .collect()
}

/// Removes a provider and every identity of it.
pub(crate) fn remove(conn: &mut Conn, org: OrgId, issuer: &str) -> Result<(), Error> {
    diesel::delete(account_identities::table)
        .filter(account_identities::org_id.eq(Key(*org.as_uuid())))
        .filter(account_identities::issuer.eq(issuer))
        .execute(conn)?;
    let removed =
        diesel::delete(identity_providers::table.find((Key(*org.as_uuid()), issuer))).execute(conn)?;
    if removed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Binds an identity to an account. One that is bound, or an account that has one of this provider, is
/// [`Error::AlreadyExists`]; a provider that the organization does not have, [`Error::NotFound`].
pub(crate) fn link(
    conn: &mut Conn,
    org: OrgId,
    account: AccountId,
    identity: &LinkedIdentity,
) -> Result<(), Error> {
    use diesel::result::{DatabaseErrorKind, Error as Diesel};
    diesel::insert_into(account_identities::table)
        .values((
            account_identities::org_id.eq(Key(*org.as_uuid())),
            account_identities::issuer.eq(&identity.issuer),
            account_identities::subject.eq(&identity.subject),
            account_identities::account_id.eq(key(account)),
            account_identities::created_at.eq(identity.created.as_millisecond()),
        ))
        .execute(conn)
        .map_err(|error| match error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Error::AlreadyExists { attribute: "subject" }
            }
            Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Error::NotFound,
            other => other.into(),
        })?;
    Ok(())
}

/// Unbinds an account's identity of one provider.
pub(crate) fn unlink(conn: &mut Conn, org: OrgId, account: AccountId, issuer: &str) -> Result<(), Error> {
    let removed = diesel::delete(account_identities::table)
        .filter(account_identities::org_id.eq(Key(*org.as_uuid())))
        .filter(account_identities::issuer.eq(issuer))
        .filter(account_identities::account_id.eq(key(account)))
        .execute(conn)?;
    if removed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The identities of an account in one organization.
pub(crate) fn of_account(
    conn: &mut Conn,
    org: OrgId,
    account: AccountId,
) -> Result<Vec<LinkedIdentity>, Error> {
    let rows: Vec<(String, String, i64)> = account_identities::table
        .filter(account_identities::org_id.eq(Key(*org.as_uuid())))
        .filter(account_identities::account_id.eq(key(account)))
        .order(account_identities::issuer)
        .select((
            account_identities::issuer,
            account_identities::subject,
            account_identities::created_at,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(issuer, subject, created)| {
            Ok(LinkedIdentity {
                org,
                issuer,
                subject,
                created: time(created)?,
            })
        })
        .collect()
}

/// Whose identity this is.
pub(crate) fn account_of(
    conn: &mut Conn,
    org: OrgId,
    issuer: &str,
    subject: &str,
) -> Result<Option<AccountId>, Error> {
    let id: Option<Key> = account_identities::table
        .find((Key(*org.as_uuid()), issuer, subject))
        .select(account_identities::account_id)
        .first(conn)
        .optional()?;
    Ok(id.map(|id| AccountId::from_uuid(id.0)))
}
