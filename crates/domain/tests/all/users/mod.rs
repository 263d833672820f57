//! Users, verb by verb.

mod change;
mod create;
mod delete;
mod release;
mod restore;

pub(crate) use release::directory;
