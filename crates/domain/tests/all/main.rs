//! The use cases through the crate's public API, each on SQLite and on PostgreSQL. One binary, so that one PostgreSQL
//! cluster serves all of them.
#![cfg(test)]

mod activity;
mod atomic;
mod audit;
mod concurrency;
mod directory;
mod distribution;
mod entitlements;
mod events;
mod export;
mod groups;
mod harness;
mod health;
mod holdings;
mod idempotency;
mod instance;
mod isolation;
mod life_cycle;
mod listing;
mod lists;
mod migrations;
mod oauth;
mod provisioning_log;
mod schemas;
mod search;
mod setup;
mod setup_links;
mod tokens;
mod users;
mod verify;
