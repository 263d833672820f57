//! Time and randomness that repeat, and tokens that were never issued. No test waits for a clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread::{self, ThreadId},
};

use jiff::Timestamp;
use wicketgate_auth::{Entropy, Token, TokenKind};
use wicketgate_domain::Clock;

/// A millisecond passes between two looks at it, so that two changes never have the same time. It starts in the past:
/// what expires a moment after it was issued has expired by the database's clock.
///
/// Only the looks of the test's own thread count, which answers the requests: when other threads look is not the same on
/// every run.
#[derive(Clone)]
pub(super) struct Ticking {
    millisecond: Arc<AtomicI64>,
    counts: ThreadId,
}

impl Default for Ticking {
    fn default() -> Self {
        // 2025-01-01T00:00:00Z
        Self::at(1_735_689_600_000)
    }
}

impl Ticking {
    /// Starts at this millisecond.
    pub(super) fn at(millisecond: i64) -> Self {
        Self {
            millisecond: Arc::new(AtomicI64::new(millisecond)),
            counts: thread::current().id(),
        }
    }

    /// Goes on from so many seconds later, or earlier.
    pub(super) fn turn(&self, seconds: i64) {
        self.millisecond.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let step = i64::from(thread::current().id() == self.counts);
        Timestamp::from_millisecond(self.millisecond.fetch_add(step, Ordering::Relaxed)).unwrap()
    }
}

/// A linear congruential generator: the same bytes for the same seed.
pub(super) struct Seeded(u64);

impl Seeded {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            // The low bits of such a generator hardly vary.
            *byte = self.0.to_be_bytes()[1];
        }
    }
}

/// A well-formed token that nobody issued.
pub(crate) fn unknown_token() -> String {
    Token::generate(TokenKind::PersonalAccessToken, &mut Seeded::new(0x5EED))
        .reveal()
        .to_owned()
}

/// A well-formed client secret that nobody issued.
pub(crate) fn unknown_secret() -> String {
    Token::generate(TokenKind::ClientSecret, &mut Seeded::new(0x5EED))
        .reveal()
        .to_owned()
}

/// A well-formed token with the id of `token` and another secret.
pub(crate) fn with_other_secret(token: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const CHECKSUM: usize = 6;

    let covered = &token[..token.len() - CHECKSUM];
    let last = if covered.ends_with('a') { 'b' } else { 'a' };
    let covered = format!("{}{last}", &covered[..covered.len() - 1]);
    let mut rest = crc32fast::hash(covered.as_bytes()) as usize;
    let mut checksum = [b'0'; CHECKSUM];
    for digit in checksum.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    let other = format!("{covered}{}", std::str::from_utf8(&checksum).unwrap());
    assert!(Token::parse(&other).is_ok(), "the other token is well-formed");
    other
}
