//! The names that rows of the provisioning log only hold by id: of credentials, service users, users and groups, and of
//! whoever holds a name that a request wanted. A few statements for a whole page.

use std::collections::{BTreeSet, HashMap};

use diesel::{
    QueryableByName, RunQueryDsl as _,
    sql_types::{BigInt, Nullable, Text},
};
use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn,
    provisioning_log::LogRow,
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{
    Error,
    provisioning_log::{Action, Facts, Marked, TargetKind, Token},
    user::keys::key,
};

#[derive(QueryableByName)]
struct TokenRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    expires_at: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    revoked_at: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    revoke_reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    successor: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    overlap_ends_at: Option<i64>,
}

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    name_key: String,
}

/// The names of one page.
#[derive(Debug, Default)]
pub(crate) struct Names {
    tokens: HashMap<String, Token>,
    service_users: HashMap<Uuid, String>,
    targets: HashMap<Uuid, String>,
    user_holders: HashMap<String, (String, String)>,
    group_holders: HashMap<String, (String, String)>,
}

impl Names {
    /// What a user or group is called now, or was called last.
    pub(crate) fn target(&self, id: Uuid) -> Option<&str> {
        self.targets.get(&id).map(String::as_str)
    }

    /// A credential, with the name of its service user.
    pub(crate) fn token(&self, id: Option<&str>, service_user: Option<&str>) -> Token {
        let service_user = service_user
            .and_then(|text| Uuid::try_parse(text).ok())
            .and_then(|id| self.service_users.get(&id).cloned());
        Token {
            service_user,
            ..id.and_then(|id| self.tokens.get(id)).cloned().unwrap_or_default()
        }
    }

    /// Who holds a name: what it is called, and its id.
    pub(crate) fn holder(&self, kind: Option<Marked>, name: Option<&str>) -> Option<(String, String)> {
        let holders = match kind?.0 {
            TargetKind::User => &self.user_holders,
            TargetKind::Group => &self.group_holders,
        };
        holders.get(&key(name?)).cloned()
    }
}

/// Reads the names of rows.
pub(crate) fn load(conn: &mut Conn, org: OrgId, rows: &[(LogRow, Action, Facts)]) -> Result<Names, Error> {
    let mut names = Names::default();
    let credentials: BTreeSet<&str> = rows
        .iter()
        .filter_map(|(row, ..)| row.credential_id.as_deref())
        .collect();
    let service_users: BTreeSet<Uuid> = rows
        .iter()
        .filter_map(|(.., facts)| Uuid::try_parse(facts.service_user.as_deref()?).ok())
        .collect();
    for row in tokens(conn, org, &credentials)? {
        let time =
            |milliseconds: Option<i64>| milliseconds.and_then(|at| Timestamp::from_millisecond(at).ok());
        let token = Token {
            name: Some(row.name),
            service_user: None,
            expires: time(row.expires_at),
            revoked: time(row.revoked_at),
            revoke_reason: row.revoke_reason,
            successor: row.successor,
            overlap_ends: time(row.overlap_ends_at),
        };
        names.tokens.insert(row.id, token);
    }
    let ids = |ids: &BTreeSet<Uuid>| ids.iter().map(|id| Bind::Id(Key(*id))).collect::<Vec<_>>();
    for row in named(conn, org, Table::ServiceUsers, ids(&service_users))? {
        names.service_users.insert(row.id.0, row.name);
    }
    for (kind, table) in [
        (TargetKind::User, Table::Users),
        (TargetKind::Group, Table::Groups),
    ] {
        let of_kind = || rows.iter().filter(|(.., facts)| facts.kind == Some(Marked(kind)));
        let nameless: BTreeSet<Uuid> = of_kind()
            .filter(|(.., facts)| facts.name.is_none())
            .filter_map(|(row, ..)| row.target_id.map(|key| key.0))
            .collect();
        for row in named(conn, org, table, ids(&nameless))? {
            names.targets.insert(row.id.0, row.name);
        }
        let wanted: BTreeSet<String> = of_kind()
            .filter(|(.., facts)| facts.failure.as_deref() == Some("duplicate"))
            .filter_map(|(.., facts)| Some(key(facts.name.as_deref()?)))
            .collect();
        let table = match kind {
            TargetKind::User => Table::UsersByName,
            TargetKind::Group => Table::GroupsByName,
        };
        let found = named(conn, org, table, wanted.into_iter().map(Bind::Text).collect())?;
        let holders = match kind {
            TargetKind::User => &mut names.user_holders,
            TargetKind::Group => &mut names.group_holders,
        };
        holders.extend(
            found
                .into_iter()
                .map(|row| (row.name_key, (row.name, row.id.0.to_string()))),
        );
    }
    Ok(names)
}

fn tokens(conn: &mut Conn, org: OrgId, ids: &BTreeSet<&str>) -> Result<Vec<TokenRow>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = vec![Bind::Id(Key(*org.as_uuid()))];
    binds.extend(ids.iter().map(|id| Bind::Text((*id).to_owned())));
    let sql = format!(
        "SELECT c.id, c.name, c.expires_at, c.revoked_at, c.revoke_reason, s.name || ' (' || s.id || ')' AS successor, c.overlap_ends_at \
         FROM credentials c LEFT JOIN credentials s ON s.org_id = c.org_id AND s.id = c.successor_id \
         WHERE c.org_id = {{}} AND c.id IN ({})",
        places(ids.len())
    );
    Ok(Statement::composed(sql, binds, false).load(conn)?)
}

/// Where a name is looked up.
#[derive(Debug, Clone, Copy)]
enum Table {
    ServiceUsers,
    Users,
    Groups,
    UsersByName,
    GroupsByName,
}

fn named(conn: &mut Conn, org: OrgId, table: Table, keys: Vec<Bind>) -> Result<Vec<NameRow>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (select, condition) = match table {
        Table::ServiceUsers => ("SELECT id, name, name_key FROM service_users", "id"),
        Table::Users => (
            "SELECT id, user_name AS name, user_name_key AS name_key FROM users",
            "id",
        ),
        Table::Groups => (
            "SELECT id, display_name AS name, display_name_key AS name_key FROM groups",
            "id",
        ),
        Table::UsersByName => (
            "SELECT id, user_name AS name, user_name_key AS name_key FROM users",
            "live AND user_name_key",
        ),
        Table::GroupsByName => (
            "SELECT id, display_name AS name, display_name_key AS name_key FROM groups",
            "display_name_key",
        ),
    };
    let places = places(keys.len());
    let mut binds = vec![Bind::Id(Key(*org.as_uuid()))];
    binds.extend(keys);
    let sql = format!("{select} WHERE org_id = {{}} AND {condition} IN ({places})");
    Ok(Statement::composed(sql, binds, false).load(conn)?)
}

fn places(number: usize) -> String {
    vec!["{}"; number].join(", ")
}
