//! The operator's commands, run as an operator runs them: the real binary, its exit status, and what it prints. What
//! it answers over HTTP is looked at only as far as a command promises it.
#![forbid(unsafe_code)]

#[cfg(test)]
mod account;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod client;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod entitlement;
#[cfg(test)]
mod export;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod identity_provider;
#[cfg(test)]
mod invitation;
#[cfg(test)]
mod log;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod org;
#[cfg(test)]
mod pepper;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod setup_link;
#[cfg(test)]
mod token;
#[cfg(test)]
mod user;
