//! Runs the binary, in a folder and on a database of the test's own. It asserts nothing but that commands run at all.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write as _},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;
use wicketgate_testbed::Database;

/// How long anything may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// An installation: a database, a data folder, and the settings that name them.
pub(crate) struct Gate<'d> {
    database: &'d Database,
    settings: Vec<(&'static str, String)>,
}

impl<'d> Gate<'d> {
    /// Nothing is there yet.
    pub(crate) fn new(database: &'d Database) -> Self {
        let gate = Self {
            database,
            settings: Vec::new(),
        };
        fs::create_dir(gate.temporary()).unwrap();
        let data_dir = gate.data_dir().to_str().unwrap().to_owned();
        gate.with("WICKETGATE_DATABASE_URL", &database.url())
            .with("WICKETGATE_DATA_DIR", &data_dir)
    }

    /// Migrated and ready for commands.
    pub(crate) fn migrated(database: &'d Database) -> Self {
        let gate = Self::new(database);
        gate.json(&["migrate"]);
        gate
    }

    /// The same with another setting. An empty one is none.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// A file in the folder in which commands run.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.database.dir().join(name)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn pepper(&self) -> PathBuf {
        self.data_dir().join("pepper")
    }

    /// Where the binary puts temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.path("tmp")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wicketgate"));
        command
            // What the developer has set must not leak in.
            .env_clear()
            .env("TMPDIR", self.temporary())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.database.dir())
            .stdin(Stdio::null())
            .args(arguments);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::new(&self.command(arguments).output().unwrap())
    }

    /// Runs a command that reads this from standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses its arguments reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ended::new(&child.wait_with_output().unwrap())
    }

    /// Runs a command that succeeds, and is its answer.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{arguments:?}");
        ended.answer()
    }

    /// Runs a command that fails, and is what it says.
    pub(crate) fn error(&self, arguments: &[&str]) -> String {
        let ended = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (1, ""),
            "{arguments:?}: {}",
            ended.stderr
        );
        let error: Value = serde_json::from_str(ended.stderr.lines().next_back().unwrap()).unwrap();
        assert_eq!(error.as_object().unwrap().len(), 1, "{error}");
        text(&error, "error")
    }

    /// Creates an organization, and is its id.
    pub(crate) fn org(&self) -> String {
        text(&self.json(&["org", "create", "--name", "Acme"]), "id")
    }

    /// Creates a service user, and is its id.
    pub(crate) fn service_user(&self, org: &str) -> String {
        let create = ["service-user", "create", "--org", org, "--name", "okta"];
        text(&self.json(&create), "id")
    }

    /// Creates a token, and is the command's answer.
    pub(crate) fn token(&self, org: &str, service_user: &str) -> Value {
        let create = [
            "token",
            "create",
            "--org",
            org,
            "--service-user",
            service_user,
            "--name",
            "first",
        ];
        self.json(&create)
    }

    /// Starts serving on a free port.
    pub(crate) fn serve(&self) -> Running {
        self.start(&["serve", "--listen", "127.0.0.1:0", "--format", "json"])
    }

    /// Starts a command that goes on until it is told to stop.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        // A full pipe would stop the server.
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Running { child, stdout, log }
    }
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    fn new(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// The one line of JSON on standard output.
    pub(crate) fn answer(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// A command that serves. Killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    log: Receiver<String>,
}

impl Running {
    /// The next line on standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        if line.is_empty() {
            self.child.wait().unwrap();
            panic!("it ended: {}", self.log.iter().collect::<Vec<_>>().join("\n"));
        }
        line
    }

    /// The JSON object that it printed first.
    pub(crate) fn answer(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// The address that it printed first.
    pub(crate) fn address(&mut self) -> SocketAddr {
        text(&self.answer(), "listen").parse().unwrap()
    }

    /// Waits for a line of the log, and is that line.
    pub(crate) fn logged(&self, words: &str) -> String {
        loop {
            let line = self.log.recv_timeout(PATIENCE).unwrap();
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let status = self.child.wait().unwrap().code().unwrap();
        let stderr = self.log.iter().collect::<Vec<_>>().join("\n");
        Ended {
            status,
            stdout,
            stderr,
        }
    }

    /// Tells it to stop, and expects that it does.
    pub(crate) fn stop(self) -> Ended {
        self.signal("TERM");
        let ended = self.end();
        assert_eq!(ended.status, 0, "{ended:?}");
        ended
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection on which one request is made.
pub(crate) struct Connection {
    stream: TcpStream,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream }
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// Reads up to and with these words.
    pub(crate) fn read_until(&mut self, words: &str) {
        let mut read = Vec::new();
        while !read.ends_with(words.as_bytes()) {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            read.extend(byte);
        }
    }

    /// The answer as it was sent.
    pub(crate) fn text(mut self) -> String {
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The status of the answer, and its body.
    pub(crate) fn answer(self) -> (u16, String) {
        let answer = self.text();
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer: {answer:?}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

/// The head of a request that asks for the connection to be closed after the answer.
pub(crate) fn head(method: &str, path: &str, token: &str, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: gateway.example.test\r\nAuthorization: Bearer {token}\r\nConnection: \
         close\r\n{more}\r\n"
    )
}

/// One GET, answered.
pub(crate) fn get(address: SocketAddr, path: &str, token: &str) -> (u16, String) {
    let mut connection = Connection::open(address);
    connection.send(&head("GET", path, token, ""));
    connection.answer()
}

/// A text in a JSON object.
#[track_caller]
pub(crate) fn text(object: &Value, key: &str) -> String {
    object[key]
        .as_str()
        .unwrap_or_else(|| panic!("no text {key} in {object}"))
        .to_owned()
}

/// The keys of a JSON object in their order.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The permission bits of a file or folder.
pub(crate) fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
