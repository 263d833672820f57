//! The real binary, as a process of its own on both databases, as identity providers meet it over HTTP: recorded
//! conversations, many clients at once, groups as large as companies have, and the plug pulled. What a single request
//! is answered with is tested inside the process, in the http crate.
#![forbid(unsafe_code)]

#[cfg(test)]
mod big_groups;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod chaos;
#[cfg(test)]
mod client;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod conversation;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod entra;
#[cfg(test)]
mod expectation;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod judgement;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod memory;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod okta;
#[cfg(test)]
mod owner;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod refusal_time;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod template;
