//! The provisioning log: what identity providers asked for, and what became of it. Page by page, as a file, and live.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    rt::time::sleep,
    web::Bytes,
};
use futures_util::stream;
use jiff::Timestamp;
use serde_json::{Value, json};
use wicketgate_domain::{
    self as domain, CSV_HEADER, LogId, LogPage, LogQuery, LogRow, MOST_LOG_ROWS, Tail, csv_line, json_line,
    log_row_json,
};

use super::{
    Answer, Call, Org,
    error::Error,
    fields::Query,
    openapi::{Doc, Parameter},
    page, reply,
};
use crate::{request_id::RequestId, scim::error::Chain};

const TAG: &str = "Provisioning log";
const TARGET: &str = "target";
const ACTION: &str = "action";
const FAILED: &str = "failed";
const STATUS: &str = "status";
const CREDENTIAL: &str = "credential";
const REQUEST: &str = "request";
const FROM: &str = "from";
const UNTIL: &str = "until";
const FORMAT: &str = "format";
const TIMES: &str = "write a time such as 2026-12-01T00:00:00Z";
const FLAGS: &str = "write true or false";

/// How often the log is looked at for whoever follows it.
const PACE: Duration = Duration::from_secs(1);

/// Which rows are asked for.
const WANTED: &[Parameter] = &[
    Parameter {
        name: TARGET,
        description: "What happened to this user or group, or was tried. Lookups are not among it.",
        schema: || json!({"type": "string", "format": "uuid"}),
    },
    Parameter {
        name: ACTION,
        description: "Of this action, such as user.created.",
        schema: || json!({"type": "string"}),
    },
    Parameter {
        name: FAILED,
        description: "Only what failed.",
        schema: || json!({"type": "boolean", "default": false}),
    },
    Parameter {
        name: STATUS,
        description: "With this status.",
        schema: || json!({"type": "integer", "minimum": 0, "maximum": 599}),
    },
    Parameter {
        name: CREDENTIAL,
        description: "With this credential.",
        schema: || json!({"type": "string", "pattern": "^[0-9A-Za-z]{16}$"}),
    },
    Parameter {
        name: REQUEST,
        description: "Of the request with this X-Request-Id.",
        schema: || json!({"type": "string", "format": "uuid"}),
    },
    Parameter {
        name: FROM,
        description: "From this time on.",
        schema: || json!({"type": "string", "format": "date-time"}),
    },
    Parameter {
        name: UNTIL,
        description: "Before this time.",
        schema: || json!({"type": "string", "format": "date-time"}),
    },
];

const KNOWN: [&str; 8] = [TARGET, ACTION, FAILED, STATUS, CREDENTIAL, REQUEST, FROM, UNTIL];

/// A status, or 0 for none.
struct Status(u16);

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let status = text.parse().ok().filter(|status| *status < 600);
        status.map(Self).ok_or(())
    }
}

/// The rows that a request asks for.
fn wanted(query: &Query) -> Result<LogQuery, Error> {
    Ok(LogQuery {
        target: query.parsed(TARGET, "write the id of a user or group")?,
        action: query.parsed(ACTION, "write the name of an action, such as user.created")?,
        failed: query.parsed(FAILED, FLAGS)?.unwrap_or(false),
        status: query
            .parsed::<Status>(STATUS, "write a status, such as 409")?
            .map(|Status(status)| status),
        credential: query.parsed(CREDENTIAL, "write the id of a credential")?,
        request: query.parsed(REQUEST, "write the X-Request-Id of an answer")?,
        from: query.parsed::<Timestamp>(FROM, TIMES)?,
        until: query.parsed::<Timestamp>(UNTIL, TIMES)?,
        before: None,
        limit: 0,
    })
}

/// A row: its members are those of the export.
fn row(_: &mut serde_json::Map<String, Value>) -> Value {
    json!({
        "type": "object",
        "required": ["id", "time", "action", "status"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "time": {"type": "string", "format": "date-time"},
            "action": {"type": "string"},
            "status": {"type": "integer"},
        },
        "description": "A row of the provisioning log."
    })
}

pub(super) const LIST: Doc = Doc::list(
    "listLogRows",
    TAG,
    "What identity providers asked for, and what became of it, the newest first. A page may have few rows, or none, and a \
     next one: a search that finds little goes through the log in steps.",
    row,
)
.with_query(WANTED);

/// `GET /admin/v1/orgs/{orgId}/log`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let viewer = call.door.viewer()?;
    let mut known = vec![page::LIMIT, page::CURSOR];
    known.extend(KNOWN);
    let query = call.http.query(&known)?;
    let wanted = wanted(&query)?;
    let limit = u16::try_from(page::limit(&query)?).unwrap_or(MOST_LOG_ROWS);
    let before = match query.get(page::CURSOR).filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(cursor) => {
            let place: Option<LogId> = page::opened(&call.http, &query, cursor)?.parse().ok();
            Some(place.ok_or_else(page::unknown_cursor)?)
        }
    };
    let LogPage { rows, next } = viewer
        .provisioning_log()
        .page(LogQuery {
            before,
            limit,
            ..wanted
        })
        .await?;
    let rows: Vec<Value> = rows.iter().map(log_row_json).collect();
    page::of_search(&call.http, &query, &rows, next.map(|next| next.to_string()))
}

pub(super) const GET: Doc = Doc::get(
    "getLogRow",
    TAG,
    "A row, and the redacted body of its request as long as it is kept.",
    |_| {
        json!({
            "type": "object",
            "required": ["row", "body"],
            "properties": {"row": {"type": "object"}, "body": {}},
        })
    },
);

/// `GET /admin/v1/orgs/{orgId}/log/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let viewer = call.door.viewer()?;
    let id: LogId = call.http.id(0)?;
    let (row, body) = viewer.provisioning_log().get(id).await?;
    reply::json(&json!({"row": log_row_json(&row), "body": body}))
}

/// The forms of an export.
#[derive(Clone, Copy)]
enum Form {
    Csv,
    Ndjson,
}

impl std::str::FromStr for Form {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "csv" => Ok(Self::Csv),
            "ndjson" => Ok(Self::Ndjson),
            _ => Err(()),
        }
    }
}

pub(super) const EXPORT: Doc = Doc::get(
    "exportLog",
    TAG,
    "The rows of the log as a file, the newest first: lines of JSON, or CSV for spreadsheets with format=csv.",
    |_| json!({"type": "string"}),
)
.in_forms(&["application/x-ndjson", "text/csv"])
.with_query(&[
    Parameter {
        name: FORMAT,
        description: "ndjson or csv.",
        schema: || json!({"type": "string", "enum": ["ndjson", "csv"], "default": "ndjson"}),
    },
    Parameter {
        name: FAILED,
        description: "Only what failed.",
        schema: || json!({"type": "boolean", "default": false}),
    },
    Parameter {
        name: FROM,
        description: "From this time on.",
        schema: || json!({"type": "string", "format": "date-time"}),
    },
    Parameter {
        name: UNTIL,
        description: "Before this time.",
        schema: || json!({"type": "string", "format": "date-time"}),
    },
]);

/// An export on its way.
struct Exporting {
    org: Org,
    wanted: LogQuery,
    form: Form,
    id: RequestId,
    head: Option<&'static str>,
}

/// `GET /admin/v1/orgs/{orgId}/log-export`.
pub(super) async fn export(call: Call<Org>) -> Answer {
    call.door.viewer()?;
    let query = call.http.query(&[FORMAT, FAILED, FROM, UNTIL])?;
    let form = query
        .parsed(FORMAT, "write ndjson or csv")?
        .unwrap_or(Form::Ndjson);
    let (media_type, ending, head) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "csv", CSV_HEADER),
        Form::Ndjson => ("application/x-ndjson", "ndjson", ""),
    };
    let name = format!("attachment; filename=\"log-{}.{ending}\"", call.door.id());
    let exporting = Exporting {
        wanted: LogQuery {
            limit: MOST_LOG_ROWS,
            ..wanted(&query)?
        },
        form,
        id: call.http.seen.id(),
        head: Some(head),
        org: call.door,
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type(media_type)
        .streaming(stream::unfold(Some(exporting), lines)))
}

type Step<S> = Option<(Result<Bytes, domain::Error>, Option<S>)>;

/// The next lines, and what is left. Where it fails the answer breaks off.
async fn lines(exporting: Option<Exporting>) -> Step<Exporting> {
    let mut exporting = exporting?;
    if let Some(head) = exporting.head.take().filter(|head| !head.is_empty()) {
        return Some((Ok(Bytes::from_static(head.as_bytes())), Some(exporting)));
    }
    match page_of(&exporting.org, exporting.wanted.clone()).await {
        Ok(LogPage { rows, next }) => {
            let form = exporting.form;
            let text: String = rows.iter().map(|row| line(form, row)).collect();
            exporting.wanted.before = next;
            Some((Ok(text.into()), next.map(|_| exporting)))
        }
        Err(error) => {
            tracing::error!(request.id = %exporting.id, error = %Chain(&error), "an export of the log broke off");
            Some((Err(error), None))
        }
    }
}

async fn page_of(org: &Org, wanted: LogQuery) -> Result<LogPage, domain::Error> {
    org.viewer()?.provisioning_log().page(wanted).await
}

fn line(form: Form, row: &LogRow) -> String {
    match form {
        Form::Csv => csv_line(row),
        Form::Ndjson => json_line(row),
    }
}

pub(super) const TAIL: Doc = Doc::get(
    "followLog",
    TAG,
    "New rows as server-sent events, for a minute: whoever goes on asks again, with the Last-Event-ID it has.",
    |_| json!({"type": "string"}),
)
.in_forms(&["text/event-stream"]);

/// Somebody who follows the log.
struct Following {
    org: Org,
    tail: Tail,
    since: Instant,
    longest: Duration,
    id: RequestId,
    is_first: bool,
}

/// `GET /admin/v1/orgs/{orgId}/log-tail`.
pub(super) async fn tail(call: Call<Org>) -> Answer {
    let viewer = call.door.viewer()?;
    call.http.query(&[])?;
    let last = call.http.request.headers().get("Last-Event-ID");
    let tail = match last.and_then(|id| id.to_str().ok()?.parse::<LogId>().ok()) {
        Some(id) => Tail::at(id),
        None => viewer.provisioning_log().now(),
    };
    let following = Following {
        tail,
        since: Instant::now(),
        longest: call.http.surface.limits.follow_time,
        id: call.http.seen.id(),
        is_first: true,
        org: call.door,
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/event-stream")
        .streaming(stream::unfold(Some(following), events)))
}

/// The next rows as events, and a comment where there are none: so a client that went away is noticed.
async fn events(following: Option<Following>) -> Step<Following> {
    let mut following = following?;
    if following.is_first {
        following.is_first = false;
    } else {
        sleep(PACE).await;
    }
    match follow(&following.org, &mut following.tail).await {
        Ok(rows) => {
            let mut text = String::new();
            for row in &rows {
                let _ = write!(text, "id: {}\ndata: {}\n\n", row.id, log_row_json(row));
            }
            if text.is_empty() {
                ":\n\n".clone_into(&mut text);
            }
            let goes_on = following.since.elapsed() < following.longest;
            Some((Ok(text.into()), goes_on.then_some(following)))
        }
        Err(error) => {
            tracing::warn!(request.id = %following.id, error = %Chain(&error), "following the log ended");
            Some((Err(error), None))
        }
    }
}

async fn follow(org: &Org, tail: &mut Tail) -> Result<Vec<LogRow>, domain::Error> {
    org.viewer()?.provisioning_log().follow(tail).await
}
