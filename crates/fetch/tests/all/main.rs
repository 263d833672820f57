//! What the outside and the inside of a network get to see of a fetcher, over real sockets.
//!
//! The modules say `cfg(test)` because that is how clippy knows where tests may unwrap.

#[cfg(test)]
mod nothing_inside_is_reached;
#[cfg(test)]
mod sockets;
#[cfg(test)]
mod what_is_allowed_is_reached;
