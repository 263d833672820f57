//! Creations under an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same key with the same request
//! has the same answer, byte for byte, for a day.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::HeaderName},
};
use serde::Serialize;
use wicketgate_domain::{self as domain, IDEMPOTENCY_KEY, Operator, Org, Repeated};

use super::{Answer, Call, Http, error::Error, fields::Fields, object, reply};

/// The header.
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// How long a key may be, in characters.
const LONGEST_KEY: usize = 255;

/// A creation that begins.
pub(super) enum Begun {
    /// Nothing was created under the key before: this is the body.
    First(Fields),
    /// It was created before, and this is the answer it had.
    Repeated(HttpResponse),
}

/// What can be created behind.
pub(crate) trait Door {
    async fn begin_once(&mut self, key: &str, request: &[u8]) -> Result<Option<Repeated>, domain::Error>;
    async fn keep_answer(&self, answer: &[u8]) -> Result<(), domain::Error>;
}

impl Door for Org {
    async fn begin_once(&mut self, key: &str, request: &[u8]) -> Result<Option<Repeated>, domain::Error> {
        Org::begin_once(self, key, request).await
    }

    async fn keep_answer(&self, answer: &[u8]) -> Result<(), domain::Error> {
        Org::keep_answer(self, answer).await
    }
}

impl Door for Operator {
    async fn begin_once(&mut self, key: &str, request: &[u8]) -> Result<Option<Repeated>, domain::Error> {
        Operator::begin_once(self, key, request).await
    }

    async fn keep_answer(&self, answer: &[u8]) -> Result<(), domain::Error> {
        Operator::keep_answer(self, answer).await
    }
}

impl<D: Door> Call<D> {
    /// Reads the body of a creation, unless it was carried out before. Whoever may not create has been sent away.
    pub(super) async fn begin(&mut self) -> Result<Begun, Error> {
        let key = key(&self.http)?;
        let bytes = self.http.bytes().await?;
        let fields = Fields::new(object(&bytes)?);
        let Some(key) = key else {
            return Ok(Begun::First(fields));
        };
        let head = format!("{} {}\n", self.http.request.method(), self.http.request.uri());
        let request = [head.as_bytes(), &bytes].concat();
        match self.door.begin_once(&key, &request).await? {
            None => Ok(Begun::First(fields)),
            Some(Repeated::Another) => Err(Error::KeyOfAnotherRequest),
            Some(Repeated::Unanswered(unanswered)) => Err(Error::Unanswered(unanswered)),
            Some(Repeated::Answered(answer)) => {
                let (status, location, text): (u16, Option<String>, String) =
                    serde_json::from_slice(&answer).map_err(reply::unwritable)?;
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
                Ok(Begun::Repeated(reply::whole(status, text, location.as_deref())))
            }
        }
    }

    /// Answers a creation, and keeps the answer under its key.
    pub(super) async fn created(self, location: Option<String>, document: &impl Serialize) -> Answer {
        let status = StatusCode::CREATED;
        let text = reply::text(document)?;
        let kept = reply::text(&(status.as_u16(), &location, &text))?;
        if let Err(error) = self.door.keep_answer(kept.as_bytes()).await {
            // It was created: the caller has to know that, and what it needs to know is in the answer.
            tracing::warn!(request.id = %self.http.seen.id(), %error, "the answer under an Idempotency-Key was not kept");
        }
        Ok(reply::whole(status, text, location.as_deref()))
    }
}

/// The key of a request. It may be quoted, as the draft has it.
fn key(http: &Http) -> Result<Option<String>, Error> {
    let mut values = http.request.headers().get_all(HEADER);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim_ascii();
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let key = quoted.unwrap_or(text);
    let is_plain = key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if values.next().is_some() || key.is_empty() || key.len() > LONGEST_KEY || !is_plain {
        return Err(Error::field(
            IDEMPOTENCY_KEY,
            format!("send it once, with 1 to {LONGEST_KEY} printable characters without spaces and quotes"),
        ));
    }
    Ok(Some(key.to_owned()))
}
