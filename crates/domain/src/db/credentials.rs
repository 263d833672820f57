//! Rows of credentials: looked up at the door, added and listed. A secret never reaches this file: what is stored is its
//! digest. What happens to a row later is in `revocations.rs`, `rotations.rs`, `last_used.rs` and `expiry.rs`.

use diesel::{QueryableByName, dsl::sql, prelude::*, sql_types::Bool};
use jiff::Timestamp;
use wicketgate_auth::{Digest, OrgId, ServiceUserId, StoredCredential, TokenId, TokenKind};

use super::{
    Conn,
    orgs::{SettingsRow, state_of},
    schema::{credential_owners, credentials},
    statement::{Bind, Statement},
    types::{Id, Key},
    users::time,
};
use crate::{
    ByTime, Error, caller::LastUse, expiry::notice, organization::Settings, token::PersonalAccessToken,
};

/// A presented credential as the store knows it, with what its organization and service user say.
pub(crate) struct Found {
    pub(crate) credential: StoredCredential,
    /// Whether it is an access token whose first use has to be written down: the refresh token that came with it, and
    /// those before, are judged by it.
    pub(crate) is_first_use: bool,
    pub(crate) settings: Settings,
    pub(crate) provisioning_domain: String,
    pub(crate) schema_revision: i64,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of its own that the statement answers"
)]
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
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    scope: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_revoked: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_grant_revoked: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_expired: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_first_use: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    client_active: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    service_user_active: bool,
    #[diesel(sql_type = diesel::sql_types::Text)]
    role: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    provisioning_domain: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    state: String,
    #[diesel(embed)]
    settings: SettingsRow,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    schema_revision: i64,
}

/// The credential of this kind with this id, in whichever organization it is: one statement. Expiry is judged by the
/// database's clock, so that all replicas agree; the end of an overlap counts as one.
pub(crate) fn find(conn: &mut Conn, kind: TokenKind, id: &TokenId) -> Result<Option<Found>, Error> {
    let sql = conn.dialect(
        "SELECT c.org_id, c.name, c.service_user_id, c.pepper_id, c.digest, c.scope, \
         c.revoked_at IS NOT NULL AS is_revoked, g.revoked_at IS NOT NULL AS is_grant_revoked, \
         coalesce(c.expires_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER), 0) \
         OR coalesce(c.overlap_ends_at <= CAST(unixepoch('subsec') * 1000 AS INTEGER), 0) AS is_expired, \
         c.kind = 'access_token' AND c.grant_id IS NOT NULL AND c.used_at IS NULL AS is_first_use, \
         coalesce(k.active, 1) AS client_active, s.active AS service_user_active, s.role, s.provisioning_domain, \
         o.state, o.scim_mode, o.unique_identifier, o.longest_token_days, o.endless_tokens, o.log_days, o.body_days, \
         o.grace_days, o.requests_per_second, o.request_burst, o.concurrent_requests, o.schema_revision \
         FROM credential_owners w \
         JOIN credentials c ON c.org_id = w.org_id AND c.id = w.credential_id \
         JOIN service_users s ON s.org_id = c.org_id AND s.id = c.service_user_id \
         JOIN organizations o ON o.id = c.org_id \
         LEFT JOIN clients k ON k.org_id = c.org_id AND k.id = c.client_id \
         LEFT JOIN grants g ON g.org_id = c.org_id AND g.id = c.grant_id \
         WHERE w.credential_id = {} AND c.org_id = w.org_id AND c.kind = {}",
        "SELECT c.org_id, c.name, c.service_user_id, c.pepper_id, c.digest, c.scope, \
         c.revoked_at IS NOT NULL AS is_revoked, g.revoked_at IS NOT NULL AS is_grant_revoked, \
         coalesce(c.expires_at <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint, false) \
         OR coalesce(c.overlap_ends_at <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint, false) AS is_expired, \
         c.kind = 'access_token' AND c.grant_id IS NOT NULL AND c.used_at IS NULL AS is_first_use, \
         coalesce(k.active, true) AS client_active, s.active AS service_user_active, s.role, s.provisioning_domain, \
         o.state, o.scim_mode, o.unique_identifier, o.longest_token_days, o.endless_tokens, o.log_days, o.body_days, \
         o.grace_days, o.requests_per_second, o.request_burst, o.concurrent_requests, o.schema_revision \
         FROM credential_owners w \
         JOIN credentials c ON c.org_id = w.org_id AND c.id = w.credential_id \
         JOIN service_users s ON s.org_id = c.org_id AND s.id = c.service_user_id \
         JOIN organizations o ON o.id = c.org_id \
         LEFT JOIN clients k ON k.org_id = c.org_id AND k.id = c.client_id \
         LEFT JOIN grants g ON g.org_id = c.org_id AND g.id = c.grant_id \
         WHERE w.credential_id = {} AND c.org_id = w.org_id AND c.kind = {}",
    );
    let binds = vec![Bind::Text(id.to_string()), Bind::Text(kind.as_str().to_owned())];
    let rows: Vec<Row> = Statement::new(sql, binds).load(conn)?;
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
            grant_revoked: row.is_grant_revoked,
            expired: row.is_expired,
            client_active: row.client_active,
            reads_only: row.scope.as_deref().is_some_and(reads_only),
            org_state: state_of(&row.state)?,
            service_user_active: row.service_user_active,
            role: row.role.parse().map_err(Error::internal)?,
        },
        is_first_use: row.is_first_use,
        settings: row.settings.try_into()?,
        provisioning_domain: row.provisioning_domain,
        schema_revision: row.schema_revision,
    }))
}

/// Whether a scope allows reading alone: what writes is the value `scim`.
fn reads_only(scope: &str) -> bool {
    !scope.split(' ').any(|value| value == "scim")
}

/// Writes down that an access token is used for the first time. `false` where another request was faster, or the token
/// has been revoked meanwhile.
pub(crate) fn mark_used(conn: &mut Conn, org: OrgId, id: &TokenId, at: Timestamp) -> Result<bool, Error> {
    let marked = diesel::update(credentials::table.find((Key(*org.as_uuid()), id.to_string())))
        .filter(credentials::used_at.is_null())
        .filter(credentials::revoked_at.is_null())
        .set(credentials::used_at.eq(at.as_millisecond()))
        .execute(conn)?;
    Ok(marked == 1)
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
            credentials::kind.eq(PAT),
            credentials::name.eq(&token.name),
            credentials::hint.eq(&token.hint),
            credentials::pepper_id.eq(pepper_id),
            credentials::digest.eq(digest.as_bytes().to_vec()),
            credentials::created_at.eq(token.created.as_millisecond()),
            credentials::expires_at.eq(token.expires.map(Timestamp::as_millisecond)),
            credentials::warned_days.eq(token.expires.and_then(|at| notice(token.created, at))),
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

const PAT: &str = TokenKind::PersonalAccessToken.as_str();

/// A personal access token as its columns have it.
#[derive(Queryable)]
struct TokenRow {
    id: String,
    service_user_id: Key,
    name: String,
    hint: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    revoke_reason: Option<String>,
    successor_id: Option<String>,
    overlap_ends_at: Option<i64>,
    last_used_at: Option<i64>,
    last_used_network: Option<String>,
    last_used_agent: Option<String>,
}

impl TryFrom<TokenRow> for PersonalAccessToken {
    type Error = Error;

    fn try_from(row: TokenRow) -> Result<Self, Error> {
        let id = |text: &String| text.parse::<TokenId>().map_err(Error::internal);
        Ok(Self {
            id: id(&row.id)?,
            service_user: ServiceUserId::from_uuid(row.service_user_id.0),
            name: row.name,
            hint: row.hint,
            created: time(row.created_at)?,
            expires: row.expires_at.map(time).transpose()?,
            revoked: row.revoked_at.map(time).transpose()?,
            revoke_reason: row.revoke_reason,
            successor: row.successor_id.as_ref().map(id).transpose()?,
            overlap_ends: row.overlap_ends_at.map(time).transpose()?,
            last_used: row
                .last_used_at
                .map(|at| {
                    Ok::<_, Error>(LastUse {
                        at: time(at)?,
                        network: row.last_used_network,
                        user_agent: row.last_used_agent,
                    })
                })
                .transpose()?,
        })
    }
}

type Columns = (
    credentials::id,
    credentials::service_user_id,
    credentials::name,
    credentials::hint,
    credentials::created_at,
    credentials::expires_at,
    credentials::revoked_at,
    credentials::revoke_reason,
    credentials::successor_id,
    credentials::overlap_ends_at,
    credentials::last_used_at,
    credentials::last_used_network,
    credentials::last_used_agent,
);

const COLUMNS: Columns = (
    credentials::id,
    credentials::service_user_id,
    credentials::name,
    credentials::hint,
    credentials::created_at,
    credentials::expires_at,
    credentials::revoked_at,
    credentials::revoke_reason,
    credentials::successor_id,
    credentials::overlap_ends_at,
    credentials::last_used_at,
    credentials::last_used_network,
    credentials::last_used_agent,
);

/// All personal access tokens of the organization, the newest first.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<PersonalAccessToken>, Error> {
    let rows: Vec<TokenRow> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::kind.eq(PAT))
        .order((credentials::created_at.desc(), credentials::id))
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Up to `limit` personal access tokens of a service user that are accepted at `now`, the newest first.
pub(crate) fn accepted(
    conn: &mut Conn,
    org: OrgId,
    service_user: ServiceUserId,
    now: Timestamp,
    limit: u16,
) -> Result<Vec<PersonalAccessToken>, Error> {
    let now = now.as_millisecond();
    let rows: Vec<TokenRow> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::service_user_id.eq(Key(*service_user.as_uuid())))
        .filter(credentials::kind.eq(PAT))
        .filter(credentials::revoked_at.is_null())
        .filter(
            credentials::expires_at
                .is_null()
                .or(credentials::expires_at.gt(now)),
        )
        .filter(
            credentials::overlap_ends_at
                .is_null()
                .or(credentials::overlap_ends_at.gt(now)),
        )
        .order((credentials::created_at.desc(), credentials::id))
        .limit(limit.into())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Up to `limit` personal access tokens in the order of their ids, from the one behind `after` on: of one service user,
/// or of all.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    service_user: Option<ServiceUserId>,
    after: Option<TokenId>,
    limit: u16,
) -> Result<Vec<PersonalAccessToken>, Error> {
    let mut tokens = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::kind.eq(PAT))
        .into_boxed();
    if let Some(service_user) = service_user {
        tokens = tokens.filter(credentials::service_user_id.eq(Key(*service_user.as_uuid())));
    }
    if let Some(after) = after {
        tokens = tokens.filter(credentials::id.gt(after.to_string()));
    }
    let rows: Vec<TokenRow> = tokens
        .order(credentials::id)
        .limit(limit.into())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Up to `limit` personal access tokens of one service user, from the one behind `after` on: the time of its creation and
/// its id.
pub(crate) fn of_service_user(
    conn: &mut Conn,
    org: OrgId,
    service_user: ServiceUserId,
    order: ByTime,
    after: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<PersonalAccessToken>, Error> {
    let mut tokens = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::service_user_id.eq(Key(*service_user.as_uuid())))
        // Written out, so that the index of these tokens alone is known to have them.
        .filter(sql::<Bool>("kind = 'personal_access_token'"))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    tokens = match order {
        ByTime::Newest => tokens.order((credentials::created_at.desc(), credentials::id.desc())),
        ByTime::Oldest => tokens.order((credentials::created_at, credentials::id)),
    };
    if let Some((at, id)) = after {
        tokens = match order {
            ByTime::Newest => tokens
                .filter(credentials::created_at.le(*at))
                .filter(credentials::created_at.lt(*at).or(credentials::id.lt(id.clone()))),
            ByTime::Oldest => tokens
                .filter(credentials::created_at.ge(*at))
                .filter(credentials::created_at.gt(*at).or(credentials::id.gt(id.clone()))),
        };
    }
    let rows: Vec<TokenRow> = tokens.load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The personal access tokens whose place one of these takes.
pub(crate) fn replaced_by(
    conn: &mut Conn,
    org: OrgId,
    successors: &[TokenId],
) -> Result<Vec<PersonalAccessToken>, Error> {
    let rows: Vec<TokenRow> = credentials::table
        .filter(credentials::org_id.eq(Key(*org.as_uuid())))
        .filter(credentials::successor_id.eq_any(successors.iter().map(ToString::to_string)))
        .filter(credentials::kind.eq(PAT))
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One personal access token of the organization.
pub(crate) fn get(conn: &mut Conn, org: OrgId, id: &TokenId) -> Result<PersonalAccessToken, Error> {
    let row: TokenRow = credentials::table
        .find((Key(*org.as_uuid()), id.to_string()))
        .filter(credentials::kind.eq(PAT))
        .select(COLUMNS)
        .first(conn)?;
    row.try_into()
}
