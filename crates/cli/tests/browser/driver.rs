//! ChromeDriver, which starts browsers and does in them what it is told. There is one for the whole test process, gone with
//! its browsers when the process is, however it ends.

use std::{
    fs,
    io::ErrorKind,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use tempfile::Builder;

/// How long it may take to start on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts the driver and waits for the end of the process that started this: the pipe that is its standard input closes
/// then, even when the process was killed. Then it ends its whole group, which is the driver with its browsers, and
/// removes the folder that all of them write to.
const WATCHDOG: &str = r#"
    chromedriver --port=0 >"$1/output" 2>&1 &
    cat >/dev/null
    trap '' TERM
    kill -TERM 0
    wait
    rm -rf "$1"
"#;

/// A running driver.
pub(crate) struct Driver {
    /// Where it listens.
    pub(crate) url: String,
    /// Held for as long as the process lives, so that its standard input stays open.
    _watchdog: Child,
}

impl Driver {
    /// The driver of this process, started on first use.
    pub(crate) fn of_this_process() -> &'static Self {
        static DRIVER: OnceLock<Driver> = OnceLock::new();
        DRIVER.get_or_init(Self::start)
    }

    fn start() -> Self {
        let found = Command::new("chromedriver").arg("--version").output();
        if let Err(error) = found {
            assert_eq!(error.kind(), ErrorKind::NotFound, "chromedriver: {error}");
            panic!(
                "these tests need Chromium and ChromeDriver: install the packages chromium and chromium-driver of your \
                 system, or put chromedriver on PATH"
            );
        }
        let dir = Builder::new()
            .prefix("wicketgate-browser-")
            .tempdir()
            .expect("a temporary folder can be made")
            .keep();
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(&dir)
            // What browsers keep beside their profiles goes there too, and nothing into the developer's own.
            .env("HOME", &dir)
            .env("TMPDIR", &dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell can be started");
        let deadline = Instant::now() + PATIENCE;
        let port = loop {
            let output = fs::read_to_string(dir.join("output")).unwrap_or_default();
            if let Some(port) = port_in(&output) {
                break port;
            }
            assert!(
                Instant::now() < deadline,
                "ChromeDriver was not ready within {PATIENCE:?}: {output}"
            );
            thread::sleep(Duration::from_millis(5));
        };
        Self {
            url: format!("http://127.0.0.1:{port}/"),
            _watchdog: watchdog,
        }
    }
}

/// The port in what the driver prints, once the line is there as a whole.
fn port_in(output: &str) -> Option<u16> {
    let (_, rest) = output.split_once("started successfully on port ")?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}

/// Whether this process runs as root, as whom Chromium has no sandbox.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(Path::new("/proc/self")).is_ok_and(|own| own.uid() == 0)
}
