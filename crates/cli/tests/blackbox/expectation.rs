//! What a conversation expects of a JSON document, and where the document differs. It names places by JSON pointer.
//!
//! An object may hold more than is expected, an array may not. Where a document cannot be foretold, a word stands for
//! it: `"<text>"` is a string that is not empty, `"<integer>"` a whole number, `"<boolean>"` either, `"<list>"` an
//! array that is not empty. `{"<contains>": […]}` is an array in which each of these is somewhere, and
//! `{"<unordered>": […]}` an array of exactly these in any order. `{"<count>": n}` is an array of so many.

use serde_json::Value;

/// Every place where `actual` is not as `expected`, each with what was expected there.
pub(crate) fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, actual, &mut found);
    found
}

fn compare(pointer: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    let is_met = match expected {
        Value::String(word) if word.starts_with('<') && word.ends_with('>') => is_word(word, actual),
        Value::Object(object) => match (sole(object), actual) {
            (Some(("<contains>", Value::Array(some))), Value::Array(all)) => assigned(some, all),
            (Some(("<unordered>", Value::Array(some))), Value::Array(all)) => {
                some.len() == all.len() && assigned(some, all)
            }
            (Some(("<count>", Value::Number(count))), Value::Array(all)) => {
                count.as_u64() == u64::try_from(all.len()).ok()
            }
            (None, Value::Object(actual)) => {
                for (key, expected) in object {
                    let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    match actual.get(key) {
                        Some(actual) => compare(&pointer, expected, actual, found),
                        None => found.push(format!("{pointer}: expected {expected}, but it is not there")),
                    }
                }
                true
            }
            _ => false,
        },
        Value::Array(elements) => match actual {
            Value::Array(actual) if actual.len() == elements.len() => {
                for (index, (expected, actual)) in elements.iter().zip(actual).enumerate() {
                    compare(&format!("{pointer}/{index}"), expected, actual, found);
                }
                true
            }
            _ => false,
        },
        scalar => scalar == actual,
    };
    if !is_met {
        found.push(format!("{pointer}: expected {expected}, but it is {actual}"));
    }
}

fn is_word(word: &str, actual: &Value) -> bool {
    match word {
        "<text>" => actual.as_str().is_some_and(|text| !text.is_empty()),
        "<integer>" => actual.is_u64() || actual.is_i64(),
        "<boolean>" => actual.is_boolean(),
        "<list>" => actual.as_array().is_some_and(|list| !list.is_empty()),
        _ => panic!("{word} is not a word that an expectation knows"),
    }
}

/// The one key of an object that is no attribute, and what is behind it.
fn sole(object: &serde_json::Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, value) = object.iter().next()?;
    if !key.starts_with('<') {
        return None;
    }
    let fits = match key.as_str() {
        "<contains>" | "<unordered>" => value.is_array(),
        "<count>" => value.is_u64(),
        _ => false,
    };
    assert!(
        fits && object.len() == 1,
        "{key} is not known, does not stand alone in its object, or is not followed by what belongs there"
    );
    Some((key, value))
}

/// Whether each of `expected` has an element of its own in `actual`.
fn assigned(expected: &[Value], actual: &[Value]) -> bool {
    let mut left: Vec<&Value> = actual.iter().collect();
    expected.iter().all(|expected| {
        let position = left
            .iter()
            .position(|actual| differences(expected, actual).is_empty());
        position.map(|position| left.swap_remove(position)).is_some()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn more_than_is_expected_is_fine_and_everything_else_is_told_with_its_place() {
        let actual = json!({"a": {"b": [1, {"c": "x", "more": true}]}, "more": 1});
        assert!(differences(&json!({"a": {"b": [1, {"c": "x"}]}}), &actual).is_empty());
        assert_eq!(
            differences(&json!({"a": {"b": [2, {"c": "y", "d/e": 1}]}}), &actual),
            [
                "/a/b/0: expected 2, but it is 1",
                "/a/b/1/c: expected \"y\", but it is \"x\"",
                "/a/b/1/d~1e: expected 1, but it is not there",
            ]
        );
        assert_eq!(
            differences(&json!({"a": []}), &actual).len(),
            1,
            "an array has a length"
        );
        assert_eq!(
            differences(&json!({"a": {}}), &json!({"a": []})).len(),
            1,
            "an array is no object"
        );
        assert_eq!(
            differences(&json!(1), &json!("1")).len(),
            1,
            "a number is no text"
        );
    }

    #[test]
    fn a_word_stands_for_what_cannot_be_foretold() {
        for (word, fits, others) in [
            ("<text>", json!("x"), [json!(""), json!(1), json!(null)]),
            ("<integer>", json!(1), [json!("1"), json!(1.5), json!(null)]),
            ("<boolean>", json!(false), [json!("false"), json!(0), json!(null)]),
            ("<list>", json!([1]), [json!([]), json!({}), json!(null)]),
        ] {
            assert!(differences(&json!(word), &fits).is_empty(), "{word}");
            for other in others {
                assert_eq!(differences(&json!(word), &other).len(), 1, "{word} and {other}");
            }
        }
    }

    #[test]
    fn elements_are_looked_for_in_any_order_and_each_only_once() {
        let actual = json!([{"v": 1}, {"v": 2}]);
        assert!(differences(&json!({"<unordered>": [{"v": 2}, {"v": 1}]}), &actual).is_empty());
        assert!(differences(&json!({"<contains>": [{"v": 2}]}), &actual).is_empty());
        for expected in [
            json!({"<unordered>": [{"v": 2}]}),
            json!({"<unordered>": [{"v": 2}, {"v": 2}]}),
            json!({"<contains>": [{"v": 3}]}),
        ] {
            assert_eq!(differences(&expected, &actual).len(), 1, "{expected}");
        }
        assert_eq!(differences(&json!({"<contains>": [1]}), &json!(1)).len(), 1);
    }

    #[test]
    fn elements_are_counted() {
        assert!(differences(&json!({"<count>": 2}), &json!([1, 1])).is_empty());
        for other in [json!([1]), json!([]), json!({}), json!(2)] {
            assert_eq!(differences(&json!({"<count>": 2}), &other).len(), 1, "{other}");
        }
    }
}
