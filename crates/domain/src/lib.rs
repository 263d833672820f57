//! Organizations and everything they own: the use cases, each one transaction, and the only code that can read or
//! change an organization's data.
//!
//! The isolation rule: [`Gateway::enter`] turns a credential into an [`Org`], and data hangs off the [`Org`]. No public
//! function takes an organization's id and returns its data. Below that door, tables are keyed `(org_id, id)`, foreign
//! keys carry `org_id`, and debug builds refuse a statement that does not name the organization.
//!
//! None of these compile. An [`Org`] cannot be made, only entered:
//!
//! ```compile_fail,E0451
//! # use wicketgate_domain::Org;
//! fn forge(id: wicketgate_auth::OrgId, real: Org) -> Org {
//!     Org { id, ..real }
//! }
//! ```
//!
//! Nothing can be asked for by an organization's id:
//!
//! ```compile_fail,E0061
//! # use wicketgate_domain::{Org, UserId};
//! async fn reach(org: &Org, other: wicketgate_auth::OrgId, id: UserId) {
//!     let _ = org.users().get(other, id, false).await;
//! }
//! ```
//!
//! The database cannot be reached around the doors:
//!
//! ```compile_fail,E0603
//! use wicketgate_domain::db::users;
//! ```
//!
//! What faces the network cannot become the operator:
//!
//! ```compile_fail,E0599
//! # use wicketgate_domain::Gateway;
//! async fn ascend(gateway: Gateway, id: wicketgate_auth::OrgId) {
//!     let _ = gateway.org(id).await;
//! }
//! ```
#![forbid(unsafe_code)]

mod comparable;
mod cursor;
mod db;
mod entitlement;
mod error;
mod event;
mod extension;
mod gateway;
mod group;
mod instance;
mod org;
mod organization;
mod query;
mod search;
mod service_user;
mod source;
mod token;
mod types;
mod user;

pub use db::{DatabaseOptions, Durability, SearchLimits};
pub use entitlement::{Entitlement, EntitlementKind, Entitlements, MAX_ENTITLEMENTS, ManagedEntitlements};
pub use error::Error;
pub use event::{Actor, EventKind};
pub use extension::{Extended, ExtensionSchema, MAX_SCHEMAS, Schemas};
pub use gateway::{Gateway, Refusal};
pub use group::{Group, GroupId, Groups, ManagedGroups, Member, MemberKind};
pub use instance::Instance;
pub use org::{Org, Owner, RecordedEvent, UserManager};
pub use organization::{Organization, Settings, UniqueIdentifier};
pub use query::{DEFAULT_COUNT, MAX_COUNT, Page, Precondition, Query, Resource, RootQuery, Window};
pub use service_user::{DEFAULT_DOMAIN, ServiceUser, ServiceUsers};
pub use source::{Clock, Sources, SystemClock};
pub use token::{PersonalAccessToken, Tokens};
pub use user::{ManagedUsers, Manager, Membership, User, UserId, Users, Written};
