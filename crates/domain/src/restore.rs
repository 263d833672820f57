//! Bringing a database back to an earlier moment, without bringing back what was revoked since.
//!
//! A database of an earlier moment accepts tokens that were revoked after it. Nobody can say which: what was revoked since
//! is what the database no longer knows. So everything that it has ever issued is revoked, in the file, before anybody
//! serves it: credentials, grants, sessions, invitations, setup links, links to a new password and recovery codes. What
//! was issued after that moment is unknown to it, and refused anyway.

use std::path::Path;

use serde_json::Value;
use wicketgate_auth::OrgId;

use crate::{
    DatabaseOptions, Error, HeldDatabase, Instance, Organization, RevokeReason, Sources,
    db::{self, Conn},
    event::{self, Actor, Counts, Event, EventKind, Origin},
    verify,
};

/// What was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Revoked {
    /// In how many organizations.
    pub organizations: usize,
    /// Tokens, client secrets, codes.
    pub credentials: usize,
    /// Links by which an identity provider is connected.
    pub setup_links: usize,
    /// Invitations that nobody had accepted.
    pub invitations: usize,
    /// Sessions of people.
    pub sessions: usize,
}

impl Revoked {
    fn add(&mut self, other: Self) {
        self.organizations += other.organizations;
        self.credentials += other.credentials;
        self.setup_links += other.setup_links;
        self.invitations += other.invitations;
        self.sessions += other.sessions;
    }
}

/// A database that can be put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was revoked in it.
    pub revoked: Revoked,
    /// The migrations that it lacked.
    pub applied: Vec<String>,
}

impl Instance {
    /// Copies a SQLite database as it is at one moment into a file that is empty, while others read and write it.
    pub fn copy_database(options: &DatabaseOptions, to: &Path) -> Result<(), Error> {
        db::file::copy(options, to)
    }

    /// Takes a SQLite database for the caller alone, until what this returns is dropped. [`Error::Busy`] where another
    /// process has it open.
    pub fn hold_database(options: &DatabaseOptions) -> Result<HeldDatabase, Error> {
        db::file::hold(options)
    }

    /// Makes a copy of a SQLite database fit to be served: it must be whole and of a known version; it is brought to this
    /// version, must agree with itself, and everything that it has issued is revoked.
    pub fn prepare_restored(options: &DatabaseOptions, sources: &Sources) -> Result<Restored, Error> {
        let mut conn = db::connect_once(&options.url)?;
        if let Some(damage) = db::file::damage(&mut conn)? {
            return Err(Error::refused("backup", format!("it is damaged: {damage}")));
        }
        if !db::migrate::is_ours(&mut conn)? {
            return Err(Error::refused("backup", "it is no database of Wicketgate"));
        }
        if let Some(version) = db::migrate::unknown(&mut conn)? {
            return Err(Error::refused(
                "backup",
                format!(
                    "it was made by a newer version, which has the migration {version}: restore it with that"
                ),
            ));
        }
        let applied = db::migrate::run(&mut conn)?;
        db::reindex::all_missing(&mut conn)?;
        let orgs = db::orgs::list(&mut conn)?;
        for org in &orgs {
            verified(&mut conn, org.id, &org.name)?;
        }
        let origin = Origin {
            actor: Actor::Operator,
            request_id: sources.uuid().to_string(),
            at: sources.now(),
            once: None,
        };
        let revoked = diesel::Connection::transaction(&mut conn, |conn| {
            let mut revoked = of_people(conn, &origin)?;
            for org in &orgs {
                revoked.add(of_org(conn, org.id, sources, &origin, RevokeReason::Restored)?);
            }
            Ok::<_, Error>(revoked)
        })?;
        db::file::settle(&mut conn)?;
        Ok(Restored { revoked, applied })
    }

    /// Revokes everything that the installation has ever issued: for a database that was brought back to an earlier
    /// moment by its own tools, and for one that somebody has copied together with the pepper. Each organization's audit
    /// log says so.
    pub async fn revoke_everything(&self, reason: RevokeReason) -> Result<Revoked, Error> {
        let origin = self.origin();
        let of_all = origin.clone();
        let mut revoked = self.shared.db.write(move |tx| of_people(tx, &of_all)).await?;
        for Organization { id: org, .. } in self.shared.db.read(db::orgs::list).await? {
            let (sources, origin) = (self.shared.sources.clone(), origin.clone());
            let of_org = self
                .shared
                .db
                .write(move |tx| of_org(tx, org, &sources, &origin, reason))
                .await?;
            revoked.add(of_org);
        }
        Ok(revoked)
    }
}

/// Refuses an organization in which something is wrong.
fn verified(conn: &mut Conn, org: OrgId, name: &str) -> Result<(), Error> {
    let Some(check) = verify::check(conn, org, name.to_owned())? else {
        return Ok(());
    };
    let wrong = check
        .violations
        .first()
        .map(|violation| format!("{} {}", violation.row, violation.kind.explained()))
        .or_else(|| {
            let found = check.audit.breaks.first()?;
            Some(format!(
                "audit entry {} {}",
                found.number,
                found.fault.explained()
            ))
        });
    match wrong {
        None => Ok(()),
        Some(wrong) => Err(Error::refused(
            "backup",
            format!("it does not agree with itself. In organization {org}: {wrong}"),
        )),
    }
}

/// Revokes what lets people in, in whichever organization.
fn of_people(conn: &mut Conn, origin: &Origin) -> Result<Revoked, Error> {
    let now = db::orgs::clock(conn)?;
    db::revocations::one_time_links(conn, now)?;
    Ok(Revoked {
        sessions: db::revocations::sessions(conn, origin.at)?,
        ..Revoked::default()
    })
}

/// Revokes what was issued in one organization, and says so there.
fn of_org(
    conn: &mut Conn,
    org: OrgId,
    sources: &Sources,
    origin: &Origin,
    reason: RevokeReason,
) -> Result<Revoked, Error> {
    db::revocations::lock_clients(conn, org)?;
    let revoked = Revoked {
        organizations: 1,
        credentials: db::revocations::of_org(conn, org, origin.at, reason)?,
        setup_links: db::revocations::setup_links_of_org(conn, org, origin.at)?,
        invitations: db::revocations::invitations_of_org(conn, org, origin.at)?,
        sessions: 0,
    };
    let event = Event {
        id: sources.uuid(),
        kind: EventKind::CredentialRevoked,
        resource: None,
        payload: event::revoked([
            ("all", Value::from("installation")),
            ("reason", Value::from(reason.as_str())),
            ("count", Value::from(revoked.credentials)),
            ("setupLinks", Value::from(revoked.setup_links)),
            ("invitations", Value::from(revoked.invitations)),
        ]),
    };
    db::events::append(conn, org, origin, std::slice::from_ref(&event), Counts::default())?;
    Ok(revoked)
}
