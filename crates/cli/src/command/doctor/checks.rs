//! The checks of `wicketgate doctor`, in the order in which they are reported. Changing something is left to the
//! reader of the findings.

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _},
    path::Path,
    time::Duration,
};

use wicketgate_auth::{OsEntropy, Peppers};
use wicketgate_domain::{Clock as _, Instance, SystemClock};

use super::Finding;
use crate::{
    config::{
        Environment, Settings,
        data_dir::mode,
        database::{self, Kind},
        host_of, is_loopback,
        pepper::{self, Fresh},
        split,
    },
    installation,
};

/// How far the clocks of this machine and the database may be apart: expiry is decided by the database's.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(5);

pub(super) fn configuration(settings: &Settings) -> Finding {
    const CHECK: &str = "configuration";
    let Some(path) = &settings.file else {
        return Finding::ok(
            CHECK,
            "no configuration file; flags, environment and defaults hold",
        );
    };
    let name = path.display();
    if settings.secret_in_file && mode(path).is_ok_and(|mode| mode & 0o004 != 0) {
        return Finding::warn(
            CHECK,
            format!("{name} holds the database's password and every user of the machine can read it"),
            format!("chmod o= {name}"),
        );
    }
    Finding::ok(CHECK, format!("{name} was read"))
}

pub(super) fn environment(environment: &Environment) -> Option<Finding> {
    let unknown: Vec<&str> = environment.unknown().collect();
    (!unknown.is_empty()).then(|| {
        Finding::warn(
            "environment",
            format!("no setting has the name {}", unknown.join(", ")),
            "correct the name, or unset it; docs/src/reference/cli.md lists those there are",
        )
    })
}

pub(super) fn data_dir(settings: &Settings) -> Finding {
    const CHECK: &str = "data folder";
    let folder = &settings.data_dir;
    let name = folder.display();
    match fs::metadata(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Finding::warn(
            CHECK,
            format!("{name} is not there yet"),
            "`wicketgate serve` creates it; if it is elsewhere, name it with --data-dir",
        ),
        Err(error) => Finding::fail(
            CHECK,
            format!("{name}: {error}"),
            "run this as the user that the gateway runs as, or choose another folder with --data-dir",
        ),
        Ok(found) if !found.is_dir() => Finding::fail(
            CHECK,
            format!("{name} is not a folder"),
            "choose another one with --data-dir",
        ),
        Ok(_) => match mode(folder) {
            Ok(mode) if mode & 0o022 != 0 => Finding::fail(
                CHECK,
                format!("{name} has mode {mode:04o}: others can replace what is in it"),
                format!("chmod 700 {name}"),
            ),
            Ok(mode) if mode & 0o055 != 0 => Finding::warn(
                CHECK,
                format!("{name} has mode {mode:04o}: others can look into it"),
                format!("chmod 700 {name}"),
            ),
            Ok(_) => Finding::ok(CHECK, format!("{name} is this user's alone")),
            Err(error) => Finding::fail(
                CHECK,
                format!("{name}: {error}"),
                "choose another one with --data-dir",
            ),
        },
    }
}

/// The database and, because its meaning depends on what is in the database, the pepper.
pub(super) async fn database(settings: &Settings) -> Vec<Finding> {
    const CHECK: &str = "database";
    let shown = database::redacted(&settings.database_url);
    match database::kind(&settings.database_url) {
        Ok(Kind::Sqlite(path)) if !path.exists() => {
            let missing = Finding::warn(
                CHECK,
                format!("{shown} is not there yet"),
                "`wicketgate serve` creates it; if it is elsewhere, name it with --database-url or --data-dir",
            );
            return vec![missing, pepper(settings, false)];
        }
        Ok(Kind::Sqlite(_) | Kind::Postgres) => {}
        Err(error) => return vec![Finding::error(CHECK, &error), pepper(settings, false)],
    }
    let pending = match installation::pending_migrations(settings) {
        Ok(pending) => pending,
        Err(error) => return vec![Finding::error(CHECK, &error), pepper(settings, false)],
    };
    let mut findings = vec![
        Finding::ok(CHECK, format!("{shown} answers")),
        if pending.is_empty() {
            Finding::ok("migrations", "all are applied")
        } else {
            Finding::warn(
                "migrations",
                format!("missing: {}", pending.join(", ")),
                "`wicketgate migrate` applies them, and so does `wicketgate serve` when it starts",
            )
        },
    ];
    findings.extend(transport(settings));
    // Any pepper will do: nothing here reads or makes a token.
    let opened = Fresh::draw(&mut OsEntropy)
        .peppers()
        .and_then(|peppers: Peppers| installation::connect(settings, peppers));
    match opened {
        Ok(instance) => {
            findings.push(clock(&instance).await);
            let used = pending.is_empty() && instance.orgs().await.is_ok_and(|orgs| !orgs.is_empty());
            findings.push(pepper(settings, used));
        }
        Err(error) => findings.push(Finding::error(CHECK, &error)),
    }
    findings
}

/// What is sent to a PostgreSQL elsewhere.
fn transport(settings: &Settings) -> Option<Finding> {
    let url = &settings.database_url;
    (!database::is_local(url, &settings.libpq) && !database::verifies_server(url)).then(|| {
        Finding::warn(
            "database connection",
            "PostgreSQL is on another machine and is not asked to prove that it is the right one",
            "add ?sslmode=verify-full&sslrootcert=FILE to the database URL",
        )
    })
}

async fn clock(instance: &Instance) -> Finding {
    const CHECK: &str = "clock";
    match instance.database_time().await {
        Ok(theirs) => {
            let apart = SystemClock.now().duration_since(theirs).unsigned_abs();
            if apart > CLOCK_TOLERANCE {
                Finding::warn(
                    CHECK,
                    format!(
                        "the database's clock and this machine's are {} s apart",
                        apart.as_secs()
                    ),
                    "synchronize both machines, for example with chrony: tokens expire by the database's clock",
                )
            } else {
                Finding::ok(CHECK, "the database's clock and this machine's agree")
            }
        }
        Err(error) => Finding::error(CHECK, &error.into()),
    }
}

/// `used`: whether tokens may depend on the pepper already.
fn pepper(settings: &Settings, used: bool) -> Finding {
    const CHECK: &str = "pepper";
    if settings.peppers.is_some() {
        return Finding::ok(CHECK, "the environment has it");
    }
    let path = pepper::path(&settings.data_dir);
    let name = path.display();
    match (pepper::read(&path), used) {
        (Err(error), _) => Finding::error(CHECK, &error),
        (Ok(None), true) => Finding::fail(
            CHECK,
            format!("{name} is missing, and without it no token in the database verifies"),
            "put it back from the backup or copy it from the other gateway; `wicketgate serve` says what to do if it is \
             lost",
        ),
        (Ok(None), false) => Finding::warn(
            CHECK,
            format!("{name} is not there yet"),
            "`wicketgate serve` creates it; if it is elsewhere, name its folder with --data-dir",
        ),
        (Ok(Some(_)), _) => pepper_mode(&path),
    }
}

fn pepper_mode(path: &Path) -> Finding {
    const CHECK: &str = "pepper";
    let name = path.display();
    match mode(path) {
        Ok(mode) if mode & 0o077 != 0 => Finding::fail(
            CHECK,
            format!("{name} has mode {mode:04o}: it is a key, and others can use it"),
            format!("chmod 600 {name}"),
        ),
        Ok(_) => Finding::ok(CHECK, format!("{name} is this user's alone")),
        Err(error) => Finding::error(CHECK, &error.into()),
    }
}

pub(super) fn public_url(settings: &Settings) -> Finding {
    const CHECK: &str = "public URL";
    let url = match settings.public_url() {
        Ok(url) => url,
        Err(error) => return Finding::error(CHECK, &error),
    };
    let Some(parts) = split(url.as_str()) else {
        return Finding::fail(CHECK, format!("{url} is no URL"), "set --public-url");
    };
    let host = host_of(parts.hosts);
    if host.contains('_') {
        return Finding::fail(
            CHECK,
            format!("{url} has an underscore in its host name, and Okta refuses that"),
            "give the gateway a name without one, and set --public-url to it",
        );
    }
    if is_loopback(host) {
        return Finding::warn(
            CHECK,
            format!("{url} leads to this machine only: fine for trying out, useless to an identity provider"),
            "put a reverse proxy that terminates TLS in front, and set --public-url to its https address",
        );
    }
    if parts.scheme != "https" {
        return Finding::warn(
            CHECK,
            format!("{url} is not https: tokens and people's data would cross the network in the clear"),
            "put a reverse proxy that terminates TLS in front, and set --public-url to its https address",
        );
    }
    if parts.path.ends_with("/scim/v2") || parts.path.contains("/scim/v2/") {
        return Finding::warn(
            CHECK,
            format!("{url} ends like a SCIM base URL, and /scim/v2/ORG_ID will be added to it once more"),
            "set --public-url to the address alone, such as https://scim.example.com",
        );
    }
    match (host, 443).to_socket_addrs() {
        Ok(mut found) => match found.find(|found| is_unusable(found.ip())) {
            Some(found) => Finding::warn(
                CHECK,
                format!("{host} resolves to {}, which no client can reach", found.ip()),
                "correct the name's DNS record",
            ),
            None => Finding::ok(CHECK, format!("{url} is https and its name resolves")),
        },
        Err(error) => Finding::warn(
            CHECK,
            format!("{host} does not resolve on this machine: {error}"),
            "correct the name in --public-url, or its DNS record",
        ),
    }
}

fn is_unusable(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || ip.is_multicast()
}

pub(super) fn listen(settings: &Settings) -> Finding {
    const CHECK: &str = "listen address";
    let listen = settings.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Finding::ok(CHECK, format!("{listen} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            if is_served(listen).unwrap_or(false) {
                Finding::ok(CHECK, format!("{listen} is served by a gateway"))
            } else {
                Finding::fail(
                    CHECK,
                    format!("{listen} is taken by another program"),
                    "stop that program, or choose another address with --listen",
                )
            }
        }
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Finding::fail(
            CHECK,
            format!("this user may not listen on {listen}"),
            "choose a port from 1024 on with --listen, and let the reverse proxy take the lower one",
        ),
        Err(error) => Finding::fail(
            CHECK,
            format!("{listen}: {error}"),
            "choose an address of this machine with --listen",
        ),
    }
}

/// Whether the program that listens there answers as a gateway does.
fn is_served(listen: SocketAddr) -> std::io::Result<bool> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let mut stream = TcpStream::connect_timeout(&SocketAddr::new(ip, listen.port()), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(64 << 10).read_to_end(&mut answer)?;
    Ok(answer.starts_with(b"HTTP/1.1 200 "))
}
