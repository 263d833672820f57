//! Creations that a caller may repeat without harm: under a key of its choice, what was created once is not created
//! again, and the answer is what it was.
//!
//! The key is written in the transaction of the creation, by [`db::events::append`], and its answer after that. So of two
//! requests with one key one creates and the other is undone, and a process that dies in between leaves a key without an
//! answer: whoever repeats the request then is told that it was carried out. Answers may hold secrets, so they are
//! encrypted with a key that is not in the database.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::{
    Error, Gateway, Operator, Org,
    db::{
        self,
        idempotency_keys::{Place, Stored},
    },
    event::Actor,
    org::Common,
};

/// What [`Error::AlreadyExists`] names where another request with the same key was faster.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// For how long a key stands for its request.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The key of a request that is carried out once.
#[derive(Debug)]
pub(crate) struct Keyed {
    /// Whose key it is.
    pub(crate) place: Place,
    /// What it stands for.
    pub(crate) request: [u8; 32],
    /// Keys that are older stand for nothing any more.
    pub(crate) since: Timestamp,
}

/// What became of the request that came with a key before.
#[derive(Debug)]
pub enum Repeated {
    /// It was answered like this.
    Answered(Zeroizing<Vec<u8>>),
    /// It was carried out, and nobody knows any more what was answered.
    Unanswered(Unanswered),
    /// It was another request.
    Another,
}

/// A request that was carried out and whose answer is not known: it is still on its way, or the process died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// What it is called in the log and in events.
    pub request_id: String,
    /// When it was carried out.
    pub at: Timestamp,
}

impl Org {
    /// Has the next creation carried out once under this key. What became of the request that came with it before is
    /// answered instead, if there was one.
    pub async fn begin_once(&mut self, key: &str, request: &[u8]) -> Result<Option<Repeated>, Error> {
        let place = Place::Org {
            org: self.id,
            caller: caller(&self.actor),
            key: key.to_owned(),
        };
        let (wanted, since) = (place.clone(), oldest(&self.shared)?);
        let found = self
            .shared
            .db
            .read(move |tx| db::idempotency_keys::find(tx, &wanted, since))
            .await?;
        let begun = begin(&self.shared, place, request, found)?;
        Ok(begun.map_or_else(Some, |keyed| {
            self.once = Some(Arc::new(keyed));
            None
        }))
    }

    /// Keeps the answer of the creation that [`Org::begin_once`] began.
    pub async fn keep_answer(&self, answer: &[u8]) -> Result<(), Error> {
        let Some(Keyed { place, .. }) = self.once.as_deref() else {
            return Ok(());
        };
        let (place, (pepper_id, encrypted)) = (place.clone(), encrypted(&self.shared, place, answer));
        self.shared
            .db
            .write(move |tx| db::idempotency_keys::keep(tx, &place, pepper_id, &encrypted))
            .await
    }
}

impl Operator {
    /// As [`Org::begin_once`], for what is created in the installation.
    pub async fn begin_once(&mut self, key: &str, request: &[u8]) -> Result<Option<Repeated>, Error> {
        let Actor::Account { id, .. } = self.instance.actor else {
            return Ok(None);
        };
        let place = Place::Account {
            account: id,
            key: key.to_owned(),
        };
        let shared = &self.instance.shared;
        let (wanted, since) = (place.clone(), oldest(shared)?);
        let found = shared
            .db
            .read(move |tx| db::idempotency_keys::find(tx, &wanted, since))
            .await?;
        let begun = begin(shared, place, request, found)?;
        Ok(begun.map_or_else(Some, |keyed| {
            self.instance.once = Some(Arc::new(keyed));
            None
        }))
    }

    /// Keeps the answer of the creation that [`Operator::begin_once`] began.
    pub async fn keep_answer(&self, answer: &[u8]) -> Result<(), Error> {
        let Some(Keyed { place, .. }) = self.instance.once.as_deref() else {
            return Ok(());
        };
        let shared = &self.instance.shared;
        let (place, (pepper_id, encrypted)) = (place.clone(), encrypted(shared, place, answer));
        shared
            .db
            .write(move |tx| db::idempotency_keys::keep(tx, &place, pepper_id, &encrypted))
            .await
    }
}

impl Gateway {
    /// Forgets the keys that stand for nothing any more. Answers how many there were.
    pub async fn forget_idempotency_keys(&self) -> Result<usize, Error> {
        let before = oldest(&self.shared)?;
        self.shared
            .db
            .write(move |tx| db::idempotency_keys::forget(tx, before))
            .await
    }
}

/// Whose keys are told apart: a key belongs to whoever acts, with whichever credential.
fn caller(actor: &Actor) -> String {
    match actor {
        Actor::ServiceUser { id, .. } => format!("service_user {id}"),
        Actor::Account { id, .. } => format!("account {id}"),
        Actor::Client { id, .. } => format!("client {id}"),
        Actor::SetupLink { id } => format!("setup_link {id}"),
        Actor::Operator => "operator".to_owned(),
        Actor::Gateway => "gateway".to_owned(),
        Actor::Finder => "finder".to_owned(),
    }
}

fn oldest(common: &Common) -> Result<Timestamp, Error> {
    common.sources.now().checked_sub(LIFE).map_err(Error::internal)
}

/// What a seal or an encrypted answer is for: under another key, or in another organization's row, it is worth nothing.
fn purpose(what: &str, place: &Place) -> String {
    match place {
        Place::Org { org, caller, key } => format!("idempotent {what} {org} {caller} {key}"),
        Place::Account { account, key } => format!("idempotent {what} of operator {account} {key}"),
    }
}

/// What a request begins with whose key was `found` like this.
fn begin(
    common: &Common,
    place: Place,
    request: &[u8],
    found: Option<Stored>,
) -> Result<Result<Keyed, Repeated>, Error> {
    let sealed_for = purpose("request", &place);
    let Some(Stored {
        request: known,
        request_id,
        at,
        answer,
    }) = found
    else {
        return Ok(Ok(Keyed {
            request: common.peppers.seal(&sealed_for, request),
            place,
            since: oldest(common)?,
        }));
    };
    if !common.peppers.is_sealed(&sealed_for, request, &known) {
        return Ok(Err(Repeated::Another));
    }
    let Some((pepper_id, encrypted)) = answer else {
        return Ok(Err(Repeated::Unanswered(Unanswered { request_id, at })));
    };
    let answer = common
        .peppers
        .decrypt(&purpose("answer", &place), pepper_id, &encrypted)
        .map_err(Error::internal)?;
    Ok(Err(Repeated::Answered(answer)))
}

/// An answer as it is kept, and the number of the pepper under which it is encrypted.
fn encrypted(common: &Common, place: &Place, answer: &[u8]) -> (i32, Vec<u8>) {
    common
        .sources
        .with_entropy(|entropy| common.peppers.encrypt(&purpose("answer", place), answer, entropy))
}
