//! What two hundred sign-ins at once cost in memory. A password takes 19 MiB to hash, so a server that hashed them all
//! together would take four gigabytes.
//!
//! The kernel's own figures are read, which only Linux has in this form.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use wicketgate_testbed::{Database, both_engines};

use crate::harness::{Installation, PUBLIC_URL, Server};

both_engines! {
    two_hundred_sign_ins_at_once_take_little_memory,
}

const AT_ONCE: usize = 200;
/// How much the server may grow, in KiB.
const MOST_GROWTH: u64 = 128 << 10;
/// How many of them must have got as far as their password, for the figure to say anything: beyond thirty failures the
/// network is told to wait, but these have been let in before the first one failed.
const LEAST_HASHED: usize = 100;

/// Sends a sign-in and does not wait for the answer.
fn begin(server: &Server, number: usize) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("the gateway takes connections");
    stream
        .set_read_timeout(Some(Duration::from_mins(2)))
        .expect("a connection can be told how long to wait");
    let form = format!("email=person-{number}%40example.com&password=plum+orchard+under+nine+bridges");
    let request = format!(
        "POST /console/sign-in HTTP/1.1\r\nHost: {}\r\nOrigin: {PUBLIC_URL}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        server.address(),
        form.len()
    );
    stream
        .write_all(request.as_bytes())
        .expect("the gateway reads requests");
    stream
}

/// The status of the answer, once it is there.
fn end(mut stream: TcpStream) -> u16 {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("a sign-in is answered");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no status: {answer}"))
}

fn two_hundred_sign_ins_at_once_take_little_memory(database: &Database) {
    let installation = Installation::new(database);
    installation.organization("Acme");
    let server = installation.serve();
    let idle = server.memory("VmRSS");
    let begun: Vec<TcpStream> = (0..AT_ONCE).map(|number| begin(&server, number)).collect();
    let statuses: Vec<u16> = begun.into_iter().map(end).collect();
    let peak = server.memory("VmHWM");
    let hashed = statuses.iter().filter(|status| **status == 422).count();
    let put_off = statuses
        .iter()
        .filter(|status| [429, 503].contains(*status))
        .count();
    let growth = peak.saturating_sub(idle);
    println!(
        "idle {idle} KiB, at most {peak} KiB: {growth} KiB more; {hashed} passwords were looked at, {put_off} sign-ins \
         put off"
    );
    assert_eq!(hashed + put_off, AT_ONCE, "{statuses:?}");
    assert!(hashed >= LEAST_HASHED, "only {hashed} passwords were looked at");
    assert!(growth < MOST_GROWTH, "the server grew by {growth} KiB");
    server.stop();
}
