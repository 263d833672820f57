//! Lists: pages of at most 200, and cursors that lead on. A cursor belongs to the list that it was given for, and to no
//! other organization's; nothing is kept for it.

use serde::Serialize;
use serde_json::{Value, json};
use wicketgate_domain as domain;

use super::{Answer, Http, error::Error, fields::Query, reply};

pub(super) const LIMIT: &str = "limit";
pub(super) const CURSOR: &str = "cursor";
/// How many items a page has unless it is said.
pub(super) const USUAL: usize = 100;
/// How many it has at most.
pub(super) const MOST: usize = 200;

/// How many items are asked for.
pub(super) fn limit(query: &Query) -> Result<usize, Error> {
    let expected = format!("write a whole number from 1 to {MOST}");
    match query.parsed::<usize>(LIMIT, &expected)? {
        None => Ok(USUAL),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(Error::field(LIMIT, expected)),
    }
}

/// A page of a list that is read from behind a key on. `name` is the key of an item, and `show` what is answered of it.
pub(super) async fn by_key<T, K: std::str::FromStr, V: Serialize>(
    http: &Http,
    query: &Query,
    read: impl AsyncFnOnce(Option<K>, u16) -> Result<Vec<T>, domain::Error>,
    name: impl Fn(&T) -> String,
    show: impl Fn(T) -> V,
) -> Answer {
    let limit = limit(query)?;
    let purpose = purpose(http, query);
    let gateway = &http.surface.gateway;
    let after = match query.get(CURSOR).filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(cursor) => {
            let key = gateway
                .decrypt_for_page(&purpose, cursor)
                .and_then(|key| std::str::from_utf8(&key).ok()?.parse::<K>().ok());
            Some(key.ok_or_else(unknown_cursor)?)
        }
    };
    // One more tells whether there is a next page.
    let mut items = read(after, u16::try_from(limit + 1).unwrap_or(u16::MAX)).await?;
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next = items
        .last()
        .filter(|_| has_more)
        .map(|last| gateway.encrypt_for_page(&purpose, name(last).as_bytes()));
    let items: Vec<V> = items.into_iter().map(show).collect();
    reply::json(&listed(
        &serde_json::to_value(items).map_err(reply::unwritable)?,
        next.as_deref(),
    ))
}

/// A page of a list that was read as a whole. `name` tells its items apart.
///
/// A cursor leads on behind the last item of the page before, wherever that stands by then, and to its place if it is
/// gone.
pub(super) fn of_all<T: Serialize>(
    http: &Http,
    query: &Query,
    all: &[T],
    name: impl Fn(&T) -> String,
) -> Answer {
    let limit = limit(query)?;
    let purpose = purpose(http, query);
    let gateway = &http.surface.gateway;
    let skip = match query.get(CURSOR).filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => {
            let last = gateway
                .decrypt_for_page(&purpose, cursor)
                .and_then(|last| serde_json::from_slice::<(String, usize)>(&last).ok());
            let (last, index) = last.ok_or_else(unknown_cursor)?;
            all.iter()
                .position(|item| name(item) == last)
                .map_or(index, |index| index + 1)
        }
    };
    let items = all.get(skip..).unwrap_or_default();
    let has_more = items.len() > limit;
    let items = items.get(..limit).unwrap_or(items);
    let next = items.last().filter(|_| has_more).map(|last| {
        let last = json!([name(last), skip + items.len() - 1]);
        gateway.encrypt_for_page(&purpose, last.to_string().as_bytes())
    });
    reply::json(&listed(
        &serde_json::to_value(items).map_err(reply::unwritable)?,
        next.as_deref(),
    ))
}

/// A page that a search of the domain answered, whose cursors belong to the organization and the question.
pub(super) fn of_search(
    http: &Http,
    query: &Query,
    items: &[impl Serialize],
    next_cursor: Option<String>,
) -> Answer {
    let purpose = purpose(http, query);
    let next = next_cursor.map(|cursor| http.surface.gateway.encrypt_for_page(&purpose, cursor.as_bytes()));
    reply::json(&listed(
        &serde_json::to_value(items).map_err(reply::unwritable)?,
        next.as_deref(),
    ))
}

/// The cursor of the domain within a cursor of [`of_search`].
pub(super) fn opened(http: &Http, query: &Query, cursor: &str) -> Result<String, Error> {
    http.surface
        .gateway
        .decrypt_for_page(&purpose(http, query), cursor)
        .and_then(|cursor| String::from_utf8(cursor.to_vec()).ok())
        .ok_or_else(unknown_cursor)
}

/// The members of a page.
pub(super) fn listed(items: &Value, next_cursor: Option<&str>) -> Value {
    json!({"items": items, "nextCursor": next_cursor})
}

/// What cursors are encrypted for: the path, which names the organization, and what the list is a list of.
fn purpose(http: &Http, query: &Query) -> String {
    format!(
        "admin list {} {}",
        http.request.path(),
        query.without(&[LIMIT, CURSOR])
    )
}

pub(super) fn unknown_cursor() -> Error {
    Error::field(
        CURSOR,
        "it belongs to no page of this list: send the other parameters as before, or start again without it",
    )
}
