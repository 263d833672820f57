//! A panic ends one request and not the connections of its thread. What is answered then is the caller's.

use std::{any::Any, panic::AssertUnwindSafe};

use futures_util::FutureExt;

/// A request panicked. The message may hold anything, so it is for the log of developers alone.
pub(crate) struct Panicked(pub(crate) String);

/// Runs `work` to its end or to its panic.
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    // Nothing of a request outlives it but the gateway, whose threads and locks hold across panics.
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .map_err(|panic| Panicked(message(panic.as_ref())))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_panic_becomes_a_value_with_its_message() {
        assert_eq!(panicking(|| panic!("one")).await, "one");
        assert_eq!(panicking(|| panic!("{}", 2)).await, "2");
        assert_eq!(panicking(|| std::panic::panic_any(3)).await, "no message");
    }

    async fn panicking(panic: impl FnOnce()) -> String {
        match caught(async { panic() }).await {
            Err(Panicked(message)) => message,
            Ok(()) => unreachable!("it panics"),
        }
    }

    #[actix_web::test]
    async fn what_does_not_panic_is_handed_through() {
        assert!(matches!(caught(async { 7 }).await, Ok(7)));
    }
}
