//! Starts the binary, operates it with its own commands, and stops it or pulls the plug. It opens no database.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use wicketgate_testbed::Database;

use crate::client::{Client, text};

/// The address that links in answers begin with. It is not the one that is listened on, so that a link which was made
/// from the `Host` header shows.
pub(crate) const PUBLIC_URL: &str = "https://scim.example.test";
/// How long start-up and shutdown may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// One installation: a database, and a data folder beside it. Whatever a test has done, what is stored then agrees with
/// itself.
pub(crate) struct Installation<'d> {
    database: &'d Database,
    /// What clients outside see; `None` where they see what is listened on.
    public_url: Option<&'static str>,
    /// What the servers log, where it is not the usual.
    log: Option<&'static str>,
    /// How long its servers go on after they were told to stop, in seconds.
    drain: &'static str,
}

/// An organization with a service user and its token.
pub(crate) struct Organization {
    pub(crate) id: String,
    /// The SCIM base URL that clients outside see.
    pub(crate) public_base: String,
    pub(crate) service_user: String,
    pub(crate) token: String,
}

impl<'d> Installation<'d> {
    /// An installation on an empty database.
    pub(crate) fn new(database: &'d Database) -> Self {
        Self::reached_at(database, Some(PUBLIC_URL))
    }

    /// The same under another address. Without one, clients see the address that is listened on, and a command that
    /// prints a link has to be told it.
    pub(crate) fn reached_at(database: &'d Database, public_url: Option<&'static str>) -> Self {
        let installation = Self {
            database,
            public_url,
            log: None,
            drain: "0",
        };
        installation.run(&["migrate"]);
        installation
    }

    /// The same installation, whose servers log this much.
    pub(crate) fn logging(mut self, filter: &'static str) -> Self {
        self.log = Some(filter);
        self
    }

    /// The same installation, whose servers go on for so many seconds after they were told to stop.
    pub(crate) fn draining(mut self, drain: &'static str) -> Self {
        self.drain = drain;
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wicketgate"));
        command
            // What the developer has set must not leak in.
            .env_clear()
            .current_dir(self.database.dir())
            .args(["--database-url", &self.database.url(), "--format", "json"])
            .args(self.public_url.into_iter().flat_map(|url| ["--public-url", url]))
            .arg("--data-dir")
            .arg(self.database.dir().join("data"))
            .args(arguments);
        command
    }

    /// Runs an operator's command and is its answer.
    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        self.run_with(arguments, "")
    }

    /// The same for a command that reads this from standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Value {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary can be started");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // A command that reads nothing may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the binary can be waited for");
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            output.status.success(),
            "wicketgate {arguments:?}: {}\n{stdout}{stderr}",
            output.status
        );
        serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("wicketgate {arguments:?} printed no JSON ({error}): {stdout}"))
    }

    /// Runs a command that fails, and is what it says.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self
            .command(arguments)
            .output()
            .expect("the binary can be started");
        assert_eq!(output.status.code(), Some(1), "wicketgate {arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Creates an organization with a service user and a token. It may ask as fast as it can.
    pub(crate) fn organization(&self, name: &str) -> Organization {
        let org = self.run(&["org", "create", "--name", name]);
        let id = text(&org, "/id");
        let unlimited = ["--requests-per-second", "0", "--concurrent-requests", "0"];
        self.run(&[&["org", "set", "--org", &id], unlimited.as_slice()].concat());
        let service_user = text(
            &self.run(&["service-user", "create", "--org", &id, "--name", "okta"]),
            "/id",
        );
        let token = self.token(&id, &service_user, &["--name", "first"]);
        Organization {
            public_base: text(&org, "/scimBaseUrl"),
            token: text(&token, "/token"),
            id,
            service_user,
        }
    }

    /// Creates a token: `id`, `token` and `expiresAt`.
    pub(crate) fn token(&self, org: &str, service_user: &str, arguments: &[&str]) -> Value {
        let create = ["token", "create", "--org", org, "--service-user", service_user];
        self.run(&[&create, arguments].concat())
    }

    /// Starts serving on a free port, and waits until the gateway is ready.
    pub(crate) fn serve(&self) -> Server {
        self.serve_as("serve")
    }

    /// The same beside another one, with files of its own.
    pub(crate) fn serve_as(&self, name: &str) -> Server {
        let log = self.database.dir().join(format!("{name}.log"));
        let output = self.database.dir().join(format!("{name}.out"));
        let child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .envs(self.log.map(|filter| ("WICKETGATE_LOG", filter)))
            .env("WICKETGATE_DRAIN_SECONDS", self.drain)
            .stdin(Stdio::null())
            .stdout(File::create(&output).expect("a file for the output can be made"))
            .stderr(File::create(&log).expect("a file for the log can be made"))
            .spawn()
            .expect("the binary can be started");
        let mut server = Server {
            child,
            address: String::new(),
            log,
        };
        let deadline = Instant::now() + PATIENCE;
        server.address = server.until(deadline, || address_in(&output));
        let url = format!("http://{}/readyz", server.address);
        server.until(deadline, || ureq::get(&url).call().ok());
        server
    }
}

impl Drop for Installation<'_> {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.run(&["verify"]);
        }
    }
}

/// What a probe is answered within two seconds: its status, if it is answered.
pub(crate) fn probe(address: &str, path: &str) -> Option<u16> {
    ureq::get(format!("http://{address}{path}"))
        .config()
        .timeout_global(Some(Duration::from_secs(2)))
        .http_status_as_error(false)
        .build()
        .call()
        .ok()
        .map(|answer| answer.status().as_u16())
}

/// The address in the line that a starting gateway prints, once it is there as a whole.
fn address_in(output: &Path) -> Option<String> {
    let printed = fs::read_to_string(output).ok()?;
    let (line, _) = printed.split_once('\n')?;
    let serving: Value = serde_json::from_str(line).expect("the gateway prints JSON");
    Some(text(&serving, "/listen"))
}

/// A gateway that serves. It is killed when dropped; where a test failed, the end of its log is shown.
pub(crate) struct Server {
    child: Child,
    address: String,
    log: PathBuf,
}

impl Server {
    /// Where it listens, as `HOST:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A client of the organization with its token.
    pub(crate) fn client(&self, organization: &Organization) -> Client {
        Client::new(
            format!("http://{}/scim/v2/{}", self.address, organization.id),
            format!("Bearer {}", organization.token),
        )
    }

    /// What the kernel counts for it under a name such as `VmRSS`, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .expect("the kernel tells about a process");
        status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok())
            .unwrap_or_else(|| panic!("no {name} in {status}"))
    }

    /// How many threads it has.
    #[cfg(target_os = "linux")]
    pub(crate) fn threads(&self) -> usize {
        fs::read_dir(format!("/proc/{}/task", self.child.id()))
            .expect("the kernel tells about a process")
            .count()
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What a probe is answered within two seconds: its status, if it is answered.
    pub(crate) fn probe(&self, path: &str) -> Option<u16> {
        probe(&self.address, path)
    }

    /// Reports leaked tokens, and is the answer.
    pub(crate) fn report(&self, report: &Value) -> Value {
        let url = format!("http://{}/.well-known/secret-scanning", self.address);
        let mut answer = ureq::post(&url)
            .send(report.to_string())
            .expect("a report is answered");
        let answer = answer.body_mut().read_to_string().expect("an answer is text");
        serde_json::from_str(&answer).expect("an answer is JSON")
    }

    /// `kill -9`: what a power cut is to the process.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the gateway can be killed");
        self.child.wait().expect("the gateway can be waited for");
    }

    /// Tells it to stop, and expects it to end by itself and without an error.
    pub(crate) fn stop(mut self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(
            told.is_ok_and(|status| status.success()),
            "the gateway can be told to stop"
        );
        let deadline = Instant::now() + PATIENCE;
        while self
            .child
            .try_wait()
            .expect("the gateway can be looked at")
            .is_none()
        {
            assert!(
                Instant::now() < deadline,
                "the gateway did not stop within {PATIENCE:?} of SIGTERM"
            );
            thread::sleep(Duration::from_millis(5));
        }
        let status = self.child.wait().expect("it has ended");
        assert!(status.success(), "after SIGTERM the gateway ended with {status}");
    }

    /// Asks again and again until there is an answer, the gateway has ended, or the deadline has passed.
    fn until<T>(&mut self, deadline: Instant, mut ask: impl FnMut() -> Option<T>) -> T {
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            if let Some(status) = self.child.try_wait().expect("the gateway can be looked at") {
                panic!("the gateway ended while it started: {status}");
            }
            assert!(
                Instant::now() < deadline,
                "the gateway was not ready within {PATIENCE:?}"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!(
                "the gateway's log ends with:\n{}",
                lines[lines.len().saturating_sub(20)..].join("\n")
            );
        }
    }
}
