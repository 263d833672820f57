//! What the outside and the inside of a network get to see of a fetcher, over real sockets.
//!
//! The module says `cfg(test)` because that is how clippy knows where tests may unwrap.

#[cfg(test)]
mod nothing_inside_is_reached;
