//! What commands print: an answer on standard output and an error on standard error, each as text or as JSON.
//! Logging is not printed here.

use std::{
    fmt::{self, Display, Write as _},
    io::{self, Write as _},
    process::ExitCode,
};

use jiff::Timestamp;
use serde::Serialize;

/// How answers and errors are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON value on one line, for programs.
    Json,
}

impl Format {
    /// Prints one answer. A reader that has gone away is no error.
    pub(crate) fn print(self, answer: &(impl Serialize + Display)) -> anyhow::Result<()> {
        let text = match self {
            Self::Text => answer.to_string(),
            Self::Json => serde_json::to_string(answer)?,
        };
        let mut stdout = io::stdout().lock();
        match writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Prints an error with its causes, and is the status to end with.
    pub(crate) fn fail(self, error: &anyhow::Error) -> ExitCode {
        // Where standard error is closed, the status is all that is left to tell.
        let _ = writeln!(io::stderr().lock(), "{}", self.error_text(error));
        ExitCode::FAILURE
    }

    fn error_text(self, error: &anyhow::Error) -> String {
        let chain: Vec<String> = error.chain().map(|cause| one_line(&cause.to_string())).collect();
        match self {
            Self::Text => format!("error: {}", chain.join("\n  because: ")),
            Self::Json => serde_json::json!({"error": chain.join(": ")}).to_string(),
        }
    }
}

/// Database libraries answer in several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A moment as JSON and text show it: RFC 3339 with milliseconds.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A moment that may never come.
pub(crate) fn or_never(at: Option<&String>) -> &str {
    at.map_or("never", String::as_str)
}

/// Names and values below each other.
pub(crate) fn fields(f: &mut fmt::Formatter<'_>, fields: &[(&str, String)]) -> fmt::Result {
    let width = fields
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    fields
        .iter()
        .try_for_each(|(name, value)| writeln!(f, "  {name:width$}  {value}"))
}

/// Rows below a heading, each column as wide as its widest cell.
pub(crate) fn table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    heading: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> fmt::Result {
    let rows: Vec<[String; N]> = std::iter::once(heading.map(str::to_owned)).chain(rows).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(&row) {
            write!(line, "{cell:width$}  ")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Table;

    impl Display for Table {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let rows = [["Müller", "1"], ["A", "200"]].map(|row| row.map(str::to_owned));
            table(f, ["NAME", "USERS"], rows)
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        assert_eq!(Table.to_string(), "NAME    USERS\nMüller  1\nA       200\n");
    }

    #[test]
    fn a_moment_has_milliseconds_even_where_they_are_zero() {
        assert_eq!(time(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn an_error_is_printed_with_its_causes_each_on_one_line() {
        let error = anyhow::anyhow!("connection refused\n\tis it running?").context("no database");
        assert_eq!(
            Format::Text.error_text(&error),
            "error: no database\n  because: connection refused is it running?"
        );
    }

    #[test]
    fn as_json_an_error_is_an_object_with_the_key_error() {
        let error = anyhow::anyhow!("no \"such\" thing").context("cannot show it");
        assert_eq!(
            Format::Json.error_text(&error),
            r#"{"error":"cannot show it: no \"such\" thing"}"#
        );
    }
}
