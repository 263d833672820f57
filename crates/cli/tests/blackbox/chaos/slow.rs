//! Clients that send a byte a second hold a connection for a few seconds, and keep nobody else from being answered.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use wicketgate_testbed::{Database, Engine};

use super::rounds;
use crate::harness::Installation;

/// When all of them are gone.
const MARK: Duration = Duration::from_secs(15);
/// When everybody else has an answer at the latest.
const ANSWERED: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);

/// One of them. `None` once the server has ended the connection.
struct Slow(Option<TcpStream>);

impl Slow {
    fn begin(address: &str, head: &str) -> Self {
        let mut stream = TcpStream::connect(address).expect("the gateway listens");
        stream.write_all(head.as_bytes()).expect("the beginning is taken");
        stream
            .set_nonblocking(true)
            .expect("a socket can be made to not wait");
        Self(Some(stream))
    }

    /// Sends a byte and looks whether the server has had enough.
    fn go_on(&mut self) {
        let Some(stream) = &mut self.0 else { return };
        let is_sent = stream.write_all(b"a").is_ok();
        let mut answer = [0; 4096];
        let is_open = loop {
            match stream.read(&mut answer) {
                Ok(0) => break false,
                Ok(_) => {}
                Err(error) => break error.kind() == ErrorKind::WouldBlock,
            }
        };
        if !is_sent || !is_open {
            self.0 = None;
        }
    }
}

#[test]
fn connections_that_send_a_byte_a_second_are_ended_while_others_are_answered() {
    let database = Database::new(Engine::Sqlite);
    let installation = Installation::new(&database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let client = server.client(&organization);
    client.create_user("somebody@x.test");

    let number = rounds(300, 900);
    let host = server.address();
    let head = format!("GET /livez HTTP/1.1\r\nHost: {host}\r\nX-Slow: ");
    let body = format!(
        "POST /scim/v2/{}/Users HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: 1000\r\n\r\n",
        organization.id, organization.token
    );
    let started = Instant::now();
    let mut slow: Vec<Slow> = (0..number)
        .map(|number| Slow::begin(host, if number % 2 == 0 { &head } else { &body }))
        .collect();
    let left = |slow: &[Slow]| slow.iter().filter(|slow| slow.0.is_some()).count();
    slow.iter_mut().for_each(Slow::go_on);
    // The control: at first all of them are let in.
    assert_eq!(left(&slow), number);
    let (mut next, mut times) = (Instant::now() + Duration::from_secs(1), Vec::new());
    while left(&slow) > 0 {
        let asked = Instant::now();
        client
            .get("/Users?filter=userName%20eq%20%22somebody%40x.test%22")
            .expect(200);
        times.push(asked.elapsed());
        if Instant::now() >= next {
            next += Duration::from_secs(1);
            slow.iter_mut().for_each(Slow::go_on);
        }
        let elapsed = started.elapsed();
        assert!(
            elapsed <= MARK,
            "{} of {number} are there after {elapsed:?}",
            left(&slow)
        );
        thread::sleep(PAUSE);
    }
    let gone = started.elapsed();
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    eprintln!(
        "{number} slow connections gone after {gone:?}; others answered in {median:?}, at most {slowest:?}"
    );
    assert!(slowest <= ANSWERED, "an answer took {slowest:?}");
    server.stop();
}
