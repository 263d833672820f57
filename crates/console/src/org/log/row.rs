//! One row of the log, with everything that is known of it.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_domain::{GroupId, LogId, LogRow, TargetKind, UserId};

use super::{Outcome, credential, duration, words::action};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::{Entered, enter},
    page::{Frame, Moment, Section, address},
};

#[derive(Template)]
#[template(path = "log/row.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    row: &'a LogRow,
    outcome: Outcome,
    action: &'static str,
    time: Moment,
    first: Option<Moment>,
    duration: String,
    credential: Option<(String, String)>,
    target: Option<Target>,
    body: Option<String>,
    others: String,
}

/// What the row is about, with a link where it is still there.
struct Target {
    kind: &'static str,
    name: String,
    path: Option<String>,
    rows: Option<String>,
}

/// `GET /console/orgs/{orgId}/log/{id}`
pub(crate) async fn show(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let id: LogId = call
        .segments
        .get(1)
        .ok_or(Failure::NotFound)?
        .parse()
        .map_err(Failure::Domain)?;
    let (row, body) = entered.viewer()?.provisioning_log().get(id).await?;
    let target = target(&entered, &row).await?;
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Log),
        outcome: Outcome::of(&row),
        action: action(row.action),
        time: Moment(row.time),
        first: row.first.map(Moment),
        duration: duration(row.duration),
        credential: row.credential.as_ref().map(|found| {
            let path = address(&entered.path("/log"), &[("credential", &found.id.to_string())]);
            (credential(found), path)
        }),
        target,
        body: body.and_then(|body| serde_json::to_string_pretty(&body).ok()),
        others: entered.path("/log"),
        row: &row,
        entered: &entered,
    })
}

async fn target(entered: &Entered, row: &LogRow) -> Result<Option<Target>, Failure> {
    let Some(target) = &row.target else {
        return Ok(None);
    };
    let viewer = entered.viewer()?;
    let id = target.id.map(|id| id.to_string());
    let path = match (target.kind, &id) {
        (Some(TargetKind::User), Some(id)) => {
            let found = viewer.directory().user(UserId::parse(id)?).await;
            is_there(found.map(drop))?.then(|| entered.path(&format!("/users/{id}")))
        }
        (Some(TargetKind::Group), Some(id)) => {
            let found = viewer.directory().group(GroupId::parse(id)?).await;
            is_there(found.map(drop))?.then(|| entered.path(&format!("/groups/{id}")))
        }
        (None, _) | (_, None) => None,
    };
    Ok(Some(Target {
        kind: match target.kind {
            Some(TargetKind::User) => "User",
            Some(TargetKind::Group) => "Group",
            None => "About",
        },
        name: target.name.clone().or_else(|| id.clone()).unwrap_or_default(),
        path,
        rows: id.map(|id| address(&entered.path("/log"), &[("about", &id)])),
    }))
}

fn is_there(found: Result<(), wicketgate_domain::Error>) -> Result<bool, Failure> {
    match found {
        Ok(()) => Ok(true),
        Err(wicketgate_domain::Error::NotFound) => Ok(false),
        Err(other) => Err(other.into()),
    }
}
