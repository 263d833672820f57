//! The roles and entitlements that an organization offers, for identity providers that discover them. What users hold is
//! not looked at: a user keeps any value it is given, whether or not it is offered here.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use wicketgate_scim::Object;

use crate::{
    Error, Org, Owner, Page, Query, Window,
    cursor::Last,
    db,
    event::{Counts, EventKind, change, object},
    service_user::LONGEST_NAME,
};

/// How many values of one kind an organization may offer.
pub const MAX_ENTITLEMENTS: usize = 1_000;
/// How long an id may be, in characters.
const LONGEST_ID: usize = 128;
/// How long a description may be, in characters: Okta reads no more.
const LONGEST_DESCRIPTION: usize = 1_000;

/// What kind of value it is: which attribute of a user holds it, and at which endpoint it is discovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntitlementKind {
    /// A value for `roles`.
    Role,
    /// A value for `entitlements`.
    Entitlement,
}

impl EntitlementKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Role, Self::Entitlement];

    /// The name on the command line and in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Entitlement => "entitlement",
        }
    }

    /// The name of its SCIM resource type, by which it is also stored.
    pub(crate) const fn resource_type_name(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::Entitlement => "Entitlement",
        }
    }
}

impl fmt::Display for EntitlementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EntitlementKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| Error::refused("kind", format!("{text:?} is not known: use role or entitlement")))
    }
}

/// One role or entitlement that an organization offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// What kind of value it is.
    pub kind: EntitlementKind,
    /// What users are given as `value`. Unique among the organization's roles and entitlements, and never changes.
    pub id: String,
    /// What people call it.
    pub display_name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was defined.
    pub created: Timestamp,
    /// When it was last changed. It moves with every change, so it tells versions apart.
    pub last_modified: Timestamp,
}

impl Entitlement {
    /// What it is called, as events show it.
    fn shown(&self) -> Object {
        let mut shown = object([
            ("kind", self.kind.as_str().into()),
            ("id", self.id.as_str().into()),
            ("displayName", self.display_name.as_str().into()),
        ]);
        if let Some(description) = &self.description {
            shown.insert("description".to_owned(), Value::from(description.as_str()));
        }
        shown
    }
}

/// The roles and entitlements of one organization, for reading.
#[derive(Debug)]
pub struct Entitlements<'o> {
    pub(crate) org: &'o Org,
}

impl Entitlements<'_> {
    /// The values of one kind, in the order of their ids.
    pub async fn list(&self, kind: EntitlementKind) -> Result<Vec<Entitlement>, Error> {
        let id = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| db::entitlements::list(tx, id, Some(kind)))
            .await
    }

    /// One value. Its id is compared exactly.
    pub async fn get(&self, kind: EntitlementKind, id: &str) -> Result<Entitlement, Error> {
        // Anything else was never stored, and not every database takes every text.
        let id = checked_id(id).map_err(|_| Error::NotFound)?;
        let org = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| db::entitlements::get(tx, org, kind, &id))
            .await
    }

    /// The page of a list that a query asks for. `found` is all that matches of [`list`](Self::list), as SCIM shows it and
    /// in the order that is asked for.
    ///
    /// A cursor leads on behind the last value of the page before, wherever that stands by then, and to its place if it
    /// is not offered any more.
    pub fn page(
        &self,
        kind: EntitlementKind,
        query: &Query,
        found: Vec<Object>,
    ) -> Result<Page<Object>, Error> {
        let org = self.org;
        let peppers = &org.shared.peppers;
        let question = [(kind.resource_type_name(), query.filter.as_ref())];
        let binding = org.binding(&question, query.sort.as_ref());
        let count = query.window.count();
        let by_cursor = matches!(query.window, Window::Cursor { .. });
        let skip = match &query.window {
            Window::Index { .. } | Window::Cursor { cursor: None, .. } => query.window.start_index() - 1,
            Window::Cursor {
                cursor: Some(cursor), ..
            } => {
                let now = org.shared.sources.now().as_millisecond();
                let last = binding.open_last(peppers, cursor, count, now)?;
                let stands = found.iter().position(|resource| id_of(resource) == last.id);
                stands.map_or(last.index, |index| index as u64 + 1)
            }
        };
        let total = found.len() as u64;
        let resources: Vec<Object> = found
            .into_iter()
            .skip(usize::try_from(skip).unwrap_or(usize::MAX))
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .collect();
        let end = skip.saturating_add(count);
        let next_cursor = resources.last().filter(|_| by_cursor && end < total).map(|last| {
            let last = Last {
                id: id_of(last).to_owned(),
                index: end - 1,
                count,
                expires: org.cursor_expires(),
            };
            binding.seal_last(peppers, &last)
        });
        Ok(Page {
            total,
            start_index: query.window.start_index(),
            resources,
            next_cursor,
            previous_cursor: None,
        })
    }

    /// The kinds of which the organization offers a value, roles before entitlements.
    pub async fn kinds(&self) -> Result<Vec<EntitlementKind>, Error> {
        let id = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| db::entitlements::kinds(tx, id))
            .await
    }
}

/// The roles and entitlements of one organization, for its owner.
#[derive(Debug)]
pub struct ManagedEntitlements<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl ManagedEntitlements<'_> {
    /// Offers a value, or changes what the value of this kind and id is called. What changes nothing is no event.
    pub async fn define(
        &self,
        kind: EntitlementKind,
        id: &str,
        display_name: &str,
        description: Option<&str>,
    ) -> Result<Entitlement, Error> {
        let org = self.owner.org;
        let now = org.shared.sources.now();
        let wanted = Entitlement {
            kind,
            id: checked_id(id)?,
            display_name: checked_display_name(display_name)?,
            description: description.map(checked_description).transpose()?.flatten(),
            created: now,
            last_modified: now,
        };
        let event = org.event(EventKind::EntitlementDefined, None, Object::new());
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                // Two that define at once are counted one after the other.
                db::orgs::lock(tx, id)?;
                let before = db::entitlements::with_id(tx, id, &wanted.id)?;
                let mut defined = wanted.clone();
                match &before {
                    Some(before) if before.kind != kind => {
                        return Err(Error::AlreadyExists { attribute: "id" });
                    }
                    Some(before) => {
                        defined.created = before.created;
                        if defined.shown() == before.shown() {
                            return Ok(before.clone());
                        }
                        defined.last_modified = later(before.last_modified, now)?;
                        db::entitlements::update(tx, id, &defined)?;
                    }
                    None => {
                        check_room(db::entitlements::count(tx, id, kind)?, kind)?;
                        db::entitlements::insert(tx, id, &defined)?;
                    }
                }
                let mut event = event.clone();
                let former = before.as_ref().map(Entitlement::shown).unwrap_or_default();
                event.payload = change(&former, &defined.shown());
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())?;
                Ok(defined)
            })
            .await
    }

    /// Everything that the organization offers: roles before entitlements, in the order of their ids.
    pub async fn list(&self) -> Result<Vec<Entitlement>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::entitlements::list(tx, id, None))
            .await
    }

    /// Offers a value no longer. Users who hold it keep it.
    pub async fn remove(&self, kind: EntitlementKind, id: &str) -> Result<(), Error> {
        let wanted = checked_id(id).map_err(|_| Error::NotFound)?;
        let org = self.owner.org;
        let event = org.event(EventKind::EntitlementRemoved, None, Object::new());
        let (id, origin) = (org.id, org.origin());
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, id)?;
                let before = db::entitlements::get(tx, id, kind, &wanted)?;
                db::entitlements::delete(tx, id, kind, &wanted)?;
                let mut event = event.clone();
                event.payload = change(&before.shown(), &Object::new());
                db::events::append(tx, id, &origin, std::slice::from_ref(&event), Counts::default())
            })
            .await
    }
}

fn id_of(resource: &Object) -> &str {
    resource.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The time of a change: now, but never the time of the change before.
fn later(before: Timestamp, now: Timestamp) -> Result<Timestamp, Error> {
    let next = before
        .checked_add(SignedDuration::from_millis(1))
        .map_err(Error::internal)?;
    Ok(next.max(now))
}

fn check_room(offered: i64, kind: EntitlementKind) -> Result<(), Error> {
    if usize::try_from(offered).is_ok_and(|offered| offered < MAX_ENTITLEMENTS) {
        return Ok(());
    }
    Err(Error::refused(
        "id",
        format!(
            "the organization offers {MAX_ENTITLEMENTS} values of the kind {kind}, and more are not possible: remove \
             one first"
        ),
    ))
}

/// An id that stands in a URL as it is and cannot be mistaken for anything else there.
fn checked_id(id: &str) -> Result<String, Error> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '~' | '@');
    let is_reserved = id.eq_ignore_ascii_case("bulkId");
    if id.len() > LONGEST_ID
        || !id.starts_with(|c: char| c.is_ascii_alphanumeric())
        || !id.chars().all(is_plain)
        || is_reserved
    {
        return Err(Error::refused(
            "id",
            format!(
                "write 1 to {LONGEST_ID} letters, digits and -_.:~@ without spaces, a letter or digit first, and not \
                 bulkId"
            ),
        ));
    }
    Ok(id.to_owned())
}

fn checked_display_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::refused(
            "display-name",
            format!("write 1 to {LONGEST_NAME} printable characters; this has {length}"),
        ));
    }
    Ok(name.to_owned())
}

/// A description, or none where the text is empty.
fn checked_description(description: &str) -> Result<Option<String>, Error> {
    let description = description.trim();
    let length = description.chars().count();
    if length > LONGEST_DESCRIPTION || description.chars().any(char::is_control) {
        return Err(Error::refused(
            "description",
            format!(
                "write at most {LONGEST_DESCRIPTION} printable characters in one line; this has {length}"
            ),
        ));
    }
    Ok(Some(description.to_owned()).filter(|text| !text.is_empty()))
}
