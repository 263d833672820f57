//! The audit log of an organization: who changed which configuration or credential, from what to what. Entries are added
//! in the transaction of the change and never changed; `chain.rs` says how they hold together, `verify.rs` whether they do.

pub(crate) mod chain;
mod verify;
mod words;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, Owner, db};

pub use verify::{AuditBreak, AuditCheck, AuditFault};
pub(crate) use verify::{Head, follow};

/// How many entries a page may have.
pub const MAX_AUDIT_PAGE: u16 = 500;
/// How long a kind, or the actor that is asked for, may be, in bytes.
const LONGEST_WORD: usize = 64;

/// The audit log of one organization.
#[derive(Debug)]
pub struct AuditLog<'o> {
    owner: &'o Owner<'o>,
}

impl Owner<'_> {
    /// Who changed what in this organization.
    pub fn audit(&self) -> AuditLog<'_> {
        AuditLog { owner: self }
    }
}

/// Which entries are asked for. All of what is given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only entries with a smaller number: where the page before ended.
    pub before: Option<i64>,
    /// What this actor did: the id of an account, a service user or a client, or `operator`, `gateway`, `finder`.
    pub actor: Option<String>,
    /// This kind, such as `credential.revoked`, or with a dot at its end all that begin with it, such as `credential.`.
    pub kind: Option<String>,
    /// What happened to this resource.
    pub resource: Option<Uuid>,
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// How many entries at most: 1 to [`MAX_AUDIT_PAGE`].
    pub limit: u16,
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self {
            before: None,
            actor: None,
            kind: None,
            resource: None,
            from: None,
            to: None,
            limit: 100,
        }
    }
}

impl AuditQuery {
    /// Refuses what cannot be asked for.
    fn check(&self) -> Result<(), Error> {
        if self.limit == 0 || self.limit > MAX_AUDIT_PAGE {
            return Err(Error::refused("limit", format!("choose 1 to {MAX_AUDIT_PAGE}")));
        }
        let is_word = |text: &str, others: &[char]| {
            !text.is_empty()
                && text.len() <= LONGEST_WORD
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || others.contains(&c))
        };
        if self
            .kind
            .as_deref()
            .is_some_and(|kind| !is_word(kind, &['.', '_']))
        {
            return Err(Error::refused(
                "kind",
                "write a kind of event, such as credential.revoked, or credential. for all of credentials",
            ));
        }
        if self
            .actor
            .as_deref()
            .is_some_and(|actor| !is_word(actor, &['-', '_']))
        {
            return Err(Error::refused(
                "actor",
                "write the id of an account, a service user or a client, or operator, gateway or finder",
            ));
        }
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from >= to
        {
            return Err(Error::refused("to", "choose a time after from"));
        }
        Ok(())
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its number: consecutive within the organization, from 1 on.
    pub number: i64,
    /// The number of the event that it records.
    pub event_seq: i64,
    /// What happened, such as `credential.revoked`.
    pub kind: String,
    /// The resource it happened to.
    pub resource: Option<Uuid>,
    /// Who acted, with the credential or session.
    pub actor: Value,
    /// What the actor is called now: the name of a service user or client, the e-mail address of an account.
    pub actor_name: Option<String>,
    /// What is called now what it happened to: a token, client, service user, user or group by its name, an account by
    /// its e-mail address.
    pub target_name: Option<String>,
    /// The request in which it happened.
    pub request_id: String,
    /// `data` is the state after it, `previous` what was before of what `changed` names; whatever else there is says what
    /// it is about.
    pub payload: Value,
    /// When it happened.
    pub occurred: Timestamp,
    /// The hash that the next entry is chained to, in hexadecimal digits.
    pub hash: String,
}

/// Some entries, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// What the next page is `before`, if there may be one.
    pub next: Option<i64>,
}

impl AuditLog<'_> {
    /// The newest entries that a query asks for.
    pub async fn page(&self, query: AuditQuery) -> Result<AuditPage, Error> {
        query.check()?;
        let org = self.owner.org;
        let (id, limit) = (org.id, usize::from(query.limit));
        let entries = org
            .shared
            .db
            .read(move |tx| {
                let stored = db::audit::page(tx, id, &query)?;
                db::audit_names::named(tx, id, stored)
            })
            .await?;
        let next = entries
            .last()
            .filter(|_| entries.len() == limit)
            .map(|last| last.number);
        Ok(AuditPage { entries, next })
    }
}
