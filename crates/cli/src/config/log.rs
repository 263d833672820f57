//! Logging: to standard error, for people on a terminal and as JSON anywhere else.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, anyhow};
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging, with the filter that was chosen or else the command's own. To be called once.
pub(crate) fn start(chosen: Option<&str>, otherwise: &str) -> anyhow::Result<()> {
    let filter = filter(chosen.unwrap_or(otherwise))?;
    let terminal = io::stderr().is_terminal();
    let lines = fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(terminal);
    let started = if terminal {
        lines.try_init()
    } else {
        lines.json().flatten_event(true).try_init()
    };
    started
        .map_err(|error| anyhow!(error))
        .context("cannot start logging")
}

fn filter(text: &str) -> anyhow::Result<EnvFilter> {
    EnvFilter::try_new(text).with_context(|| {
        format!("the log filter {text:?} cannot be used: write one such as info,wicketgate_domain=debug")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_is_named_with_an_example() {
        assert!(filter("info,wicketgate_http=debug").is_ok());
        let error = filter("info,wicketgate_http=loud").unwrap_err().to_string();
        assert!(
            error.contains("wicketgate_http=loud") && error.contains("such as"),
            "{error}"
        );
    }
}
