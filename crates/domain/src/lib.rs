//! Organizations and everything they own: the use cases, each one transaction, and the only code that can read or
//! change an organization's data.
//!
//! The isolation rule: [`Gateway::enter`] turns a credential into an [`Org`], and data hangs off the [`Org`]. No public
//! function takes an organization's id and returns its data. Below that door, tables are keyed `(org_id, id)`, foreign
//! keys carry `org_id`, and debug builds refuse a statement that does not name the organization.
#![forbid(unsafe_code)]

mod db;
mod error;
mod event;
mod gateway;
mod group;
mod instance;
mod org;
mod organization;
mod query;
mod service_user;
mod source;
mod token;
mod user;

pub use db::{DatabaseOptions, Durability};
pub use error::Error;
pub use event::{Actor, EventKind};
pub use gateway::{Gateway, Refusal};
pub use group::{Group, GroupId, Groups, ManagedGroups, Member, MemberKind};
pub use instance::Instance;
pub use org::{Org, Owner, RecordedEvent, UserManager};
pub use organization::{Organization, Settings, UniqueIdentifier};
pub use query::{DEFAULT_COUNT, MAX_COUNT, Page, Precondition, Query};
pub use service_user::{DEFAULT_DOMAIN, ServiceUser, ServiceUsers};
pub use source::{Clock, Sources, SystemClock};
pub use token::{PersonalAccessToken, Tokens};
pub use user::{ManagedUsers, Membership, User, UserId, Users, Written};
