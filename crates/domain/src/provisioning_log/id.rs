//! Ids of rows. They begin with a time, so that their order is the order of time. The row of a request has the id of the
//! request, and the operations of a bulk request count on from it: so a request finds its rows without an index.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Error, source::Sources};

/// The part of an id that counts the rows of one request.
const COUNTER: u128 = 0xffff;

/// The id of a row, which is also the place after it in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub(crate) Uuid);

impl LogId {
    /// The UUID.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }

    /// The time that it begins with.
    pub fn time(&self) -> Timestamp {
        let milliseconds = self.0.as_u128() >> 80;
        let milliseconds = i64::try_from(milliseconds).unwrap_or_default();
        Timestamp::from_millisecond(milliseconds).unwrap_or_default()
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for LogId {
    type Err = Error;

    /// Reads the id in a path or a cursor. Any text but the canonical spelling of a UUID is an unknown id.
    fn from_str(text: &str) -> Result<Self, Error> {
        crate::db::search::uuid(text).map(Self).ok_or(Error::NotFound)
    }
}

/// The first id of a moment: all earlier rows are before it, and all later ones after it.
pub(crate) fn first_of(moment: Timestamp) -> Uuid {
    let milliseconds = u128::try_from(moment.as_millisecond()).unwrap_or_default();
    Uuid::from_u128(milliseconds << 80)
}

/// An id for a row that is no request's.
pub(crate) fn fresh(sources: &Sources, moment: Timestamp) -> Uuid {
    Uuid::from_u128(sources.uuid_at(moment).as_u128() & !COUNTER)
}

/// The id of the row of a request, if the request's id is one that rows can have.
pub(crate) fn of_request(request: &str, operation: Option<u32>) -> Option<Uuid> {
    let uuid = Uuid::try_parse(request).ok()?;
    let is_fit = uuid.get_version_num() == 7 && uuid.as_u128() & COUNTER == 0;
    is_fit.then(|| numbered(uuid, operation))
}

/// The id of an operation's row: the operations of a request count from 1.
pub(crate) fn numbered(base: Uuid, operation: Option<u32>) -> Uuid {
    let number = operation.map_or(0, |index| u128::from(index) + 1).min(COUNTER);
    Uuid::from_u128(base.as_u128() & !COUNTER | number)
}

/// The ids that the rows of a request have: the first and the last of them.
pub(crate) fn range_of(request: Uuid) -> (Uuid, Uuid) {
    let base = request.as_u128() & !COUNTER;
    (Uuid::from_u128(base), Uuid::from_u128(base | COUNTER))
}

/// The request that a row belongs to.
pub(crate) fn request_of(row: Uuid) -> Uuid {
    range_of(row).0
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000";

    #[test]
    fn a_row_has_the_id_of_its_request_and_operations_count_on_from_it() {
        let request = Uuid::try_parse(REQUEST).unwrap();
        assert_eq!(of_request(REQUEST, None), Some(request));
        let (first, last) = range_of(request);
        for (index, end) in [(0, "0001"), (998, "03e7"), (999, "03e8")] {
            let row = of_request(REQUEST, Some(index)).unwrap();
            assert!(row.to_string().ends_with(end), "{row}");
            assert_eq!(request_of(row), request);
            assert!(first <= row && row <= last);
        }
        assert_eq!(of_request("request-1", None), None);
        assert_eq!(of_request("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88", None), None);
    }

    #[test]
    fn an_id_tells_its_time_and_the_first_of_a_moment_is_before_all_others() {
        let id = LogId(Uuid::try_parse(REQUEST).unwrap());
        assert_eq!(id.time().to_string(), "2025-08-28T21:42:06.142Z");
        assert!(first_of(id.time()) < id.0);
        assert!(first_of(id.time() + std::time::Duration::from_millis(1)) > id.0);
    }
}
