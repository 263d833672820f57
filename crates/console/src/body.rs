//! Reads the body of a form within its limits of size and time, and lets go of the connection where it was not read to
//! its end.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::Payload,
    error::PayloadError,
    http::header::{CONTENT_TYPE, HeaderMap},
    rt::time::timeout,
    web::Bytes,
};
use futures_util::StreamExt as _;
use zeroize::Zeroizing;

/// The longest form. Ours are a few hundred bytes; an authorization request may be a few thousand.
pub(crate) const LIMIT: usize = 16 << 10;
/// How long a form may take to arrive.
const TIME: Duration = Duration::from_secs(10);

/// Why a form was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Its type is not that of a form.
    Type,
    /// It has more than [`LIMIT`] bytes.
    TooLarge,
    /// It did not arrive in time, or not wholly.
    Incomplete,
}

/// Reads a form whose head has these headers.
pub(crate) async fn read(
    headers: &HeaderMap,
    payload: &mut Payload,
) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !media_type
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        return Err(Unreadable::Type);
    }
    timeout(TIME, collect(payload))
        .await
        .unwrap_or(Err(Unreadable::Incomplete))
}

async fn collect(payload: &mut Payload) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    // The final size at once, so that growing leaves no copies of a password in freed memory.
    let mut body = Zeroizing::new(Vec::with_capacity(LIMIT));
    while let Some(bytes) = payload.next().await {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(PayloadError::Overflow) => return Err(Unreadable::TooLarge),
            Err(_) => return Err(Unreadable::Incomplete),
        };
        if body.len() + bytes.len() > LIMIT {
            return Err(Unreadable::TooLarge);
        }
        body.extend_from_slice(&bytes);
    }
    Ok(body)
}

/// Ties what is unread to the answer. While the answer holds it, the connection is closed behind the answer and not
/// read on for as long as the client likes.
pub(crate) fn hold(payload: Payload, response: HttpResponse) -> HttpResponse {
    match payload {
        Payload::None => response,
        payload => response.map_body(|_, body| {
            Held {
                body,
                _payload: payload,
            }
            .boxed()
        }),
    }
}

struct Held {
    body: BoxBody,
    _payload: Payload,
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{body::to_bytes, http::header::HeaderValue};
    use futures_util::stream;

    use super::*;

    fn headers(media_type: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers
    }

    fn chunks(chunks: Vec<Result<Vec<u8>, PayloadError>>) -> Payload {
        Payload::Stream {
            payload: stream::iter(
                chunks
                    .into_iter()
                    .map(|chunk| chunk.map(Bytes::from))
                    .collect::<Vec<_>>(),
            )
            .boxed_local(),
        }
    }

    async fn length(chunked: Vec<Result<Vec<u8>, PayloadError>>) -> Result<usize, Unreadable> {
        let form = headers("application/x-www-form-urlencoded; charset=UTF-8");
        Ok(read(&form, &mut chunks(chunked)).await?.len())
    }

    #[actix_web::test]
    async fn a_form_is_read_up_to_its_limit() {
        assert_eq!(
            length(vec![Ok(vec![b'a'; LIMIT - 1]), Ok(vec![b'a'])]).await,
            Ok(LIMIT)
        );
        assert_eq!(
            length(vec![Ok(vec![b'a'; LIMIT]), Ok(vec![b'a'])]).await,
            Err(Unreadable::TooLarge)
        );
        assert_eq!(
            length(vec![Err(PayloadError::Incomplete(None))]).await,
            Err(Unreadable::Incomplete)
        );
    }

    #[actix_web::test]
    async fn only_forms_are_read() {
        for media_type in ["application/json", "multipart/form-data", "text/plain", ""] {
            let refused = read(&headers(media_type), &mut chunks(vec![])).await;
            assert_eq!(refused.map(|_| ()), Err(Unreadable::Type), "{media_type}");
        }
        assert!(read(&HeaderMap::new(), &mut chunks(vec![])).await.is_err());
    }

    #[actix_web::test]
    async fn an_answer_that_holds_a_body_says_the_same() {
        let held = hold(
            chunks(vec![Ok(b"unread".to_vec())]),
            HttpResponse::Ok().body("answer"),
        );
        assert_eq!(held.body().size(), BodySize::Sized(6));
        assert_eq!(to_bytes(held.into_body()).await.unwrap(), "answer");
    }
}
