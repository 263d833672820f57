//! The provisioning log: what identity providers asked for, what became of it, and why something failed. Newest first,
//! narrowed by the query of the address.

pub(crate) mod export;
pub(crate) mod live;
pub(crate) mod row;
mod wanted;
mod words;

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{LogPage, LogQuery, LogRow};

use super::{Entered, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Moment, Pager, Section, address},
};
pub(crate) use wanted::moment;
use wanted::{Filters, Wanted};
pub(crate) use words::{Outcome, credential, duration};

/// How many rows a page has.
const ROWS: u16 = 50;
/// A row that is before all others: whoever follows from it on misses nothing.
const BEGINNING: &str = "00000000-0000-0000-0000-000000000000";

#[derive(Template)]
#[template(path = "log/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    filters: Filters,
    is_narrowed: bool,
    rows: Vec<Line>,
    /// Whether older rows were not looked at yet.
    has_older: bool,
    pager: Pager<'a>,
    /// The address of the stream of new rows, where this is the newest page.
    live: Option<String>,
    refresh: String,
    csv: String,
    ndjson: String,
}

/// A row as lists show it.
pub(crate) struct Line {
    pub(crate) path: String,
    pub(crate) time: Moment,
    pub(crate) sentence: String,
    pub(crate) outcome: Outcome,
    pub(crate) credential: Option<(String, String)>,
    /// Why it failed, and what to do.
    pub(crate) explained: Option<(String, String)>,
}

impl Line {
    pub(crate) fn new(row: &LogRow, entered: &Entered) -> Self {
        Self {
            path: entered.path(&format!("/log/{}", row.id)),
            time: Moment(row.time),
            sentence: row.sentence.clone(),
            outcome: Outcome::of(row),
            credential: row.credential.as_ref().map(|found| {
                let path = address(&entered.path("/log"), &[("credential", &found.id.to_string())]);
                (credential(found), path)
            }),
            explained: row
                .explanation
                .as_ref()
                .map(|explanation| (explanation.cause.clone(), explanation.fix.clone())),
        }
    }
}

/// The last rows about a user or a group.
pub(crate) async fn about(entered: &Entered, target: uuid::Uuid, limit: u16) -> Result<Vec<Line>, Failure> {
    let query = LogQuery {
        target: Some(target),
        limit,
        ..LogQuery::default()
    };
    let page = entered.viewer()?.provisioning_log().page(query).await?;
    Ok(page.rows.iter().map(|row| Line::new(row, entered)).collect())
}

/// `GET /console/orgs/{orgId}/log`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let wanted = Wanted::read(&call.query, &entered).await?;
    let before = call.query.get("before").and_then(|text| text.parse().ok());
    let LogPage { rows, next } = match wanted.query() {
        Some(query) => {
            let query = LogQuery {
                before,
                limit: ROWS,
                ..query
            };
            entered.viewer()?.provisioning_log().page(query).await?
        }
        None => LogPage {
            rows: Vec::new(),
            next: None,
        },
    };
    let path = entered.path("/log");
    let at = |rest: &str, more: &[(&str, &str)]| {
        let mut fields = wanted.fields();
        fields.extend_from_slice(more);
        address(&format!("{path}{rest}"), &fields)
    };
    let newest = rows.first().map(|row| row.id.to_string());
    let is_newest = before.is_none() && wanted.goes_on();
    let live = is_newest.then(|| {
        let after = match &newest {
            Some(newest) => newest.as_str(),
            None if wanted.is_everything() => BEGINNING,
            None => "",
        };
        at("/live", &[("after", after)])
    });
    let page = Page {
        frame: entered.frame(&call, &person, Section::Log),
        is_narrowed: !wanted.is_everything(),
        rows: rows.iter().map(|row| Line::new(row, &entered)).collect(),
        has_older: next.is_some(),
        pager: Pager {
            base: call.site().path(),
            of: "the provisioning log",
            first: before.map(|_| at("", &[])),
            next: next.map(|next| at("", &[("before", &next.to_string())])),
        },
        live,
        refresh: at("", &[]),
        csv: at(".csv", &[]),
        ndjson: at(".ndjson", &[]),
        filters: wanted.filters(),
        entered: &entered,
    };
    if wanted.is_refused() {
        call::again(&page)
    } else {
        call::page(&page)
    }
}
