//! Connecting an identity provider: a guide for each kind, with what is needed made on its page, and a checklist that says
//! how far it has come. The same pages serve those who have a role in the organization and those who were given a link.
//!
//! | Question | File |
//! |---|---|
//! | Who connects it, and what may that person do? | `desk.rs` |
//! | What is there to do on the other side? | `guide.rs`, `guides/` |
//! | What is shown? | `choose.rs`, `show.rs`, `checklist.rs`, `live.rs` |
//! | What is made, and ended? | `make.rs`, `revoke.rs`, `settings.rs` |
//! | How does somebody without an account get here? | `links.rs`, `open.rs` |

mod checklist;
pub(crate) mod choose;
mod desk;
mod guide;
mod guides;
pub(crate) mod links;
pub(crate) mod live;
pub(crate) mod make;
pub(crate) mod open;
pub(crate) mod revoke;
pub(crate) mod settings;
pub(crate) mod show;

pub(crate) use desk::Desk;
