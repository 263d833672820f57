//! What must hold for every input, whatever it is. The libFuzzer targets and the tests of `wicketgate-scim` call the same
//! functions; how inputs are made is only in [`mutate`].
//!
//! Each `run` takes bytes as they come from a client, panics when something does not hold, and returns whether the input
//! was understood: a fuzzer that only ever sends nonsense has tested the refusals alone.

pub mod filter;
pub mod json;
pub mod mutate;
pub mod patch;
pub mod path;
mod stored;

use wicketgate_scim::Mode;

const MODES: [Mode; 3] = [Mode::Tolerant, Mode::Strict, Mode::Interop];
