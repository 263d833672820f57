//! The rows that wait to be written, and the thread that writes them. A request hands its row in and goes on: it never
//! waits here, and where there is no room its row is counted instead.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::sync::oneshot;
use uuid::Uuid;
use wicketgate_auth::{OrgId, ServiceUserId, TokenId};
use wicketgate_metrics::Counter;

use super::{
    action::Action,
    facts::Facts,
    refused::{FOLDED, Folded, Refused},
};
use crate::{
    Error,
    db::{self, Background},
    setup::{self, Reached, Steps},
    source::Sources,
};

/// How many rows may wait.
const MOST_ROWS: usize = 16_384;
/// How many bytes they may have.
const MOST_BYTES: usize = 32 << 20;
/// How many rows one statement writes.
const BATCH: usize = 1_000;
/// How long a row waits for others.
const PATIENCE: Duration = Duration::from_millis(250);
/// How far apart batches are while rows keep coming: the more rows share one, the fewer pages are written for each.
const SPACING: Duration = Duration::from_secs(1);
/// How long the writer waits after the database refused it.
const PAUSE: Duration = Duration::from_secs(1);
/// How many organizations are told how many rows they miss.
const MOST_GAPS: usize = 1_024;
/// About what a row takes beside its texts.
const ROW_BYTES: usize = 256;

/// One row that waits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) org: OrgId,
    pub(crate) id: Uuid,
    pub(crate) action: Action,
    pub(crate) status: u16,
    pub(crate) credential: Option<TokenId>,
    pub(crate) target: Option<Uuid>,
    pub(crate) facts: String,
    pub(crate) body: Option<String>,
    /// How many requests it stands for.
    pub(crate) count: u64,
    /// How long the answer took.
    pub(crate) duration: Duration,
}

impl Row {
    fn bytes(&self) -> usize {
        ROW_BYTES + self.facts.len() + self.body.as_ref().map_or(0, String::len)
    }
}

/// Rows of one organization that there was no room for.
#[derive(Debug, Clone, Copy)]
struct Gap {
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

#[derive(Default)]
struct State {
    rows: Vec<Row>,
    /// Of the rows that wait, and of those that are being written.
    bytes: usize,
    flushes: Vec<oneshot::Sender<Result<(), Error>>>,
    gaps: HashMap<OrgId, Gap>,
    folded: Folded,
    /// What identity providers have reached, written after the rows.
    reached: setup::Waiting,
    dropped: Counter,
    is_closed: bool,
}

/// What requests and the writer share.
struct Waiting {
    state: Mutex<State>,
    wake: Condvar,
}

impl Waiting {
    /// Nothing that holds this lock can panic half-way.
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The log's own end of the queue. The writer ends with it.
pub(crate) struct Queue(Arc<Waiting>);

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.0.locked().rows.len())
            .finish()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.0.locked().is_closed = true;
        self.0.wake.notify_all();
    }
}

impl Queue {
    /// Starts the writer.
    pub(crate) fn start(
        db: Background,
        sources: Sources,
        measured: &wicketgate_metrics::ProvisioningLog,
    ) -> Result<Self, Error> {
        let waiting = Arc::new(Waiting {
            state: Mutex::new(State {
                dropped: measured.dropped.clone(),
                ..State::default()
            }),
            wake: Condvar::new(),
        });
        let writer = Writer {
            waiting: Arc::clone(&waiting),
            db,
            sources,
            written: measured.written.clone(),
        };
        thread::Builder::new()
            .name("provisioning-log".to_owned())
            .spawn(move || writer.run())
            .map_err(Error::internal)?;
        Ok(Self(waiting))
    }

    /// Hands a row in. Where there is no room it is counted, and the organization is told later.
    pub(crate) fn push(&self, row: Row, at: Timestamp) {
        let mut state = self.0.locked();
        if state.add(row, at) {
            drop(state);
            self.0.wake.notify_one();
        }
    }

    /// Hands in that a credential was refused. The same refusal within a minute is added to the one before.
    pub(crate) fn refused(&self, refused: Refused, sources: &Sources) {
        let at = refused.at;
        let mut state = self.0.locked();
        state.reached.failed(refused.org, refused.service_user);
        let rows = state.folded.add(refused, sources);
        let mut is_urgent = false;
        for row in rows {
            is_urgent |= state.add(row, at);
        }
        drop(state);
        if is_urgent {
            self.0.wake.notify_one();
        }
    }

    /// Notes which steps of their set-up a service user has reached. It costs nothing where that was said lately.
    pub(crate) fn reached(&self, org: OrgId, service_user: ServiceUserId, steps: Steps, at: Timestamp) {
        let mut state = self.0.locked();
        if state.reached.note(org, service_user, steps, at) {
            drop(state);
            self.0.wake.notify_one();
        }
    }

    /// Notes that something of a service user came to nothing: what it reaches next is news.
    pub(crate) fn failed(&self, org: OrgId, service_user: ServiceUserId) {
        self.0.locked().reached.failed(org, service_user);
    }

    /// Waits until everything that was handed in has been written, or could not be.
    pub(crate) async fn flush(&self) -> Result<(), Error> {
        let (done, written) = oneshot::channel();
        self.0.locked().flushes.push(done);
        self.0.wake.notify_one();
        written
            .await
            .unwrap_or_else(|_| Err(Error::internal("the writer of the provisioning log has ended")))
    }

    /// How many rows wait to be written.
    pub(crate) fn waiting(&self) -> usize {
        self.0.locked().rows.len()
    }

    /// How many rows there was no room for, since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.locked().dropped.get()
    }
}

impl State {
    fn has_nothing_to_do(&self) -> bool {
        self.rows.is_empty() && self.reached.is_empty() && self.flushes.is_empty() && !self.is_closed
    }

    /// Adds a row, and says whether the writer has to be woken: it waits for the first row, and for a whole batch.
    fn add(&mut self, row: Row, at: Timestamp) -> bool {
        let bytes = row.bytes();
        if self.rows.len() >= MOST_ROWS || self.bytes + bytes > MOST_BYTES {
            self.miss(row.org, at);
            return false;
        }
        self.bytes += bytes;
        self.rows.push(row);
        self.rows.len() == 1 || self.rows.len() == BATCH
    }

    fn miss(&mut self, org: OrgId, at: Timestamp) {
        self.dropped.inc();
        let is_known = self.gaps.contains_key(&org);
        if is_known || self.gaps.len() < MOST_GAPS {
            let gap = self.gaps.entry(org).or_insert(Gap {
                count: 0,
                first: at,
                last: at,
            });
            gap.count += 1;
            gap.first = gap.first.min(at);
            gap.last = gap.last.max(at);
        }
    }

    /// Says of each organization that misses rows how many, as rows.
    fn tell_gaps(&mut self, sources: &Sources) {
        for (org, gap) in std::mem::take(&mut self.gaps) {
            let facts = Facts {
                count: gap.count,
                first: Some(gap.first.as_millisecond()),
                ..Facts::default()
            };
            self.add(
                Row {
                    org,
                    id: super::id::fresh(sources, gap.last),
                    action: Action::LogGap,
                    status: 0,
                    credential: None,
                    target: None,
                    facts: facts.text(),
                    body: None,
                    count: 0,
                    duration: Duration::ZERO,
                },
                gap.last,
            );
        }
    }
}

/// The thread that writes.
struct Writer {
    waiting: Arc<Waiting>,
    db: Background,
    sources: Sources,
    written: Counter,
}

impl Writer {
    fn run(self) {
        let mut next = Instant::now();
        while self.wait(next) {
            next = Instant::now() + SPACING;
            let flushes = std::mem::take(&mut self.waiting.locked().flushes);
            if !flushes.is_empty() {
                let now = self.sources.now();
                let mut state = self.waiting.locked();
                let rows = state.folded.all(&self.sources);
                for row in rows {
                    state.add(row, now);
                }
            }
            let written = self.write_all();
            let is_refused = written.is_err();
            if let Err(error) = &written {
                tracing::warn!(%error, "the provisioning log was not written; it is tried again");
            }
            for done in flushes {
                let answer = match &written {
                    Ok(()) => Ok(()),
                    Err(error) => Err(Error::Unavailable(error.to_string().into())),
                };
                // Who waited may have given up.
                drop(done.send(answer));
            }
            if is_refused && !self.pause() {
                return;
            }
        }
    }

    /// Waits for something to do, and for `next` where it is not urgent. `false` at the end, once everything is written.
    fn wait(&self, next: Instant) -> bool {
        let mut state = self.waiting.locked();
        while state.has_nothing_to_do() {
            if state.folded.is_empty() {
                state = self
                    .waiting
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            // Refusals are being counted: their minute ends, whatever else happens.
            let (woken, timeout) = self
                .waiting
                .wake
                .wait_timeout(state, FOLDED)
                .unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() {
                return true;
            }
            state = woken;
        }
        let is_early =
            |state: &mut State| state.rows.len() < BATCH && state.flushes.is_empty() && !state.is_closed;
        let (state, _) = self
            .waiting
            .wake
            .wait_timeout_while(
                state,
                PATIENCE.max(next.saturating_duration_since(Instant::now())),
                is_early,
            )
            .unwrap_or_else(PoisonError::into_inner);
        !state.is_closed || !state.rows.is_empty() || !state.reached.is_empty()
    }

    /// Waits before the next attempt. `false` where there will be none.
    fn pause(&self) -> bool {
        let state = self.waiting.locked();
        let goes_on = |state: &mut State| !state.is_closed && state.flushes.is_empty();
        let (state, _) = self
            .waiting
            .wake
            .wait_timeout_while(state, PAUSE, goes_on)
            .unwrap_or_else(PoisonError::into_inner);
        !state.is_closed
    }

    /// Writes what waits, batch after batch, and then what is missing. Rows that were not written wait on.
    fn write_all(&self) -> Result<(), Error> {
        loop {
            let batch = {
                let mut state = self.waiting.locked();
                let due = state.folded.due(self.sources.now(), &self.sources);
                for row in due {
                    let at = self.sources.now();
                    state.add(row, at);
                }
                if state.rows.is_empty() {
                    if !state.reached.is_empty() {
                        let reached = state.reached.take(BATCH);
                        drop(state);
                        self.write_reached(reached)?;
                        continue;
                    }
                    if state.gaps.is_empty() {
                        return Ok(());
                    }
                    state.tell_gaps(&self.sources);
                }
                let end = state.rows.len().min(BATCH);
                state.rows.drain(..end).collect::<Vec<Row>>()
            };
            let bytes: usize = batch.iter().map(Row::bytes).sum();
            let batch = Arc::new(batch);
            let written = self.write(&batch);
            let mut state = self.waiting.locked();
            if let Err(error) = written {
                // Nothing else takes from the front.
                let rows = Arc::unwrap_or_clone(batch);
                state.rows.splice(..0, rows);
                return Err(error);
            }
            state.bytes = state.bytes.saturating_sub(bytes);
        }
    }

    /// Writes what was reached. Where the database takes offence at something, the rest is written all the same.
    fn write_reached(&self, reached: Vec<Reached>) -> Result<(), Error> {
        let batch = reached.clone();
        let written = self.db.write(move |tx| db::setup_steps::write(tx, &batch));
        let Err(Error::Internal(_)) = written else {
            if written.is_err() {
                self.waiting.locked().reached.give_back(&reached);
            }
            return written;
        };
        for one in reached {
            let written = self.db.write(move |tx| db::setup_steps::write(tx, &[one]));
            if let Err(error) = written {
                // It is reached again, or its organization is gone.
                tracing::warn!(%error, org.id = %one.org, "a step of a set-up was not written");
            }
        }
        Ok(())
    }

    /// Writes a batch. Where the database takes offence at it, each row is written on its own, and one that it does not
    /// take is missing.
    fn write(&self, batch: &Arc<Vec<Row>>) -> Result<(), Error> {
        let rows = Arc::clone(batch);
        let written = self.db.write(move |tx| db::provisioning_log::insert(tx, &rows));
        let Err(Error::Internal(_)) = written else {
            if written.is_ok() {
                self.written
                    .inc_by(u64::try_from(batch.len()).unwrap_or(u64::MAX));
            }
            return written;
        };
        for row in batch.iter() {
            let one = vec![row.clone()];
            match self.db.write(move |tx| db::provisioning_log::insert(tx, &one)) {
                Err(Error::Internal(error)) => {
                    tracing::error!(%error, org.id = %row.org, "a row of the provisioning log cannot be written");
                    // A gap that cannot be told would be told again for ever.
                    if row.action != Action::LogGap {
                        let at = self.sources.now();
                        self.waiting.locked().miss(row.org, at);
                    }
                }
                other => {
                    other?;
                    self.written.inc();
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wicketgate_auth::OsEntropy;

    use super::*;
    use crate::SystemClock;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn row(org: OrgId, facts: usize) -> Row {
        Row {
            org,
            id: Uuid::nil(),
            action: Action::UserCreated,
            status: 201,
            credential: None,
            target: None,
            facts: "x".repeat(facts),
            body: None,
            count: 1,
            duration: Duration::ZERO,
        }
    }

    #[test]
    fn a_row_without_room_is_counted_and_the_organization_is_told() {
        let (one, other) = (OrgId::from_uuid(Uuid::nil()), OrgId::from_uuid(Uuid::max()));
        let mut state = State::default();
        for _ in 0..MOST_ROWS {
            state.add(row(one, 10), at(0));
        }
        assert_eq!(state.dropped.get(), 0);
        for second in [7, 5, 9] {
            assert!(
                !state.add(row(other, 10), at(second)),
                "nobody needs to wake up for it"
            );
        }
        assert_eq!((state.rows.len(), state.dropped.get()), (MOST_ROWS, 3));
        state.rows.clear();
        state.bytes = 0;
        state.tell_gaps(&Sources::new(SystemClock, OsEntropy));
        let told = state.rows.pop().unwrap();
        assert_eq!((told.org, told.action, told.status), (other, Action::LogGap, 0));
        assert_eq!(told.facts, r#"{"c":3,"b":5000}"#);
        assert!(state.gaps.is_empty());
    }

    #[test]
    fn rows_are_bounded_by_their_bytes_too() {
        let org = OrgId::from_uuid(Uuid::nil());
        let mut state = State::default();
        for _ in 0..40 {
            state.add(row(org, 1 << 20), at(0));
        }
        assert_eq!((state.rows.len(), state.dropped.get()), (31, 9));
    }
}
