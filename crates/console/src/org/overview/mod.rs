//! An organization at a glance: whether provisioning works, what came in the last day, and what ends soon.

mod chart;

use actix_web::HttpResponse;
use askama::Template;
use jiff::{SignedDuration, Timestamp};
use wicketgate_auth::OrgState;
use wicketgate_domain::{Activity, LogQuery, LogRow};

use self::chart::{Chart, duration};
use super::{Entered, end::End, enter};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, Moment, Section},
};

/// How many hours are shown.
const HOURS: u16 = 24;
/// How many failures are shown.
const FAILURES: u16 = 3;
/// For how many days before its end a credential is shown.
const WARNED_DAYS: i64 = 30;
/// How many service users are asked for what they hold.
const SERVICE_USERS: u16 = 100;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    scim_base: String,
    health: Health,
    last: Option<Moment>,
    failures_of_a_day: u64,
    failures: Vec<Failed>,
    ending: Vec<Ending>,
    chart: Chart,
    hours: Vec<Hour>,
}

/// Whether provisioning works, in a word and a sentence.
struct Health {
    tone: &'static str,
    word: &'static str,
    text: String,
}

/// A request that failed, lately.
struct Failed {
    path: String,
    time: Moment,
    sentence: String,
    fix: Option<String>,
}

/// A service user that holds a token which ends soon.
struct Ending {
    path: String,
    name: String,
    end: End,
}

/// One line of the table beside the chart.
struct Hour {
    start: Moment,
    changes: u64,
    lookups: u64,
    failures: u64,
    within: String,
}

/// `GET /console/orgs/{orgId}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let viewer = entered.viewer()?;
    let log = viewer.provisioning_log();
    let newest = log
        .page(LogQuery {
            limit: 1,
            ..LogQuery::default()
        })
        .await?;
    let now = call.gateway().now();
    let failed = log
        .page(LogQuery {
            failed: true,
            limit: FAILURES,
            from: now.checked_sub(SignedDuration::from_hours(24)).ok(),
            ..LogQuery::default()
        })
        .await?;
    let activity = viewer.activity(HOURS).await?;
    let failures_of_a_day = activity.iter().map(|hour| hour.failures).sum();
    let last = newest.rows.first().map(|row| row.time);
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Overview),
        scim_base: call.site().at(&format!("/scim/v2/{}", entered.org.id())),
        health: Health::of(&entered, last, failures_of_a_day),
        last: last.map(Moment),
        failures_of_a_day,
        failures: failed.rows.into_iter().map(|row| shown(&entered, row)).collect(),
        ending: ending(&entered, now).await?,
        chart: Chart::of(&activity),
        hours: activity
            .iter()
            .rev()
            .filter(|hour| hour.requests() > 0)
            .map(hour)
            .collect(),
        entered: &entered,
    })
}

impl Health {
    fn of(entered: &Entered, last: Option<Timestamp>, failures: u64) -> Self {
        if entered.known.state == OrgState::Paused {
            return Self {
                tone: "warn",
                word: "Paused",
                text: "Identity providers are told to try again later. Nothing is lost, and nothing changes until \
                       the organization is resumed."
                    .to_owned(),
            };
        }
        if last.is_none() {
            return Self {
                tone: "",
                word: "Not connected",
                text: "No identity provider has sent anything yet.".to_owned(),
            };
        }
        match failures {
            0 => Self {
                tone: "good",
                word: "Working",
                text: "Nothing has failed in the last 24 hours.".to_owned(),
            },
            1 => Self {
                tone: "bad",
                word: "Look at this",
                text: "One request has failed in the last 24 hours.".to_owned(),
            },
            several => Self {
                tone: "bad",
                word: "Look at this",
                text: format!("{several} requests have failed in the last 24 hours."),
            },
        }
    }
}

fn shown(entered: &Entered, row: LogRow) -> Failed {
    Failed {
        path: entered.path(&format!("/log/{}", row.id)),
        time: Moment(row.time),
        fix: row.explanation.map(|explanation| explanation.fix),
        sentence: row.sentence,
    }
}

/// Whose tokens end soon, or have just ended. Only owners see credentials.
async fn ending(entered: &Entered, now: Timestamp) -> Result<Vec<Ending>, Failure> {
    let Ok(owner) = entered.owner() else {
        return Ok(Vec::new());
    };
    let soon = now
        .checked_add(SignedDuration::from_hours(24 * WARNED_DAYS))
        .map_err(|_| Failure::Internal)?;
    let held = owner
        .service_users()
        .page_with_holdings(None, SERVICE_USERS)
        .await?;
    let mut ending: Vec<Ending> = held
        .into_iter()
        .filter(|(_, holdings)| holdings.next_expiry.is_some_and(|end| end < soon))
        .map(|(service_user, holdings)| Ending {
            path: entered.path(&format!("/service-users/{}", service_user.id)),
            name: service_user.name,
            end: End {
                at: holdings.next_expiry,
                now,
            },
        })
        .collect();
    ending.sort_by_key(|ending| ending.end.at);
    Ok(ending)
}

fn hour(hour: &Activity) -> Hour {
    Hour {
        start: Moment(hour.start),
        changes: hour.changes,
        lookups: hour.lookups,
        failures: hour.failures,
        within: hour
            .within(95)
            .map_or_else(|| "more than 1 s".to_owned(), duration),
    }
}
