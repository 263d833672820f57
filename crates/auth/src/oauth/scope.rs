//! What a token may be used for. A role says what its service user may do; a scope can only take from that.

use std::fmt;

use super::{Error, ErrorCode};

const SCIM: &str = "scim";
const SCIM_READ: &str = "scim.read";

/// What a token may be used for: at least one of `scim` (what the role allows) and `scim.read` (of that, reading).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    scim: bool,
    read: bool,
}

impl Scope {
    /// All that the role allows: what is meant where none is asked for.
    pub const SCIM: Self = Self {
        scim: true,
        read: false,
    };
    /// Reading.
    pub const READ: Self = Self {
        scim: false,
        read: true,
    };

    /// The scope of a request. None, or an empty one, is [`Scope::SCIM`]; words that are not known here are ignored,
    /// unless none is left.
    pub fn requested(scope: Option<&str>) -> Result<Self, Error> {
        let scope = scope.unwrap_or_default();
        if !scope.bytes().all(is_of_a_scope) {
            return Err(Error::new(
                ErrorCode::InvalidScope,
                "The parameter scope must be words of printable ASCII with spaces between them.",
            ));
        }
        let mut words = scope.split(' ').filter(|word| !word.is_empty()).peekable();
        if words.peek().is_none() {
            return Ok(Self::SCIM);
        }
        Self::of(words).ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidScope,
                "The parameter scope names nothing that is offered: use scim or scim.read, or leave it out.",
            )
        })
    }

    /// Reads a stored scope, as `Display` wrote it.
    pub fn stored(text: &str) -> Option<Self> {
        Self::of(text.split(' '))
    }

    fn of<'w>(words: impl Iterator<Item = &'w str>) -> Option<Self> {
        let (mut scim, mut read) = (false, false);
        for word in words {
            scim |= word == SCIM;
            read |= word == SCIM_READ;
        }
        (scim || read).then_some(Self { scim, read })
    }

    /// This scope, if it is no more than was granted. `scim` covers `scim.read`.
    pub fn narrow(&self, granted: &Self) -> Result<Self, Error> {
        if self.scim && !granted.scim {
            return Err(Error::new(
                ErrorCode::InvalidScope,
                "The parameter scope asks for more than was granted: leave it out, or ask for scim.read.",
            ));
        }
        Ok(*self)
    }

    /// Whether a token of this scope may change anything.
    pub const fn allows_writing(&self) -> bool {
        self.scim
    }
}

/// The words on the wire, in one order.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.scim, self.read) {
            (true, true) => "scim scim.read",
            (true, false) => SCIM,
            (false, _) => SCIM_READ,
        })
    }
}

/// The characters of scopes and the space between them (RFC 6749 §3.3).
fn is_of_a_scope(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_kept_and_others_ignored() {
        for (asked, meant) in [
            (None, "scim"),
            (Some(""), "scim"),
            (Some("  "), "scim"),
            (Some("scim"), "scim"),
            (Some("scim.read"), "scim.read"),
            (Some("scim scim.read"), "scim scim.read"),
            (Some("scim.read scim"), "scim scim.read"),
            (Some("scim scim"), "scim"),
            (Some("openid scim.read offline_access"), "scim.read"),
            (Some(" scim  offline_access "), "scim"),
        ] {
            let scope = Scope::requested(asked).unwrap();
            assert_eq!(scope.to_string(), meant, "{asked:?}");
            assert_eq!(Scope::stored(meant), Some(scope), "{asked:?}");
        }
    }

    #[test]
    fn a_scope_of_nothing_that_is_offered_is_refused() {
        for asked in [
            "openid",
            "SCIM",
            "scim.write",
            "scimscim.read",
            "scim,scim.read",
            "scim\"",
            "scim\tscim.read",
            "scim\n",
            "scim \\",
            "scim \u{e9}",
        ] {
            let error = Scope::requested(Some(asked)).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidScope, "{asked:?}");
        }
    }

    #[test]
    fn a_scope_can_be_narrowed_and_not_widened() {
        let [scim, read, both] =
            ["scim", "scim.read", "scim scim.read"].map(|scope| Scope::stored(scope).unwrap());
        for (asked, granted, is_given) in [
            (scim, scim, true),
            (read, scim, true),
            (both, scim, true),
            (scim, both, true),
            (read, read, true),
            (scim, read, false),
            (both, read, false),
        ] {
            let narrowed = asked.narrow(&granted);
            assert_eq!(narrowed.ok(), is_given.then_some(asked), "{asked} of {granted}");
        }
    }

    #[test]
    fn only_scim_allows_writing() {
        assert!(Scope::SCIM.allows_writing() && !Scope::READ.allows_writing());
    }

    #[test]
    fn a_stored_scope_is_not_guessed() {
        assert_eq!(Scope::stored(""), None);
        assert_eq!(Scope::stored("admin"), None);
    }
}
