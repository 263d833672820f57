//! How much the identity providers of one organization may ask for, so that no organization takes the gateway from the
//! others. It is counted in the memory of this process, and only for organizations that a credential has opened.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::rt::time::timeout;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wicketgate_auth::OrgId;
use wicketgate_domain::{Org, RequestLimits};

use super::error::Error;

/// How long a request waits for others of its organization to be done.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many organizations are remembered before those are forgotten that have been quiet for [`QUIET`].
const REMEMBERED: usize = 1 << 14;
const QUIET: Duration = Duration::from_mins(5);

/// What each organization has asked for of late. Clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admissions(Arc<Mutex<HashMap<OrgId, Remembered>>>);

#[derive(Debug)]
struct Remembered {
    admission: Arc<Admission>,
    last: Instant,
}

/// One organization's requests, all together.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: RequestLimits,
    rate: Option<DefaultDirectRateLimiter>,
    places: Option<Arc<Semaphore>>,
}

/// One of the requests that an organization may have carried out at the same time, where their number is limited.
/// Dropping it makes room.
pub(crate) type Place = Option<OwnedSemaphorePermit>;

impl Admissions {
    /// Counts a request of the organization, or says when the next one is taken.
    pub(super) fn admit(&self, org: &Org) -> Result<Arc<Admission>, Error> {
        let admission = self.of(org.id(), org.settings().requests, Instant::now());
        admission.count()?;
        Ok(admission)
    }

    /// What is remembered of an organization. Where it has chosen other limits, it begins anew.
    fn of(&self, org: OrgId, limits: RequestLimits, now: Instant) -> Arc<Admission> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED && !remembered.contains_key(&org) {
            remembered.retain(|_, known| now.duration_since(known.last) < QUIET);
        }
        let known = remembered.entry(org).or_insert_with(|| Remembered {
            admission: Arc::new(Admission::new(limits)),
            last: now,
        });
        if known.admission.limits != limits {
            known.admission = Arc::new(Admission::new(limits));
        }
        known.last = now;
        Arc::clone(&known.admission)
    }
}

impl Admission {
    fn new(limits: RequestLimits) -> Self {
        let places = usize::from(limits.at_a_time);
        Self {
            limits,
            rate: quota(limits).map(RateLimiter::direct),
            places: (places > 0).then(|| Arc::new(Semaphore::new(places))),
        }
    }

    fn count(&self) -> Result<(), Error> {
        let Some(rate) = &self.rate else { return Ok(()) };
        rate.check().map_err(|refused| {
            let wait = refused.wait_time_from(rate.clock().now());
            Error::TooFast {
                limits: self.limits,
                // Whole seconds, and never none: a client that reads 0 comes back at once.
                seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero()),
            }
        })
    }

    /// Waits for a place, within reason.
    pub(super) async fn place(&self) -> Result<Place, Error> {
        let Some(places) = &self.places else {
            return Ok(None);
        };
        match timeout(PATIENCE, Arc::clone(places).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(Error::TooManyAtATime {
                at_a_time: self.limits.at_a_time,
            }),
        }
    }
}

/// The rate as the limiter takes it; none where there is no limit.
fn quota(limits: RequestLimits) -> Option<Quota> {
    let per_second = NonZeroU32::new(limits.per_second.into())?;
    let burst = NonZeroU32::new(limits.burst.into()).unwrap_or(per_second);
    Some(Quota::per_second(per_second).allow_burst(burst))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn limits(per_second: u16, burst: u16, at_a_time: u16) -> RequestLimits {
        RequestLimits {
            per_second,
            burst,
            at_a_time,
        }
    }

    fn org(number: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_burst_is_taken_and_what_follows_is_told_when_to_come_back() {
        let admission = Admission::new(limits(1, 3, 0));
        for _ in 0..3 {
            admission.count().unwrap();
        }
        let refused = admission.count().unwrap_err();
        assert!(
            matches!(refused, Error::TooFast { seconds: 1, .. }),
            "{refused:?}"
        );
    }

    #[test]
    fn without_a_burst_as_many_are_taken_at_once_as_in_a_second() {
        let admission = Admission::new(limits(2, 0, 0));
        assert!(admission.count().is_ok() && admission.count().is_ok() && admission.count().is_err());
    }

    #[test]
    fn a_limit_that_is_off_takes_everything() {
        let admission = Admission::new(RequestLimits::OFF);
        assert!((0..20_000).all(|_| admission.count().is_ok()));
    }

    #[test]
    fn one_organization_does_not_count_for_another() {
        let (admissions, now) = (Admissions::default(), Instant::now());
        let limits = limits(1, 1, 0);
        assert!(admissions.of(org(1), limits, now).count().is_ok());
        assert!(admissions.of(org(1), limits, now).count().is_err());
        assert!(admissions.of(org(2), limits, now).count().is_ok());
    }

    #[test]
    fn other_limits_count_from_the_next_request_on() {
        let (admissions, now) = (Admissions::default(), Instant::now());
        assert!(admissions.of(org(1), limits(1, 1, 0), now).count().is_ok());
        assert!(admissions.of(org(1), limits(1, 1, 0), now).count().is_err());
        assert!(admissions.of(org(1), limits(9, 9, 0), now).count().is_ok());
    }

    #[test]
    fn quiet_organizations_are_forgotten_when_there_are_many() {
        let (admissions, start) = (Admissions::default(), Instant::now());
        for number in 0..REMEMBERED {
            admissions.of(org(number as u128), RequestLimits::OFF, start);
        }
        admissions.of(org(u128::MAX), RequestLimits::OFF, start + QUIET);
        assert_eq!(admissions.0.lock().unwrap().len(), 1);
    }

    #[actix_web::test]
    async fn a_place_that_becomes_free_is_taken_by_who_waits() {
        let admission = Arc::new(Admission::new(limits(0, 0, 1)));
        let first = admission.place().await.unwrap();
        let waiting = actix_web::rt::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.place().await.is_ok() }
        });
        actix_web::rt::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.await.unwrap());
    }
}
