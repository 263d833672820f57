//! Where randomness comes from. Injected, so that a test can decide what is drawn.

/// A source of unpredictable bytes.
pub trait Entropy {
    /// Overwrites every byte of `buffer`. It fills the buffer or does not return: there is no failure that a
    /// caller could ignore and go on with a guessable secret.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// The random number generator of the operating system.
///
/// # Panics
///
/// When the operating system has none to give, because issuing a guessable credential would be worse.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system provides random bytes");
    }
}

/// A repeatable source for tests (`SplitMix64`): each seed gives its own well-mixed bytes.
#[cfg(test)]
#[derive(Debug, Clone)]
pub(crate) struct Seeded(pub(crate) u64);

#[cfg(test)]
impl Entropy for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed ^ (mixed >> 31)).to_le_bytes()[0];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operating_system_fills_the_whole_buffer_differently_each_time() {
        let (mut first, mut second) = ([0; 64], [0; 64]);
        OsEntropy.fill(&mut first);
        OsEntropy.fill(&mut second);
        assert_ne!(first, second);
        assert_ne!(first[32..], [0; 32]);
    }
}
