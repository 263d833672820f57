//! What start-up has to know about a database URL: which database it names, whether the way there is safe, and what to
//! do when it cannot be reached. Nothing here connects.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::url::{host_of, is_loopback, percent_decoded, split};

/// Which database a URL names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The file.
    Sqlite(PathBuf),
    Postgres,
}

/// What libpq takes from the environment where the URL leaves it out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Libpq {
    pub(super) host: Option<String>,
    pub(super) host_address: Option<String>,
    pub(super) service: Option<String>,
}

/// The SQLite database in the data folder.
pub(super) fn in_folder(data_dir: &Path) -> anyhow::Result<String> {
    let path = data_dir.join("wicketgate.db");
    let path = path.to_str().with_context(|| {
        format!(
            "the data folder {} is not UTF-8: choose another one",
            data_dir.display()
        )
    })?;
    Ok(format!("sqlite://{path}"))
}

/// Which database it is.
pub(crate) fn kind(url: &str) -> anyhow::Result<Kind> {
    match url.split_once("://") {
        Some(("sqlite", path)) if !path.is_empty() => Ok(Kind::Sqlite(PathBuf::from(path))),
        Some(("postgres" | "postgresql", _)) => Ok(Kind::Postgres),
        Some(_) | None => bail!(
            "the database URL cannot be used: write sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE in \
             --database-url"
        ),
    }
}

/// Refuses a PostgreSQL on another machine where this build cannot encrypt the way there.
pub(crate) fn check_transport(url: &str, libpq: &Libpq, tls: bool) -> anyhow::Result<()> {
    if tls || is_local(url, libpq) {
        return Ok(());
    }
    bail!(
        "{} is not on this machine, and this build cannot encrypt the connection: build with \
         `cargo build --release --features postgres-tls`, or use a PostgreSQL on this machine",
        redacted(url)
    )
}

/// Whether this build can encrypt.
pub(crate) const fn has_tls() -> bool {
    cfg!(feature = "postgres-tls")
}

/// Whether everything that is sent to the database stays on this machine.
pub(crate) fn is_local(url: &str, libpq: &Libpq) -> bool {
    if !matches!(kind(url), Ok(Kind::Postgres)) {
        return true;
    }
    let Some(parts) = split(url) else { return false };
    let parameter = |name| parameter(parts.query, name);
    // A service is defined in a file of libpq's own; nobody here knows where it leads.
    if parameter("service").or(libpq.service.clone()).is_some() {
        return false;
    }
    let in_authority = Some(parts.hosts).filter(|hosts| !hosts.is_empty());
    let hosts = parameter("hostaddr")
        .or(libpq.host_address.clone())
        .or_else(|| parameter("host"))
        .or_else(|| in_authority.map(|hosts| hosts.split(',').map(host_of).collect::<Vec<_>>().join(",")))
        .or(libpq.host.clone())
        .unwrap_or_default();
    hosts.split(',').map(percent_decoded).all(|host| {
        // No host, a path or an abstract name is a socket of this machine.
        host.is_empty() || host.starts_with(['/', '@']) || is_loopback(&host)
    })
}

/// Whether the URL asks for a connection whose other end is verified.
pub(crate) fn verifies_server(url: &str) -> bool {
    split(url)
        .and_then(|parts| parameter(parts.query, "sslmode"))
        .is_some_and(|mode| mode == "verify-full")
}

/// The last value of a parameter, because that is the one libpq takes.
fn parameter(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, value)| percent_decoded(key) == name && !value.is_empty())
        .map(|(_, value)| percent_decoded(value))
        .next_back()
}

/// Whether a password is part of the URL.
pub(super) fn has_password(url: &str) -> bool {
    split(url).is_some_and(|parts| {
        parts.user_info.is_some_and(|info| info.contains(':')) || parameter(parts.query, "password").is_some()
    })
}

/// The URL as it may be shown: without the password and without parameters.
pub(crate) fn redacted(url: &str) -> String {
    match (kind(url), split(url)) {
        (Ok(Kind::Sqlite(path)), _) => format!("sqlite://{}", path.display()),
        (Ok(Kind::Postgres), Some(parts)) => {
            let user = parts
                .user_info
                .and_then(|info| info.split(':').next())
                .map(|user| format!("{user}@"))
                .unwrap_or_default();
            format!("{}://{user}{}{}", parts.scheme, parts.hosts, parts.path)
        }
        (Ok(Kind::Postgres) | Err(_), _) => "the database".to_owned(),
    }
}

/// What to do about what a database said, when that is known.
pub(crate) fn fix(said: &str) -> Option<&'static str> {
    const FIXES: [(&str, &str); 14] = [
        (
            "connection refused",
            "start PostgreSQL, or correct host and port in --database-url",
        ),
        (
            "is the server running",
            "start PostgreSQL, or correct host and port in --database-url",
        ),
        (
            "could not translate host name",
            "correct the host in --database-url",
        ),
        (
            "password authentication failed",
            "correct the user and the password in --database-url",
        ),
        ("no password supplied", "add the password to --database-url"),
        (
            "role \"",
            "correct the user in --database-url, or create the role as docs/src/setup/postgresql.md says",
        ),
        (
            "database \"",
            "correct the database in --database-url, or create it with CREATE DATABASE",
        ),
        (
            "no pg_hba.conf entry",
            "let this role and address in, in PostgreSQL's pg_hba.conf",
        ),
        (
            "ssl support is not compiled in",
            "build with `cargo build --release --features postgres-tls`",
        ),
        (
            "too many clients",
            "raise max_connections in PostgreSQL, or stop other clients",
        ),
        (
            "permission denied for schema",
            "let the role create tables there: the database should belong to it",
        ),
        (
            "unable to open",
            "create the folder, or correct the path in --database-url",
        ),
        (
            "not a database",
            "the file is something else: correct the path in --database-url",
        ),
        (
            "readonly database",
            "let this user write to the database and its folder",
        ),
    ];
    let said = said.to_ascii_lowercase();
    FIXES
        .iter()
        .find(|(words, _)| said.contains(words))
        .map(|(_, fix)| *fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libpq(host: Option<&str>, host_address: Option<&str>, service: Option<&str>) -> Libpq {
        Libpq {
            host: host.map(str::to_owned),
            host_address: host_address.map(str::to_owned),
            service: service.map(str::to_owned),
        }
    }

    #[test]
    fn a_database_is_known_by_its_scheme() {
        assert_eq!(
            kind("sqlite://./a/b.db").unwrap(),
            Kind::Sqlite("./a/b.db".into())
        );
        assert_eq!(kind("sqlite:///a.db").unwrap(), Kind::Sqlite("/a.db".into()));
        assert_eq!(kind("postgres://h/d").unwrap(), Kind::Postgres);
        assert_eq!(kind("postgresql:///d").unwrap(), Kind::Postgres);
        for url in ["", "sqlite://", "sqlite:a.db", "mysql://h/d", "wicketgate.db"] {
            let error = kind(url).unwrap_err().to_string();
            assert!(error.contains("sqlite://PATH"), "{url}: {error}");
        }
    }

    #[test]
    fn only_what_stays_on_this_machine_is_local() {
        let none = Libpq::default();
        for (url, libpq, expected) in [
            ("sqlite://a.db", &none, true),
            ("postgres://u:p@127.0.0.1/d", &none, true),
            ("postgres://u:p@127.0.0.1:5433/d", &none, true),
            ("postgres://localhost", &none, true),
            ("postgres://[::1]:5432/d", &none, true),
            ("postgresql:///d", &none, true),
            ("postgres://u@/d", &none, true),
            ("postgres://%2Fvar%2Frun%2Fpostgresql/d", &none, true),
            ("postgres:///d?host=/run/postgresql", &none, true),
            ("postgres://localhost,127.0.0.1/d", &none, true),
            ("postgres://db.example.com/d", &none, false),
            ("postgres://u:p@10.0.0.5:5432/d", &none, false),
            ("postgres://[2001:db8::1]/d", &none, false),
            ("postgres://localhost,db.example.com/d", &none, false),
            ("postgres://localhost/d?host=db.example.com", &none, false),
            ("postgres://localhost/d?ho%73t=db.example.com", &none, false),
            ("postgres://localhost/d?hostaddr=10.0.0.5", &none, false),
            (
                "postgres://db.example.com/d?host=localhost&sslmode=disable",
                &none,
                true,
            ),
            ("postgres://u:p?x@db.example.com/d", &none, false),
            ("postgres:///d?service=prod", &none, false),
            ("postgres:///d", &libpq(Some("db"), None, None), false),
            ("postgres:///d", &libpq(Some("/run/pg"), None, None), true),
            ("postgres://localhost/d", &libpq(Some("db"), None, None), true),
            (
                "postgres://localhost/d",
                &libpq(None, Some("10.0.0.5"), None),
                false,
            ),
            ("postgres://localhost/d", &libpq(None, None, Some("prod")), false),
        ] {
            assert_eq!(is_local(url, libpq), expected, "{url} with {libpq:?}");
        }
    }

    #[test]
    fn a_database_elsewhere_needs_tls_and_the_message_says_how_to_get_it() {
        let (url, none) = ("postgres://u:hunter2@db.example.com/d", Libpq::default());
        assert!(check_transport(url, &none, true).is_ok());
        let error = check_transport(url, &none, false).unwrap_err().to_string();
        assert!(error.contains("--features postgres-tls"), "{error}");
        assert!(
            error.contains("u@db.example.com/d") && !error.contains("hunter2"),
            "{error}"
        );
        assert!(check_transport("postgres://u:p@127.0.0.1/d", &none, false).is_ok());
    }

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("sqlite://./a.db", "sqlite://./a.db"),
            ("postgres://u:hunter2@h:1/d?password=x", "postgres://u@h:1/d"),
            ("postgres://h/d", "postgres://h/d"),
            ("mysql://u:hunter2@h/d", "the database"),
        ] {
            assert_eq!(redacted(url), shown);
        }
        assert!(has_password("postgres://u:p@h/d") && has_password("postgres://h/d?password=p"));
        assert!(!has_password("postgres://u@h:5432/d") && !has_password("sqlite://a:b.db"));
    }

    #[test]
    fn only_verify_full_verifies_the_server() {
        for (url, expected) in [
            ("postgres://h/d?sslmode=verify-full", true),
            ("postgres://h/d?sslmode=require", false),
            ("postgres://h/d", false),
        ] {
            assert_eq!(verifies_server(url), expected, "{url}");
        }
    }

    #[test]
    fn what_databases_say_leads_to_what_to_do() {
        for (said, expected) in [
            (
                "connection to server at \"127.0.0.1\", port 5432 failed: Connection refused",
                Some("start"),
            ),
            (
                "FATAL:  database \"wicket\" does not exist",
                Some("CREATE DATABASE"),
            ),
            ("FATAL:  role \"wicket\" does not exist", Some("create the role")),
            (
                "FATAL:  password authentication failed for user \"u\"",
                Some("password"),
            ),
            ("Unable to open the database file", Some("create the folder")),
            (
                "sslmode value \"require\" invalid when SSL support is not compiled in",
                Some("postgres-tls"),
            ),
            ("something new", None),
        ] {
            match expected {
                Some(words) => assert!(fix(said).is_some_and(|fix| fix.contains(words)), "{said}"),
                None => assert_eq!(fix(said), None),
            }
        }
    }
}
