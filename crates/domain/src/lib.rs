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

mod account;
mod activity;
mod audit;
mod caller;
mod client;
mod comparable;
mod cursor;
mod custody;
mod db;
mod directory;
mod entitlement;
mod error;
mod event;
mod expiry;
mod export;
mod extension;
mod gateway;
mod grant;
mod group;
mod health;
mod holdings;
mod idempotency;
mod instance;
mod lapsed;
mod leak;
mod life_cycle;
mod listing;
mod measured;
mod org;
mod organization;
mod page_seal;
mod provisioning_log;
mod query;
mod restore;
mod search;
mod service_user;
mod setup;
mod source;
mod token;
mod types;
mod user;
mod verify;

pub use account::{
    Account, IdentityProvider, IdentityProviders, Invitation, Invitations, LinkedIdentity, Offer, Operator,
    OrgAccount, OrgAccounts, OrgOfAccount, ProviderClient, Session, SessionInfo, SessionRefused,
    SignInRefused, SignedIn, TotpSetup,
};
pub use activity::{Activity, LATENCIES};
pub use audit::{
    AuditBreak, AuditCheck, AuditEntry, AuditFault, AuditLog, AuditPage, AuditQuery, MAX_AUDIT_PAGE,
};
pub use caller::{Caller, LastUse};
pub use client::{
    AccessTokenFormat, Client, ClientAuthentication, ClientKeys, ClientSecret, Clients, NewClient,
    RefreshRotation,
};
pub use custody::Custody;
pub use db::{DatabaseOptions, Durability, SearchLimits, file::HeldDatabase};
pub use directory::{
    DeletedSearch, Deletion, Directory, DirectoryGroup, DirectoryUser, DirectoryView, FoundGroups,
    FoundUsers, GroupSearch, NamedMember, UserOrder, UserSearch,
};
pub use entitlement::{Entitlement, EntitlementKind, Entitlements, MAX_ENTITLEMENTS, ManagedEntitlements};
pub use error::Error;
pub use event::{Actor, EventKind};
pub use expiry::Expiring;
pub use export::{Export, ExportCounts};
pub use extension::{Extended, ExtensionSchema, MAX_SCHEMAS, Schemas};
pub use gateway::{Gateway, Refusal};
pub use grant::{
    Approved, AuthorizationError, ClientGrant, ClientOfRequest, Endpoint, ExchangeError, GrantId, Grants,
    Introspection,
};
pub use group::{Group, GroupId, Groups, ManagedGroups, Member, MemberKind};
pub use health::Health;
pub use holdings::Holdings;
pub use idempotency::{IDEMPOTENCY_KEY, Repeated, Unanswered};
pub use instance::Instance;
pub use lapsed::Lapsed;
pub use leak::LeakVerdict;
pub use life_cycle::{ExportFirst, Purged};
pub use listing::{ByName, ByTime, ListQuery, Listed, ListedToken, SetupLinkState, TokenState};
pub use org::{Org, Owner, RecordedEvent, UserManager, Viewer};
pub use organization::{Organization, RequestLimits, Settings, UniqueIdentifier};
pub use provisioning_log::{
    Action, CSV_HEADER, Entry, Explanation, Failure, LogCredential, LogId, LogPage, LogQuery, LogRewrite,
    LogRow, LogTarget, MOST_LOG_ROWS, Named, ProvisioningLog, Tail, TargetKind, csv_line, json_line,
    log_row_json,
};
pub use query::{DEFAULT_COUNT, MAX_COUNT, Page, Precondition, Query, Resource, RootQuery, Window};
pub use restore::{Restored, Revoked};
pub use service_user::{DEFAULT_DOMAIN, ServiceUser, ServiceUsers};
pub use setup::{Connection, Setup, SetupLinkInfo, SetupLinks, SetupStep, SetupVisit, StepProgress};
pub use source::{Clock, Offline, Sources, SystemClock};
pub use token::{DEFAULT_OVERLAP, PersonalAccessToken, RevokeReason, Rotation, Tokens};
pub use user::{
    Change, ChangeKind, Deleted, ManagedUsers, Manager, Membership, User, UserId, Users, Written,
};
pub use verify::{OrgCheck, Violation, ViolationKind};
