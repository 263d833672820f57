//! What a comparison asks of the key of a value: keys are folded and cut, and in the order of their values.

use wicketgate_scim::{
    filter::{CompareOp, Literal},
    fold::fold,
    schema::Attribute,
};

use super::sql::Sql;
use crate::user::keys::key_of;

/// Keys agree with their values up to here; longer ones are cut.
const EXACT_KEY: usize = 500;

/// A condition on a key column.
pub(super) struct KeyTest {
    /// With one `{}` for each of `values`, and `KEY` for the column.
    template: &'static str,
    pub(super) values: Vec<String>,
    /// Whether the keys tell all values apart that are asked for.
    pub(super) is_exact: bool,
    /// Whether it is one value.
    pub(super) is_point: bool,
}

impl KeyTest {
    /// The condition on this column.
    pub(super) fn on(&self, column: &str) -> Sql {
        let template = self.template.replace("KEY", column);
        let values: Vec<Sql> = self.values.iter().map(Sql::text).collect();
        match values.as_slice() {
            [one] => Sql::fill(&template, [one]),
            [one, two] => Sql::fill(&template, [one, two]),
            _ => Sql::constant(false),
        }
    }
}

/// The keys of the values that begin with `text`: from the first one on, and up to before the second one.
pub(crate) fn beginning_with(text: &str) -> Option<(String, String)> {
    let mut prefix = fold(text);
    let mut cut = prefix.len().min(EXACT_KEY);
    while !prefix.is_char_boundary(cut) {
        cut -= 1;
    }
    prefix.truncate(cut);
    let past = past(&prefix)?;
    Some((prefix, past))
}

/// The smallest text that is larger than every text that begins with `prefix`.
fn past(prefix: &str) -> Option<String> {
    let mut past = prefix.to_owned();
    while let Some(last) = past.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            past.push(next);
            return Some(past);
        }
    }
    None
}

/// What an operator asks of the key of a value.
pub(super) fn key_test(leaf: &Attribute, op: CompareOp, literal: &Literal) -> Option<KeyTest> {
    let Literal::String(literal) = literal else {
        return None;
    };
    let test = |template, values, is_exact, is_point| {
        Some(KeyTest {
            template,
            values,
            is_exact,
            is_point,
        })
    };
    let whole = if leaf.case_exact {
        literal.clone()
    } else {
        fold(literal)
    };
    if whole.is_empty() {
        return None;
    }
    let fits = whole.len() <= EXACT_KEY;
    match op {
        CompareOp::Eq => test("KEY = {}", vec![key_of(leaf, literal)], true, true),
        CompareOp::Sw => {
            let mut cut = whole.len().min(EXACT_KEY);
            while !whole.is_char_boundary(cut) {
                cut -= 1;
            }
            let prefix = whole.get(..cut)?.to_owned();
            let past = past(&prefix)?;
            test("KEY >= {} AND KEY < {}", vec![prefix, past], fits, false)
        }
        CompareOp::Gt if fits => test("KEY > {}", vec![whole], true, false),
        CompareOp::Ge if fits => test("KEY >= {}", vec![whole], true, false),
        CompareOp::Lt if fits => test("KEY < {}", vec![whole], true, false),
        CompareOp::Le if fits => test("KEY <= {}", vec![whole], true, false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::past;

    #[test]
    fn a_prefix_ends_where_the_next_one_begins() {
        for (prefix, next) in [
            ("a", "b"),
            ("az", "a{"),
            ("\u{D7FF}", "\u{E000}"),
            ("a\u{10FFFF}", "b"),
        ] {
            assert_eq!(past(prefix).as_deref(), Some(next));
            assert!(*format!("{prefix}\u{10FFFF}") < *next);
        }
        assert_eq!(past("\u{10FFFF}"), None);
    }
}
