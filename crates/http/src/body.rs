//! Reads a body within its limits of size and time. What it says is not looked at.

use std::time::Duration;

use actix_web::{
    dev::Payload,
    error::PayloadError,
    http::header::{CONTENT_LENGTH, HeaderMap},
    rt::time::{Instant, timeout},
    web::BytesMut,
};
use futures_util::StreamExt;

use crate::unread::Unread;

/// For every so many bytes that have arrived, the rest has one more second. Who sends slower holds a connection for
/// nothing.
const BYTES_PER_SECOND: usize = 64 << 10;
/// How much is reserved on the word of a header alone.
const RESERVED: usize = 64 << 10;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is too large.
    TooLarge {
        /// How many bytes it may have.
        limit: usize,
    },
    /// It did not arrive in time.
    TooSlow,
    /// It broke off.
    Incomplete,
}

/// Reads a body of at most `limit` bytes that begins to arrive at once and takes at most `time`, or longer if it is
/// large.
pub(crate) async fn read(
    headers: &HeaderMap,
    unread: &Unread,
    limit: usize,
    time: Duration,
) -> Result<BytesMut, Unreadable> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let declared = declared.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if declared > limit {
        return Err(Unreadable::TooLarge { limit });
    }
    let mut payload = unread.take();
    let body = collect(
        &mut payload,
        BytesMut::with_capacity(declared.min(RESERVED)),
        limit,
        time,
    )
    .await;
    if body.is_err() {
        unread.give_back(payload);
    }
    body
}

async fn collect(
    payload: &mut Payload,
    mut body: BytesMut,
    limit: usize,
    time: Duration,
) -> Result<BytesMut, Unreadable> {
    let started = Instant::now();
    loop {
        let earned = Duration::from_secs(u64::try_from(body.len() / BYTES_PER_SECOND).unwrap_or_default());
        let left = (time + earned).saturating_sub(started.elapsed());
        match timeout(left, payload.next()).await {
            Err(_) => return Err(Unreadable::TooSlow),
            Ok(None) => return Ok(body),
            Ok(Some(Err(PayloadError::Overflow))) => return Err(Unreadable::TooLarge { limit }),
            Ok(Some(Err(_))) => return Err(Unreadable::Incomplete),
            Ok(Some(Ok(bytes))) => {
                if body.len() + bytes.len() > limit {
                    return Err(Unreadable::TooLarge { limit });
                }
                body.extend_from_slice(&bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::HeaderValue, web::Bytes};
    use futures_util::stream;

    use super::*;

    const TIME: Duration = Duration::from_secs(10);

    fn chunks(chunks: Vec<Result<&'static str, PayloadError>>) -> Payload {
        let chunks = chunks
            .into_iter()
            .map(|chunk| chunk.map(|text| Bytes::from_static(text.as_bytes())));
        Payload::Stream {
            payload: stream::iter(chunks.collect::<Vec<_>>()).boxed_local(),
        }
    }

    async fn text(payload: Payload, limit: usize) -> Result<String, Unreadable> {
        let body = read(&HeaderMap::new(), &Unread::new(payload), limit, TIME).await?;
        Ok(String::from_utf8(body.to_vec()).unwrap())
    }

    #[actix_web::test]
    async fn a_body_of_exactly_the_limit_is_read() {
        assert_eq!(text(chunks(vec![Ok("ab"), Ok("cd")]), 4).await.unwrap(), "abcd");
        assert_eq!(text(Payload::None, 0).await.unwrap(), "");
    }

    #[actix_web::test]
    async fn a_body_past_the_limit_is_given_up() {
        let refused = text(chunks(vec![Ok("ab"), Ok("cde")]), 4).await;
        assert!(matches!(refused, Err(Unreadable::TooLarge { limit: 4 })));
    }

    #[actix_web::test]
    async fn a_declared_length_past_the_limit_is_refused_before_reading() {
        let mut headers = HeaderMap::new();
        for length in ["5", "18446744073709551615"] {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static(length));
            let unread = Payload::Stream {
                payload: stream::pending().boxed_local(),
            };
            let unread = Unread::new(unread);
            let refused = read(&headers, &unread, 4, TIME).await;
            assert!(matches!(unread.take(), Payload::Stream { .. }), "{length}");
            assert!(
                matches!(refused, Err(Unreadable::TooLarge { limit: 4 })),
                "{length}"
            );
        }
    }

    #[actix_web::test]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let silent = Unread::new(Payload::Stream {
            payload: stream::pending().boxed_local(),
        });
        let refused = read(&HeaderMap::new(), &silent, 4, Duration::ZERO).await;
        assert!(matches!(refused, Err(Unreadable::TooSlow)));
        assert!(
            matches!(silent.take(), Payload::Stream { .. }),
            "the answer has to hold it"
        );
    }

    #[actix_web::test]
    async fn a_body_that_breaks_off_is_not_taken_for_a_whole_one() {
        let refused = text(chunks(vec![Ok("{}"), Err(PayloadError::Incomplete(None))]), 4).await;
        assert!(matches!(refused, Err(Unreadable::Incomplete)));
    }
}
