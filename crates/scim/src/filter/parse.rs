//! Reads the filter grammar of RFC 7644 figure 1 by recursive descent. Bounded: length, nesting and number of terms are
//! checked while reading, so that no filter costs more than its size.

use super::{CompareOp, Filter, Literal, MAX_DEPTH, MAX_LENGTH, MAX_TERMS};
use crate::{
    error::Error,
    mode::Mode,
    path::{AttrPath, is_name},
};

/// Reads a filter. Names are not looked up: see [`super::check()`].
///
/// A refusal is `invalidFilter` and says at which character what was found and what was expected. In tolerant mode a
/// bare word is understood as a string.
pub fn parse(text: &str, mode: Mode) -> Result<Filter, Error> {
    if text.chars().count() > MAX_LENGTH {
        return Err(Error::filter(format!(
            "The filter is longer than {MAX_LENGTH} characters."
        )));
    }
    let mut parser = Parser::new(text, 0, mode);
    let filter = parser.disjunction()?;
    parser.space();
    if parser.rest().is_empty() {
        Ok(filter)
    } else {
        Err(parser.expected("\"and\", \"or\" or the end of the filter"))
    }
}

/// Reads the filter between brackets that starts at byte `start` of a PATCH path; returns it and the byte after `]`.
pub(crate) fn value_filter(text: &str, start: usize, mode: Mode) -> Result<(Filter, usize), Error> {
    let mut parser = Parser::new(text, start, mode);
    let filter = parser.inside_brackets()?;
    Ok((filter, parser.at))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    mode: Mode,
    depth: usize,
    terms: usize,
    in_value_path: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, at: usize, mode: Mode) -> Self {
        Self {
            text,
            at,
            mode,
            depth: 0,
            terms: 0,
            in_value_path: false,
        }
    }

    fn disjunction(&mut self) -> Result<Filter, Error> {
        let first = self.conjunction()?;
        if !self.keyword("or") {
            return Ok(first);
        }
        let mut parts = vec![first, self.conjunction()?];
        while self.keyword("or") {
            parts.push(self.conjunction()?);
        }
        Ok(Filter::Or(parts))
    }

    fn conjunction(&mut self) -> Result<Filter, Error> {
        let first = self.factor()?;
        if !self.keyword("and") {
            return Ok(first);
        }
        let mut parts = vec![first, self.factor()?];
        while self.keyword("and") {
            parts.push(self.factor()?);
        }
        Ok(Filter::And(parts))
    }

    fn factor(&mut self) -> Result<Filter, Error> {
        self.space();
        if self.rest().starts_with('(') {
            return self.group();
        }
        if self.keyword("not") {
            self.space();
            if !self.rest().starts_with('(') {
                return Err(self.expected("\"(\" after \"not\""));
            }
            return Ok(Filter::Not(Box::new(self.group()?)));
        }
        self.attribute_expression()
    }

    fn group(&mut self) -> Result<Filter, Error> {
        self.enter()?;
        let filter = self.disjunction()?;
        self.leave(')')?;
        Ok(filter)
    }

    fn attribute_expression(&mut self) -> Result<Filter, Error> {
        let start = self.at;
        let word = self.take_word();
        if word.is_empty() {
            return Err(self.expected("an attribute name, \"not\" or \"(\""));
        }
        let path = AttrPath::read(word).map_err(|problem| self.problem(start, &problem))?;
        if self.rest().starts_with('[') {
            if self.in_value_path {
                return Err(self.problem(self.at, "a filter in brackets cannot contain another one"));
            }
            if path.sub.is_some() {
                return Err(self.problem(
                    start,
                    "brackets belong directly after the attribute, as in emails[type eq \"work\"]",
                ));
            }
            return self.value_path(path);
        }
        Ok(match self.comparison()? {
            Some((op, value)) => Filter::Compare { path, op, value },
            None => Filter::Present(path),
        })
    }

    fn value_path(&mut self, path: AttrPath) -> Result<Filter, Error> {
        self.at += 1;
        let filter = Box::new(self.inside_brackets()?);
        let then = if self.rest().starts_with('.') {
            self.at += 1;
            let start = self.at;
            let sub = self.take_word();
            if !is_name(sub) {
                self.at = start;
                return Err(self.expected("a sub-attribute name after \".\""));
            }
            let (op, value) = self.comparison()?.unwrap_or((CompareOp::Ne, Literal::Null));
            Some((sub.to_owned(), op, value))
        } else {
            None
        };
        Ok(Filter::ValuePath { path, filter, then })
    }

    /// Reads from after `[` to after `]`.
    fn inside_brackets(&mut self) -> Result<Filter, Error> {
        self.descend()?;
        self.in_value_path = true;
        let filter = self.disjunction()?;
        self.in_value_path = false;
        self.leave(']')?;
        Ok(filter)
    }

    /// Reads an operator and its literal; `None` is `pr`.
    fn comparison(&mut self) -> Result<Option<(CompareOp, Literal)>, Error> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(Error::filter(format!(
                "The filter has more than {MAX_TERMS} comparisons."
            )));
        }
        self.space();
        let start = self.at;
        let word = self.take_word();
        if word.eq_ignore_ascii_case("pr") {
            return Ok(None);
        }
        let op = CompareOp::ALL
            .into_iter()
            .find(|op| op.as_str().eq_ignore_ascii_case(word));
        let Some(op) = op else {
            self.at = start;
            return Err(self.expected("an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr"));
        };
        Ok(Some((op, self.literal()?)))
    }

    fn literal(&mut self) -> Result<Literal, Error> {
        self.space();
        let start = self.at;
        if self.rest().starts_with('"') {
            return self.string();
        }
        let length = self
            .rest()
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | ']'))
            .unwrap_or(self.rest().len());
        let word = self.text.get(start..start + length).unwrap_or_default();
        let literal = match word {
            "" => return Err(self.expected("a value")),
            "null" => Literal::Null,
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            _ => match serde_json::from_str(word) {
                Ok(number) => Literal::Number(number),
                Err(_) if self.mode.is_tolerant() && is_bare(word) => Literal::String(word.to_owned()),
                Err(_) => return Err(self.expected("a value: text stands in double quotes")),
            },
        };
        self.at += length;
        Ok(literal)
    }

    fn string(&mut self) -> Result<Literal, Error> {
        let start = self.at;
        let mut escaped = false;
        let end = self.rest().char_indices().skip(1).find_map(|(index, c)| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes.then_some(start + index + 1)
        });
        let Some(end) = end else {
            return Err(self.problem(start, "the text has no closing double quote"));
        };
        let quoted = self.text.get(start..end).unwrap_or_default();
        let value: String = serde_json::from_str(quoted).map_err(|_| {
            self.problem(
                start,
                &format!("{quoted} is not a JSON string; check its backslashes"),
            )
        })?;
        if value.contains('\0') {
            return Err(self.problem(start, "the text contains U+0000"));
        }
        self.at = end;
        Ok(Literal::String(value))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    fn word_length(&self) -> usize {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"');
        self.rest().find(ends).unwrap_or(self.rest().len())
    }

    fn take_word(&mut self) -> &'a str {
        let word = self
            .text
            .get(self.at..self.at + self.word_length())
            .unwrap_or_default();
        self.at += word.len();
        word
    }

    /// Takes the keyword when it is the next word.
    fn keyword(&mut self, keyword: &str) -> bool {
        let start = self.at;
        self.space();
        if self.take_word().eq_ignore_ascii_case(keyword) {
            return true;
        }
        self.at = start;
        false
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.at += 1;
        self.descend()
    }

    fn descend(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.problem(
                self.at,
                &format!("the filter nests deeper than {MAX_DEPTH} levels"),
            ));
        }
        Ok(())
    }

    fn leave(&mut self, bracket: char) -> Result<(), Error> {
        self.space();
        if !self.rest().starts_with(bracket) {
            return Err(self.expected(&format!("\"and\", \"or\" or \"{bracket}\"")));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn expected(&self, what: &str) -> Error {
        let length = self.word_length();
        let found = match self.rest().chars().next() {
            None => "the end".to_owned(),
            Some(first) if length == 0 => format!("\"{first}\""),
            Some(_) => format!("\"{}\"", self.rest().get(..length).unwrap_or_default()),
        };
        self.problem(self.at, &format!("expected {what}, found {found}"))
    }

    fn problem(&self, at: usize, problem: &str) -> Error {
        let position = self.text.get(..at).unwrap_or_default().chars().count() + 1;
        Error::filter(format!(
            "The filter is not understood at character {position}: {problem}."
        ))
    }
}

/// Quotes of either kind are a client's mistake rather than part of a value; taking them literally would find nobody
/// and make the client create duplicates.
fn is_bare(word: &str) -> bool {
    !word.contains(['"', '\'', '\\']) && !word.chars().any(char::is_control)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
