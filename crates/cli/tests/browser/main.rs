//! The console in a real browser: the real binary, and Chromium through WebDriver. What a page says and refuses is tested
//! inside the process, in the console crate, on both databases; here it is what only a browser knows: forms that are filled
//! in and sent, scripts and the page's policy, live streams, colours, widths, and what shuts people out.
//!
//! A page is the same on both databases, so that SQLite is enough here except where the order in which things are stored
//! matters to what a page shows by itself.
#![forbid(unsafe_code)]

#[cfg(test)]
mod axe;
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod environment;
#[cfg(test)]
mod first_run;
#[cfg(test)]
mod frame;
#[cfg(test)]
mod furnished;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod links;
#[cfg(test)]
mod okta;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod repair;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod stranger;
#[cfg(test)]
mod walk;

// What starts the binary and calls it is the same as for the tests without a browser.
#[cfg(test)]
#[expect(dead_code, reason = "the tests without a browser use the rest of it")]
#[path = "../blackbox/client.rs"]
mod client;
#[cfg(test)]
#[expect(dead_code, reason = "the tests without a browser use the rest of it")]
#[path = "../blackbox/harness.rs"]
mod harness;
