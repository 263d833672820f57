//! Rows of OAuth clients. Their secrets are in `issued.rs`.

use diesel::{QueryableByName, prelude::*, sql_types};
use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{
    Digest, OrgId, OrgState, ServiceUserId, TokenId,
    oauth::{ClientId, RedirectUri},
};

use super::{
    Conn,
    orgs::state_of,
    schema::{client_assertions, client_owners, client_redirect_uris, clients},
    statement::{Bind, Statement},
    types::{Document, Id, Json, Key},
    users::time,
};
use crate::{
    ByTime, Error,
    client::{Client, ClientAuthentication, ClientKeys},
};

/// The columns of a client, apart from its redirect URIs.
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = clients)]
struct Row {
    #[diesel(sql_type = sql_types::Text)]
    id: String,
    #[diesel(sql_type = Id)]
    service_user_id: Key,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::Text)]
    authentication: String,
    #[diesel(sql_type = sql_types::Text)]
    access_token_format: String,
    #[diesel(sql_type = sql_types::Text)]
    refresh_rotation: String,
    #[diesel(sql_type = sql_types::Nullable<Json>)]
    jwks: Option<Document>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    jwks_uri: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    issuer: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    subject: Option<String>,
    #[diesel(sql_type = sql_types::Nullable<Json>)]
    audiences: Option<Document>,
    #[diesel(sql_type = sql_types::Bool)]
    active: bool,
    #[diesel(sql_type = sql_types::BigInt)]
    created_at: i64,
}

impl Row {
    fn into_client(self, redirect_uris: Vec<RedirectUri>) -> Result<Client, Error> {
        Ok(Client {
            id: self.id.parse().map_err(Error::internal)?,
            service_user: ServiceUserId::from_uuid(self.service_user_id.0),
            name: self.name,
            authentication: authentication(
                &self.authentication,
                (self.jwks, self.jwks_uri),
                (self.issuer, self.subject, self.audiences),
            )?,
            access_token_format: self.access_token_format.parse()?,
            refresh_rotation: self.refresh_rotation.parse()?,
            redirect_uris,
            active: self.active,
            created: time(self.created_at)?,
        })
    }
}

fn authentication(
    word: &str,
    keys: (Option<Document>, Option<String>),
    workload: (Option<String>, Option<String>, Option<Document>),
) -> Result<ClientAuthentication, Error> {
    match (word, keys, workload) {
        ("client_secret", _, _) => Ok(ClientAuthentication::ClientSecret),
        ("private_key_jwt", (Some(keys), None), _) => {
            Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys.0)))
        }
        ("private_key_jwt", (None, Some(uri)), _) => {
            Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri)))
        }
        ("workload_identity", _, (Some(issuer), Some(subject), Some(audiences))) => {
            Ok(ClientAuthentication::WorkloadIdentity {
                issuer: issuer.parse().map_err(Error::internal)?,
                subject,
                audiences: serde_json::from_value(audiences.0).map_err(Error::internal)?,
            })
        }
        (other, _, _) => Err(Error::internal(format!("a client authenticates with {other:?}"))),
    }
}

fn uri(text: &str) -> Result<RedirectUri, Error> {
    text.parse().map_err(Error::internal)
}

/// Adds a client.
pub(crate) fn insert(conn: &mut Conn, org: OrgId, client: &Client) -> Result<(), Error> {
    let (jwks, jwks_uri) = match &client.authentication {
        ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys)) => (Some(Document(keys.clone())), None),
        ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri)) => (None, Some(uri)),
        ClientAuthentication::ClientSecret | ClientAuthentication::WorkloadIdentity { .. } => (None, None),
    };
    let (issuer, subject, audiences) = match &client.authentication {
        ClientAuthentication::WorkloadIdentity {
            issuer,
            subject,
            audiences,
        } => (
            Some(issuer.to_string()),
            Some(subject),
            Some(Document(Value::from(audiences.clone()))),
        ),
        ClientAuthentication::ClientSecret | ClientAuthentication::PrivateKeyJwt(_) => (None, None, None),
    };
    diesel::insert_into(clients::table)
        .values((
            clients::org_id.eq(Key(*org.as_uuid())),
            clients::id.eq(client.id.to_string()),
            clients::service_user_id.eq(Key(*client.service_user.as_uuid())),
            clients::name.eq(&client.name),
            clients::authentication.eq(client.authentication.as_str()),
            clients::access_token_format.eq(client.access_token_format.as_str()),
            clients::refresh_rotation.eq(client.refresh_rotation.as_str()),
            clients::jwks.eq(jwks),
            clients::jwks_uri.eq(jwks_uri),
            clients::issuer.eq(issuer),
            clients::subject.eq(subject),
            clients::audiences.eq(audiences),
            clients::active.eq(client.active),
            clients::created_at.eq(client.created.as_millisecond()),
        ))
        .execute(conn)?;
    diesel::insert_into(client_owners::table)
        .values((
            client_owners::client_id.eq(client.id.to_string()),
            client_owners::org_id.eq(Key(*org.as_uuid())),
        ))
        .execute(conn)?;
    insert_redirect_uris(conn, org, client)
}

fn insert_redirect_uris(conn: &mut Conn, org: OrgId, client: &Client) -> Result<(), Error> {
    for uri in &client.redirect_uris {
        diesel::insert_into(client_redirect_uris::table)
            .values((
                client_redirect_uris::org_id.eq(Key(*org.as_uuid())),
                client_redirect_uris::client_id.eq(client.id.to_string()),
                client_redirect_uris::uri.eq(uri.as_str()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// All clients of the organization, the oldest first.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<Client>, Error> {
    let rows: Vec<Row> = clients::table
        .filter(clients::org_id.eq(Key(*org.as_uuid())))
        .order((clients::created_at, clients::id))
        .select(Row::as_select())
        .load(conn)?;
    with_redirect_uris(conn, org, rows)
}

/// Up to `limit` clients that act for one service user, from the one behind `after` on: the time of its creation and its id.
pub(crate) fn of_service_user(
    conn: &mut Conn,
    org: OrgId,
    service_user: ServiceUserId,
    order: ByTime,
    after: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<Client>, Error> {
    let mut query = clients::table
        .filter(clients::org_id.eq(Key(*org.as_uuid())))
        .filter(clients::service_user_id.eq(Key(*service_user.as_uuid())))
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    query = match order {
        ByTime::Newest => query.order((clients::created_at.desc(), clients::id.desc())),
        ByTime::Oldest => query.order((clients::created_at, clients::id)),
    };
    if let Some((at, id)) = after {
        query = match order {
            ByTime::Newest => query
                .filter(clients::created_at.le(*at))
                .filter(clients::created_at.lt(*at).or(clients::id.lt(id.clone()))),
            ByTime::Oldest => query
                .filter(clients::created_at.ge(*at))
                .filter(clients::created_at.gt(*at).or(clients::id.gt(id.clone()))),
        };
    }
    let rows: Vec<Row> = query.load(conn)?;
    with_redirect_uris(conn, org, rows)
}

/// Up to `limit` clients in the order of their ids, from the one behind `after` on.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    after: Option<ClientId>,
    limit: u16,
) -> Result<Vec<Client>, Error> {
    let rows: Vec<Row> = clients::table
        .filter(clients::org_id.eq(Key(*org.as_uuid())))
        .filter(clients::id.gt(after.map_or_else(String::new, |id| id.to_string())))
        .order(clients::id)
        .limit(limit.into())
        .select(Row::as_select())
        .load(conn)?;
    with_redirect_uris(conn, org, rows)
}

fn with_redirect_uris(conn: &mut Conn, org: OrgId, rows: Vec<Row>) -> Result<Vec<Client>, Error> {
    let uris: Vec<(String, String)> = client_redirect_uris::table
        .filter(client_redirect_uris::org_id.eq(Key(*org.as_uuid())))
        .filter(client_redirect_uris::client_id.eq_any(rows.iter().map(|row| row.id.as_str())))
        .order(client_redirect_uris::uri)
        .select((client_redirect_uris::client_id, client_redirect_uris::uri))
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let own = uris
                .iter()
                .filter(|(client, _)| *client == row.id)
                .map(|(_, text)| uri(text))
                .collect::<Result<_, _>>()?;
            row.into_client(own)
        })
        .collect()
}

/// One client.
pub(crate) fn get(conn: &mut Conn, org: OrgId, id: ClientId) -> Result<Client, Error> {
    let row: Row = clients::table
        .find((Key(*org.as_uuid()), id.to_string()))
        .select(Row::as_select())
        .first(conn)?;
    let uris = redirect_uris(conn, org, id)?;
    row.into_client(uris)
}

fn redirect_uris(conn: &mut Conn, org: OrgId, id: ClientId) -> Result<Vec<RedirectUri>, Error> {
    let uris: Vec<String> = client_redirect_uris::table
        .filter(client_redirect_uris::org_id.eq(Key(*org.as_uuid())))
        .filter(client_redirect_uris::client_id.eq(id.to_string()))
        .order(client_redirect_uris::uri)
        .select(client_redirect_uris::uri)
        .load(conn)?;
    uris.iter().map(|text| uri(text)).collect()
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = sql_types::Text)]
    #[expect(dead_code, reason = "that there is a row is all that is asked")]
    id: String,
}

/// Keeps others who change the client, or issue something to it, out until the transaction ends.
pub(crate) fn lock(conn: &mut Conn, org: OrgId, id: ClientId) -> Result<(), Error> {
    let sql = conn.dialect(
        "SELECT id FROM clients WHERE org_id = {} AND id = {}",
        "SELECT id FROM clients WHERE org_id = {} AND id = {} FOR UPDATE",
    );
    let binds = vec![Bind::Id(Key(*org.as_uuid())), Bind::Text(id.to_string())];
    let _: IdRow = Statement::new(sql, binds).get_result(conn)?;
    Ok(())
}

/// Writes what can be changed of a client.
pub(crate) fn update(conn: &mut Conn, org: OrgId, client: &Client) -> Result<(), Error> {
    diesel::update(clients::table.find((Key(*org.as_uuid()), client.id.to_string())))
        .set((
            clients::name.eq(&client.name),
            clients::access_token_format.eq(client.access_token_format.as_str()),
            clients::refresh_rotation.eq(client.refresh_rotation.as_str()),
            clients::active.eq(client.active),
        ))
        .execute(conn)?;
    delete_redirect_uris(conn, org, client.id)?;
    insert_redirect_uris(conn, org, client)
}

fn delete_redirect_uris(conn: &mut Conn, org: OrgId, id: ClientId) -> Result<(), Error> {
    let of_client = client_redirect_uris::table
        .filter(client_redirect_uris::org_id.eq(Key(*org.as_uuid())))
        .filter(client_redirect_uris::client_id.eq(id.to_string()));
    diesel::delete(of_client).execute(conn)?;
    Ok(())
}

/// Removes a client to which nothing is issued any more.
pub(crate) fn delete(conn: &mut Conn, org: OrgId, id: ClientId) -> Result<(), Error> {
    delete_redirect_uris(conn, org, id)?;
    let assertions = client_assertions::table
        .filter(client_assertions::org_id.eq(Key(*org.as_uuid())))
        .filter(client_assertions::client_id.eq(id.to_string()));
    diesel::delete(assertions).execute(conn)?;
    diesel::delete(client_owners::table.find(id.to_string())).execute(conn)?;
    diesel::delete(clients::table.find((Key(*org.as_uuid()), id.to_string()))).execute(conn)?;
    Ok(())
}

/// A client as the store knows it when it presents itself, with what its organization and service user say.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) org: OrgId,
    pub(crate) org_name: String,
    pub(crate) org_state: OrgState,
    pub(crate) service_user_name: String,
    pub(crate) service_user_active: bool,
    /// Without its redirect URIs.
    pub(crate) client: Client,
    /// The secret that was asked for, if the client has it.
    pub(crate) secret: Option<StoredSecret>,
    /// What the database's clock says.
    pub(crate) now: Timestamp,
}

impl Registered {
    /// Whether the client and everything that it stands on is served. A paused organization is: its tokens go on.
    pub(crate) fn is_open(&self) -> bool {
        self.client.active && self.service_user_active && self.org_state != OrgState::Deleted
    }
}

/// What is stored of a client's secret.
#[derive(Debug)]
pub(crate) struct StoredSecret {
    pub(crate) pepper_id: i32,
    pub(crate) digest: Digest,
    pub(crate) revoked: bool,
    pub(crate) expired: bool,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Id)]
    org_id: Key,
    #[diesel(embed)]
    client: Row,
    #[diesel(sql_type = sql_types::Text)]
    org_name: String,
    #[diesel(sql_type = sql_types::Text)]
    state: String,
    #[diesel(sql_type = sql_types::Text)]
    service_user_name: String,
    #[diesel(sql_type = sql_types::Bool)]
    service_user_active: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Integer>)]
    pepper_id: Option<i32>,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Binary>)]
    digest: Option<Vec<u8>>,
    #[diesel(sql_type = sql_types::Bool)]
    is_revoked: bool,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    expires_at: Option<i64>,
    #[diesel(sql_type = sql_types::BigInt)]
    now: i64,
}

/// The client with this id, in whichever organization it is, and its secret of that id. One statement whether or not
/// they are there. With `kept` it cannot be deleted until the transaction ends.
pub(crate) fn find(
    conn: &mut Conn,
    id: ClientId,
    secret: Option<TokenId>,
    kept: bool,
) -> Result<Option<Registered>, Error> {
    let (now, lock) = match conn {
        Conn::Sqlite(_) => ("CAST(unixepoch('subsec') * 1000 AS INTEGER)", ""),
        Conn::Postgres(_) => (
            "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
            if kept { " FOR KEY SHARE OF c" } else { "" },
        ),
    };
    let sql = format!(
        "SELECT c.org_id, c.id, c.service_user_id, c.name, c.authentication, c.access_token_format, \
         c.refresh_rotation, c.jwks, c.jwks_uri, c.issuer, c.subject, c.audiences, c.active, c.created_at, \
         o.name AS org_name, o.state, s.name AS service_user_name, s.active AS service_user_active, k.pepper_id, \
         k.digest, k.revoked_at IS NOT NULL AS is_revoked, k.expires_at, {now} AS now \
         FROM client_owners w \
         JOIN clients c ON c.org_id = w.org_id AND c.id = w.client_id \
         JOIN service_users s ON s.org_id = c.org_id AND s.id = c.service_user_id \
         JOIN organizations o ON o.id = c.org_id \
         LEFT JOIN credentials k ON k.org_id = c.org_id AND k.id = {{}} AND k.client_id = c.id \
         AND k.kind = 'client_secret' \
         WHERE w.client_id = {{}} AND c.org_id = w.org_id{lock}"
    );
    let binds = vec![
        Bind::OptionalText(secret.map(|id| id.to_string())),
        Bind::Text(id.to_string()),
    ];
    let rows: Vec<Found> = Statement::composed(sql, binds, true).load(conn)?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let secret = match (row.pepper_id, row.digest) {
        (Some(pepper_id), Some(digest)) => Some(StoredSecret {
            pepper_id,
            digest: Digest::try_from(digest.as_slice()).map_err(Error::internal)?,
            revoked: row.is_revoked,
            expired: row.expires_at.is_some_and(|at| at <= row.now),
        }),
        (None, _) | (_, None) => None,
    };
    Ok(Some(Registered {
        org: OrgId::from_uuid(row.org_id.0),
        org_name: row.org_name,
        org_state: state_of(&row.state)?,
        service_user_name: row.service_user_name,
        service_user_active: row.service_user_active,
        client: row.client.into_client(Vec::new())?,
        secret,
        now: time(row.now)?,
    }))
}

/// Remembers an assertion until `expires`, in milliseconds. `false` where it was used before. Those that have expired
/// are forgotten, a few at a time.
pub(crate) fn use_assertion(
    conn: &mut Conn,
    org: OrgId,
    client: ClientId,
    jti: &str,
    expires: i64,
    now: Timestamp,
) -> Result<bool, Error> {
    let (org, client) = (Bind::Id(Key(*org.as_uuid())), Bind::Text(client.to_string()));
    let inserted = Statement::new(
        "INSERT INTO client_assertions (org_id, client_id, jti, expires_at) VALUES ({}, {}, {}, {}) \
         ON CONFLICT DO NOTHING",
        vec![
            org.clone(),
            client.clone(),
            Bind::Text(jti.to_owned()),
            Bind::BigInt(expires),
        ],
    )
    .execute(conn)?;
    Statement::new(
        "DELETE FROM client_assertions WHERE org_id = {} AND client_id = {} AND jti IN (SELECT jti FROM \
         client_assertions WHERE org_id = {} AND client_id = {} AND expires_at < {} LIMIT 20)",
        vec![
            org.clone(),
            client.clone(),
            org,
            client,
            Bind::BigInt(now.as_millisecond()),
        ],
    )
    .execute(conn)?;
    Ok(inserted == 1)
}
