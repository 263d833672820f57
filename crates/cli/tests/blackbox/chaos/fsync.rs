//! What SQLite has acknowledged was on the disk before: the gateway's system calls are watched by strace. Only a full run
//! does that; whether the watcher would notice is tested in every one.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use wicketgate_testbed::{Database, Engine};

use super::rounds;
use crate::harness::Installation;

const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// How many creations were answered, and how many of them without the disk having been told before.
fn judge(trace: &str) -> (usize, usize) {
    let (mut answered, mut early, mut is_durable) = (0, 0, false);
    for line in trace.lines() {
        if line.contains("sync") && line.trim_end().ends_with("= 0") {
            is_durable = true;
        } else if line.contains("HTTP/1.1 201") {
            answered += 1;
            if !std::mem::take(&mut is_durable) {
                early += 1;
            }
        }
    }
    (answered, early)
}

#[test]
fn an_answer_before_the_disk_was_told_is_noticed() {
    let sync = "7 fdatasync(9</d/test.db-wal> <unfinished ...>\n7 <... fdatasync resumed>) = 0\n";
    let answer = "8 writev(11<socket:[1]>, [{iov_base=\"HTTP/1.1 201 Created\\r\\n\"...}], 1) = 300\n";
    let failed = "7 fdatasync(9</d/test.db-wal>) = -1 EIO (Input/output error)\n";
    assert_eq!(judge(&[sync, answer, sync, answer].concat()), (2, 0));
    assert_eq!(judge(&[sync, answer, answer].concat()), (2, 1));
    assert_eq!(judge(&[answer, sync].concat()), (1, 1));
    assert_eq!(judge(&[failed, answer].concat()), (1, 1));
}

#[test]
fn what_sqlite_has_acknowledged_was_on_the_disk_before() {
    let writes = rounds(0, 200);
    if writes == 0 {
        return;
    }
    let database = Database::new(Engine::Sqlite);
    let installation = Installation::new(&database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    client.create_user("first@x.test");

    let file = database.dir().join("trace");
    let mut strace = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=fsync,fdatasync,write,writev,sendto,sendmsg",
            "-o",
        ])
        .arg(&file)
        .args(["-p", &server.process().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("strace is installed");
    let read = || fs::read_to_string(&file).unwrap_or_default();
    let started = Instant::now();
    // Each of these is a system call that is watched once strace is there.
    while !read().contains("HTTP/1.1 200") {
        assert!(
            started.elapsed() < PATIENCE,
            "strace may not watch processes here"
        );
        client.get("/Users?count=1").expect(200);
        thread::sleep(PAUSE);
    }
    for write in 0..writes {
        client.create_user(&format!("user{write}@x.test"));
    }
    while judge(&read()).0 < writes {
        assert!(
            started.elapsed() < PATIENCE + PATIENCE,
            "strace has seen {:?}",
            judge(&read())
        );
        thread::sleep(PAUSE);
    }
    let (answered, early) = judge(&read());
    // The control: without what the disk was told, every answer would have come too early.
    let trace = read();
    let without: String = trace
        .lines()
        .filter(|line| !line.contains("sync"))
        .fold(String::new(), |text, line| text + line + "\n");
    assert_eq!(judge(&without), (answered, answered));
    let ended = Command::new("kill")
        .args(["-INT", &strace.id().to_string()])
        .status();
    assert!(ended.is_ok_and(|status| status.success()));
    strace.wait().expect("strace ends");
    eprintln!("{answered} creations answered, {early} of them before the disk was told");
    assert_eq!((answered, early), (writes, 0));
    server.stop();
}
