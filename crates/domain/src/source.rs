//! Where time and randomness come from. Nothing else in this crate asks for either, so tests decide both.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{Entropy, Token, TokenKind};

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

    /// A fresh token.
    pub(crate) fn token(&self, kind: TokenKind) -> Token {
        Token::generate(
            kind,
            &mut *self.entropy.lock().unwrap_or_else(PoisonError::into_inner),
        )
    }
}
