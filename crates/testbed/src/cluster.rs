//! The throw-away PostgreSQL cluster of a test process: reachable on loopback only, fast instead of durable, and gone
//! when the process is, however it ends.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use crate::programs::Programs;

/// The role that owns the databases. It is no superuser, so that nothing passes here that fails in production.
const OWNER: &str = "wicketgate";
/// A role that owns nothing, and may what the owner lets it.
const APPLICATION: &str = "wicketgate_app";
/// The superuser, for making databases.
const ADMIN: &str = "postgres";
/// What separates fields and records in psql's answers; no text in a catalogue has them.
const FIELD: &str = "\u{1f}";
const RECORD: &str = "\u{1e}";
const NULL: &str = "\u{1d}";
/// Another process may take the port between finding it free and starting the server.
const ATTEMPTS: usize = 5;
/// How often a server that recovers from a crash is asked whether it takes connections, and how long lies between.
const RECOVERY: usize = 400;
const PAUSE: Duration = Duration::from_millis(25);

/// Waits for the end of the process that started it: the pipe that is its standard input closes then, even when the
/// process was killed. Then it ends the server and removes its folder.
const WATCHDOG: &str = r#"
    cat >/dev/null
    "$1" -D "$2/data" -m immediate -w stop
    rm -rf "$2"
"#;

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Cluster {
    programs: Programs,
    port: u16,
}

impl Cluster {
    /// The cluster of this process, started on first use.
    pub(crate) fn of_this_process() -> &'static Self {
        // The watchdog is held for as long as the process lives, so that its standard input stays open.
        static CLUSTER: OnceLock<(Cluster, Child, PathBuf)> = OnceLock::new();
        &CLUSTER.get_or_init(Self::start).0
    }

    /// Starts a cluster, with its watchdog, and says where its files are.
    fn start() -> (Self, Child, PathBuf) {
        let dir = tempfile::Builder::new()
            .prefix("wicketgate-postgres-")
            .tempdir()
            .expect("a temporary folder can be made")
            .keep();
        let programs = Programs::find(&dir);
        if let Some(account) = programs.account {
            chown(&dir, Some(account.uid), Some(account.gid)).expect("root can give its folder away");
        }
        // Before there is anything to watch, so that nothing can be left behind.
        let watchdog = watch(&programs, &dir);
        let cluster = Self::initialize(
            programs,
            &dir,
            "-c full_page_writes=off -c synchronous_commit=off",
        );
        (cluster, watchdog, dir)
    }

    /// Makes the files of a cluster in a folder that the server's account owns, and starts it with these settings.
    pub(crate) fn initialize(programs: Programs, dir: &Path, settings: &str) -> Self {
        must_succeed(
            programs
                .command("initdb")
                .args([
                    "--encoding=UTF8",
                    "--locale=C",
                    "--auth=trust",
                    "--no-sync",
                    "--username",
                    ADMIN,
                    "-D",
                ])
                .arg(dir.join("data")),
        );
        let port = listen(&programs, dir, settings);
        let cluster = Self { programs, port };
        for role in [OWNER, APPLICATION] {
            cluster.psql(
                ADMIN,
                "postgres",
                &format!("CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"),
            );
        }
        cluster
    }

    /// Starts a second cluster that follows this one. It takes nothing but what this one writes, until it is promoted.
    pub(crate) fn follow(&self, programs: Programs, dir: &Path, settings: &str) -> Self {
        let primary = format!("host=127.0.0.1 port={} user={ADMIN}", self.port);
        must_succeed(
            programs
                .command("pg_basebackup")
                .args([
                    "--checkpoint=fast",
                    "--no-sync",
                    "--write-recovery-conf",
                    "-d",
                    &primary,
                    "-D",
                ])
                .arg(dir.join("data")),
        );
        let port = listen(&programs, dir, settings);
        Self { programs, port }
    }

    /// Starts it again where it listened before. `false` where it does not start.
    pub(crate) fn start_again(&self, dir: &Path, settings: &str) -> bool {
        starts(&self.programs, dir, self.port, settings)
    }

    /// Tells the server something by `pg_ctl`.
    pub(crate) fn control(&self, dir: &Path, arguments: &[&str]) {
        must_succeed(
            self.programs
                .command("pg_ctl")
                .args(arguments)
                .arg("-D")
                .arg(dir.join("data")),
        );
    }

    /// Makes an empty database.
    pub(crate) fn create(&self, name: &str) {
        self.psql(
            ADMIN,
            "postgres",
            &format!("CREATE DATABASE {name} OWNER {OWNER}"),
        );
    }

    /// Removes a database, whoever is connected. A failure is no matter: the whole cluster goes soon.
    pub(crate) fn discard(&self, name: &str) {
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        drop(self.client(ADMIN, "postgres").args(["-c", &statement]).output());
    }

    /// How a database is reached by its owner.
    pub(crate) fn url(&self, name: &str) -> String {
        self.url_of(OWNER, name)
    }

    /// The port on loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// [`query`](Self::query), once the server takes connections.
    pub(crate) fn look(&self, name: &str, query: &str) -> Vec<Vec<Option<String>>> {
        const NO_CONNECTION: i32 = 2;
        for _ in 0..RECOVERY {
            let asked = self.client(ADMIN, name).args(["-c", "SELECT"]).output();
            if asked.is_ok_and(|output| output.status.code() != Some(NO_CONNECTION)) {
                break;
            }
            thread::sleep(PAUSE);
        }
        self.query(name, query)
    }

    /// How it is reached by a role that owns nothing.
    pub(crate) fn application_url(&self, name: &str) -> String {
        self.url_of(APPLICATION, name)
    }

    /// How it is reached by the superuser.
    pub(crate) fn superuser_url(&self, name: &str) -> String {
        self.url_of(ADMIN, name)
    }

    fn url_of(&self, role: &str, name: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs one statement as the superuser.
    pub(crate) fn query(&self, name: &str, query: &str) -> Vec<Vec<Option<String>>> {
        let output = self.psql(ADMIN, name, query);
        let field = |text: &str| (text != NULL).then(|| text.to_owned());
        // psql ends the last record with a line break, whatever separates the others.
        let Some(records) = output.strip_suffix('\n') else {
            return Vec::new();
        };
        records
            .split(RECORD)
            .map(|record| record.split(FIELD).map(field).collect())
            .collect()
    }

    fn psql(&self, role: &str, database: &str, statement: &str) -> String {
        must_succeed(self.client(role, database).args(["-c", statement]))
    }

    fn client(&self, role: &str, database: &str) -> Command {
        let mut command = self.programs.command("psql");
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]);
        command.args(["-F", FIELD, "-R", RECORD, "-P", &format!("null={NULL}")]);
        command.args(["-p", &self.port.to_string(), "-U", role, "-d", database]);
        command
    }
}

/// Has a cluster stopped and its folder removed when this process ends, or when the watchdog's input is closed.
pub(crate) fn watch(programs: &Programs, dir: &Path) -> Child {
    let mut command = Command::new("sh");
    programs.settle(&mut command);
    command
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(programs.path("pg_ctl"))
        .arg(dir);
    // A group of its own: what interrupts the tests from the keyboard must not end the watchdog before its work.
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command.spawn().expect("a shell can be started")
}

/// Starts the server with these settings beside the usual, and says on which port it listens.
fn listen(programs: &Programs, dir: &Path, settings: &str) -> u16 {
    for _ in 0..ATTEMPTS {
        let port = free_port();
        if starts(programs, dir, port, settings) {
            return port;
        }
    }
    let log = fs::read_to_string(dir.join("server.log")).unwrap_or_default();
    panic!("PostgreSQL did not start on any of {ATTEMPTS} free ports:\n{log}")
}

/// Whether the server starts on this port. The machine goes on running whatever becomes of the server, so that nothing
/// has to reach the disk.
fn starts(programs: &Programs, dir: &Path, port: u16, settings: &str) -> bool {
    let options = format!(
        "-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c max_connections=200 \
         -c shared_buffers=64MB -c fsync=off {settings}"
    );
    let mut command = programs.command("pg_ctl");
    command
        .args(["-w", "-t", "60", "-o", &options, "-D"])
        .arg(dir.join("data"))
        .arg("-l")
        .arg(dir.join("server.log"))
        .arg("start");
    command.output().is_ok_and(|output| output.status.success())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
    listener.local_addr().expect("a listener has an address").port()
}

/// Runs a command and gives what it prints.
fn must_succeed(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed with {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("PostgreSQL's programs print UTF-8")
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn the_cluster_ends_when_the_pipe_to_its_process_breaks() {
        let (cluster, mut watchdog, dir) = Cluster::start();
        assert!(TcpStream::connect(("127.0.0.1", cluster.port)).is_ok());
        assert!(dir.join("data").exists());

        // What the kernel does when the process ends in whichever way.
        drop(watchdog.stdin.take());
        watchdog.wait().unwrap();

        assert!(TcpStream::connect(("127.0.0.1", cluster.port)).is_err());
        assert!(!dir.exists());
    }

    #[test]
    fn a_process_has_one_cluster() {
        assert_eq!(Cluster::of_this_process().port, Cluster::of_this_process().port);
    }

    #[test]
    #[should_panic(expected = "syntax error")]
    fn a_failing_statement_says_why() {
        Cluster::of_this_process().query("postgres", "SELECT FROM WHERE");
    }
}
