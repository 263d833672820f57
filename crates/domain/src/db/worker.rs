//! Database threads: a fixed number, each with its own connection, fed by one bounded queue. On SQLite one thread
//! writes and commits all waiting writes at once.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvError, Sender, TrySendError, bounded};
use diesel::{
    Connection, RunQueryDsl as _,
    connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager},
    r2d2::{ConnectionManager, PooledConnection},
    sql_query,
};
use tokio::sync::oneshot;
use wicketgate_metrics::{Queue as Measured, TaskKind};

use super::{
    Conn, ConnectionPool,
    commit::{Committing, Fate, Incarnation},
    row_security::{self, Reach},
    tally,
};
use crate::Error;

/// How long a request may wait for a database thread.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many requests may wait.
const QUEUE: usize = 1024;
/// How many writes one SQLite commit may carry, so that the first of them does not wait for all.
const GROUP: usize = 128;
/// How often a write runs again after losing against a concurrent one, or finding what it goes by outdated.
const ATTEMPTS_AGAIN: u64 = 3;
/// A connection that was idle for longer is checked before it is used.
const TRUSTED: Duration = Duration::from_secs(1);
/// How long it is asked what became of a transaction whose commit was not answered: a standby takes over in that time.
const CLEARING: Duration = Duration::from_secs(10);
/// How long to wait before it is asked again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long PostgreSQL's plans are kept. A statement is planned once for each connection, perhaps while its table is
/// nearly empty and any index seems as good as another: a first import of thousands of users would crawl until
/// statistics are gathered.
const PLANNED: Duration = Duration::from_secs(5);

/// Whether a piece of work may change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// It changes nothing: where the connection breaks in its midst it runs again.
    Read,
    /// It changes something in one transaction: it runs again where the transaction is known not to have happened.
    Write,
}

/// Who decides about a request that a thread takes out of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// The thread, which carries it out.
    Taken,
    /// The thread: the request has waited for too long.
    Late,
    /// The client has given it up before.
    GivenUp,
}

/// Work that a database thread does for one request.
trait Task: Send {
    /// Runs the work in a transaction and keeps its outcome. On PostgreSQL a transaction that has only read stays open.
    fn attempt(&mut self, conn: &mut Conn) -> Attempt;
    /// Sends the outcome, or `failure` instead of it.
    fn answer(self: Box<Self>, failure: Option<Error>);
    /// Takes the request on, unless it has waited for too long.
    fn begin(&self) -> Begun;
    /// Whether it may change anything.
    fn access(&self) -> Access;
    /// For how long the request has waited.
    fn waited(&self) -> Duration;
    /// How many events it has appended, if it is carried out.
    fn events(&self) -> u64;
    /// The connection broke and nothing has happened. Unless it runs again, the database is unavailable.
    fn broke(&mut self);
    /// It cannot be known whether its transaction was committed.
    fn is_in_doubt(&mut self);
}

/// How a piece of work went, as far as the connection is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attempt {
    /// It has an outcome, good or bad, and the connection is fine.
    Settled,
    /// It lost against a concurrent transaction and may run again.
    Lost,
    /// The connection may be dead.
    Suspect,
    /// The connection broke while the transaction was being committed. The outcome is that of a commit.
    Unanswered(Option<String>),
    /// It panicked: the connection is in an unknown state.
    Panicked,
}

struct Request<T, F> {
    work: F,
    access: Access,
    reach: Reach,
    outcome: Option<Result<T, Error>>,
    events: u64,
    reply: oneshot::Sender<Result<T, Error>>,
    asked: Instant,
    /// Set by whoever decides about a request that waits: the thread that takes it on, or the client that gives it up.
    decided: Arc<AtomicBool>,
    span: tracing::Span,
}

impl<T: Send, F: Fn(&mut Conn) -> Result<T, Error> + Send> Task for Request<T, F> {
    fn attempt(&mut self, conn: &mut Conn) -> Attempt {
        let _entered = self.span.enter();
        // What an attempt before this one has appended is gone.
        tally::take();
        let mut unanswered = None;
        let outcome = catch_unwind(AssertUnwindSafe(|| match (&mut *conn, self.access) {
            (Conn::Sqlite(_), _) => conn.transaction(|conn| (self.work)(conn)),
            (Conn::Postgres(_), Access::Read) => row_security::read(conn, self.reach, &self.work),
            (Conn::Postgres(_), Access::Write) => match Committing::run(conn, self.reach, &self.work) {
                Committing::Ended(outcome) => outcome,
                Committing::Unanswered { value, id } => {
                    unanswered = Some(Attempt::Unanswered(id));
                    Ok(value)
                }
            },
        }))
        .unwrap_or_else(|panic| Err(Panicked::error(&*panic)));
        self.events = tally::take();
        if let Some(attempt) = unanswered {
            self.outcome = Some(outcome);
            return attempt;
        }
        let attempt = match &outcome {
            Err(Error::Busy) => Attempt::Lost,
            Err(Error::Internal(source)) if source.is::<Panicked>() => Attempt::Panicked,
            Err(Error::Unavailable(_) | Error::Internal(_)) => Attempt::Suspect,
            Ok(_)
            | Err(
                Error::NotFound
                | Error::AlreadyExists { .. }
                | Error::VersionMismatch { .. }
                | Error::Forbidden { .. }
                | Error::ReadOnly
                | Error::ReauthenticationNeeded
                | Error::LastOwner
                | Error::Managed { .. }
                | Error::Blocked
                | Error::Invalid(_)
                | Error::Refused { .. },
            ) => Attempt::Settled,
        };
        self.outcome = Some(outcome);
        attempt
    }

    fn answer(self: Box<Self>, failure: Option<Error>) {
        let outcome = match (failure, self.outcome) {
            // A refusal stands whether or not the others of its group were committed.
            (_, Some(Err(refusal))) => Err(refusal),
            (Some(failure), _) => Err(failure),
            (None, Some(outcome)) => outcome,
            (None, None) => Err(Error::Busy),
        };
        // The request may have been given up by its client; there is nobody left to tell.
        drop(self.reply.send(outcome));
    }

    fn begin(&self) -> Begun {
        if self.decided.swap(true, Ordering::AcqRel) {
            Begun::GivenUp
        } else if self.asked.elapsed() > PATIENCE {
            Begun::Late
        } else {
            Begun::Taken
        }
    }

    fn access(&self) -> Access {
        self.access
    }

    fn waited(&self) -> Duration {
        self.asked.elapsed()
    }

    fn events(&self) -> u64 {
        match self.outcome {
            Some(Ok(_)) => self.events,
            Some(Err(_)) | None => 0,
        }
    }

    fn broke(&mut self) {
        self.outcome = Some(Err(Error::Unavailable(Box::new(Broken))));
    }

    fn is_in_doubt(&mut self) {
        self.outcome = Some(Err(Error::Unavailable(Box::new(InDoubt))));
    }
}

/// The connection broke before the database answered.
#[derive(Debug, thiserror::Error)]
#[error("the connection to the database broke")]
struct Broken;

#[derive(Debug, thiserror::Error)]
#[error("the connection to the database broke at the commit, and it cannot be known whether it happened")]
struct InDoubt;

#[derive(Debug, thiserror::Error)]
#[error("a database task panicked: {0}")]
struct Panicked(String);

impl Panicked {
    fn error(panic: &(dyn std::any::Any + Send)) -> Error {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        Error::internal(Self(message))
    }
}

/// Where an outcome arrives.
type Reply<T> = oneshot::Receiver<Result<T, Error>>;

/// A bounded queue in front of one or more database threads. The threads end when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Queue {
    sender: Sender<Box<dyn Task>>,
    pool: ConnectionPool,
    threads: u32,
    measured: Measured,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.sender.len())
            .finish_non_exhaustive()
    }
}

impl Queue {
    /// `threads` threads that take one request at a time.
    pub(super) fn shared(pool: &ConnectionPool, threads: u32, measured: Measured) -> Result<Self, Error> {
        let (sender, receiver) = bounded::<Box<dyn Task>>(QUEUE);
        for number in 0..threads {
            let mut worker = Worker::new(pool.clone(), receiver.clone(), measured.clone());
            spawn(format!("db-{number}"), move || worker.serve_one_by_one())?;
        }
        Ok(Self {
            sender,
            pool: pool.clone(),
            threads,
            measured,
        })
    }

    /// One thread that commits all waiting requests together.
    pub(super) fn grouped(pool: &ConnectionPool, measured: Measured) -> Result<Self, Error> {
        let (sender, receiver) = bounded::<Box<dyn Task>>(QUEUE);
        let mut worker = Worker::new(pool.clone(), receiver, measured.clone());
        spawn("db-writer".to_owned(), move || worker.serve_groups())?;
        Ok(Self {
            sender,
            pool: pool.clone(),
            threads: 1,
            measured,
        })
    }

    /// Measures how the queue is now.
    pub(super) fn observe(&self) {
        self.measured
            .stands(self.sender.len(), self.threads, self.pool.state().connections);
    }

    /// Has `work` done and waits for its outcome.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
        access: Access,
        reach: Reach,
    ) -> Result<T, Error> {
        let (mut outcome, decided) = self.send(work, access, reach)?;
        // The threads may all wait for a database that says nothing: then nobody looks into the queue.
        let waited = tokio::time::timeout(PATIENCE, &mut outcome).await;
        let answer = match waited {
            Ok(answer) => answer,
            Err(_) if decided.swap(true, Ordering::AcqRel) => outcome.await,
            Err(_) => {
                self.measured.late();
                return Err(Error::Busy);
            }
        };
        answer.unwrap_or_else(|_| Err(abandoned()))
    }

    /// [`run`](Self::run) for a thread of its own.
    pub(super) fn run_blocking<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
        access: Access,
        reach: Reach,
    ) -> Result<T, Error> {
        let (outcome, _) = self.send(work, access, reach)?;
        outcome.blocking_recv().unwrap_or_else(|_| Err(abandoned()))
    }

    fn send<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
        access: Access,
        reach: Reach,
    ) -> Result<(Reply<T>, Arc<AtomicBool>), Error> {
        let (reply, outcome) = oneshot::channel();
        let decided = Arc::new(AtomicBool::new(false));
        let request = Request {
            work,
            access,
            reach,
            outcome: None,
            events: 0,
            reply,
            asked: Instant::now(),
            decided: Arc::clone(&decided),
            span: tracing::Span::current(),
        };
        match self.sender.try_send(Box::new(request)) {
            Ok(()) => Ok((outcome, decided)),
            Err(TrySendError::Full(_)) => {
                self.measured.full();
                Err(Error::Busy)
            }
            Err(TrySendError::Disconnected(_)) => Err(Error::internal("the database threads have ended")),
        }
    }
}

fn abandoned() -> Error {
    Error::internal("a database thread ended without an answer")
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    thread::Builder::new()
        .name(name)
        .spawn(body)
        .map_err(Error::internal)?;
    Ok(())
}

type Pooled = PooledConnection<ConnectionManager<Conn>>;

/// One database thread.
struct Worker {
    pool: ConnectionPool,
    tasks: Receiver<Box<dyn Task>>,
    conn: Option<(Pooled, Instant)>,
    planned: Instant,
    /// Of the server that `conn` leads to.
    incarnation: Option<Incarnation>,
    measured: Measured,
}

impl Worker {
    fn new(pool: ConnectionPool, tasks: Receiver<Box<dyn Task>>, measured: Measured) -> Self {
        Self {
            pool,
            tasks,
            conn: None,
            planned: Instant::now(),
            incarnation: None,
            measured,
        }
    }

    /// Takes a task on, if nobody has waited for it for too long.
    fn begin(&self, task: &dyn Task) -> bool {
        self.measured.taken(task.waited());
        let begun = task.begin();
        if begun == Begun::Late {
            self.measured.late();
        }
        begun == Begun::Taken
    }

    fn serve_one_by_one(&mut self) {
        while let Ok(mut task) = self.next() {
            if self.begin(&*task) {
                let failure = self.settle(&mut *task);
                if failure.is_none() {
                    self.measured.appended(task.events());
                }
                task.answer(failure);
            } else {
                task.answer(Some(Error::Busy));
            }
        }
    }

    /// Runs a task, and once more where the connection broke and nothing has happened. Gives what is to be answered
    /// instead of its outcome.
    fn settle(&mut self, task: &mut dyn Task) -> Option<Error> {
        for _ in 0..2 {
            let mut conn = match self.connection() {
                Ok(conn) => conn,
                Err(error) => return Some(error),
            };
            match attempt(task, &mut conn, &self.measured) {
                Attempt::Settled | Attempt::Lost => {
                    self.conn = Some((conn, Instant::now()));
                    return None;
                }
                Attempt::Panicked => return None,
                Attempt::Suspect if is_alive(&mut conn) => {
                    self.conn = Some((conn, Instant::now()));
                    return None;
                }
                Attempt::Suspect => {
                    drop(conn);
                    task.broke();
                }
                Attempt::Unanswered(id) => {
                    let before = self.incarnation.clone();
                    drop(conn);
                    match id.map_or(Fate::Aborted, |id| self.fate(&id, before.as_ref())) {
                        Fate::Committed => return None,
                        Fate::Aborted => task.broke(),
                        Fate::Unknown => {
                            task.is_in_doubt();
                            return None;
                        }
                    }
                }
            }
        }
        None
    }

    /// What became of a transaction, asked on other connections until one knows.
    fn fate(&mut self, id: &str, before: Option<&Incarnation>) -> Fate {
        let deadline = Instant::now() + CLEARING;
        loop {
            if let Ok(mut conn) = self.connection() {
                match Fate::ask(&mut conn, id, before == self.incarnation.as_ref()) {
                    Ok(Some(fate)) => {
                        self.conn = Some((conn, Instant::now()));
                        return fate;
                    }
                    Ok(None) => self.conn = Some((conn, Instant::now())),
                    Err(_) => {}
                }
            }
            if Instant::now() >= deadline {
                return Fate::Unknown;
            }
            thread::sleep(PAUSE);
        }
    }

    /// The next request. Where one waits already, it ends the transaction that the last one left open together with the
    /// beginning of its own; otherwise nothing stays open while nothing is to be done.
    fn next(&mut self) -> Result<Box<dyn Task>, RecvError> {
        if let Ok(task) = self.tasks.try_recv() {
            return Ok(task);
        }
        if let Some((conn, _)) = &mut self.conn
            && row_security::end(conn).is_err()
        {
            self.conn = None;
        }
        self.tasks.recv()
    }

    fn serve_groups(&mut self) {
        while let Ok(first) = self.tasks.recv() {
            let mut group = vec![first];
            group.extend(self.tasks.try_iter().take(GROUP - 1));
            let (group, late): (Vec<_>, Vec<_>) = group.into_iter().partition(|task| self.begin(&**task));
            for task in late {
                task.answer(Some(Error::Busy));
            }
            if !group.is_empty() {
                self.commit_group(group);
            }
        }
    }

    /// Runs each task in a savepoint of one transaction and answers all of them after its commit.
    fn commit_group(&mut self, mut group: Vec<Box<dyn Task>>) {
        // A task that panics takes the transaction down. It is answered, and the others run again without it.
        loop {
            let mut conn = match self.connection() {
                Ok(conn) => conn,
                Err(error) => return refuse(group, || repeat(&error)),
            };
            if let Err(error) = begin_immediate(&mut conn) {
                let error = Error::from(error);
                self.keep_if_alive(conn);
                return refuse(group, || repeat(&error));
            }
            let panicked = group
                .iter_mut()
                .position(|task| attempt(&mut **task, &mut conn, &self.measured) == Attempt::Panicked);
            if let Some(position) = panicked {
                // Dropping the connection rolls back what the others did.
                drop(conn);
                group.remove(position).answer(None);
                if group.is_empty() {
                    return;
                }
                continue;
            }
            match <Conn as Connection>::TransactionManager::commit_transaction(&mut *conn) {
                Ok(()) => {
                    self.conn = Some((conn, Instant::now()));
                    self.measured.committed(group.len());
                    self.measured
                        .appended(group.iter().map(|task| task.events()).sum());
                    for task in group {
                        task.answer(None);
                    }
                }
                Err(error) => {
                    let error = Error::from(error);
                    refuse(group, || repeat(&error));
                }
            }
            return;
        }
    }

    /// The thread's own connection, checked when it was idle, or a new one.
    fn connection(&mut self) -> Result<Pooled, Error> {
        if let Some((mut conn, used)) = self.conn.take()
            && (used.elapsed() < TRUSTED || is_alive(&mut conn))
            && self.keeps_plans_fresh(&mut conn)
        {
            return Ok(conn);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where a connection is taken from the pool"
        )]
        let mut conn = self
            .pool
            .get()
            .map_err(|error| Error::Unavailable(Box::new(error)))?;
        self.incarnation = Incarnation::of(&mut conn).map_err(|error| Error::Unavailable(Box::new(error)))?;
        Ok(conn)
    }

    /// Forgets plans that are old. `false` where the connection is dead.
    fn keeps_plans_fresh(&mut self, conn: &mut Conn) -> bool {
        let Conn::Postgres(conn) = conn else { return true };
        if self.planned.elapsed() < PLANNED {
            return true;
        }
        self.planned = Instant::now();
        conn.batch_execute("DISCARD PLANS").is_ok()
    }

    fn keep_if_alive(&mut self, mut conn: Pooled) {
        if is_alive(&mut conn) {
            self.conn = Some((conn, Instant::now()));
        }
    }
}

/// Runs a task until it has not lost against a concurrent one, within reason.
fn attempt(task: &mut dyn Task, conn: &mut Conn, measured: &Measured) -> Attempt {
    let started = Instant::now();
    let (mut attempt, mut again) = (task.attempt(conn), 0);
    while attempt == Attempt::Lost && again < ATTEMPTS_AGAIN {
        attempt = task.attempt(conn);
        again += 1;
    }
    let kind = match task.access() {
        Access::Read => TaskKind::Read,
        Access::Write => TaskKind::Write,
    };
    measured.ran(kind, started.elapsed(), again);
    attempt
}

pub(super) fn is_alive(conn: &mut Conn) -> bool {
    sql_query("SELECT 1").execute(conn).is_ok()
}

fn refuse(group: Vec<Box<dyn Task>>, failure: impl Fn() -> Error) {
    for task in group {
        task.answer(Some(failure()));
    }
}

/// The same failure once more, for each of the requests that it hit.
fn repeat(error: &Error) -> Error {
    match error {
        Error::Busy => Error::Busy,
        other => Error::Unavailable(other.to_string().into()),
    }
}

/// SQLite takes the write lock at the start: two transactions that upgrade from reading would wait for each other.
fn begin_immediate(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Conn::Postgres(_) => <Conn as Connection>::TransactionManager::begin_transaction(conn),
    }
}
