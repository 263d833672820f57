//! Percent-decoding, and what a `+` stands for. What decoded text means is not decided here. The tests are those of
//! `query.rs` and `path.rs`.

use std::ops::Range;

/// A percent-decoded segment of a path; `None` where it is not UTF-8.
pub(crate) fn percent_decoded(segment: &str) -> Option<String> {
    String::from_utf8(Decoded::of(segment).bytes).ok()
}

/// Percent-decoded text that still knows which of its `+` were sent as such.
pub(crate) struct Decoded {
    bytes: Vec<u8>,
    pluses: Vec<usize>,
}

impl Decoded {
    /// Decodes every whole escape; what only begins like one is left as it is.
    pub(crate) fn of(text: &str) -> Self {
        let mut decoded = Self {
            bytes: Vec::with_capacity(text.len()),
            pluses: Vec::new(),
        };
        let mut rest = text.as_bytes();
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            match (byte, tail) {
                (b'%', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    decoded.bytes.push(hex(*high) << 4 | hex(*low));
                    rest = tail;
                }
                (b'+', _) => {
                    decoded.pluses.push(decoded.bytes.len());
                    decoded.bytes.push(b'+');
                }
                _ => decoded.bytes.push(byte),
            }
        }
        decoded
    }

    /// As HTML forms have it: each `+` is a space.
    pub(crate) fn form(self) -> Vec<u8> {
        self.spaced(|_| true)
    }

    /// As a filter has it: a `+` is a space, but not in an e-mail address. Rauthy sends addresses as they are, Java
    /// clients send spaces as `+`.
    pub(crate) fn filter(self) -> Vec<u8> {
        if self.pluses.is_empty() {
            return self.bytes;
        }
        let addresses: Vec<Range<usize>> = literals(&self.bytes)
            .into_iter()
            .filter(|range| self.bytes.get(range.clone()).is_some_and(is_address))
            .collect();
        self.spaced(|position| !addresses.iter().any(|range| range.contains(&position)))
    }

    fn spaced(mut self, is_space: impl Fn(usize) -> bool) -> Vec<u8> {
        for position in self.pluses {
            if is_space(position)
                && let Some(byte) = self.bytes.get_mut(position)
            {
                *byte = b' ';
            }
        }
        self.bytes
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

/// Where the insides of quoted literals are.
fn literals(filter: &[u8]) -> Vec<Range<usize>> {
    let mut literals = Vec::new();
    let mut begun = None;
    let mut is_escaped = false;
    for (position, byte) in filter.iter().enumerate() {
        match (byte, begun) {
            _ if is_escaped => is_escaped = false,
            (b'\\', Some(_)) => is_escaped = true,
            (b'"', None) => begun = Some(position + 1),
            (b'"', Some(start)) => {
                literals.push(start..position);
                begun = None;
            }
            _ => {}
        }
    }
    literals
}

/// Whether a literal has the shape of an e-mail address: a local part and a domain without anything that either would
/// have to quote.
fn is_address(literal: &[u8]) -> bool {
    let mut halves = literal.split(|byte| *byte == b'@');
    let (Some(local), Some(domain), None) = (halves.next(), halves.next(), halves.next()) else {
        return false;
    };
    let is_wordy = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    !local.is_empty()
        && !domain.is_empty()
        && local
            .iter()
            .all(|byte| is_wordy(byte) || b".!#$%&'*+-/=?^_`{|}~".contains(byte))
        && domain.iter().all(|byte| is_wordy(byte) || b".-".contains(byte))
}
