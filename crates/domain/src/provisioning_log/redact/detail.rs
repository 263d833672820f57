//! The detail of an answer: it may quote what was sent, and loses those words of it that the log must not have.

use super::{Hidden, LONGEST_TEXT, cut};

/// The longest word outside of quotes that is never somebody's.
const SHORT: usize = 3;

/// A detail as the log keeps it.
pub(crate) fn detail(text: &str, hidden: &Hidden) -> String {
    let (Some(first), Some(last)) = (text.find('"'), text.rfind('"')) else {
        return cut(&without(text, hidden, SHORT), LONGEST_TEXT * 4);
    };
    let (before, rest) = text.split_at(first);
    let (quoted, after) = rest.split_at(last - first);
    let quoted = if hidden.everything {
        "\"…".to_owned()
    } else {
        without(quoted, hidden, 0)
    };
    let whole = [
        without(before, hidden, SHORT),
        quoted,
        without(after, hidden, SHORT),
    ]
    .concat();
    cut(&whole, LONGEST_TEXT * 4)
}

/// The text without the words longer than `short` that a hidden text has.
fn without(text: &str, hidden: &Hidden, short: usize) -> String {
    if hidden.texts.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, further) = rest.split_at(end);
        let lower = word.to_lowercase();
        let is_hidden = word.chars().count() > short && hidden.texts.iter().any(|text| text.contains(&lower));
        kept.push_str(if is_hidden { "…" } else { word });
        let next = further.find(char::is_alphanumeric).unwrap_or(further.len());
        let (between, further) = further.split_at(next);
        kept.push_str(between);
        rest = further;
    }
    kept
}
