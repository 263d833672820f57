//! The checklist as it goes on: a stream of events that ends by itself, and with whatever opened it.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    rt::time::sleep,
    web::Bytes,
};
use futures_util::stream;

use super::{
    Desk,
    checklist::{self, Step},
    guide::Guide,
};
use crate::{call::Call, failure::Failure};

/// How often the checklist is looked at.
const PACE: Duration = Duration::from_secs(1);
/// How many streams follow each other on one page that nobody loads again.
const MOST_STREAMS: u32 = 30;

/// Somebody who follows a checklist.
struct Following {
    desk: Desk,
    guide: &'static Guide,
    shown: Vec<Step>,
    since: Instant,
    longest: Duration,
    number: u32,
    is_first: bool,
}

/// `GET …/setup/{idp}/live`
pub(crate) async fn follow(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let guide = desk.guide()?;
    let number = call
        .last_event()
        .and_then(|number| number.parse::<u32>().ok())
        .map_or(1, |before| before.saturating_add(1));
    if number > MOST_STREAMS {
        // What a browser is answered so, it does not ask for again (HTML, server-sent events).
        return Ok(HttpResponse::NoContent().finish());
    }
    let following = Following {
        guide,
        shown: Vec::new(),
        since: Instant::now(),
        longest: call.longest_stream(),
        number,
        is_first: true,
        desk,
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header(("x-accel-buffering", HeaderValue::from_static("no")))
        .content_type("text/event-stream")
        .streaming(stream::unfold(Some(following), events)))
}

type Next = Option<(Result<Bytes, Infallible>, Option<Following>)>;

/// What has changed, and a comment where nothing has: so a browser that went away is noticed.
async fn events(following: Option<Following>) -> Next {
    let mut following = following?;
    if !following.is_first {
        sleep(PACE).await;
        // Whoever was signed out, or lost the role or the link, sees nothing more.
        if !following.desk.is_still_open().await {
            return None;
        }
    }
    let steps = match following.desk.progress(following.guide).await {
        Ok(progress) => checklist::steps(following.guide, &progress),
        Err(error) => {
            tracing::warn!(%error, "following a set-up ended");
            return None;
        }
    };
    let mut text = checklist::changes(&following.shown, &steps);
    if following.is_first {
        text.insert_str(0, &format!("id: {}\nretry: 3000\n\n", following.number));
        following.is_first = false;
    }
    if text.is_empty() {
        ":\n\n".clone_into(&mut text);
    }
    following.shown = steps;
    let goes_on = following.since.elapsed() < following.longest;
    Some((Ok(text.into()), goes_on.then_some(following)))
}
