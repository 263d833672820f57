//! Where in a body a value stands, for error details. Built on the stack, spelled only when something is wrong.

use std::fmt;

/// Longer names are cut in details and reports, because the client chooses them.
const MAX_SHOWN_CHARS: usize = 100;

#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// A top-level attribute, as a path.
    Named(&'a str),
    /// An attribute of the extension with this URN.
    Extension(&'a str, &'a str),
    /// A sub-attribute.
    Sub(&'a Place<'a>, &'a str),
    /// A value of a multi-valued attribute, counted from 0.
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// The path without positions: `emails.value`.
    pub(super) fn attribute(&self) -> String {
        Positionless(self).to_string()
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Sub(parent, name) => write!(f, "{parent}.{}", Shown(name)),
            Self::Named(_) | Self::Extension(..) => write!(f, "{}", Positionless(self)),
        }
    }
}

struct Positionless<'a>(&'a Place<'a>);

impl fmt::Display for Positionless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::Named(name) => write!(f, "{}", Shown(name)),
            Place::Extension(urn, name) => write!(f, "{}:{}", Shown(urn), Shown(name)),
            Place::Sub(parent, name) => write!(f, "{}.{}", Positionless(parent), Shown(name)),
            Place::Index(parent, _) => write!(f, "{}", Positionless(parent)),
        }
    }
}

/// A name from a body, cut to a length that suits a log.
pub(super) struct Shown<'a>(pub(super) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(MAX_SHOWN_CHARS) {
            Some((end, _)) => write!(f, "{}…", self.0.get(..end).unwrap_or_default()),
            None => f.write_str(self.0),
        }
    }
}
