//! `wicketgate doctor`: looks at everything that a gateway needs, changes none of it, and says how to repair what is
//! wrong. Each check is in `checks.rs`.

mod checks;

use std::{fmt, process::ExitCode};

use serde::Serialize;

use crate::{
    config::{Environment, Settings, log},
    output::Format,
};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    /// It works, and will disappoint somebody.
    Warn,
    /// It does not work.
    Fail,
}

/// What one check found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self {
            check,
            status: Status::Ok,
            message: message.into(),
            fix: None,
        }
    }

    fn warn(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            check,
            status: Status::Warn,
            message: message.into(),
            fix: Some(fix.into()),
        }
    }

    fn fail(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            check,
            status: Status::Fail,
            message: message.into(),
            fix: Some(fix.into()),
        }
    }

    /// An error that says itself what to do.
    fn error(check: &'static str, error: &anyhow::Error) -> Self {
        Self {
            check,
            status: Status::Fail,
            message: format!("{error:#}"),
            fix: None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.status {
            Status::Ok => "ok  ",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
        };
        writeln!(f, "{status}  {}: {}", self.check, self.message)?;
        match &self.fix {
            Some(fix) => writeln!(f, "      fix: {fix}"),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Finding>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checks.iter().try_for_each(|finding| finding.fmt(f))
    }
}

pub(super) async fn run(
    settings: anyhow::Result<Settings>,
    environment: &Environment,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let mut checks = Vec::new();
    match settings {
        Ok(settings) => {
            checks.push(match log::start(settings.log.as_deref(), "error") {
                Ok(()) => checks::configuration(&settings),
                Err(error) => Finding::error("configuration", &error),
            });
            checks.extend(checks::environment(environment));
            checks.push(checks::data_dir(&settings));
            checks.extend(checks::database(&settings).await);
            checks.push(checks::public_url(&settings));
            checks.push(checks::listen(&settings));
        }
        // Nothing else can be looked at before it is known where it is.
        Err(error) => {
            checks.push(Finding::error("configuration", &error));
            checks.extend(checks::environment(environment));
        }
    }
    let ok = checks.iter().all(|finding| finding.status != Status::Fail);
    format.print(&Report { ok, checks })?;
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
