//! How inputs are made from other inputs, the same ones from the same seed. It knows SCIM's words, not its meaning.

use serde_json::{Map, Value};

/// A generator of numbers that repeats itself from a seed (splitmix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator whose numbers follow from the seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, or 0 where nothing is below it.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// One of these, or none where there are none.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }
}

/// The words of a libFuzzer dictionary: what stands between the first and the last quote of each line.
pub fn words(dictionary: &str) -> Vec<Vec<u8>> {
    let quoted = |line: &str| {
        let (start, end) = (line.find('"')? + 1, line.rfind('"')?);
        line.get(start..end).map(unescaped)
    };
    dictionary
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(quoted)
        .collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .strip_prefix(b"x")
            .and_then(|digits| str::from_utf8(digits.get(..2)?).ok());
        match (
            first,
            hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()),
            after.split_first(),
        ) {
            (b'\\', Some(byte), _) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            (b'\\', None, Some((&escaped, after))) => {
                bytes.push(escaped);
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

/// Changes some bytes of an input: words are put in, pieces are taken out, repeated or exchanged with another input's.
pub fn bytes(input: &[u8], other: &[u8], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut output = input.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(output.len() + 1);
        let end = (at + 1 + random.below(12)).min(output.len());
        let piece: Vec<u8> = output.get(at..end).unwrap_or_default().to_vec();
        match random.below(7) {
            0 => {
                output.drain(at..end);
            }
            1 => {
                output.splice(at..at, piece);
            }
            2 => {
                if let Some(byte) = output.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            3 => {
                let from = random.below(other.len() + 1);
                let to = (from + 1 + random.below(40)).min(other.len());
                output.splice(at..end, other.get(from..to).unwrap_or_default().iter().copied());
            }
            4 => output
                .splice(at..at, random.pick(words).into_iter().flatten().copied())
                .for_each(drop),
            5 => output
                .splice(at..end, random.pick(words).into_iter().flatten().copied())
                .for_each(drop),
            _ => output.truncate(at.max(1)),
        }
    }
    output
}

/// Exchanges values of a JSON document with others, its own or unusual ones; nothing where the input is no JSON.
pub fn json(input: &[u8], seed: u64) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(input).ok()?;
    let mut random = Random::new(seed);
    let mut pool = unusual();
    collect(&document, &mut pool);
    let mut names = Vec::new();
    collect_names(&document, &mut names);
    for _ in 0..=random.below(3) {
        let count = size(&document);
        let at = random.below(count);
        let value = random.pick(&pool)?.clone();
        let name = random.pick(&names).cloned().unwrap_or_default();
        let act = random.below(6);
        change(&mut document, &mut { at }, &mut |place| {
            act_on(place, act, &value, &name);
        });
    }
    serde_json::to_vec(&document).ok()
}

fn act_on(place: &mut Value, act: usize, value: &Value, name: &str) {
    match (act, place) {
        (0, Value::Array(items)) => items.push(value.clone()),
        (0, Value::Object(members)) => {
            members.insert(name.to_owned(), value.clone());
        }
        (1, Value::Array(items)) => {
            items.pop();
        }
        (1, Value::Object(members)) => {
            members.pop_last();
        }
        (2, Value::Array(items)) => items.reverse(),
        (2, Value::String(text)) => *text = text.to_uppercase(),
        (3, place) => *place = Value::Array(vec![place.take()]),
        (4, place) => *place = Value::Object(Map::from_iter([(name.to_owned(), place.take())])),
        (_, place) => *place = value.clone(),
    }
}

trait PopLast {
    fn pop_last(&mut self);
}

impl PopLast for Map<String, Value> {
    fn pop_last(&mut self) {
        if let Some(key) = self.keys().next_back().cloned() {
            self.remove(&key);
        }
    }
}

/// Counts a document's values, itself included.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// Finds the value at a position of the walk through the document, and acts on it.
fn change(value: &mut Value, left: &mut usize, act: &mut impl FnMut(&mut Value)) -> bool {
    if *left == 0 {
        act(value);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change(item, left, act)),
        Value::Object(members) => members.values_mut().any(|member| change(member, left, act)),
        _ => false,
    }
}

fn collect(value: &Value, pool: &mut Vec<Value>) {
    pool.push(value.clone());
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, pool)),
        Value::Object(members) => members.values().for_each(|member| collect(member, pool)),
        _ => {}
    }
}

fn collect_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Object(members) => {
            names.extend(members.keys().cloned());
            members.values().for_each(|member| collect_names(member, names));
        }
        _ => {}
    }
}

/// Values that are often mishandled, and the words of a PATCH operation.
fn unusual() -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        Value::Bool(true),
        Value::from(0),
        Value::from(-1.5),
        Value::from(i64::MAX),
        Value::Array(Vec::new()),
        Value::Object(Map::new()),
    ];
    let texts = [
        "",
        " ",
        "true",
        "False",
        "0",
        "add",
        "remove",
        "replace",
        "Add",
        "id",
        "schemas",
        "meta",
        "groups",
        "password",
        "active",
        "name",
        "name.givenName",
        "emails",
        "emails[type eq \"work\"]",
        "emails[type eq \"work\"].value",
        "emails[primary eq true]",
        "emails.value",
        "addresses[type eq \"other\"].locality",
        "members",
        "members[value eq \"a\"]",
        "displayName",
        "userName",
        "externalId",
        "roles",
        "roles[primary eq \"True\"].value",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:example:undeclared:2.0:User",
        "urn:example:undeclared:2.0:User:badge.colour",
    ];
    values.extend(texts.map(Value::from));
    values
}
