//! A way to PostgreSQL that breaks at one certain moment: when a change of an organization is being committed. It reads as
//! much of PostgreSQL's protocol as it takes to know that moment.

use std::{
    collections::BTreeMap,
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Where the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Before the server is told to commit.
    Before,
    /// After the server has committed, before the gateway hears of it.
    After,
    /// When the server was told to commit, without waiting for whether it does.
    Midst,
}

/// The proxy. Its threads end with the connections.
pub(super) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: u16,
    next: Mutex<Option<Cut>>,
    cuts: AtomicUsize,
}

impl Proxy {
    /// Listens in front of the server on this port.
    pub(super) fn before(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        let shared = Arc::new(Shared {
            server,
            next: Mutex::default(),
            cuts: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting);
                thread::spawn(move || connect(&client, &shared));
            }
        });
        Self { port, shared }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Breaks the next connection over which a change is committed.
    pub(super) fn cut_next(&self, cut: Cut) {
        *self.shared.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }

    /// How many connections were broken.
    pub(super) fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn take(&self) -> Option<Cut> {
        let cut = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        if cut.is_some() {
            self.cuts.fetch_add(1, Ordering::SeqCst);
        }
        cut
    }
}

/// Carries one connection, until either side or the proxy ends it.
fn connect(client: &TcpStream, shared: &Shared) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", shared.server)) else {
        return;
    };
    // From when this is set, the client hears nothing more, and the server's next words end the connection.
    let is_silent = Arc::new(AtomicBool::new(false));
    let back = (client.try_clone(), server.try_clone(), Arc::clone(&is_silent));
    if let (Ok(client), Ok(server), is_silent) = back {
        thread::spawn(move || {
            let _ = carry_back(&server, &client, &is_silent);
            end(&client, &server);
        });
    }
    let _ = carry_there(client, &server, shared, &is_silent);
    // After the cut the server may still have something to say; that ends the connection.
    if !is_silent.load(Ordering::SeqCst) {
        end(client, &server);
    }
}

fn end(client: &TcpStream, server: &TcpStream) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

fn carry_back(mut server: &TcpStream, mut client: &TcpStream, is_silent: &AtomicBool) -> io::Result<()> {
    let mut buffer = [0; 16 << 10];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 || is_silent.load(Ordering::SeqCst) {
            return Ok(());
        }
        client.write_all(&buffer[..length])?;
    }
}

fn carry_there(
    client: &TcpStream,
    mut server: &TcpStream,
    shared: &Shared,
    is_silent: &AtomicBool,
) -> io::Result<()> {
    let mut said = Said::default();
    // The first message has no type.
    let (_, first) = message(client, false)?;
    server.write_all(&first)?;
    loop {
        let (kind, bytes) = message(client, true)?;
        let cut = said
            .commits(kind, bytes.get(5..).unwrap_or_default())
            .then(|| shared.take())
            .flatten();
        match cut {
            None => server.write_all(&bytes)?,
            Some(Cut::Before) => return Ok(()),
            Some(Cut::After) => {
                is_silent.store(true, Ordering::SeqCst);
                return server.write_all(&bytes);
            }
            Some(Cut::Midst) => return server.write_all(&bytes),
        }
    }
}

/// One message: its type, and all of its bytes.
fn message(mut from: &TcpStream, has_type: bool) -> io::Result<(u8, Vec<u8>)> {
    let mut head = vec![0; if has_type { 5 } else { 4 }];
    from.read_exact(&mut head)?;
    let length = head[head.len() - 4..]
        .try_into()
        .map(u32::from_be_bytes)
        .expect("four bytes");
    let kind = head[0];
    let mut rest = vec![0; usize::try_from(length).expect("a message fits") - 4];
    from.read_exact(&mut rest)?;
    head.extend(rest);
    Ok((kind, head))
}

/// What a client has said that matters for what a message means.
#[derive(Default)]
struct Said {
    /// The statements that were prepared, by name.
    prepared: BTreeMap<Vec<u8>, Vec<u8>>,
    is_in_transaction: bool,
    /// The statements since then have numbered an event: something of an organization has changed.
    has_changed: bool,
}

impl Said {
    /// Whether this message has a change committed.
    fn commits(&mut self, kind: u8, body: &[u8]) -> bool {
        let mut texts = body.split(|byte| *byte == 0);
        let (first, second) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        match kind {
            b'Q' if first.starts_with(b"BEGIN") => {
                self.is_in_transaction = true;
                self.has_changed = false;
                false
            }
            b'Q' if first == b"COMMIT" => {
                self.is_in_transaction = false;
                std::mem::take(&mut self.has_changed)
            }
            b'Q' if first == b"ROLLBACK" => {
                self.is_in_transaction = false;
                self.has_changed = false;
                false
            }
            b'P' => {
                self.prepared.insert(first.to_owned(), second.to_owned());
                false
            }
            b'B' => {
                let text = self.prepared.get(second).map(Vec::as_slice).unwrap_or_default();
                let numbered: &[u8] = b"event_seq = ";
                self.has_changed |= text.windows(numbered.len()).any(|words| words == numbered);
                false
            }
            // The end of a statement that is a transaction by itself.
            b'S' => !self.is_in_transaction && std::mem::take(&mut self.has_changed),
            _ => false,
        }
    }
}

#[test]
fn a_commit_is_known_by_what_was_changed_before() {
    let mut said = Said::default();
    let mut hears = |kind: u8, body: &str| said.commits(kind, body.as_bytes());
    hears(b'P', "one\0UPDATE organizations SET event_seq = event_seq + 1\0");
    hears(b'P', "two\0SELECT 1\0");
    assert!(!hears(b'S', ""));
    for (statement, expected) in [("two", false), ("one", true)] {
        let bind = format!("\0{statement}\0");
        assert!(!hears(b'Q', "BEGIN\0") && !hears(b'B', &bind) && !hears(b'S', ""));
        assert_eq!(hears(b'Q', "COMMIT\0"), expected, "{statement}");
        assert!(!hears(b'B', &bind));
        assert_eq!(hears(b'S', ""), expected, "{statement}");
        assert!(!hears(b'Q', "COMMIT\0"), "it was committed before");
    }
}
