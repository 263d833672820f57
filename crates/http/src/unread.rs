//! A body that nobody read to its end. It keeps its connection from being used again; it does not decide who reads.

use std::{
    cell::Cell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::Payload,
    web::Bytes,
};

/// The body of one request, until somebody reads it to its end. Clones are the same body.
#[derive(Clone)]
pub(crate) struct Unread(Rc<Cell<Option<Payload>>>);

impl Unread {
    pub(crate) fn new(payload: Payload) -> Self {
        Self(Rc::new(Cell::new(match payload {
            Payload::None => None,
            payload => Some(payload),
        })))
    }

    /// Takes the body, for reading it.
    pub(crate) fn take(&self) -> Payload {
        self.0.take().unwrap_or(Payload::None)
    }

    /// Gives back a body whose end was not reached.
    pub(crate) fn give_back(&self, payload: Payload) {
        self.0.set(Some(payload));
    }

    /// Ties what is unread to the answer.
    ///
    /// actix-web would read a chunked body on, for as long as the client likes, once nobody holds it any more. While
    /// the answer holds it, the connection is closed behind the answer instead: a client that was refused cannot keep
    /// it by trickling.
    pub(crate) fn hold(&self, response: HttpResponse) -> HttpResponse {
        match self.0.take() {
            None => response,
            Some(payload) => response.map_body(|_, body| {
                Held {
                    body,
                    _payload: payload,
                }
                .boxed()
            }),
        }
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
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn an_answer_that_holds_a_body_says_the_same() {
        let unread = Unread::new(Payload::from(b"unread".to_vec()));
        let response = unread.hold(HttpResponse::Ok().body("answer"));
        assert_eq!(response.body().size(), BodySize::Sized(6));
        assert_eq!(to_bytes(response.into_body()).await.unwrap(), "answer");
    }

    #[actix_web::test]
    async fn a_body_is_held_until_it_has_been_taken() {
        let unread = Unread::new(Payload::from(b"unread".to_vec()));
        let payload = unread.take();
        assert!(matches!(unread.take(), Payload::None));
        unread.give_back(payload);
        assert!(matches!(unread.take(), Payload::H1 { .. }));
    }
}
