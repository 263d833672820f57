//! Many requests at once: nothing is lost, nothing is done twice, and nobody is told of a defect that is only a race.

mod membership;
mod writers;

use tokio::task::JoinSet;

/// Runs all tasks at once and gives what they answered, in order.
async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut set = JoinSet::new();
    for (number, task) in tasks.into_iter().enumerate() {
        set.spawn(async move { (number, task.await) });
    }
    let mut answers = set.join_all().await;
    answers.sort_unstable_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
