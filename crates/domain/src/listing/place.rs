//! Places in lists, as addresses call them: where a page ended. They lead nowhere but in the list of their organization,
//! because every list is read with the organization's own id.

use uuid::Uuid;

use crate::db;

/// Where an entry is in a list in the order of creation: the time in milliseconds, and its id.
pub(super) type Moment = (i64, String);
/// Where an entry is in a list in the order of names: the folded name, and its id.
pub(super) type Name = (String, Uuid);

/// The text of a place in time.
pub(super) fn of_moment((at, id): &Moment) -> String {
    format!("{at}.{id}")
}

/// The place that such a text names.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let (at, id) = text.split_once('.')?;
    let is_id = !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    is_id.then(|| Some((at.parse().ok()?, id.to_owned())))?
}

/// The same where ids are UUIDs.
pub(super) fn moment_of_uuid(text: &str) -> Option<(i64, Uuid)> {
    let (at, id) = moment(text)?;
    Some((at, uuid(&id)?))
}

/// The place that the text of an id names.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    db::search::uuid(text)
}

/// The text of a place among names.
pub(super) fn of_name((name, id): &Name) -> String {
    format!("{id}.{name}")
}

/// The place that such a text names.
pub(super) fn name(text: &str) -> Option<Name> {
    let (id, name) = text.split_once('.')?;
    // No stored text has this, and PostgreSQL takes none that does.
    (!name.contains('\0')).then(|| Some((name.to_owned(), uuid(id)?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_and_nothing_else_is_one() {
        let at = (-7, "abc_D-9".to_owned());
        assert_eq!(moment(&of_moment(&at)), Some(at));
        let named = ("änna. b".to_owned(), Uuid::from_u128(7));
        assert_eq!(name(&of_name(&named)), Some(named));
        for text in ["", "7", "7.", "x.a", "7.a b", "7.\0", "."] {
            assert_eq!(moment(text), None, "{text:?}");
        }
        for text in ["", "7", ".a", "x.a", "00000000-0000-0000-0000-000000000007.\0"] {
            assert_eq!(name(text), None, "{text:?}");
        }
    }
}
