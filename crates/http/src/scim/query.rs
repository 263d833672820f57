//! The query of a request: which parameters it has and what they ask for. Parameters that SCIM does not define are
//! ignored, as RFC 7644 §3.4.2 wants.

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;

use wicketgate_domain::{DEFAULT_COUNT, MAX_COUNT, Query, RootQuery, Window};
use wicketgate_scim::{
    self as scim, Mode,
    filter::{self, Filter},
    projection::Projection,
    schema::ResourceType,
    search::SearchRequest,
    sort::Sort,
};

use super::{decode::Decoded, error::Error};

const FILTER: &str = "filter";
const START_INDEX: &str = "startIndex";
const COUNT: &str = "count";
const ATTRIBUTES: &str = "attributes";
const EXCLUDED_ATTRIBUTES: &str = "excludedAttributes";
const SORT_BY: &str = "sortBy";
const SORT_ORDER: &str = "sortOrder";
const CURSOR: &str = "cursor";

/// Every parameter that SCIM defines.
const DEFINED: [&str; 8] = [
    FILTER,
    START_INDEX,
    COUNT,
    ATTRIBUTES,
    EXCLUDED_ATTRIBUTES,
    SORT_BY,
    SORT_ORDER,
    CURSOR,
];

/// The parameters that SCIM defines, each at most once.
#[derive(Clone)]
pub(super) struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Reads a query of at most `limit` parameters.
    pub(super) fn read(query: &str, limit: usize) -> Result<Self, Error> {
        let mut values: Vec<(&'static str, String)> = Vec::new();
        for (position, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if position >= limit {
                return Err(invalid(format!(
                    "the query has more than {limit} parameters: leave some out"
                )));
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = String::from_utf8_lossy(&Decoded::of(name).form()).into_owned();
            let Some(name) = DEFINED
                .into_iter()
                .find(|defined| defined.eq_ignore_ascii_case(&name))
            else {
                continue;
            };
            if values.iter().any(|(known, _)| *known == name) {
                return Err(invalid(format!(
                    "{name}: the parameter was sent twice, send it once"
                )));
            }
            let decoded = Decoded::of(value);
            let bytes = if name == FILTER {
                decoded.filter()
            } else {
                decoded.form()
            };
            let value = String::from_utf8(bytes)
                .map_err(|_| invalid(format!("{name}: the value is not UTF-8 once it is decoded")))?;
            values.push((name, value));
        }
        Ok(Self(values))
    }

    /// The filter as it was sent.
    pub(super) fn filter_text(&self) -> Option<&str> {
        self.get(FILTER)
    }

    /// What was sent beside the filter.
    pub(super) fn other_texts(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|(name, _)| *name != FILTER)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a filter was sent, even an empty one.
    pub(super) fn has_filter(&self) -> bool {
        self.get(FILTER).is_some()
    }

    /// Whether the attributes of the answer were chosen one by one.
    pub(super) fn has_attributes(&self) -> bool {
        self.get(ATTRIBUTES).is_some_and(|names| !names.trim().is_empty())
    }

    /// Which attributes the answer has.
    pub(super) fn projection(&self, rt: &ResourceType) -> Result<Projection, Error> {
        Ok(Projection::parse(
            rt,
            self.get(ATTRIBUTES),
            self.get(EXCLUDED_ATTRIBUTES),
        )?)
    }

    /// The page that is asked for. `memberships` says whether the answer shows them; links begin with `base`.
    pub(super) fn page(
        &self,
        rt: &ResourceType,
        mode: Mode,
        base: &str,
        memberships: bool,
    ) -> Result<Query, Error> {
        let filter = match self.filter(mode)? {
            None => None,
            Some(filter) => Some(filter::check(rt, filter, mode)?),
        };
        let sort = match self.get(SORT_BY) {
            None => None,
            Some(sort_by) => Some(Sort::parse(rt, sort_by, self.get(SORT_ORDER))?),
        };
        Ok(Query {
            filter,
            sort,
            window: self.window()?,
            base: base.to_owned(),
            memberships,
        })
    }

    /// The page of users and groups together that is asked for.
    pub(super) fn root_page(
        &self,
        users: &ResourceType,
        groups: &ResourceType,
        mode: Mode,
        base: &str,
        memberships: bool,
    ) -> Result<RootQuery, Error> {
        let mut filters = match self.filter(mode)? {
            None => Vec::new(),
            Some(filter) => filter::check_any(&[users, groups], &filter, mode)?,
        }
        .into_iter();
        let sort = match self.get(SORT_BY) {
            None => None,
            Some(sort_by) => {
                let order = self.get(SORT_ORDER);
                // Either type may have the attribute; where neither has it, the error is about users.
                let sort = Sort::parse(users, sort_by, order);
                Some(sort.or_else(|error| Sort::parse(groups, sort_by, order).map_err(|_| error))?)
            }
        };
        Ok(RootQuery {
            users: filters.next(),
            groups: filters.next(),
            sort,
            window: self.window()?,
            base: base.to_owned(),
            memberships,
        })
    }

    /// Whether the pages are asked for by cursor.
    pub(super) fn has_cursor(&self) -> bool {
        self.get(CURSOR).is_some()
    }

    fn filter(&self, mode: Mode) -> Result<Option<Filter>, Error> {
        match self.get(FILTER) {
            None => Ok(None),
            Some(text) if text.trim().is_empty() => Err(scim::Error::filter(
                "The filter is empty: leave the parameter out, or say what to find.",
            )
            .into()),
            Some(text) => Ok(Some(filter::parse(text, mode)?)),
        }
    }

    fn window(&self) -> Result<Window, Error> {
        let count = self
            .number(COUNT)?
            .unwrap_or(DEFAULT_COUNT.into())
            .min(MAX_COUNT.into());
        let start_index = self.number(START_INDEX)?;
        let Some(cursor) = self.get(CURSOR) else {
            return Ok(Window::Index {
                start_index: start_index.unwrap_or(1).max(1),
                count,
            });
        };
        if start_index.is_some() {
            return Err(invalid(
                "startIndex and cursor exclude each other: send one of them".to_owned(),
            ));
        }
        Ok(Window::Cursor {
            cursor: Some(cursor.to_owned()).filter(|cursor| !cursor.is_empty()),
            count,
        })
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A whole number. What is negative reads as 0, and what is too large for a number as the largest.
    fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let text = text.trim();
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid(format!("{name}: send a whole number")));
        }
        Ok(Some(if is_negative {
            0
        } else {
            digits.parse().unwrap_or(u64::MAX)
        }))
    }
}

impl From<SearchRequest> for Parameters {
    /// The members of a query by POST mean what the parameters of the same names do.
    fn from(request: SearchRequest) -> Self {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let names = |names: Option<Vec<String>>| names.map(|names| names.join(","));
        let members = [
            (FILTER, request.filter),
            (START_INDEX, number(request.start_index)),
            (COUNT, number(request.count)),
            (ATTRIBUTES, names(request.attributes)),
            (EXCLUDED_ATTRIBUTES, names(request.excluded_attributes)),
            (SORT_BY, request.sort_by),
            (SORT_ORDER, request.sort_order),
            (CURSOR, request.cursor),
        ];
        let sent = |(name, value): (_, Option<String>)| value.map(|value| (name, value));
        Self(members.into_iter().filter_map(sent).collect())
    }
}

fn invalid(detail: String) -> Error {
    scim::Error::value(detail).into()
}
