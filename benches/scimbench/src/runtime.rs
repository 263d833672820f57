//! Workers on one thread: a single-threaded runtime with one task for each.

use crate::worker::Worker;

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("runtime")
}

/// Runs one future per worker on this thread and gives the workers back.
pub(crate) fn on_workers<F, Fut>(rt: &tokio::runtime::Runtime, workers: Vec<Worker>, f: F) -> Vec<Worker>
where
    F: Fn(Worker) -> Fut,
    Fut: Future<Output = Worker> + 'static,
{
    let local = tokio::task::LocalSet::new();
    let handles: Vec<_> = workers.into_iter().map(|w| local.spawn_local(f(w))).collect();
    local.block_on(rt, async {
        let mut back = vec![];
        for h in handles {
            back.push(h.await.expect("worker"));
        }
        back
    })
}
