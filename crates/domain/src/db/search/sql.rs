//! Pieces of SQL with their values, put together without ever writing a value into the text.

use crate::db::{Conn, statement::Bind, types::Key};

/// Whose SQL is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(super) const fn of(conn: &Conn) -> Self {
        match conn {
            Conn::Sqlite(_) => Self::Sqlite,
            Conn::Postgres(_) => Self::Postgres,
        }
    }

    /// One of two texts.
    pub(super) const fn pick<'t>(self, sqlite: &'t str, postgres: &'t str) -> &'t str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// A piece of SQL. Each `{}` in its text is the next of its values.
#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) binds: Vec<Bind>,
}

impl Sql {
    /// Text without values.
    pub(super) fn raw(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            binds: Vec::new(),
        }
    }

    /// One value.
    pub(super) fn value(bind: Bind) -> Self {
        Self {
            text: "{}".to_owned(),
            binds: vec![bind],
        }
    }

    /// One text value.
    pub(super) fn text(value: impl Into<String>) -> Self {
        Self::value(Bind::Text(value.into()))
    }

    /// One identifier.
    pub(super) fn key(key: Key) -> Self {
        Self::value(Bind::Id(key))
    }

    /// `template` with `pieces` in the place of its `{}`, in order.
    pub(super) fn fill<const N: usize>(template: &str, pieces: [&Self; N]) -> Self {
        let mut filled = Self::default();
        let mut pieces = pieces.into_iter();
        for (number, part) in template.split("{}").enumerate() {
            if number > 0 {
                let piece = pieces.next();
                debug_assert!(piece.is_some(), "{template}");
                filled.append(piece);
            }
            filled.text.push_str(part);
        }
        debug_assert!(pieces.next().is_none(), "{template}");
        filled
    }

    /// The pieces with a word between them, in parentheses.
    pub(super) fn joined(pieces: &[Self], word: &str) -> Self {
        let mut joined = Self::raw("(");
        for (number, piece) in pieces.iter().enumerate() {
            if number > 0 {
                joined.text.push_str(word);
            }
            joined.append(Some(piece));
        }
        joined.text.push(')');
        joined
    }

    /// `true` or `false`, which both databases know.
    pub(super) fn constant(answer: bool) -> Self {
        Self::raw(if answer { "true" } else { "false" })
    }

    fn append(&mut self, piece: Option<&Self>) {
        if let Some(piece) = piece {
            self.text.push_str(&piece.text);
            self.binds.extend(piece.binds.iter().cloned());
        }
    }
}
