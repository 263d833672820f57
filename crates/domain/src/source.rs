//! Where time and randomness come from, and whom an installation may ask. Nothing else in this crate asks for any of
//! them, so tests decide all three.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{Entropy, Fetch, FetchError, Fetching, Token, TokenKind, oauth::ClientId};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the machine's clock is read"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Asks nobody: for commands and tests that have no need to. Clients whose keys are at an address cannot authenticate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl Fetch for Offline {
    fn fetch(&self, request: http::Request<Vec<u8>>) -> Fetching<'_> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        Box::pin(async move {
            Err(FetchError::Unreachable {
                host,
                cause: "this installation asks nobody".to_owned(),
            })
        })
    }
}

/// Time and randomness for everything that one installation writes.
#[derive(Clone)]
pub struct Sources {
    clock: Arc<dyn Clock>,
    entropy: Arc<Mutex<dyn Entropy + Send>>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources")
    }
}

impl Sources {
    /// Sources of the caller's choice.
    pub fn new(clock: impl Clock + 'static, entropy: impl Entropy + Send + 'static) -> Self {
        Self {
            clock: Arc::new(clock),
            entropy: Arc::new(Mutex::new(entropy)),
        }
    }

    /// The time, to the millisecond: what is stored is what is answered.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// A UUID of version 7.
    pub(crate) fn uuid(&self) -> Uuid {
        self.uuid_at(self.now())
    }

    /// A UUID of version 7 for a moment.
    pub(crate) fn uuid_at(&self, moment: Timestamp) -> Uuid {
        let mut random = [0; 10];
        self.entropy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill(&mut random);
        let milliseconds = u64::try_from(moment.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }

    /// Draws something from the source of randomness.
    pub(crate) fn with_entropy<T>(&self, draw: impl FnOnce(&mut (dyn Entropy + Send)) -> T) -> T {
        draw(&mut *self.entropy.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A fresh token.
    pub(crate) fn token(&self, kind: TokenKind) -> Token {
        self.draw(|entropy| Token::generate(kind, entropy))
    }

    /// The id of a new client.
    pub(crate) fn client_id(&self) -> ClientId {
        self.draw(|entropy| ClientId::generate(entropy))
    }

    /// Anything else that is made of randomness.
    pub(crate) fn draw<T>(&self, make: impl FnOnce(&mut dyn Entropy) -> T) -> T {
        make(&mut *self.entropy.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
