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

impl RequestId {
    /// A fresh one. Ids sort by time.
    pub(crate) fn fresh() -> Self {
        let mut random = [0; 10];
        // The last two bytes count what belongs to the request: the operations of a bulk request, in the provisioning log.
        if let Some(drawn) = random.first_chunk_mut::<8>() {
            OsEntropy.fill(drawn);
        }
        let milliseconds = u64::try_from(SystemClock.now().as_millisecond()).unwrap_or_default();
        Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
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
