//! Whether what is stored agrees with itself: what is derived from resources with the resources, references with what
//! they refer to, counters with what they count, and the logs with their numbers and hashes. It reads page by page, one
//! organization after the other, each at one moment, and changes nothing.
//!
//! A membership is one row, from which the members of a group and the groups of a user are both read: that both say the
//! same needs no check. That the row is the group's and the member's does.

mod groups;
mod log;
mod stored;
mod users;
mod violation;

use wicketgate_auth::OrgId;

use crate::{AuditCheck, Error, Instance, audit, db, db::Conn};

pub use violation::{Violation, ViolationKind};

/// How many violations of one organization are told. The others are counted.
const MOST: usize = 1_000;

/// What was found of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgCheck {
    /// Its audit log.
    pub audit: AuditCheck,
    /// How many users were looked at, deleted ones included.
    pub users: i64,
    /// How many groups.
    pub groups: i64,
    /// How many memberships.
    pub members: i64,
    /// How many events.
    pub events: i64,
    /// What is wrong beside the audit log: the first thousand.
    pub violations: Vec<Violation>,
    /// How much that is in all.
    pub violation_count: usize,
}

impl OrgCheck {
    /// Whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.violation_count == 0 && self.audit.breaks.is_empty()
    }
}

/// What is found while an organization is read.
#[derive(Debug, Default)]
struct Findings {
    users: i64,
    live_users: i64,
    active_users: i64,
    groups: i64,
    members: i64,
    events: i64,
    violations: Vec<Violation>,
    violation_count: usize,
}

impl Findings {
    fn add(&mut self, kind: ViolationKind, row: impl FnOnce() -> String) {
        self.violation_count += 1;
        if self.violations.len() < MOST {
            self.violations.push(Violation { kind, row: row() });
        }
    }
}

/// Checks one organization. `None` where it is being purged or is gone.
pub(crate) fn check(conn: &mut Conn, org: OrgId, name: String) -> Result<Option<OrgCheck>, Error> {
    db::verify::at_one_moment(conn, |conn| {
        let Some(counters) = db::verify::counters(conn, org)? else {
            return Ok(None);
        };
        let Some(audit) = audit::follow(conn, org, name)? else {
            return Ok(None);
        };
        let types = db::schemas::current(conn, org)?;
        let mut findings = Findings::default();
        users::check(conn, org, &types, &mut findings)?;
        groups::check(conn, org, &types, &mut findings)?;
        for (counted, there, kind, what) in [
            (
                counters.users,
                findings.live_users,
                ViolationKind::UserCount,
                "users",
            ),
            (
                counters.active_users,
                findings.active_users,
                ViolationKind::ActiveUserCount,
                "active users",
            ),
            (
                counters.groups,
                findings.groups,
                ViolationKind::GroupCount,
                "groups",
            ),
        ] {
            if counted != there {
                findings.add(kind, || {
                    format!("the organization's number of {what}, {counted} for {there},")
                });
            }
        }
        log::check(conn, org, counters.event_seq, &mut findings)?;
        owners(conn, org, &mut findings)?;
        Ok(Some(OrgCheck {
            audit,
            users: findings.users,
            groups: findings.groups,
            members: findings.members,
            events: findings.events,
            violations: findings.violations,
            violation_count: findings.violation_count,
        }))
    })
}

/// The tables that say in which organization something is.
fn owners(conn: &mut Conn, org: OrgId, findings: &mut Findings) -> Result<(), Error> {
    for tables in db::verify::OWNERS {
        let (owners, _, table, _) = tables;
        for id in db::verify::without_owner(conn, org, tables)? {
            findings.add(ViolationKind::OwnerMissing, || format!("{table} {id}"));
        }
        for id in db::verify::owner_of_none(conn, org, tables)? {
            findings.add(ViolationKind::OwnerOfNone, || format!("{owners} {id}"));
        }
    }
    Ok(())
}

impl Instance {
    /// Checks one organization, or all, and tells everything that is wrong. Organizations that are being purged are left
    /// out.
    pub async fn verify(&self, org: Option<OrgId>) -> Result<Vec<OrgCheck>, Error> {
        let known = self.orgs().await?;
        let asked: Vec<_> = known
            .into_iter()
            .filter(|known| org.is_none_or(|org| org == known.id))
            .collect();
        if org.is_some() && asked.is_empty() {
            return Err(Error::NotFound);
        }
        let mut checks = Vec::with_capacity(asked.len());
        for organization in asked {
            let found = self
                .shared
                .db
                .read(move |tx| check(tx, organization.id, organization.name.clone()))
                .await?;
            checks.extend(found);
        }
        Ok(checks)
    }
}
