//! `/Groups` and `/Groups/{id}`, a file for each verb.

mod create;
mod delete;
mod get;
mod list;
mod patch;
mod replace;
