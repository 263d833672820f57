//! Rows of credentials. A secret never reaches this file: what is stored is its digest.

use diesel::{QueryableByName, prelude::*};
use jiff::Timestamp;
use wicketgate_auth::{Digest, OrgId, ServiceUserId, StoredCredential, TokenId};

use super::{
    Conn,
    orgs::{settings, state_of},
    schema::{credential_owners, credentials},
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{Error, organization::Settings, token::PersonalAccessToken};

/// A presented credential as the store knows it, with what its organization and service user say.
pub(crate) struct Found {
    pub(crate) credential: StoredCredential,
    pub(crate) settings: Settings,
    pub(crate) provisioning_domain: String,
    pub(crate) schema_revision: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Id)]
    org_id: Key,
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pepper_id: i32,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    digest: Vec<u8>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_revoked: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_expired: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    service_user_active: bool,
    #[diesel(sql_type = diesel::sql_types::Text)]
    role: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    provisioning_domain: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    state: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    scim_mode: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    unique_identifier: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    schema_revision: i64,
}

/// The credential with this id, in whichever organization it is. Expiry is judged by the database's clock, so that all
/// replicas agree.
pub(crate) fn find(conn: &mut Conn, id: &TokenId) -> Result<Option<Found>, Error> {
    let sql = conn.dialect(
        "SELECT c.org_id, c.name, c.service_user_id, c.pepper_id, c.digest, c.revoked_at IS NOT NULL AS is_revoked, \
         coalesce(c.expires_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER), 0) AS is_expired, \
         s.active AS service_user_active, s.role, s.provisioning_domain, o.state, o.scim_mode, o.unique_identifier, \
         o.schema_revision \
         FROM credential_owners w \
         JOIN credentials c ON c.org_id = w.org_id AND c.id = w.credential_id \
         JOIN service_users s ON s.org_id = c.org_id AND s.id = c.service_user_id \
         JOIN organizations o ON o.id = c.org_id \
         WHERE w.credential_id = {} AND c.org_id = w.org_id",
        "SELECT c.org_id, c.name, c.service_user_id, c.pepper_id, c.digest, c.revoked_at IS NOT NULL AS is_revoked, \
         coalesce(c.expires_at <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint, false) AS is_expired, \
         s.active AS service_user_active, s.role, s.provisioning_domain, o.state, o.scim_mode, o.unique_identifier, \
         o.schema_revision \
         FROM credential_owners w \
         JOIN credentials c ON c.org_id = w.org_id AND c.id = w.credential_id \
         JOIN service_users s ON s.org_id = c.org_id AND s.id = c.service_user_id \
         JOIN organizations o ON o.id = c.org_id \
         WHERE w.credential_id = {} AND c.org_id = w.org_id",
    );
    let rows: Vec<Row> = Statement::new(sql, vec![Bind::Text(id.to_string())]).load(conn)?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    Ok(Some(Found {
        credential: StoredCredential {
            id: *id,
            name: row.name,
            org: OrgId::from_uuid(row.org_id.0),
            service_user: ServiceUserId::from_uuid(row.service_user_id.0),
            pepper_id: row.pepper_id,
            digest: Digest::try_from(row.digest.as_slice()).map_err(Error::internal)?,
            revoked: row.is_revoked,
            expired: row.is_expired,
            org_state: state_of(&row.state)?,
            service_user_active: row.service_user_active,
            role: row.role.parse().map_err(Error::internal)?,
        },
        settings: settings(&row.scim_mode, &row.unique_identifier)?,
        provisioning_domain: row.provisioning_domain,
        schema_revision: row.schema_revision,
    }))
}

/// Adds a personal access token.
pub(crate) fn insert(
    conn: &mut Conn,
    org: OrgId,
    token: &PersonalAccessToken,
    pepper_id: i32,
    digest: &Digest,
) -> Result<(), Error> {
    diesel::insert_into(credentials::table)
        .values((
            credentials::org_id.eq(Key(*org.as_uuid())),
            credentials::id.eq(token.id.to_string()),
            credentials::service_user_id.eq(Key(*token.service_user.as_uuid())),
            credentials::kind.eq("personal_access_token"),
            credentials::name.eq(&token.name),
            credentials::hint.eq(&token.hint),
            credentials::pepper_id.eq(pepper_id),
            credentials::digest.eq(digest.as_bytes().to_vec()),
            credentials::created_at.eq(token.created.as_millisecond()),
            credentials::expires_at.eq(token.expires.map(Timestamp::as_millisecond)),
        ))
        .execute(conn)?;
    diesel::insert_into(credential_owners::table)
        .values((
            credential_owners::credential_id.eq(token.id.to_string()),
            credential_owners::org_id.eq(Key(*org.as_uuid())),
        ))
        .execute(conn)?;
    Ok(())
}

type Columns = (String, Key, String, String, i64, Option<i64>, Option<i64>);

fn token(columns: Columns) -> Result<PersonalAccessToken, Error> {
    let (id, service_user, name, hint, created, expires, revoked) = columns;
    Ok(PersonalAccessToken {
        id: id.parse().map_err(Error::internal)?,
        service_user: ServiceUserId::from_uuid(service_user.0),
        name,
        hint,
        created: time(created)?,
        expires: expires.map(time).transpose()?,
        revoked: revoked.map(time).transpose()?,
    })
}

const COLUMNS: (
    credentials::id,
    credentials::service_user_id,
    credentials::name,
    credentials::hint,
    credentials::created_at,
    credentials::expires_at,
    credentials::revoked_at,
) = (
    credentials::id,
    credentials::service_user_id,
    credentials::name,
    credentials::hint,
    credentials::created_at,
    credentials::expires_at,
    credentials::revoked_at,
);

/// All tokens of the organization, the newest first.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<PersonalAccessToken>, Error> {
    let rows: Vec<Columns> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .order((credentials::created_at.desc(), credentials::id))
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(token).collect()
}

/// Revokes a token. One that was revoked before keeps the time of its revocation; `false` then.
pub(crate) fn revoke(conn: &mut Conn, org: OrgId, id: &TokenId, at: Timestamp) -> Result<bool, Error> {
    let row = credentials::table.find((Key(*org.as_uuid()), id.to_string()));
    let revoked: Option<i64> = row.clone().select(credentials::revoked_at).first(conn)?;
    if revoked.is_some() {
        return Ok(false);
    }
    diesel::update(row)
        .set(credentials::revoked_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(true)
}
