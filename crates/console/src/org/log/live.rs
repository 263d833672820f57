//! New rows of the log as server-sent events, for pages that are open. A stream ends after a while, and the browser asks
//! for the next one from the last row on that it has seen: so nobody goes on reading for long with a session that ended.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, http::header::CONTENT_TYPE, rt::time::sleep, web::Bytes};
use futures_util::stream;
use serde_json::{Value, json};
use wicketgate_domain::{Error, LogId, LogRow, Tail};

use super::{Line, wanted::Wanted};
use crate::{
    call::{Call, Person},
    failure::Failure,
    org::{Entered, enter},
    request_id::RequestId,
};

/// How often the log is looked at.
const PACE: Duration = Duration::from_secs(1);

/// Somebody who follows the log.
struct Following {
    entered: Entered,
    wanted: Wanted,
    tail: Tail,
    /// What the links of the rows begin with.
    base: String,
    since: Instant,
    longest: Duration,
    id: RequestId,
    is_first: bool,
}

/// `GET /console/orgs/{orgId}/log/live`
pub(crate) async fn follow(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let wanted = Wanted::read(&call.query, &entered).await?;
    if !wanted.goes_on() {
        return Err(Failure::NotFound);
    }
    let last = call.last_event().or_else(|| call.query.get("after"));
    let tail = match last.and_then(|id| id.parse::<LogId>().ok()) {
        Some(id) => Tail::at(id),
        None => entered.viewer()?.provisioning_log().now(),
    };
    let following = Following {
        wanted,
        tail,
        base: call.site().path().to_owned(),
        since: Instant::now(),
        longest: call.longest_stream(),
        id: call.id,
        is_first: true,
        entered,
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .streaming(stream::unfold(Some(following), events)))
}

/// The next rows as events, and a comment where there are none: so a browser that went away is noticed.
async fn events(following: Option<Following>) -> Option<(Result<Bytes, Error>, Option<Following>)> {
    let mut following = following?;
    if following.is_first {
        following.is_first = false;
    } else {
        sleep(PACE).await;
    }
    match fresh(&mut following).await {
        Ok(rows) => {
            let mut text = String::new();
            for row in rows.iter().filter(|row| following.wanted.has(row)) {
                let row_shown = shown(row, &following.entered, &following.base);
                let _ = write!(text, "event: row\nid: {}\ndata: {row_shown}\n\n", row.id);
            }
            if text.is_empty() {
                ":\n\n".clone_into(&mut text);
            }
            let goes_on = following.since.elapsed() < following.longest;
            Some((Ok(text.into()), goes_on.then_some(following)))
        }
        Err(error) => {
            tracing::warn!(request.id = %following.id, %error, "following the log ended");
            Some((Err(error), None))
        }
    }
}

async fn fresh(following: &mut Following) -> Result<Vec<LogRow>, Error> {
    following
        .entered
        .viewer()?
        .provisioning_log()
        .follow(&mut following.tail)
        .await
}

/// A row as the script of the pages fills it into the row's template.
fn shown(row: &LogRow, entered: &Entered, base: &str) -> Value {
    let line = Line::new(row, entered);
    let (cause, fix) = line.explained.unwrap_or_default();
    let (credential, _) = line.credential.unwrap_or_default();
    json!({
        "fields": {
            "time": row.time.to_string(),
            "sentence": line.sentence,
            "cause": cause,
            "fix": fix,
            "outcome": line.outcome.text,
            "credential": credential,
        },
        "href": format!("{base}{}", line.path),
        "state": line.outcome.tone,
    })
}
