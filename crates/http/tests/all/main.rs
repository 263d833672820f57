//! What the gateway answers over HTTP, on real databases of both engines. Folders mirror URLs; what one crate decides
//! on its own is tested beside its code.
//!
//! The modules say `cfg(test)` because that is how clippy knows where tests may unwrap.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod leak;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod permissions;
#[cfg(test)]
mod route_rows;
#[cfg(test)]
mod scim;
#[cfg(test)]
mod traps;
#[cfg(test)]
mod wire;
