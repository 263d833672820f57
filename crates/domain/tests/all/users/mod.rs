//! Users, verb by verb.

mod change;
mod create;
mod delete;
