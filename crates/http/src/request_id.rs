//! The id of one request: in its answer, in the log and in the events it causes. An id that a client sends is not used,
//! so that nobody can write into another's log.

use actix_web::{
    HttpResponse,
    http::header::{HeaderName, HeaderValue},
};
use uuid::Uuid;
use wicketgate_auth::{Entropy, OsEntropy};
use wicketgate_domain::{Clock, SystemClock};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(Uuid);

/// Which of its 4,096 parts a millisecond is in.
fn part_of_millisecond(nanosecond: i32) -> u16 {
    u16::try_from(nanosecond.rem_euclid(1_000_000) * 2_048 / 500_000).unwrap_or_default()
}

impl RequestId {
    /// A fresh one. Ids sort by time.
    pub(crate) fn fresh() -> Self {
        let now = SystemClock.now();
        let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let mut rest = [0; 10];
        OsEntropy.fill(&mut rest);
        let [part_high, part_low, ..] = &mut rest;
        // Two requests in the same millisecond sort as they came (RFC 9562 §6.2, method 3).
        [*part_high, *part_low] = part_of_millisecond(now.subsec_nanosecond()).to_be_bytes();
        // The last two bytes count what belongs to the request: the operations of a bulk request, in the provisioning log.
        let [.., counter_high, counter_low] = &mut rest;
        [*counter_high, *counter_low] = [0, 0];
        Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &rest).into_uuid())
    }

    /// Writes the id into an answer.
    pub(crate) fn stamp(self, response: &mut HttpResponse) {
        if let Ok(value) = HeaderValue::from_str(&self.to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_carries_the_id() {
        let id = RequestId::fresh();
        let mut response = HttpResponse::Ok().finish();
        id.stamp(&mut response);
        assert_eq!(
            response.headers().get("x-request-id").unwrap().to_str().unwrap(),
            id.to_string()
        );
    }

    #[test]
    fn no_two_requests_have_the_same_id() {
        assert_ne!(RequestId::fresh().0, RequestId::fresh().0);
    }
}
