//! Genuine credentials that were refused, and requests that were put off. An identity provider whose token has expired
//! asks on and on: the same refusal within a minute becomes one row with a count.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::{OrgId, ServiceUserId, StoredCredential, TokenId};

use super::{action::Action, facts::Facts, failure::Failure, id, queue::Row};
use crate::{Caller, source::Sources};

/// For how long the same refusals are counted together.
pub(crate) const FOLDED: Duration = Duration::from_mins(1);
/// How many different refusals are counted at a time. Further ones are rows of their own.
const MOST_FOLDED: usize = 4_096;

/// One refusal, in the organization that the credential belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) org: OrgId,
    pub(crate) credential: TokenId,
    pub(crate) service_user: ServiceUserId,
    pub(crate) action: Action,
    pub(crate) failure: Failure,
    pub(crate) status: u16,
    pub(crate) detail: Option<String>,
    pub(crate) caller: Caller,
    pub(crate) request: String,
    pub(crate) at: Timestamp,
}

impl Refused {
    /// A refusal of a credential that the store knows, whose digest has matched.
    pub(crate) fn new(
        stored: &StoredCredential,
        failure: Failure,
        caller: Caller,
        request: &str,
        at: Timestamp,
    ) -> Self {
        let status = if failure == Failure::WrongOrganization {
            404
        } else {
            401
        };
        Self {
            org: stored.org,
            credential: stored.id,
            service_user: stored.service_user,
            action: Action::CredentialRefused,
            failure,
            status,
            detail: None,
            caller,
            request: request.to_owned(),
            at,
        }
    }

    fn row(&self, count: u64, first: Timestamp, sources: &Sources) -> Row {
        let id = id::of_request(&self.request, None);
        let facts = Facts {
            service_user: Some(self.service_user.as_uuid().simple().to_string()),
            failure: Some(self.failure.as_str().to_owned()),
            detail: self.detail.clone(),
            user_agent: self.caller.user_agent.clone(),
            network: self.caller.network.clone(),
            request: id.is_none().then(|| self.request.clone()),
            count: if count > 1 { count } else { 0 },
            first: (count > 1).then(|| first.as_millisecond()),
            ..Facts::default()
        };
        Row {
            org: self.org,
            id: id.unwrap_or_else(|| id::fresh(sources, self.at)),
            action: self.action,
            status: self.status,
            credential: Some(self.credential),
            target: None::<Uuid>,
            facts: facts.text(),
            body: None,
            count,
            duration: Duration::ZERO,
        }
    }
}

/// Refusals since the last row that told of one.
#[derive(Debug)]
struct Counting {
    since: Timestamp,
    count: u64,
    first: Timestamp,
    last: Refused,
}

/// The refusals that are counted: the first is a row at once, those of the minute after it become another one.
#[derive(Debug, Default)]
pub(crate) struct Folded(HashMap<(TokenId, &'static str), Counting>);

impl Folded {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a refusal, and answers the rows that it makes.
    pub(crate) fn add(&mut self, refused: Refused, sources: &Sources) -> Vec<Row> {
        let key = (refused.credential, refused.failure.as_str());
        let mut rows = self.due(refused.at, sources);
        if let Some(counting) = self.0.get_mut(&key) {
            if counting.count == 0 {
                counting.first = refused.at;
            }
            counting.count += 1;
            counting.last = refused;
            return rows;
        }
        rows.push(refused.row(1, refused.at, sources));
        if self.0.len() < MOST_FOLDED {
            let counting = Counting {
                since: refused.at,
                count: 0,
                first: refused.at,
                last: refused,
            };
            self.0.insert(key, counting);
        }
        rows
    }

    /// The rows whose minute is over.
    pub(crate) fn due(&mut self, now: Timestamp, sources: &Sources) -> Vec<Row> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let is_over = |counting: &Counting| now.duration_since(counting.since).unsigned_abs() >= FOLDED;
        let mut rows = Vec::new();
        self.0.retain(|_, counting| {
            if !is_over(counting) {
                return true;
            }
            let has_more = counting.count > 0;
            if has_more {
                rows.push(counting.last.row(counting.count, counting.first, sources));
                counting.since = now;
                counting.count = 0;
            }
            // Who goes on is counted for another minute, and who has stopped is forgotten.
            has_more
        });
        rows
    }

    /// All rows, whether or not their minute is over.
    pub(crate) fn all(&mut self, sources: &Sources) -> Vec<Row> {
        let mut rows = Vec::new();
        for counting in self.0.values_mut().filter(|counting| counting.count > 0) {
            rows.push(counting.last.row(counting.count, counting.first, sources));
            counting.count = 0;
        }
        rows
    }
}
