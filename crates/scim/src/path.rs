//! Attribute paths: `[urn:]name[.sub]` (RFC 7644 figure 1) and the `path` of a PATCH operation (figure 7). Syntax only:
//! whether a name exists is the schema's business.

use std::{fmt, str::FromStr};

use crate::{
    error::Error,
    filter::{Filter, MAX_LENGTH, parse},
    mode::Mode,
};

/// An attribute path without a value filter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttrPath {
    /// The schema URN before the last colon, as sent.
    pub urn: Option<String>,
    /// The attribute name, as sent.
    pub name: String,
    /// The sub-attribute name, as sent.
    pub sub: Option<String>,
}

impl AttrPath {
    /// A path of only an attribute name.
    pub fn simple(name: impl Into<String>) -> Self {
        Self {
            urn: None,
            name: name.into(),
            sub: None,
        }
    }

    /// Reads a path. A URN may contain dots and digits: it ends at the last colon.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).map_err(Error::path)
    }

    /// As [`AttrPath::parse`]; the problem comes without a keyword, because filters answer another one.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (urn, rest) = match text.rsplit_once(':') {
            Some((urn, rest)) => (Some(urn), rest),
            None => (None, text),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (rest, None),
        };
        if urn.is_some_and(|urn| !is_urn(urn)) {
            return Err(format!("\"{text}\" does not start with a schema URN"));
        }
        if !is_name(name) {
            return Err(format!("\"{text}\" is not an attribute name"));
        }
        match sub {
            Some(sub) if !is_name(sub) => Err(format!(
                "\"{text}\" is not an attribute name with at most one sub-attribute"
            )),
            _ => Ok(Self {
                urn: urn.map(str::to_owned),
                name: name.to_owned(),
                sub: sub.map(str::to_owned),
            }),
        }
    }
}

impl FromStr for AttrPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// The `path` of a PATCH operation: an attribute, possibly some of its values, possibly a part of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchPath {
    /// The schema URN, as sent.
    pub urn: Option<String>,
    /// The attribute name. `None`: the path cannot be anything but a URN alone.
    ///
    /// A URN whose last part looks like a name (`…:2.0:User`) is only told from an attribute by the schema.
    pub name: Option<String>,
    /// Which values, for a multi-valued attribute.
    pub filter: Option<Filter>,
    /// The sub-attribute name, as sent.
    pub sub: Option<String>,
}

impl PatchPath {
    /// Reads a path. A malformed filter inside is `invalidFilter`, everything else `invalidPath`.
    pub fn parse(text: &str, mode: Mode) -> Result<Self, Error> {
        if text.chars().count() > MAX_LENGTH {
            return Err(Error::path(format!(
                "The path is longer than {MAX_LENGTH} characters."
            )));
        }
        let text = text.trim_matches(' ');
        let Some((head, _)) = text.split_once('[') else {
            return Self::without_filter(text);
        };
        let AttrPath { urn, name, sub } = AttrPath::read(head).map_err(|problem| sentence(&problem))?;
        if sub.is_some() {
            return Err(Error::path(format!(
                "The filter in the path \"{text}\" belongs after the attribute: write \"{name}[…].{}\".",
                sub.unwrap_or_default()
            )));
        }
        let (filter, end) = parse::value_filter(text, head.len() + 1, mode)?;
        let sub = match text.get(end..).unwrap_or_default() {
            "" => None,
            rest => match rest.strip_prefix('.').filter(|sub| is_name(sub)) {
                Some(sub) => Some(sub.to_owned()),
                None => {
                    return Err(Error::path(format!(
                        "After \"]\" the path may name one sub-attribute, as in \"{name}[…].value\"; found \"{rest}\"."
                    )));
                }
            },
        };
        Ok(Self {
            urn,
            name: Some(name),
            filter: Some(filter),
            sub,
        })
    }

    /// The path without the filter: names only, for a report that must not hold values.
    pub(crate) fn unfiltered(&self) -> String {
        let plain = Self {
            filter: None,
            ..self.clone()
        };
        plain.to_string()
    }

    fn without_filter(text: &str) -> Result<Self, Error> {
        match AttrPath::read(text) {
            Ok(AttrPath { urn, name, sub }) => Ok(Self {
                urn,
                name: Some(name),
                filter: None,
                sub,
            }),
            Err(_) if text.contains(':') && is_urn(text) => Ok(Self {
                urn: Some(text.to_owned()),
                name: None,
                filter: None,
                sub: None,
            }),
            Err(problem) => Err(sentence(&problem)),
        }
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.urn, &self.name) {
            (Some(urn), Some(name)) => write!(f, "{urn}:{name}")?,
            (Some(text), None) | (None, Some(text)) => f.write_str(text)?,
            (None, None) => {}
        }
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

fn sentence(problem: &str) -> Error {
    Error::path(format!(
        "The path {problem}: write an attribute, as in \"name.givenName\" or \"emails[type eq \\\"work\\\"].value\"."
    ))
}

/// ATTRNAME of RFC 7644 figure 1; `$ref` is the one name that RFC 7643 itself spells outside that grammar.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.strip_prefix('$').unwrap_or(text).chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_urn(text: &str) -> bool {
    !text.is_empty()
        && !text.ends_with(':')
        && text.chars().all(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '"' | '[' | ']' | '(' | ')' | '\\' | '<' | '>')
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        error::ScimType,
        filter::{CompareOp, Literal, tests::any_value_filter},
    };

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn patch_path(text: &str) -> PatchPath {
        PatchPath::parse(text, Mode::Strict).unwrap()
    }

    #[test]
    fn a_urn_ends_at_the_last_colon_and_its_dots_split_nothing() {
        let path = AttrPath::parse(&format!("{ENTERPRISE}:manager.value")).unwrap();
        assert_eq!(path.urn.as_deref(), Some(ENTERPRISE));
        assert_eq!(path.name, "manager");
        assert_eq!(path.sub.as_deref(), Some("value"));
    }

    #[test]
    fn urn_contains_2_0_path_split_at_the_wrong_dot_worse_with_a_filter() {
        let path = patch_path("urn:x:2.0:User:roles[value eq \"a.b:c\"].display");
        assert_eq!(path.urn.as_deref(), Some("urn:x:2.0:User"));
        assert_eq!(path.name.as_deref(), Some("roles"));
        assert_eq!(path.sub.as_deref(), Some("display"));
    }

    #[test]
    fn characters_inside_filter_literals_do_not_split_the_path() {
        let path = patch_path(r#"emails[value eq "a.b:c d]e\" \\"].type"#);
        assert_eq!(
            path.filter,
            Some(Filter::Compare {
                path: AttrPath::simple("value"),
                op: CompareOp::Eq,
                value: Literal::String("a.b:c d]e\" \\".to_owned()),
            })
        );
        assert_eq!(path.sub.as_deref(), Some("type"));
    }

    #[test]
    fn a_urn_that_no_attribute_name_follows_is_a_urn_alone() {
        for urn in [
            "urn:example:ext:2.0",
            "http://schemas.example.com/2006/11/ADSCIM/2.0/Group",
        ] {
            assert_eq!(patch_path(urn).name, None, "{urn}");
            assert_eq!(patch_path(urn).urn.as_deref(), Some(urn));
        }
    }

    #[test]
    fn malformed_paths_are_invalid_path_and_malformed_filters_invalid_filter() {
        for text in [
            "",
            "a.b.c",
            "emails[",
            "1st",
            "emails[type eq \"work\"]value",
            "emails[type eq \"work\"].a.b",
            "name.given[type eq \"x\"]",
            "emails[0]",
            "/name/givenName",
            "a b",
        ] {
            let error = PatchPath::parse(text, Mode::Strict).unwrap_err();
            let expected = if text == "emails[" || text == "emails[0]" {
                ScimType::InvalidFilter
            } else {
                ScimType::InvalidPath
            };
            assert_eq!(error.scim_type, expected, "{text:?}: {}", error.detail);
        }
    }

    #[test]
    fn a_path_of_4096_characters_is_read_and_a_longer_one_refused() {
        assert!(PatchPath::parse(&"a".repeat(4_096), Mode::Strict).is_ok());
        assert!(PatchPath::parse(&"a".repeat(4_097), Mode::Strict).is_err());
    }

    proptest! {
        #[test]
        fn a_printed_attribute_path_reads_back(
            urn in proptest::option::of("urn(:[a-zA-Z0-9.]{1,8}){1,4}"),
            name in "\\$?[a-zA-Z][a-zA-Z0-9_-]{0,8}",
            sub in proptest::option::of("\\$?[a-zA-Z][a-zA-Z0-9_-]{0,8}"),
        ) {
            let path = AttrPath { urn, name, sub };
            prop_assert_eq!(path.to_string().parse::<AttrPath>().unwrap(), path);
        }

        #[test]
        fn a_printed_patch_path_reads_back(
            urn in proptest::option::of("urn(:[a-zA-Z0-9.]{1,8}){1,4}"),
            name in "[a-zA-Z][a-zA-Z0-9_-]{0,8}",
            filter in proptest::option::of(any_value_filter()),
            sub in proptest::option::of("[a-zA-Z]{1,8}"),
        ) {
            let path = PatchPath { urn, name: Some(name), filter, sub };
            prop_assert_eq!(patch_path(&path.to_string()), path);
        }

        #[test]
        fn no_text_makes_the_path_reader_panic(text in "\\PC{0,40}") {
            let _ = PatchPath::parse(&text, Mode::Tolerant);
        }
    }
}
