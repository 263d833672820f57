//! Connecting an identity provider: a guide for each kind, with what is needed made on its page, and a checklist that says
//! how far it has come. The same pages serve those who have a role in the organization and those who were given a link.

pub(crate) mod choose;
mod desk;
mod guide;
mod guides;
pub(crate) mod make;
pub(crate) mod revoke;
pub(crate) mod settings;
pub(crate) mod show;

pub(crate) use desk::Desk;
