//! The statement check: in debug builds a statement on an organization's table that does not name the organization
//! in its condition panics. It does not check that the named organization is the right one.

use std::sync::LazyLock;

use diesel::connection::InstrumentationEvent;

use super::migrate;

/// Tables whose primary key starts with `org_id`, read from the migrations themselves.
pub(crate) static ORG_TABLES: LazyLock<Vec<String>> =
    LazyLock::new(|| org_tables(&migrate::SQLITE_UP.concat()));

/// The tables in `sql` whose primary key starts with `org_id`, in the order in which they first appear: a table may be
/// made again by a later migration.
fn org_tables(sql: &str) -> Vec<String> {
    let mut tables: Vec<String> = Vec::new();
    for statement in sql.split("CREATE TABLE ").skip(1) {
        let Some((name, rest)) = statement.split_once(" (") else {
            continue;
        };
        let body = rest.split_once("STRICT;").map_or(rest, |(body, _)| body);
        if body.contains("PRIMARY KEY (org_id") && !tables.iter().any(|table| table == name.trim()) {
            tables.push(name.trim().to_owned());
        }
    }
    tables
}

/// Panics where `sql` touches an organization's rows without naming `org_id` in its condition.
pub(super) fn check(sql: &str) {
    let sql = sql.replace(['"', '`'], "");
    let touched = ORG_TABLES.iter().find(|table| {
        ["FROM ", "UPDATE ", "INTO ", "JOIN "].iter().any(|keyword| {
            sql.match_indices(&format!("{keyword}{table}"))
                .any(|(at, found)| {
                    let after = sql.get(at + found.len()..).and_then(|rest| rest.chars().next());
                    after.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                })
        })
    });
    let Some(table) = touched else { return };
    let condition = if sql.trim_start().starts_with("INSERT") {
        sql.as_str()
    } else {
        sql.split_once("WHERE").map_or("", |(_, condition)| condition)
    };
    assert!(
        condition.contains("org_id"),
        "a statement on {table} does not name its organization: {sql}"
    );
}

/// The form of [`check`] that a connection calls for each of its events.
#[expect(clippy::needless_pass_by_value, reason = "diesel's signature")]
pub(super) fn instrumentation(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        let sql = query.to_string();
        #[cfg(test)]
        trace::note(&sql);
        check(&sql);
    }
}

/// What a database thread was told to do, for tests of what a refusal costs.
#[cfg(test)]
pub(super) mod trace {
    use std::{
        collections::HashMap,
        sync::{LazyLock, Mutex, PoisonError},
        thread::{self, ThreadId},
    };

    static WATCHED: LazyLock<Mutex<HashMap<ThreadId, Vec<String>>>> = LazyLock::new(Mutex::default);

    pub(super) fn note(sql: &str) {
        let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(statements) = watched.get_mut(&thread::current().id()) {
            // Without the values.
            let (sql, _) = sql.split_once(" -- binds").unwrap_or((sql, ""));
            statements.push(sql.to_owned());
        }
    }

    /// Writes down what the calling thread is told from now on.
    pub(in crate::db) fn watch() -> ThreadId {
        let thread = thread::current().id();
        let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        watched.insert(thread, Vec::new());
        thread
    }

    /// What a thread was told since this was asked last.
    pub(in crate::db) fn take(thread: ThreadId) -> Vec<String> {
        let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
        watched.get_mut(&thread).map(std::mem::take).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_those_of_the_migrations() {
        let tables: Vec<&str> = ORG_TABLES.iter().map(String::as_str).collect();
        assert_eq!(
            tables,
            [
                "users",
                "user_keys",
                "user_external_ids",
                "groups",
                "group_external_ids",
                "group_members",
                "service_users",
                "credentials",
                "events",
                "schemas",
                "entitlements",
                "clients",
                "client_redirect_uris",
                "grants",
                "client_assertions",
                "account_roles",
                "account_invitations",
                "identity_providers",
                "account_identities",
                "audit_entries",
                "provisioning_log",
                "provisioning_log_bodies",
                "idempotency_keys",
                "setup_steps",
                "setup_links",
                "provisioning_activity"
            ]
        );
    }

    #[test]
    fn both_databases_key_the_same_tables_by_organization() {
        let postgres = migrate::POSTGRES_UP.concat().replace("\n);", "\n) STRICT;");
        assert_eq!(*ORG_TABLES, org_tables(&postgres));
    }

    #[test]
    #[should_panic(expected = "does not name its organization")]
    fn a_read_by_id_alone_is_refused() {
        check(r#"SELECT "users"."id" FROM "users" WHERE ("users"."id" = $1)"#);
    }

    #[test]
    #[should_panic(expected = "does not name its organization")]
    fn a_list_without_a_condition_is_refused() {
        check("SELECT `groups`.`id` FROM `groups`");
    }

    #[test]
    #[should_panic(expected = "does not name its organization")]
    fn an_update_by_id_alone_is_refused() {
        check("UPDATE group_members SET added_at = 1 WHERE member_id = ?");
    }

    #[test]
    fn a_scoped_statement_and_a_table_of_the_installation_pass() {
        check("SELECT id FROM users WHERE org_id = ? AND id = ?");
        check("SELECT id FROM organizations");
        check("SELECT credential_id FROM credential_owners WHERE credential_id = ?");
    }
}
