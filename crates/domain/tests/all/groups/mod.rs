//! Groups: members as rows, nesting, and what deleting a member does.

mod delete;
mod nesting;
mod patch;
mod release;
mod replace;

use wicketgate_domain::RecordedEvent;

/// The ids that an event of a changed membership names as `added` or `removed`.
fn ids_of(event: &RecordedEvent, what: &str) -> Vec<String> {
    let list = event.payload[what].as_array().unwrap();
    list.iter()
        .map(|entry| entry["id"].as_str().unwrap().to_owned())
        .collect()
}
