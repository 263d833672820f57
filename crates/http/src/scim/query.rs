//! The query of a request: which parameters it has and what they ask for. Parameters that SCIM does not define are
//! ignored, as RFC 7644 §3.4.2 wants.

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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Parameters, String> {
        Parameters::read(query, 16).map_err(detail)
    }

    fn detail(error: Error) -> String {
        match error {
            Error::Invalid(error) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn page(query: &str) -> Result<(u64, u64), String> {
        let page = read(query)?
            .page(&ResourceType::user(), Mode::Tolerant, "", false)
            .map_err(detail)?;
        match page.window {
            Window::Index { start_index, count } => Ok((start_index, count)),
            other @ Window::Cursor { .. } => panic!("{other:?}"),
        }
    }

    fn filter_text(query: &str) -> String {
        read(query).unwrap().get(FILTER).unwrap().to_owned()
    }

    #[test]
    fn a_page_begins_at_1_and_has_100_resources_unless_the_query_says_otherwise() {
        for (query, expected) in [
            ("", (1, 100)),
            ("startIndex=101&count=100", (101, 100)),
            ("startIndex=0&count=0", (1, 0)),
            ("startIndex=-5&count=-5", (1, 0)),
            ("count=1000", (1, 1000)),
            ("count=1001", (1, 1000)),
            ("count=99999999999999999999999", (1, 1000)),
            ("startIndex=99999999999999999999999", (u64::MAX, 100)),
            ("STARTINDEX=7&Count=+8+", (7, 8)),
            ("aadOptscim062020&startIndex=2", (2, 100)),
        ] {
            assert_eq!(page(query), Ok(expected), "{query}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused_by_name() {
        for (query, name) in [
            ("startIndex=one", "startIndex"),
            ("startIndex=", "startIndex"),
            ("count=1.0", "count"),
            ("count=1e3", "count"),
            ("count=--1", "count"),
            ("count=%2B1", "count"),
        ] {
            assert_eq!(
                page(query),
                Err(format!("invalidValue: {name}: send a whole number")),
                "{query}"
            );
        }
    }

    #[test]
    fn a_defined_parameter_may_be_sent_once_and_others_as_often_as_they_like() {
        for name in DEFINED {
            assert_eq!(
                read(&format!("{name}=1&x=1&{name}=1")).err(),
                Some(format!(
                    "invalidValue: {name}: the parameter was sent twice, send it once"
                ))
            );
        }
        assert!(read("count=1&COUNT=1").is_err());
        assert!(read("count=1&c%6funt=1").is_err());
        assert!(read("x=1&x=2&x=3").is_ok());
    }

    #[test]
    fn sixteen_parameters_are_read_and_seventeen_are_not() {
        let query = "&x=1".repeat(16);
        assert!(read(&query).is_ok());
        assert!(read(&format!("{query}&y")).is_err());
    }

    #[test]
    fn a_plus_is_a_space_but_not_in_an_address() {
        for (query, expected) in [
            ("filter=userName+eq+\"anna\"", "userName eq \"anna\""),
            ("filter=userName%20eq%20%22anna%22", "userName eq \"anna\""),
            (
                "filter=userName+eq+\"anna+tag@x.org\"",
                "userName eq \"anna+tag@x.org\"",
            ),
            (
                "filter=userName%20eq%20\"anna+tag%40x.org\"",
                "userName eq \"anna+tag@x.org\"",
            ),
            (
                "filter=userName+eq+%22anna%2Btag%40x.org%22",
                "userName eq \"anna+tag@x.org\"",
            ),
            (
                "filter=displayName+eq+\"Anna+Meyer\"",
                "displayName eq \"Anna Meyer\"",
            ),
            ("filter=displayName+eq+\"R%2BD\"", "displayName eq \"R+D\""),
            (
                "filter=a+eq+\"x+y%20z@w\"+and+b+eq+\"p+q@r\"",
                "a eq \"x y z@w\" and b eq \"p+q@r\"",
            ),
            ("filter=a+eq+\"x\\\"+y@z\"", "a eq \"x\\\" y@z\""),
            ("filter=a+eq+\"@+\"", "a eq \"@ \""),
            ("filter=a+eq+\"open+end@x", "a eq \"open end@x"),
        ] {
            assert_eq!(filter_text(query), expected, "{query}");
        }
    }

    #[test]
    fn broken_escapes_stay_and_broken_text_is_refused() {
        assert_eq!(filter_text("filter=%&x"), "%");
        assert_eq!(filter_text("filter=100%25%2"), "100%%2");
        assert_eq!(filter_text("filter=%zz%+f"), "%zz% f");
        assert_eq!(
            read("filter=%ff").err().unwrap(),
            "invalidValue: filter: the value is not UTF-8 once it is decoded"
        );
    }

    #[test]
    fn an_empty_filter_is_refused_and_not_taken_for_none() {
        for query in ["filter", "filter=", "filter=+"] {
            assert!(page(query).unwrap_err().starts_with("invalidFilter: "), "{query}");
        }
    }

    #[test]
    fn a_filter_is_held_against_the_resource_type() {
        assert!(page("filter=userName+eq+\"a\"").is_ok());
        assert!(
            page("filter=nickname+eq")
                .unwrap_err()
                .starts_with("invalidFilter: ")
        );
        assert!(
            page("filter=members+eq+\"a\"")
                .unwrap_err()
                .starts_with("invalidFilter: ")
        );
    }

    #[test]
    fn both_kinds_of_projection_at_once_are_refused() {
        let parameters = read("attributes=userName&excludedAttributes=emails").unwrap();
        assert!(parameters.projection(&ResourceType::user()).is_err());
        assert!(parameters.has_attributes());
        assert!(!read("attributes=").unwrap().has_attributes());
    }
}
