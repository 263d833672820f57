//! The checklist of a guide: what each step is called, how far it has come, and what to do where it failed.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};
use wicketgate_domain::{LogRow, SetupStep, StepProgress};

use super::guide::Guide;

/// One step as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// What its element is called: `step-user` and the like.
    pub(super) id: String,
    pub(super) title: &'static str,
    /// The state for the stylesheet: `done`, `failed` or `waiting`.
    pub(super) state: &'static str,
    /// The same in words.
    pub(super) words: &'static str,
    /// What is known of it, or what to do to reach it.
    pub(super) detail: String,
    /// What to do where it failed.
    pub(super) fix: String,
}

const fn title(step: SetupStep) -> &'static str {
    match step {
        SetupStep::Credential => "Credential used",
        SetupStep::Connection => "Connection tested",
        SetupStep::User => "First user arrived",
        SetupStep::Update => "First change of a user arrived",
        SetupStep::Deactivation => "First user deactivated",
        SetupStep::Group => "First group arrived",
    }
}

/// The steps of a guide.
pub(super) fn steps(guide: &Guide, progress: &[StepProgress]) -> Vec<Step> {
    progress
        .iter()
        .zip(guide.hints)
        .map(|(known, hint)| step(known, hint))
        .collect()
}

fn step(known: &StepProgress, hint: &str) -> Step {
    let (state, words) = match (&known.failure, known.reached) {
        (Some(_), _) => ("failed", "Failed"),
        (None, Some(_)) => ("done", "Done"),
        (None, None) => ("waiting", "Waiting"),
    };
    let (detail, fix) = match (&known.failure, known.reached) {
        (Some(row), _) => (cause(row), fix(row)),
        (None, Some(at)) => (format!("First on {}.", minute(at)), String::new()),
        (None, None) => (hint.to_owned(), String::new()),
    };
    Step {
        id: format!("step-{}", known.step.as_str()),
        title: title(known.step),
        state,
        words,
        detail,
        fix,
    }
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn cause(row: &LogRow) -> String {
    let mut text = format!("{} on {}.", row.sentence, minute(row.time));
    if let Some(explanation) = &row.explanation {
        let _ = write!(text, " {}", explanation.cause);
    }
    text
}

fn fix(row: &LogRow) -> String {
    row.explanation
        .as_ref()
        .map(|explanation| format!("What to do: {}", explanation.fix))
        .unwrap_or_default()
}

/// How many steps are done.
pub(super) fn summary(steps: &[Step]) -> String {
    let done = steps.iter().filter(|step| step.state == "done").count();
    let failed = steps.iter().filter(|step| step.state == "failed").count();
    let all = steps.len();
    match (done, failed) {
        (done, 0) if done == all => "All steps are done: the identity provider is connected.".to_owned(),
        (done, 0) => format!("{done} of {all} steps are done."),
        (done, 1) => format!("{done} of {all} steps are done. 1 step failed."),
        (done, failed) => format!("{done} of {all} steps are done. {failed} steps failed."),
    }
}

/// What the page has to change, as events of its stream: nothing where `before` says the same.
pub(super) fn changes(before: &[Step], after: &[Step]) -> String {
    let mut events = String::new();
    let mut set = |value: &Value| {
        let _ = write!(events, "event: set\ndata: {value}\n\n");
    };
    for (number, step) in after.iter().enumerate() {
        if before.get(number) == Some(step) {
            continue;
        }
        set(&json!({"at": step.id, "state": step.state}));
        for (part, text) in [
            ("state", step.words),
            ("detail", step.detail.as_str()),
            ("fix", step.fix.as_str()),
        ] {
            set(&json!({"at": format!("{}-{part}", step.id), "text": text}));
        }
    }
    if !events.is_empty() {
        let value = json!({"at": "setup-summary", "text": summary(after)});
        let _ = write!(events, "event: set\ndata: {value}\n\n");
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::guides;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn progress(reached: usize) -> Vec<StepProgress> {
        SetupStep::ALL
            .into_iter()
            .enumerate()
            .map(|(number, step)| StepProgress {
                step,
                reached: (number < reached).then(|| at("2026-12-01T03:04:05Z")),
                failure: None,
            })
            .collect()
    }

    #[test]
    fn a_step_says_what_to_do_until_it_is_done() {
        let steps = steps(guides::of("okta").unwrap(), &progress(1));
        assert_eq!(
            (steps[0].id.as_str(), steps[0].state, steps[0].detail.as_str()),
            ("step-credential", "done", "First on 2026-12-01 03:04 UTC.")
        );
        assert_eq!(
            (steps[1].state, steps[1].words, steps[1].detail.as_str()),
            ("waiting", "Waiting", "Choose Test Connector Configuration.")
        );
        assert_eq!(summary(&steps), "1 of 6 steps are done.");
    }

    #[test]
    fn only_what_changed_is_told() {
        let guide = guides::of("okta").unwrap();
        let (before, after) = (steps(guide, &progress(1)), steps(guide, &progress(2)));
        assert_eq!(changes(&after, &after), "");
        let events = changes(&before, &after);
        assert!(events.starts_with(
            "event: set\ndata: {\"at\":\"step-connection\",\"state\":\"done\"}\n\nevent: set\n"
        ));
        assert!(events.contains("2 of 6 steps are done."), "{events}");
        assert!(
            !events.contains("step-user") && !events.contains("step-credential"),
            "{events}"
        );
    }
}
