//! Strict reading of a JSON body: what two parsers could read differently is refused. It does not know what the members
//! mean.

use std::{collections::HashSet, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{Error, Object};

/// The deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 32;

/// Up to this many members an object's keys are compared one by one; beyond, a set is cheaper.
const FEW_KEYS: usize = 24;

/// From here on a whole number of floating point is written with an exponent. A database may write its digits instead,
/// and would answer another number than it was given: read as an integer, it is the same everywhere.
const WRITTEN_WITH_EXPONENT: f64 = 1e16;

/// Integers past i64, and every f64 from here on is whole.
const PAST_I64: f64 = 9_223_372_036_854_775_808.0;

/// Reads a body.
///
/// Refused are, besides malformed JSON and UTF-8: keys of one object that differ at most in ASCII case, U+0000, integers
/// past 64 bits, nesting beyond [`MAX_DEPTH`], and anything behind the value.
pub fn parse(body: &[u8]) -> Result<Value, Error> {
    let text = std::str::from_utf8(body).map_err(|error| {
        Error::syntax(format!(
            "the body is not UTF-8: invalid byte at position {}",
            error.valid_up_to()
        ))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(Error::syntax("the body is empty: send a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| Error::syntax(format!("the body is not acceptable JSON: {error}")))
}

/// Reads a body that must be a JSON object.
pub fn parse_object(body: &[u8]) -> Result<Object, Error> {
    match parse(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(Error::syntax("the body must be a JSON object")),
    }
}

/// A number that every database keeps as it is; `None` past 64 bits.
pub(crate) fn number(value: f64) -> Option<Value> {
    if value == 0.0 && value.is_sign_negative() {
        // `-0` is an integer, and PostgreSQL knows no negative zero.
        return Some(Value::from(0));
    }
    if value.is_nan() || value.abs() >= PAST_I64 {
        return None;
    }
    if value.abs() >= WRITTEN_WITH_EXPONENT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and within i64 as was just checked"
        )]
        return Some(Value::from(value as i64));
    }
    Number::from_f64(value).map(Value::Number)
}

/// Reads one value at a depth.
struct Node {
    depth: usize,
}

impl Node {
    fn inside<E: de::Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value).map(Value::from).map_err(|_| past_i64())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        number(value).ok_or_else(past_i64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        check_text(text)?;
        Ok(Value::from(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        check_text(&text)?;
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.inside()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inside = self.inside::<A::Error>()?.depth;
        let mut members = Map::new();
        let mut keys = Keys::default();
        while let Some(key) = access.next_key::<String>()? {
            check_text(&key)?;
            if keys.has(&members, &key) {
                return Err(de::Error::custom(format_args!(
                    "duplicate key {:?} (keys are compared without regard to case)",
                    key.chars().take(100).collect::<String>()
                )));
            }
            let value = access.next_value_seed(Self { depth: inside })?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

/// The keys of one object, compared without regard to ASCII case, because SCIM compares attribute names like that.
#[derive(Default)]
struct Keys {
    many: HashSet<String>,
}

impl Keys {
    /// Whether `key` is among the members already; remembers it otherwise.
    fn has(&mut self, members: &Object, key: &str) -> bool {
        if members.len() < FEW_KEYS {
            return members.keys().any(|earlier| earlier.eq_ignore_ascii_case(key));
        }
        if self.many.is_empty() {
            self.many = members
                .keys()
                .map(|earlier| earlier.to_ascii_lowercase())
                .collect();
        }
        !self.many.insert(key.to_ascii_lowercase())
    }
}

fn check_text<E: de::Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') {
        return Err(E::custom("a string contains U+0000"));
    }
    Ok(())
}

fn past_i64<E: de::Error>() -> E {
    E::custom("a number does not fit in 64 bits")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::ScimType;

    fn refusal(body: &[u8]) -> String {
        let error = parse(body).unwrap_err();
        assert_eq!(error.scim_type, ScimType::InvalidSyntax);
        error.detail
    }

    #[test]
    fn a_whole_number_with_an_exponent_is_an_integer() {
        let value = parse(br#"{"a": 1e16, "b": -1e18, "c": 1.5, "d": 1e300}"#);
        assert!(value.unwrap_err().detail.contains("64"));
        let value = parse(br#"{"a": 1e16, "b": -1e18, "c": 1.5}"#).unwrap();
        assert_eq!(
            value.to_string(),
            r#"{"a":10000000000000000,"b":-1000000000000000000,"c":1.5}"#
        );
    }

    #[test]
    fn a_plain_body_is_read_in_order() {
        let object = parse_object(br#"{"b": [1, -2.5, "x", true, null], "a": {"c": {}}}"#).unwrap();
        assert_eq!(object.keys().collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(
            Value::Object(object),
            json!({"b": [1, -2.5, "x", true, null], "a": {"c": {}}})
        );
    }

    #[test]
    fn a_duplicate_key_is_refused_in_any_case_and_depth() {
        assert!(refusal(br#"{"userName": "a", "USERNAME": "b"}"#).contains("duplicate key \"USERNAME\""));
        assert!(refusal(br#"{"a": [{"x": 1, "x": 2}]}"#).contains("duplicate key \"x\""));
    }

    #[test]
    fn a_duplicate_among_many_keys_is_refused() {
        for first in [0, FEW_KEYS - 1, FEW_KEYS, 3 * FEW_KEYS] {
            let mut members: Vec<String> = (0..=3 * FEW_KEYS).map(|i| format!("\"k{i}\": 0")).collect();
            let body = format!("{{{}}}", members.join(","));
            assert!(parse(body.as_bytes()).is_ok());
            members.push(format!("\"K{first}\": 0"));
            let body = format!("{{{}}}", members.join(","));
            assert!(refusal(body.as_bytes()).contains(&format!("duplicate key \"K{first}\"")));
        }
    }

    #[test]
    fn keys_of_different_objects_may_be_equal() {
        assert!(parse(br#"[{"a": {"a": 1}}, {"a": 2}]"#).is_ok());
    }

    #[test]
    fn a_zero_character_is_refused_in_strings_and_keys() {
        assert!(refusal(br#"{"a": "x\u0000"}"#).contains("U+0000"));
        assert!(refusal(br#"{"\u0000": 1}"#).contains("U+0000"));
    }

    #[test]
    fn integers_up_to_64_bits_are_read() {
        assert_eq!(parse(b"9223372036854775807").unwrap(), json!(i64::MAX));
        assert_eq!(parse(b"-9223372036854775808").unwrap(), json!(i64::MIN));
    }

    #[test]
    fn integers_past_64_bits_are_refused() {
        for body in [
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999",
            "1e19",
            "1e999",
        ] {
            let detail = refusal(body.as_bytes());
            assert!(
                detail.contains("64 bits") || detail.contains("out of range"),
                "{body}: {detail}"
            );
        }
    }

    #[test]
    fn there_is_one_zero() {
        // PostgreSQL has no negative zero, and would return another text than SQLite.
        assert_eq!(parse(b"[-0, -0.0, 0]").unwrap().to_string(), "[0,0,0]");
        assert_eq!(parse(b"0.0").unwrap().to_string(), "0.0");
    }

    /// A PATCH request with one operation that has this text for its value.
    fn operation(value: &str) -> String {
        format!(r#"{{"Operations": [{{"op": "add", "path": "urn:x:y:z", "value": {value}}}]}}"#)
    }

    #[test]
    fn the_value_of_an_operation_is_read_like_everything_else() {
        let nested = |depth: usize| operation(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        // The request, its operations and the operation are three levels themselves.
        assert!(parse(nested(MAX_DEPTH - 3).as_bytes()).is_ok());
        assert!(refusal(nested(MAX_DEPTH - 2).as_bytes()).contains("deeper than 32"));
        for (value, problem) in [
            (r#"{"a": 1, "A": 2}"#, "duplicate key"),
            (r#"{"name.givenName": 1, "NAME.GIVENNAME": 2}"#, "duplicate key"),
            (r#""\u0000""#, "U+0000"),
            (r#"{"\u0000": 1}"#, "U+0000"),
            (r#""\ud800""#, "hex escape"),
            (r#""\udc00x""#, "surrogate"),
            ("9223372036854775808", "64 bits"),
            ("18446744073709551616", "64 bits"),
            ("1e400", "out of range"),
        ] {
            let detail = refusal(operation(value).as_bytes());
            assert!(detail.contains(problem), "{value}: {detail}");
        }
    }

    #[test]
    fn nesting_is_read_to_the_limit_and_refused_past_it() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refusal(nested(MAX_DEPTH + 1).as_bytes()).contains("deeper than 32"));
        assert!(refusal(nested(100_000).as_bytes()).contains("deeper than 32"));
        let objects = |depth: usize| format!("{}0{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(parse(objects(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refusal(objects(MAX_DEPTH + 1).as_bytes()).contains("deeper than 32"));
        let empty = |depth: usize| format!("{}{{}}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(parse(empty(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refusal(empty(MAX_DEPTH + 1).as_bytes()).contains("deeper than 32"));
    }

    #[test]
    fn trailing_bytes_are_refused() {
        assert!(refusal(b"{} {}").contains("trailing"));
    }

    #[test]
    fn invalid_utf8_is_refused_with_its_position() {
        assert_eq!(
            refusal(b"{\"a\": \"\xff\"}"),
            "the body is not UTF-8: invalid byte at position 7"
        );
    }

    #[test]
    fn a_lone_surrogate_is_refused() {
        refusal(br#"{"a": "\ud800"}"#);
    }

    #[test]
    fn an_empty_body_says_so() {
        assert_eq!(refusal(b" \n"), "the body is empty: send a JSON object");
    }

    #[test]
    fn a_body_that_is_not_an_object_is_refused() {
        for body in ["[]", "1", "null", "\"x\""] {
            assert_eq!(
                parse_object(body.as_bytes()).unwrap_err().scim_type,
                ScimType::InvalidSyntax
            );
        }
    }

    #[test]
    fn an_error_names_the_position() {
        assert!(refusal(b"{\n \"a\": tru }").contains("line 2 column"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&body);
        }

        #[test]
        fn what_is_read_is_what_was_sent(key in "[a-z]{1,5}", text in "[^\\x00]*", number in any::<i64>()) {
            let value = json!({ key: [text, number] });
            prop_assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
