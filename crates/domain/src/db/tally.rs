//! How many events a transaction has appended. The thread that runs it counts them, and tells only once they are
//! committed: what was rolled back or ran again is in no figure.

use std::cell::Cell;

thread_local! {
    static APPENDED: Cell<u64> = const { Cell::new(0) };
}

/// The transaction of this thread has appended so many events.
pub(super) fn appended(events: usize) {
    let events = u64::try_from(events).unwrap_or(u64::MAX);
    APPENDED.set(APPENDED.get().saturating_add(events));
}

/// How many events this thread has appended since it was last asked.
pub(super) fn take() -> u64 {
    APPENDED.take()
}
