//! Whether the audit entries of each organization are those that were written. Whoever can rewrite every entry of an
//! organization and where its chain ends is not found out: for that, the last hash must have been kept elsewhere.

use wicketgate_auth::OrgId;

use super::chain::{GENESIS, Stored, hex};
use crate::{
    Error, Instance,
    db::{self, Conn},
};

/// How many entries are looked at in one read.
const CHUNK: i64 = 1_000;
/// How many faults of one organization are told. Where there are more, the chain is beyond repair anyway.
const MOST_BREAKS: usize = 1_000;

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditFault {
    /// It says something else than what was hashed.
    Altered,
    /// It is not there, though later ones are.
    Missing,
    /// It stands in another entry's place.
    Reordered,
    /// It is whole, but what came after it was chained to another one.
    Replaced,
    /// It is not there, and neither is any later one.
    CutOff,
    /// It stands behind the end of the chain.
    Added,
}

impl AuditFault {
    /// The word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Reordered => "reordered",
            Self::Replaced => "replaced",
            Self::CutOff => "cut_off",
            Self::Added => "added",
        }
    }

    /// What that means, after the words "entry 7".
    pub const fn explained(self) -> &'static str {
        match self {
            Self::Altered => "says something else than when it was written",
            Self::Missing => "is missing",
            Self::Reordered => "stands in another entry's place",
            Self::Replaced => "is not the one that the next entry was chained to",
            Self::CutOff => "and all after it are missing",
            Self::Added => "stands behind the end of the chain",
        }
    }
}

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditBreak {
    /// The number of the entry.
    pub number: i64,
    /// What is wrong with it.
    pub fault: AuditFault,
}

/// What was found of one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// The organization.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// How many entries were looked at.
    pub entries: i64,
    /// The hash of the last one, in hexadecimal digits: kept elsewhere, it proves later that nothing before it has
    /// changed.
    pub head: String,
    /// What is wrong, in the order of the numbers.
    pub breaks: Vec<AuditBreak>,
}

/// Where the chain of an organization ends, and the largest number that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: i64,
    pub(crate) hash: Option<Vec<u8>>,
    pub(crate) largest: i64,
}

/// Follows one chain, entry by entry.
struct Walk {
    org: OrgId,
    last: i64,
    hash: Vec<u8>,
    entries: i64,
    breaks: Vec<AuditBreak>,
}

impl Walk {
    fn new(org: OrgId) -> Self {
        Self {
            org,
            last: 0,
            hash: GENESIS.to_vec(),
            entries: 0,
            breaks: Vec::new(),
        }
    }

    fn found(&mut self, number: i64, fault: AuditFault) {
        if self.breaks.len() < MOST_BREAKS {
            self.breaks.push(AuditBreak { number, fault });
        }
    }

    fn is_broken(&self, number: i64) -> bool {
        self.breaks.last().is_some_and(|found| found.number == number)
    }

    fn step(&mut self, entry: &Stored) {
        let is_next = entry.number == self.last + 1;
        if !is_next {
            self.found(self.last + 1, AuditFault::Missing);
        }
        let is_whole = entry.computed(self.org).as_slice() == entry.hash;
        let follows = entry.previous_hash == self.hash;
        match (is_whole, follows) {
            (false, false) if is_next && !self.is_broken(self.last) => {
                self.found(entry.number, AuditFault::Reordered);
            }
            (false, false) if self.is_reordered(self.last) => {
                self.found(entry.number, AuditFault::Reordered);
            }
            (false, _) => self.found(entry.number, AuditFault::Altered),
            (true, false) if is_next && !self.is_broken(self.last) => {
                self.found(self.last, AuditFault::Replaced);
            }
            (true, _) => {}
        }
        self.last = entry.number;
        self.hash.clone_from(&entry.hash);
        self.entries += 1;
    }

    fn is_reordered(&self, number: i64) -> bool {
        self.breaks
            .last()
            .is_some_and(|found| found.number == number && found.fault == AuditFault::Reordered)
    }

    fn end(&mut self, head: &Head) {
        let hash = head.hash.as_deref().unwrap_or(&GENESIS);
        if self.last < head.number {
            self.found(self.last + 1, AuditFault::CutOff);
        } else if self.hash != hash && !self.is_broken(self.last) {
            self.found(self.last, AuditFault::Replaced);
        }
        if head.largest > head.number {
            self.found(head.number + 1, AuditFault::Added);
        }
    }
}

impl Instance {
    /// Follows the chain of audit entries of one organization, or of all, and tells every fault. Entries that are added
    /// meanwhile are not looked at. Organizations that are being purged are left out.
    pub async fn verify_audit(&self, org: Option<OrgId>) -> Result<Vec<AuditCheck>, Error> {
        let checks = self.verify(org).await?;
        Ok(checks.into_iter().map(|check| check.audit).collect())
    }
}

/// Follows the chain of one organization, as it is at one moment. `None` where there is no such organization, or not any
/// more.
pub(crate) fn follow(conn: &mut Conn, org: OrgId, name: String) -> Result<Option<AuditCheck>, Error> {
    let Some(head) = db::audit::head(conn, org)? else {
        return Ok(None);
    };
    let mut walk = Walk::new(org);
    loop {
        let chunk = db::audit::chunk(conn, org, walk.last, head.number, CHUNK)?;
        if chunk.is_empty() {
            break;
        }
        for entry in &chunk {
            walk.step(entry);
        }
    }
    walk.end(&head);
    Ok(Some(AuditCheck {
        org,
        name,
        entries: walk.entries,
        head: hex(head.hash.as_deref().unwrap_or(&GENESIS)),
        breaks: walk.breaks,
    }))
}
