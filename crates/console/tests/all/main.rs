//! What people see and do in the console, on real databases of both engines, through a browser that is as strict as a
//! real one about cookies and origins.
//!
//! The modules say `cfg(test)` because that is how clippy knows where tests may unwrap.

#[cfg(test)]
mod account;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod authenticator;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod first_run;
#[cfg(test)]
mod frame;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod links;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod log;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod overview;
#[cfg(test)]
mod people;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod service_users;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod setup_links;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod users;
