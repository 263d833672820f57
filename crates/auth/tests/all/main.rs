//! What is decided about tokens that others have made.
//!
//! The module says `cfg(test)` because that is how clippy knows where tests may unwrap.

#[cfg(test)]
mod hostile_tokens;
