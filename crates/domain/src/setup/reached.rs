//! Which steps identity providers have reached, on their way to the database. A request says what it reached and never
//! waits; what was said lately is not said again.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use wicketgate_auth::{OrgId, ServiceUserId};

use super::step::{SetupStep, Steps};

/// For how long what was said is not said again.
const LATELY: SignedDuration = SignedDuration::from_mins(5);
/// Of how many identity providers it is known what they said.
const MOST_KNOWN: usize = 16_384;

/// A step that an identity provider reached, and when: the first and the last time that is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) org: OrgId,
    pub(crate) service_user: ServiceUserId,
    pub(crate) step: SetupStep,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

type Place = (OrgId, ServiceUserId, SetupStep);

/// What waits to be written, and what was said lately.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    waiting: BTreeMap<Place, (Timestamp, Timestamp)>,
    lately: HashMap<(OrgId, ServiceUserId), (Steps, Timestamp)>,
}

impl Waiting {
    /// Notes what was reached. `true` where there is something to write now, and was nothing before.
    pub(crate) fn note(
        &mut self,
        org: OrgId,
        service_user: ServiceUserId,
        steps: Steps,
        at: Timestamp,
    ) -> bool {
        let place = (org, service_user);
        if self.lately.len() >= MOST_KNOWN && !self.lately.contains_key(&place) {
            self.lately.clear();
        }
        let (said, since) = self.lately.entry(place).or_insert((Steps::default(), at));
        if at.duration_since(*since) >= LATELY {
            (*said, *since) = (Steps::default(), at);
        }
        let new = steps.without(*said);
        if new.is_empty() {
            return false;
        }
        *said = said.and(new);
        let was_empty = self.waiting.is_empty();
        for step in new.each() {
            let entry = self.waiting.entry((org, service_user, step)).or_insert((at, at));
            *entry = (entry.0.min(at), entry.1.max(at));
        }
        was_empty
    }

    /// Something of the identity provider came to nothing: what it reaches next is said again, however soon.
    pub(crate) fn failed(&mut self, org: OrgId, service_user: ServiceUserId) {
        self.lately.remove(&(org, service_user));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes up to `limit`, in an order in which processes that write at once take rows.
    pub(crate) fn take(&mut self, limit: usize) -> Vec<Reached> {
        let mut taken = Vec::new();
        while taken.len() < limit
            && let Some(((org, service_user, step), (first, last))) = self.waiting.pop_first()
        {
            taken.push(Reached {
                org,
                service_user,
                step,
                first,
                last,
            });
        }
        taken
    }

    /// Takes back what could not be written.
    pub(crate) fn give_back(&mut self, reached: &[Reached]) {
        for known in reached {
            let place = (known.org, known.service_user, known.step);
            let entry = self.waiting.entry(place).or_insert((known.first, known.last));
            *entry = (entry.0.min(known.first), entry.1.max(known.last));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn a_provider() -> (OrgId, ServiceUserId) {
        (
            OrgId::from_uuid(Uuid::nil()),
            ServiceUserId::from_uuid(Uuid::nil()),
        )
    }

    fn steps(steps: &[SetupStep]) -> Steps {
        steps.iter().fold(Steps::default(), |all, step| all.with(*step))
    }

    #[test]
    fn what_was_said_lately_is_not_said_again() {
        let ((org, someone), mut waiting) = (a_provider(), Waiting::default());
        let used = steps(&[SetupStep::Credential]);
        assert!(waiting.note(org, someone, used, at(0)));
        assert_eq!(waiting.take(10).len(), 1);
        assert!(!waiting.note(org, someone, used, at(299)));
        assert!(waiting.is_empty());
        let more = steps(&[SetupStep::Credential, SetupStep::Connection]);
        assert!(waiting.note(org, someone, more, at(299)));
        let taken = waiting.take(10);
        assert_eq!(
            taken.iter().map(|known| known.step).collect::<Vec<_>>(),
            [SetupStep::Connection]
        );
        assert!(
            waiting.note(org, someone, used, at(300)),
            "it was said five minutes ago"
        );
    }

    #[test]
    fn what_comes_after_a_failure_is_said_again() {
        let ((org, someone), mut waiting) = (a_provider(), Waiting::default());
        let used = steps(&[SetupStep::Credential]);
        waiting.note(org, someone, used, at(0));
        waiting.take(10);
        waiting.failed(org, someone);
        assert!(waiting.note(org, someone, used, at(1)));
    }

    #[test]
    fn what_could_not_be_written_waits_with_its_first_and_last_time() {
        let ((org, someone), mut waiting) = (a_provider(), Waiting::default());
        let used = steps(&[SetupStep::Credential]);
        waiting.note(org, someone, used, at(5));
        let taken = waiting.take(10);
        waiting.failed(org, someone);
        waiting.note(org, someone, used, at(9));
        waiting.give_back(&taken);
        let again = waiting.take(10);
        assert_eq!((again[0].first, again[0].last), (at(5), at(9)));
    }
}
