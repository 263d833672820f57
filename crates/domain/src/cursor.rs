//! Cursors (RFC 9865): where a page ended, sealed for the organization and the query that it belongs to. Nothing is kept
//! for a cursor.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wicketgate_auth::{OrgId, Peppers};
use wicketgate_scim::{Error as ScimError, ScimType, filter::Filter, sort::Sort};

use crate::{
    Error,
    db::search::{Kind, Place, uuid},
};

/// What seals are made for; nothing else is sealed with it.
const PURPOSE: &str = "wicketgate cursor 1";
/// The length of a seal.
const SEAL: usize = 32;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Position {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// How many resources the first page said there are.
    pub(crate) total: u64,
    /// How many resources a page has.
    pub(crate) count: u64,
    /// Until when it holds, in milliseconds.
    pub(crate) expires: i64,
}

/// Where a page ended, in a list that is gone through anew for each page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Last {
    /// The id of the last resource of the page.
    pub(crate) id: String,
    /// Where in the list it was, from 0: there the list goes on if the resource itself is gone.
    pub(crate) index: u64,
    /// How many resources a page has.
    pub(crate) count: u64,
    /// Until when it holds, in milliseconds.
    pub(crate) expires: i64,
}

/// What a cursor belongs to. A cursor of anything else is no cursor here.
#[derive(Debug, Clone)]
pub(crate) struct Binding([u8; 32]);

impl Binding {
    /// The organization, the provisioning domain and the query.
    pub(crate) fn new(
        org: OrgId,
        domain: &str,
        question: &[(&str, Option<&Filter>)],
        sort: Option<&Sort>,
    ) -> Self {
        let question: Vec<Value> = question
            .iter()
            .map(|(name, filter)| json!([name, filter.map(ToString::to_string)]))
            .collect();
        let sort = sort.map(|sort| json!([sort.path.to_string(), sort.descending]));
        let bound = json!([org.to_string(), domain, question, sort]);
        Self(Sha256::digest(bound.to_string().as_bytes()).into())
    }

    fn sealed(&self, content: &[u8]) -> Vec<u8> {
        [&self.0[..], content].concat()
    }

    /// The cursor of a position: letters, digits, `-` and `_`.
    pub(crate) fn seal(&self, peppers: &Peppers, position: &Position) -> String {
        let kind = match position.kind {
            Kind::User => "u",
            Kind::Group => "g",
        };
        let content = json!([
            kind,
            position.place.id.to_string(),
            position.place.value,
            position.total,
            position.count,
            position.expires,
        ]);
        self.seal_content(peppers, &content)
    }

    /// The cursor of the last resource of a page.
    pub(crate) fn seal_last(&self, peppers: &Peppers, last: &Last) -> String {
        self.seal_content(peppers, &json!([last.id, last.index, last.count, last.expires]))
    }

    fn seal_content(&self, peppers: &Peppers, content: &Value) -> String {
        let content = content.to_string();
        let mut bytes = peppers.seal(PURPOSE, &self.sealed(content.as_bytes())).to_vec();
        bytes.extend_from_slice(content.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position of a cursor that was sealed for the same organization and query. Another organization's cursor, a
    /// forged one and nonsense are the same here.
    pub(crate) fn open(
        &self,
        peppers: &Peppers,
        cursor: &str,
        count: u64,
        now: i64,
    ) -> Result<Position, Error> {
        let position = self.open_content(peppers, cursor, read)?;
        check(position.expires, position.count, count, now)?;
        Ok(position)
    }

    /// The last resource of the page before, of a cursor that was sealed for the same organization and query.
    pub(crate) fn open_last(
        &self,
        peppers: &Peppers,
        cursor: &str,
        count: u64,
        now: i64,
    ) -> Result<Last, Error> {
        let last = self.open_content(peppers, cursor, read_last)?;
        check(last.expires, last.count, count, now)?;
        Ok(last)
    }

    fn open_content<T>(
        &self,
        peppers: &Peppers,
        cursor: &str,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, Error> {
        let opened = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| {
            let (seal, content) = bytes.split_at_checked(SEAL)?;
            peppers
                .is_sealed(PURPOSE, &self.sealed(content), seal)
                .then(|| read(content))?
        });
        opened.ok_or_else(|| {
            ScimError::new(
                ScimType::InvalidCursor,
                "The cursor belongs to no page of this query: repeat filter, sortBy and sortOrder exactly, or start \
                 again with an empty cursor.",
            )
            .into()
        })
    }
}

/// Refuses a cursor that has expired, or that belongs to pages of another size.
fn check(expires: i64, size: u64, count: u64, now: i64) -> Result<(), Error> {
    if expires <= now {
        return Err(ScimError::new(
            ScimType::ExpiredCursor,
            "The cursor has expired: start again with an empty cursor.",
        )
        .into());
    }
    if size != count {
        return Err(ScimError::new(
            ScimType::InvalidCount,
            format!(
                "The cursor belongs to pages of {size}: send the same count with each cursor, or start again with an \
                 empty cursor."
            ),
        )
        .into());
    }
    Ok(())
}

fn read_last(content: &[u8]) -> Option<Last> {
    let (id, index, count, expires) = serde_json::from_slice(content).ok()?;
    Some(Last {
        id,
        index,
        count,
        expires,
    })
}

fn read(content: &[u8]) -> Option<Position> {
    let (kind, id, value, total, count, expires): (String, String, Option<Value>, u64, u64, i64) =
        serde_json::from_slice(content).ok()?;
    Some(Position {
        kind: match kind.as_str() {
            "u" => Kind::User,
            "g" => Kind::Group,
            _ => return None,
        },
        place: Place {
            value,
            id: uuid(&id)?,
        },
        total,
        count,
        expires,
    })
}
