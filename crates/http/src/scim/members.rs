//! The members of groups as JSON text. A group may have a million: they are written straight from their rows, and in
//! chunks.

use std::{collections::VecDeque, vec};

use actix_web::web::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;
use wicketgate_domain::Member;

use super::representation::Links;

/// How large a chunk grows before it is handed on.
const CHUNK: usize = 64 << 10;
/// No member is longer, but for its link.
const MEMBER: usize = 128;

/// Which sub-attributes of members are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    value: bool,
    reference: bool,
    kind: bool,
}

impl Shown {
    /// A value of `members` that has every sub-attribute that is ever shown.
    pub(super) fn sample() -> Value {
        json!([{ "value": "x", "$ref": "x", "type": "x" }])
    }

    /// What is left of the sample.
    pub(super) fn of(sample: &Value) -> Self {
        let has = |name: &str| sample.get(0).is_some_and(|member| member.get(name).is_some());
        Self {
            value: has("value"),
            reference: has("$ref"),
            kind: has("type"),
        }
    }
}

/// A part of an answer.
pub(crate) enum Piece {
    /// JSON text.
    Text(Vec<u8>),
    /// The value of `members`.
    Members {
        /// Those that are not yet written.
        rest: vec::IntoIter<Member>,
        /// What is shown of each.
        shown: Shown,
        /// Whether the array has been opened.
        is_open: bool,
    },
}

impl Piece {
    /// The value of `members`.
    pub(super) fn members(members: Vec<Member>, shown: Shown) -> Self {
        Self::Members {
            rest: members.into_iter(),
            shown,
            is_open: false,
        }
    }

    /// How many members are in the piece.
    fn count(&self) -> usize {
        match self {
            Self::Text(_) => 0,
            Self::Members { rest, .. } => rest.len(),
        }
    }
}

/// An answer in chunks.
pub(crate) struct Pieces {
    links: Links,
    queue: VecDeque<Piece>,
}

impl Pieces {
    pub(crate) fn new(links: Links, pieces: Vec<Piece>) -> Self {
        Self {
            links,
            queue: pieces.into(),
        }
    }

    /// How many members are in the answer.
    pub(super) fn members(&self) -> usize {
        self.queue.iter().map(Piece::count).sum()
    }

    /// The whole answer.
    pub(crate) fn whole(self) -> Vec<u8> {
        let each = MEMBER + self.links.base().len();
        let mut text = Vec::with_capacity(CHUNK.min(4096) + self.members() * each);
        for chunk in self {
            text.extend_from_slice(&chunk);
        }
        text
    }
}

impl Iterator for Pieces {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let mut text: Vec<u8> = Vec::new();
        while text.len() < CHUNK {
            match self.queue.front_mut() {
                None => break,
                Some(Piece::Text(piece)) => {
                    if text.is_empty() {
                        text = std::mem::take(piece);
                    } else {
                        text.append(piece);
                    }
                    self.queue.pop_front();
                }
                Some(Piece::Members { rest, shown, is_open }) => {
                    text.reserve(CHUNK.min(rest.len() * MEMBER));
                    if !*is_open {
                        text.push(b'[');
                    }
                    for member in rest.by_ref() {
                        if *is_open {
                            text.push(b',');
                        }
                        *is_open = true;
                        write(&mut text, &member, *shown, &self.links);
                        if text.len() >= CHUNK {
                            break;
                        }
                    }
                    if rest.len() == 0 {
                        text.push(b']');
                        self.queue.pop_front();
                    }
                }
            }
        }
        (!text.is_empty()).then(|| text.into())
    }
}

/// Writes one member. Nothing in it needs escaping: a public URL has no such characters.
fn write(text: &mut Vec<u8>, member: &Member, shown: Shown, links: &Links) {
    let mut buffer = Uuid::encode_buffer();
    let id = member.id.hyphenated().encode_lower(&mut buffer).as_bytes();
    let mut separator = "{";
    if shown.value {
        text.extend_from_slice(b"{\"value\":\"");
        text.extend_from_slice(id);
        text.push(b'"');
        separator = ",";
    }
    if shown.reference {
        text.extend_from_slice(separator.as_bytes());
        text.extend_from_slice(b"\"$ref\":\"");
        text.extend_from_slice(links.base().as_bytes());
        text.extend_from_slice(Links::endpoint(member.kind).as_bytes());
        text.extend_from_slice(id);
        text.push(b'"');
        separator = ",";
    }
    if shown.kind {
        text.extend_from_slice(separator.as_bytes());
        text.extend_from_slice(b"\"type\":\"");
        text.extend_from_slice(member.kind.as_str().as_bytes());
        text.push(b'"');
        separator = ",";
    }
    if separator == "{" {
        text.push(b'{');
    }
    text.push(b'}');
}

#[cfg(test)]
mod tests {
    use wicketgate_domain::MemberKind;

    use super::*;

    const ALL: Shown = Shown {
        value: true,
        reference: true,
        kind: true,
    };

    fn links() -> Links {
        let org = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".parse().unwrap();
        Links::new(&"https://scim.example.com".parse().unwrap(), org)
    }

    fn members(count: u128) -> Vec<Member> {
        (0..count)
            .map(|number| Member {
                id: Uuid::from_u128(number),
                kind: if number % 3 == 0 {
                    MemberKind::Group
                } else {
                    MemberKind::User
                },
            })
            .collect()
    }

    fn pieces(members: Vec<Member>, shown: Shown) -> Pieces {
        let pieces = vec![
            Piece::Text(b"{\"members\":".to_vec()),
            Piece::members(members, shown),
            Piece::Text(b"}".to_vec()),
        ];
        Pieces::new(links(), pieces)
    }

    /// What the members would be if they were built as values.
    fn expected(members: &[Member], shown: Shown) -> Value {
        let each = members.iter().map(|member| {
            let mut value = json!({});
            if shown.value {
                value["value"] = member.id.to_string().into();
            }
            if shown.reference {
                value["$ref"] = links().to(member.kind, &member.id).into();
            }
            if shown.kind {
                value["type"] = member.kind.as_str().into();
            }
            value
        });
        json!({ "members": each.collect::<Vec<_>>() })
    }

    #[test]
    fn members_are_written_as_the_json_they_are() {
        for count in [0, 1, 2, 5_000] {
            for bits in 0_u8..8 {
                let shown = Shown {
                    value: bits & 1 != 0,
                    reference: bits & 2 != 0,
                    kind: bits & 4 != 0,
                };
                let members = members(count);
                let text = pieces(members.clone(), shown).whole();
                let written: Value = serde_json::from_slice(&text).unwrap();
                assert_eq!(written, expected(&members, shown), "{count} {shown:?}");
            }
        }
    }

    #[test]
    fn chunks_are_bounded_and_add_up_to_the_whole() {
        let whole = pieces(members(5_000), ALL).whole();
        let chunks: Vec<Bytes> = pieces(members(5_000), ALL).collect();
        assert!(chunks.len() > 10);
        assert!(chunks.iter().all(|chunk| chunk.len() < CHUNK + 512));
        assert_eq!(chunks.concat(), whole);
    }

    #[test]
    fn the_sample_shows_everything_until_something_is_left_out() {
        assert_eq!(Shown::of(&Shown::sample()), ALL);
        assert_eq!(
            Shown::of(&json!([{ "value": "x" }])),
            Shown {
                value: true,
                reference: false,
                kind: false
            }
        );
    }

    #[test]
    fn members_are_counted_before_they_are_written() {
        assert_eq!(pieces(members(7), ALL).members(), 7);
    }
}
