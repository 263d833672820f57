//! The provisioning log: what identity providers asked an organization for, what became of it, and why something failed,
//! for the organization's own people.
//!
//! A request hands its [`Entry`] in through the organization that it entered, and never waits for it to be written. A
//! thread writes the entries of all organizations in batches. What must not be kept is removed before an entry is
//! handed in; see `redact`.

mod action;
mod entry;
mod explain;
mod export;
mod facts;
mod failure;
mod id;
mod queue;
mod read;
mod redact;
mod refused;
mod retention;
mod sentence;

use std::time::Duration;

use wicketgate_auth::{Denied, StoredCredential};

pub use action::{Action, TargetKind};
pub use entry::{Entry, Named};
pub use explain::Explanation;
pub use export::{CSV_HEADER, csv_line, json_line, log_row_json};
pub use failure::Failure;
pub use id::LogId;
pub use read::{
    LogCredential, LogPage, LogQuery, LogRewrite, LogRow, LogTarget, MOST_LOG_ROWS, ProvisioningLog, Tail,
};

pub(crate) use explain::Token;
pub(crate) use facts::{Facts, Marked};
pub(crate) use id::first_of;
pub(crate) use queue::{Queue, Row};
pub(crate) use read::named;

use crate::{Caller, Error, Gateway, Org, event::Actor, org::Shared, setup::Steps};
use refused::Refused;

/// How much of a user agent is kept, in characters.
const LONGEST_AGENT: usize = 200;

impl Org {
    /// Hands in what became of a request. It is written soon, and this does not wait for it. What only read, and was
    /// answered, leaves no trace.
    pub fn log(&self, entry: Entry) {
        let at = self.shared.sources.now();
        if let Actor::ServiceUser { id, .. } = &self.actor {
            let (action, status) = entry.outcome();
            if status >= 400 {
                self.shared.log.failed(self.id, *id);
            }
            let steps = Steps::of(action, status);
            self.shared.log.reached(self.id, *id, steps, at);
        }
        let Some(finished) = entry.finish() else { return };
        let mut facts = finished.facts;
        let known = id::of_request(&self.request_id, finished.number);
        let id = known.unwrap_or_else(|| id::numbered(id::fresh(&self.shared.sources, at), finished.number));
        if known.is_none() {
            facts.request = Some(redact::cut(&self.request_id, LONGEST_AGENT));
        }
        let credential = match &self.actor {
            Actor::ServiceUser { id, credential } => {
                facts.service_user = Some(id.as_uuid().simple().to_string());
                Some(*credential)
            }
            Actor::Account { .. }
            | Actor::Client { .. }
            | Actor::SetupLink { .. }
            | Actor::Operator
            | Actor::Gateway
            | Actor::Finder => None,
        };
        let caller = shortened(self.caller.clone());
        if let (Some(credential), Actor::ServiceUser { id, .. }) = (credential, &self.actor)
            && let Some(failure) = finished.turned_away
        {
            // Whoever asks too fast would otherwise be answered by a row each time.
            let refused = Refused {
                org: self.id,
                credential,
                service_user: *id,
                action: finished.action,
                failure,
                status: finished.status,
                detail: facts.detail,
                caller,
                request: self.request_id.clone(),
                at,
            };
            self.shared.log.refused(refused, &self.shared.sources);
            return;
        }
        facts.user_agent = caller.user_agent;
        facts.network = caller.network;
        let row = Row {
            org: self.id,
            id,
            action: finished.action,
            status: finished.status,
            credential,
            target: finished.target,
            duration: Duration::from_micros(facts.microseconds),
            facts: facts.text(),
            body: finished.body,
            count: 1,
        };
        self.shared.log.push(row, at);
    }
}

impl Gateway {
    /// Waits until everything that was handed in to the provisioning log has been written. What the database does not
    /// take is tried again later.
    pub async fn flush_provisioning_log(&self) -> Result<(), Error> {
        self.shared.log.flush().await
    }

    /// How many entries there was no room for, since the start. The organizations' own logs say how many they miss.
    pub fn provisioning_log_dropped(&self) -> u64 {
        self.shared.log.dropped()
    }
}

impl Shared {
    /// Tells the organization that a credential belongs to why it was refused. `stored` is the credential's row, and is
    /// asked for only where the reason says that the digest has matched: nobody can write into a log with a guessed id.
    pub(crate) fn log_refused(
        &self,
        denied: Denied,
        stored: Option<&StoredCredential>,
        caller: &Caller,
        request: &str,
    ) {
        if let Some(failure) = Failure::of_denied(denied)
            && let Some(stored) = stored
        {
            let caller = shortened(caller.clone());
            let refused = Refused::new(stored, failure, caller, request, self.sources.now());
            self.log.refused(refused, &self.sources);
        }
    }
}

fn shortened(caller: Caller) -> Caller {
    Caller {
        network: caller.network,
        user_agent: caller.user_agent.map(|agent| redact::cut(&agent, LONGEST_AGENT)),
    }
}
