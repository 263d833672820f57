//! Rows of the provisioning log: added many at a time, of all organizations at once; read and removed within one.

use std::collections::BTreeSet;

use diesel::{
    ExpressionMethods as _, PgConnection, QueryDsl as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    dsl::exists,
    sql_types::{Array, Integer, Nullable, Text},
};
use uuid::Uuid;
use wicketgate_auth::OrgId;

use super::{
    Conn, activity,
    schema::{organizations, provisioning_log, provisioning_log_bodies},
    statement::{Bind, Statement},
    types::{Id, Key},
};
use crate::{Error, provisioning_log::Row};

/// Adds rows and their bodies, where the organization is still there. A row that is there already stays as it is: the batch may have been written before, by an
/// attempt that nobody heard of.
pub(crate) fn insert(conn: &mut Conn, rows: &[Row]) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(conn) => insert_one_by_one(conn, rows)?,
        Conn::Postgres(conn) => insert_by_arrays(conn, rows)?,
    }
    activity::count(conn, rows)
}

/// A statement for each row: they are prepared once, and binding seven values is cheaper than a text that holds many rows.
fn insert_one_by_one(conn: &mut SqliteConnection, rows: &[Row]) -> Result<(), Error> {
    let orgs: BTreeSet<OrgId> = rows.iter().map(|row| row.org).collect();
    let mut known = BTreeSet::new();
    for org in orgs {
        let is_there = diesel::select(exists(organizations::table.find(Key(*org.as_uuid()))));
        if is_there.get_result(conn)? {
            known.insert(org);
        }
    }
    for row in rows.iter().filter(|row| known.contains(&row.org)) {
        let (org, id) = (Key(*row.org.as_uuid()), Key(row.id));
        diesel::insert_or_ignore_into(provisioning_log::table)
            .values((
                provisioning_log::org_id.eq(org),
                provisioning_log::id.eq(id),
                provisioning_log::action.eq(row.action.code()),
                provisioning_log::status.eq(i32::from(row.status)),
                provisioning_log::credential_id.eq(row.credential.map(|id| id.to_string())),
                provisioning_log::target_id.eq(row.target.map(Key)),
                provisioning_log::facts.eq(&row.facts),
            ))
            .execute(conn)?;
        let Some(body) = &row.body else { continue };
        diesel::insert_or_ignore_into(provisioning_log_bodies::table)
            .values((
                provisioning_log_bodies::org_id.eq(org),
                provisioning_log_bodies::id.eq(id),
                provisioning_log_bodies::body.eq(body),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// One statement for the rows and one for the bodies, whose texts do not depend on how many there are.
fn insert_by_arrays(conn: &mut PgConnection, rows: &[Row]) -> Result<(), Error> {
    let keys = |of: fn(&Row) -> Uuid| -> Vec<Key> { rows.iter().map(|row| Key(of(row))).collect() };
    let credentials: Vec<Option<String>> = rows
        .iter()
        .map(|row| row.credential.map(|id| id.to_string()))
        .collect();
    diesel::sql_query(
        "INSERT INTO provisioning_log (org_id, id, action, status, credential_id, target_id, facts) \
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::text[], $6::uuid[], \
         $7::text[]) AS row (org) WHERE org IN (SELECT id FROM organizations) ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Id>, _>(keys(|row| *row.org.as_uuid()))
    .bind::<Array<Id>, _>(keys(|row| row.id))
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.action.code()).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(rows.iter().map(|row| i32::from(row.status)).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(credentials)
    .bind::<Array<Nullable<Id>>, _>(rows.iter().map(|row| row.target.map(Key)).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(rows.iter().map(|row| row.facts.as_str()).collect::<Vec<_>>())
    .execute(conn)?;
    let bodies: Vec<(&Row, &str)> = rows
        .iter()
        .filter_map(|row| Some((row, row.body.as_deref()?)))
        .collect();
    if bodies.is_empty() {
        return Ok(());
    }
    diesel::sql_query(
        "INSERT INTO provisioning_log_bodies (org_id, id, body) \
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS row (org) \
         WHERE org IN (SELECT id FROM organizations) ON CONFLICT DO NOTHING",
    )
    .bind::<Array<Id>, _>(
        bodies
            .iter()
            .map(|(row, _)| Key(*row.org.as_uuid()))
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Id>, _>(bodies.iter().map(|(row, _)| Key(row.id)).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(bodies.iter().map(|(_, body)| *body).collect::<Vec<_>>())
    .execute(conn)?;
    Ok(())
}

/// One row as it is kept.
#[derive(Debug, QueryableByName)]
pub(crate) struct LogRow {
    #[diesel(sql_type = Id)]
    pub(crate) id: Key,
    #[diesel(sql_type = Integer)]
    pub(crate) action: i32,
    #[diesel(sql_type = Integer)]
    pub(crate) status: i32,
    #[diesel(sql_type = Nullable<Text>)]
    pub(crate) credential_id: Option<String>,
    #[diesel(sql_type = Nullable<Id>)]
    pub(crate) target_id: Option<Key>,
    #[diesel(sql_type = Text)]
    pub(crate) facts: String,
}

/// Which rows are read: those between two ids that fulfil all of these.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Exclusive.
    pub(crate) before: Uuid,
    /// Inclusive.
    pub(crate) from: Uuid,
    pub(crate) target: Option<Uuid>,
    pub(crate) action: Option<i32>,
    pub(crate) credential: Option<String>,
    pub(crate) is_failed: bool,
    pub(crate) status: Option<u16>,
}

/// How many rows of the index that narrows most are looked at for one page.
pub(crate) const MOST_SCANNED: i64 = 1_000;

const COLUMNS: &str = "id, action, status, credential_id, target_id, facts";

impl Wanted {
    fn conditions(&self, org: OrgId) -> Conditions {
        let mut narrow = "org_id = {} AND id < {} AND id >= {}".to_owned();
        let mut binds = vec![
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(self.before)),
            Bind::Id(Key(self.from)),
        ];
        // From what usually narrows most to what narrows least: the first one is answered by its index.
        let mut conditions: Vec<(&'static str, &'static str, Vec<Bind>)> = Vec::new();
        if let Some(target) = self.target {
            conditions.push(("target", "target_id = {}", vec![Bind::Id(Key(target))]));
        }
        if let Some(action) = self.action {
            conditions.push(("action", "action = {}", vec![Bind::BigInt(action.into())]));
        }
        if self.is_failed || self.status.is_some_and(|status| status >= 400) {
            conditions.push(("failed", "status >= 400", Vec::new()));
        }
        if let Some(credential) = &self.credential {
            conditions.push((
                "credential",
                "credential_id = {}",
                vec![Bind::Text(credential.clone())],
            ));
        }
        let mut rest = (Vec::new(), Vec::new());
        let mut index = None;
        for (number, (name, sql, values)) in conditions.into_iter().enumerate() {
            if number == 0 {
                index = Some(name);
                narrow.push_str(" AND ");
                narrow.push_str(sql);
                binds.extend(values);
            } else {
                rest.0.push(sql);
                rest.1.extend(values);
            }
        }
        // No index answers it.
        if let Some(status) = self.status {
            rest.0.push("status = {}");
            rest.1.push(Bind::BigInt(status.into()));
        }
        Conditions {
            index,
            narrow,
            binds,
            rest: rest.0,
            values: rest.1,
        }
    }
}

/// What rows have to fulfil.
struct Conditions {
    /// The index that narrows most.
    index: Option<&'static str>,
    /// The condition that it answers, with its values.
    narrow: String,
    binds: Vec<Bind>,
    /// What else has to hold, with its values.
    rest: Vec<&'static str>,
    values: Vec<Bind>,
}

/// Up to `limit` of the wanted rows, the newest first, and the place from where to look on where not all that there is
/// has been looked at.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    wanted: &Wanted,
    limit: i64,
) -> Result<(Vec<LogRow>, Option<Uuid>), Error> {
    let Conditions {
        index,
        narrow,
        binds,
        rest,
        values,
    } = wanted.conditions(org);
    let table = match (&*conn, index) {
        // Without statistics SQLite takes the two ends of a range of ids for narrower than any index.
        (Conn::Sqlite(_), Some(index)) => format!("provisioning_log INDEXED BY provisioning_log_{index}"),
        (Conn::Sqlite(_), None) | (Conn::Postgres(_), _) => "provisioning_log".to_owned(),
    };
    if rest.is_empty() {
        let sql = format!("SELECT {COLUMNS} FROM {table} WHERE {narrow} ORDER BY id DESC LIMIT {{}}");
        let mut binds = binds;
        binds.push(Bind::BigInt(limit));
        let rows: Vec<LogRow> = Statement::composed(sql, binds, true).load(conn)?;
        return Ok((rows, None));
    }
    let scanned =
        format!("SELECT {COLUMNS} FROM {table} WHERE {narrow} ORDER BY id DESC LIMIT {MOST_SCANNED}");
    let sql = format!(
        "SELECT {COLUMNS} FROM ({scanned}) AS scanned WHERE {} ORDER BY id DESC LIMIT {{}}",
        rest.join(" AND ")
    );
    let mut all = binds.clone();
    all.extend(values);
    all.push(Bind::BigInt(limit));
    let rows: Vec<LogRow> = Statement::composed(sql, all, true).load(conn)?;
    if i64::try_from(rows.len()).map_err(Error::internal)? >= limit {
        return Ok((rows, None));
    }
    let last = format!(
        "SELECT id FROM {table} WHERE {narrow} ORDER BY id DESC LIMIT 1 OFFSET {}",
        MOST_SCANNED - 1
    );
    let last: Vec<IdRow> = Statement::composed(last, binds, true).load(conn)?;
    Ok((rows, last.first().map(|row| row.id.0)))
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Id)]
    id: Key,
}

/// Up to `limit` rows after an id, the oldest first.
pub(crate) fn after(conn: &mut Conn, org: OrgId, after: Uuid, limit: i64) -> Result<Vec<LogRow>, Error> {
    Ok(Statement::new(
        "SELECT id, action, status, credential_id, target_id, facts FROM provisioning_log \
         WHERE org_id = {} AND id > {} ORDER BY id LIMIT {}",
        vec![
            Bind::Id(Key(*org.as_uuid())),
            Bind::Id(Key(after)),
            Bind::BigInt(limit),
        ],
    )
    .load(conn)?)
}

/// One row.
pub(crate) fn get(conn: &mut Conn, org: OrgId, id: Uuid) -> Result<LogRow, Error> {
    Ok(Statement::new(
        "SELECT id, action, status, credential_id, target_id, facts FROM provisioning_log \
         WHERE org_id = {} AND id = {}",
        vec![Bind::Id(Key(*org.as_uuid())), Bind::Id(Key(id))],
    )
    .get_result(conn)?)
}

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(sql_type = Text)]
    body: String,
}

/// The body of a row, if it is kept.
pub(crate) fn body(conn: &mut Conn, org: OrgId, id: Uuid) -> Result<Option<String>, Error> {
    let rows: Vec<BodyRow> = Statement::new(
        "SELECT body FROM provisioning_log_bodies WHERE org_id = {} AND id = {}",
        vec![Bind::Id(Key(*org.as_uuid())), Bind::Id(Key(id))],
    )
    .load(conn)?;
    Ok(rows.into_iter().next().map(|row| row.body))
}

/// What is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Rows,
    Bodies,
}

/// Removes up to `limit` rows, or bodies, that are older than an id, the oldest first. Answers how many there were.
pub(crate) fn remove(
    conn: &mut Conn,
    org: OrgId,
    part: Part,
    before: Uuid,
    limit: i64,
) -> Result<usize, Error> {
    let sql = match part {
        Part::Rows => {
            "DELETE FROM provisioning_log WHERE org_id = {} AND id IN (SELECT id FROM provisioning_log \
             WHERE org_id = {} AND id < {} ORDER BY id LIMIT {})"
        }
        Part::Bodies => {
            "DELETE FROM provisioning_log_bodies WHERE org_id = {} AND id IN (SELECT id FROM \
             provisioning_log_bodies WHERE org_id = {} AND id < {} ORDER BY id LIMIT {})"
        }
    };
    let org = Bind::Id(Key(*org.as_uuid()));
    let binds = vec![org.clone(), org, Bind::Id(Key(before)), Bind::BigInt(limit)];
    Ok(Statement::new(sql, binds).execute(conn)?)
}
