//! PostgreSQL servers that a test has for itself, to break them: killed, stopped in the middle of everything, frozen, or
//! replaced by their standby. They commit as in production; what is durable is durable while the machine runs.

use std::{
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::{Child, Command},
};

use crate::{
    cluster::{Cluster, watch},
    programs::Programs,
};

/// The database that a gateway may use.
const DATABASE: &str = "gateway";
const SETTINGS: &str = "-c synchronous_commit=on";

/// A server of its own. It is stopped and its files are removed when it is dropped, and also when the process is killed.
#[derive(Debug)]
pub struct Postgres {
    cluster: Cluster,
    dir: PathBuf,
    watchdog: Child,
}

impl Postgres {
    /// Starts a server with an empty database on it.
    pub fn start() -> Self {
        let (programs, dir, watchdog) = prepare();
        let cluster = Cluster::initialize(programs, &dir, SETTINGS);
        cluster.create(DATABASE);
        Self {
            cluster,
            dir,
            watchdog,
        }
    }

    /// Starts a standby. From when this returns, a commit is acknowledged once the standby has it too.
    #[must_use]
    pub fn standby(&self) -> Self {
        let (programs, dir, watchdog) = prepare();
        let cluster = self.cluster.follow(programs, &dir, SETTINGS);
        self.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.query("SELECT pg_reload_conf()");
        let synchronous = "DO $$ BEGIN FOR i IN 1..1000 LOOP \
                           PERFORM pg_stat_clear_snapshot(); \
                           IF EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync') THEN RETURN; END IF; \
                           PERFORM pg_sleep(0.01); END LOOP; RAISE 'the standby does not follow'; END $$";
        self.query(synchronous);
        Self {
            cluster,
            dir,
            watchdog,
        }
    }

    /// How the database is reached. The role in it owns the database and is no superuser.
    pub fn url(&self) -> String {
        self.cluster.url(DATABASE)
    }

    /// The port on loopback.
    pub fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// One URL for both servers, which leads to whichever takes writes.
    pub fn url_with(&self, standby: &Self) -> String {
        let (primary, standby) = (self.cluster.port(), standby.cluster.port());
        let url = self.url();
        let hosts = format!("127.0.0.1:{primary},127.0.0.1:{standby}");
        let url = url.replace(&format!("127.0.0.1:{primary}"), &hosts);
        format!("{url}?target_session_attrs=read-write")
    }

    /// Runs one statement as the superuser, who sees the rows of every organization. `None` is NULL. While the server
    /// recovers, this waits.
    pub fn query(&self, statement: &str) -> Vec<Vec<Option<String>>> {
        self.cluster.look(DATABASE, statement)
    }

    /// Makes a standby the primary, and waits until it takes writes.
    pub fn promote(&self) {
        self.cluster.control(&self.dir, &["promote", "-w"]);
    }

    /// Stops without a word to anybody, as after a crash. Returns when nothing listens any more.
    pub fn stop_immediately(&self) {
        self.cluster
            .control(&self.dir, &["stop", "-m", "immediate", "-w"]);
    }

    /// Starts a stopped server again, and waits until it takes connections.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start_again(&self) {
        assert!(
            self.cluster.start_again(&self.dir, SETTINGS),
            "the server starts again:\n{}",
            std::fs::read_to_string(self.dir.join("server.log")).unwrap_or_default()
        );
    }

    /// `kill -9` for one of the processes that serve a connection, in the middle of whatever it does. The server takes
    /// all others down with it, recovers and goes on. `false` where there was none.
    pub fn kill_backend(&self) -> bool {
        let found = self.query(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'wicketgate' \
             ORDER BY state = 'active' DESC LIMIT 1",
        );
        let Some(pid) = found.first().and_then(|row| row.first()?.clone()) else {
            return false;
        };
        signal("-KILL", &[pid]);
        true
    }

    /// `kill -9` for all of its processes.
    pub fn kill(&self) {
        signal("-KILL", &self.processes());
    }

    /// Freezes all of its processes: connections stay, and nothing is answered.
    pub fn freeze(&self) {
        // The first one before its children, so that it makes no more of them.
        let processes = self.processes();
        signal("-STOP", processes.get(..1).unwrap_or_default());
        signal("-STOP", &self.processes());
    }

    /// Goes on after [`Postgres::freeze`].
    pub fn thaw(&self) {
        signal("-CONT", &self.processes());
    }

    /// The server's process, and then those that it made.
    fn processes(&self) -> Vec<String> {
        let file = self.dir.join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).expect("a server that runs says which process it is");
        let server = text
            .lines()
            .next()
            .expect("its first line is the process")
            .trim()
            .to_owned();
        let output = Command::new("ps")
            .args(["-A", "-o", "pid=", "-o", "ppid="])
            .output();
        let table = String::from_utf8(output.expect("ps can be run").stdout).expect("numbers are UTF-8");
        let children = table.lines().filter_map(|line| {
            let mut fields = line.split_whitespace();
            let (pid, parent) = (fields.next()?, fields.next()?);
            (parent == server).then(|| pid.to_owned())
        });
        std::iter::once(server.clone()).chain(children).collect()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // One that is frozen could not stop; one that was killed has nothing to stop.
        if self.dir.join("data/postmaster.pid").exists() {
            let _ = Command::new("kill").arg("-CONT").args(self.processes()).output();
        }
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// An empty folder for a server, with its watchdog.
fn prepare() -> (Programs, PathBuf, Child) {
    let dir = tempfile::Builder::new()
        .prefix("wicketgate-postgres-")
        .tempdir()
        .expect("a temporary folder can be made")
        .keep();
    let programs = Programs::find(&dir);
    give(&programs, &dir);
    let watchdog = watch(&programs, &dir);
    (programs, dir, watchdog)
}

fn give(programs: &Programs, dir: &Path) {
    if let Some(account) = programs.account {
        chown(dir, Some(account.uid), Some(account.gid)).expect("root can give its folder away");
    }
}

/// Sends a signal. A process may have ended by itself.
fn signal(signal: &str, processes: &[String]) {
    let sent = Command::new("kill").arg(signal).args(processes).output();
    sent.expect("kill can be run");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: &[Vec<Option<String>>]) -> Option<&str> {
        rows.first()?.first()?.as_deref()
    }

    #[test]
    fn what_was_committed_is_on_the_standby_when_the_primary_is_killed() {
        let primary = Postgres::start();
        let standby = primary.standby();
        assert!(
            primary
                .url_with(&standby)
                .contains(&format!(",127.0.0.1:{}/", standby.port()))
        );
        primary.query("CREATE TABLE thing AS SELECT 42 AS id");
        primary.kill();
        standby.promote();
        assert_eq!(text(&standby.query("SELECT id FROM thing")), Some("42"));
        standby.query("INSERT INTO thing VALUES (43)");
    }

    #[test]
    fn a_server_that_was_stopped_starts_again_with_what_it_had() {
        let server = Postgres::start();
        server.query("CREATE TABLE thing AS SELECT 42 AS id");
        server.stop_immediately();
        server.start_again();
        assert_eq!(text(&server.query("SELECT id FROM thing")), Some("42"));
        assert!(!server.kill_backend(), "nobody is connected");
        server.freeze();
        server.thaw();
        assert_eq!(text(&server.query("SELECT id FROM thing")), Some("42"));
    }
}
