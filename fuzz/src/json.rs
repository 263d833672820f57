//! JSON bodies: what is accepted, and as what, is worked out a second time in another way and compared.

use serde::{
    Deserialize,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};
use wicketgate_scim::{
    ScimType,
    json::{self, MAX_DEPTH},
};

/// Takes the bytes as a body.
///
/// - Every refusal is `invalidSyntax`.
/// - A body is accepted if and only if it is JSON, and no object in it has a key twice in any case of ASCII letters, no
///   text in it contains U+0000, no number in it is past 64 bits, and it is not nested too deeply.
/// - Its value is the one that any parser reads, save that whole numbers from 10^16 on are integers, and that there is
///   no negative zero.
/// - Written and read again it is the same.
pub fn run(data: &[u8]) -> bool {
    let raw = serde_json::from_slice::<Raw>(data).ok();
    let expected = raw.as_ref().and_then(|raw| raw.value(0));
    match json::parse(data) {
        Ok(value) => {
            assert_eq!(Some(&value), expected.as_ref(), "accepted: {}", shown(data));
            assert_eq!(
                json::parse(value.to_string().as_bytes()).as_ref(),
                Ok(&value),
                "again: {}",
                shown(data)
            );
            true
        }
        Err(error) => {
            assert_eq!(error.scim_type, ScimType::InvalidSyntax);
            assert_eq!(None, expected, "refused, {error}: {}", shown(data));
            false
        }
    }
}

fn shown(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// JSON with nothing taken from it: an object is a list of its members.
enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Raw>),
    Members(Vec<(String, Raw)>),
}

impl Raw {
    /// The value that must be read from this, or nothing when it must be refused.
    fn value(&self, depth: usize) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(within_64_bits(number)?),
            Self::Text(text) => Value::String(acceptable(text)?),
            Self::List(items) => {
                let depth = deeper(depth)?;
                Value::Array(
                    items
                        .iter()
                        .map(|item| item.value(depth))
                        .collect::<Option<_>>()?,
                )
            }
            Self::Members(members) => {
                let depth = deeper(depth)?;
                let mut keys: Vec<String> = members.iter().map(|(key, _)| key.to_ascii_lowercase()).collect();
                keys.sort_unstable();
                if keys.windows(2).any(|pair| pair.first() == pair.last()) {
                    return None;
                }
                let members = members
                    .iter()
                    .map(|(key, member)| Some((acceptable(key)?, member.value(depth)?)));
                Value::Object(members.collect::<Option<_>>()?)
            }
        })
    }
}

fn deeper(depth: usize) -> Option<usize> {
    (depth < MAX_DEPTH).then_some(depth + 1)
}

fn acceptable(text: &str) -> Option<String> {
    (!text.contains('\0')).then(|| text.to_owned())
}

fn within_64_bits(number: &Number) -> Option<Number> {
    if number.is_u64() || number.is_i64() {
        return number.as_i64().map(Number::from);
    }
    let float = number.as_f64()?;
    if float.abs() >= 2f64.powi(63) {
        None
    } else if float.abs() >= 1e16 {
        // Whole, and so written without a fraction.
        format!("{float:.0}").parse::<i64>().ok().map(Number::from)
    } else if float == 0.0 && float.is_sign_negative() {
        Some(Number::from(0))
    } else {
        Number::from_f64(float)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        Number::from_f64(value)
            .map(Raw::Number)
            .ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Raw::Members(members))
    }
}
