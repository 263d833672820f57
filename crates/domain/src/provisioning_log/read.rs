//! Reading the log: pages, one row, what is new, and the names that rows only hold by id.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_auth::{OrgId, ServiceUserId, TokenId};
use wicketgate_scim::compat::RULES;

use super::{
    action::{Action, TargetKind},
    explain::{Context, Explanation, Token, explain},
    facts::{Facts, Marked},
    failure::Failure,
    id::{self, LogId},
    sentence::sentence,
};
use crate::{
    Error, Org, Viewer,
    db::{self, Conn, log_names::Names, provisioning_log::Wanted},
};

/// The most rows of a page.
pub const MOST_LOG_ROWS: u16 = 500;
/// For how long rows may come late: those of requests that took long, and those that waited for the database.
const LATE: Duration = Duration::from_secs(15);

/// Which rows are wanted: those that fulfil everything that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// What happened, or was tried, to this user or group. Lookups are not among it.
    pub target: Option<Uuid>,
    /// Of this action.
    pub action: Option<Action>,
    /// Only what failed.
    pub failed: bool,
    /// With this status.
    pub status: Option<u16>,
    /// With this credential.
    pub credential: Option<TokenId>,
    /// Of this request.
    pub request: Option<Uuid>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Older than this row: the cursor of the page before.
    pub before: Option<LogId>,
    /// How many rows, at most [`MOST_LOG_ROWS`]; 0 is 100.
    pub limit: u16,
}

/// A page of rows, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPage {
    /// The rows.
    pub rows: Vec<LogRow>,
    /// From where on there may be more: the `before` of the next page. A page that has few rows, or none, may have one:
    /// a search that finds little goes through the log in steps.
    pub next: Option<LogId>,
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRow {
    /// Its id.
    pub id: LogId,
    /// When the request came.
    pub time: Timestamp,
    /// The id of the request, which its answer carried too.
    pub request_id: String,
    /// What happened, or was tried.
    pub action: Action,
    /// The same as a sentence.
    pub sentence: String,
    /// With which credential.
    pub credential: Option<LogCredential>,
    /// The method of the request, such as `PATCH`.
    pub method: Option<String>,
    /// The template of its path below the organization, such as `/Users/{id}`.
    pub route: Option<String>,
    /// Its position among the operations of a bulk request, from 0.
    pub operation: Option<u32>,
    /// What it was about.
    pub target: Option<LogTarget>,
    /// What was looked for, and how many were found.
    pub lookup: Option<(String, u64)>,
    /// The names of the attributes that it changed, the first ones.
    pub attributes: Vec<String>,
    /// How many members it added to a group, and removed from it.
    pub members: (u64, u64),
    /// The status of its answer; 0 where there was none.
    pub status: u16,
    /// Why it failed: a stable name.
    pub failure: Option<String>,
    /// The keyword of its error.
    pub scim_type: Option<String>,
    /// The detail of its error.
    pub detail: Option<String>,
    /// What the failure means, and what to do.
    pub explanation: Option<Explanation>,
    /// How long it took.
    pub duration: Duration,
    /// What was understood although it is not as the RFC says.
    pub rewrites: Vec<LogRewrite>,
    /// How many requests the row stands for.
    pub count: u64,
    /// The first of them, where they are several.
    pub first: Option<Timestamp>,
    /// From which network it came, a /24 or a /48.
    pub network: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl LogRow {
    /// Whether it came to nothing.
    pub fn is_failure(&self) -> bool {
        self.status >= 400
    }
}

/// The credential of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCredential {
    /// Its public id.
    pub id: TokenId,
    /// Its name, as long as it is known.
    pub name: Option<String>,
    /// The service user that acts with it.
    pub service_user: Option<ServiceUserId>,
    /// The name of the service user.
    pub service_user_name: Option<String>,
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTarget {
    /// Whether it is a user or a group.
    pub kind: Option<TargetKind>,
    /// Its id, if it is known.
    pub id: Option<Uuid>,
    /// What it was called then, or is called now.
    pub name: Option<String>,
}

/// A deviation from the RFC that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRewrite {
    /// The name of the rule.
    pub rule: String,
    /// The attribute concerned.
    pub attribute: String,
    /// What the client sent, in words.
    pub sent: &'static str,
    /// What it was read as.
    pub read_as: &'static str,
}

/// Reads the provisioning log of one organization.
#[derive(Debug)]
pub struct ProvisioningLog<'o> {
    org: &'o Org,
}

impl<'o> Viewer<'o> {
    /// What identity providers asked for, and what became of it.
    pub fn provisioning_log(&self) -> ProvisioningLog<'o> {
        ProvisioningLog { org: self.org }
    }
}

impl ProvisioningLog<'_> {
    /// A page of the rows that fulfil the query, the newest first. Its cost is bounded, whatever is asked for.
    pub async fn page(&self, query: LogQuery) -> Result<LogPage, Error> {
        let org = self.org.id;
        let limit = match query.limit {
            0 => 100,
            limit => limit.min(MOST_LOG_ROWS),
        };
        let Some(wanted) = wanted(&query) else {
            return Ok(LogPage {
                rows: Vec::new(),
                next: None,
            });
        };
        self.org
            .shared
            .db
            .read(move |tx| {
                let (mut rows, scanned) = db::provisioning_log::page(tx, org, &wanted, i64::from(limit) + 1)?;
                let has_more = rows.len() > usize::from(limit);
                rows.truncate(usize::from(limit));
                let last = if has_more {
                    rows.last().map(|row| row.id.0)
                } else {
                    scanned
                };
                Ok(LogPage {
                    rows: named(tx, org, rows)?,
                    next: last.map(LogId),
                })
            })
            .await
    }

    /// One row, and the body of its request as long as it is kept, without its secrets.
    pub async fn get(&self, id: LogId) -> Result<(LogRow, Option<Value>), Error> {
        let org = self.org.id;
        self.org
            .shared
            .db
            .read(move |tx| {
                let row = db::provisioning_log::get(tx, org, id.0)?;
                let body = db::provisioning_log::body(tx, org, id.0)?;
                let body = body
                    .map(|body| serde_json::from_str(&body))
                    .transpose()
                    .map_err(Error::internal)?;
                let row = named(tx, org, vec![row])?.pop().ok_or(Error::NotFound)?;
                Ok((row, body))
            })
            .await
    }

    /// Up to `limit` rows after a row, in order. A row may still come in between two that were read: see [`Tail`].
    pub async fn after(&self, id: LogId, limit: u16) -> Result<Vec<LogRow>, Error> {
        let (org, limit) = (self.org.id, i64::from(limit.min(MOST_LOG_ROWS)));
        self.org
            .shared
            .db
            .read(move |tx| {
                let rows = db::provisioning_log::after(tx, org, id.0, limit)?;
                named(tx, org, rows)
            })
            .await
    }

    /// The place behind all that is in the log now, from where on [`follow`](Self::follow) goes.
    pub fn now(&self) -> Tail {
        Tail::at(LogId(id::first_of(self.org.shared.sources.now())))
    }

    /// What has come since the last time: each row once, nearly in order. Nothing is missed that comes late by less than
    /// fifteen seconds.
    pub async fn follow(&self, tail: &mut Tail) -> Result<Vec<LogRow>, Error> {
        let mut fresh = Vec::new();
        let mut place = tail.from;
        loop {
            let rows = self.after(place, MOST_LOG_ROWS).await?;
            let Some(last) = rows.last() else { break };
            let is_whole = rows.len() < usize::from(MOST_LOG_ROWS);
            place = last.id;
            fresh.extend(rows.into_iter().filter(|row| tail.seen.insert(row.id)));
            if is_whole || fresh.len() >= usize::from(MOST_LOG_ROWS) {
                break;
            }
        }
        let settled = id::first_of(
            self.org
                .shared
                .sources
                .now()
                .checked_sub(LATE)
                .map_err(Error::internal)?,
        );
        // Rows of a moment that is long enough past are complete.
        tail.from = tail.from.max(LogId(settled).min(place));
        tail.seen = tail.seen.split_off(&tail.from);
        Ok(fresh)
    }
}

/// A place in the log of whoever follows it, with the rows that were seen and may be met again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    from: LogId,
    seen: BTreeSet<LogId>,
}

impl Tail {
    /// Follows from this row on, which itself was seen.
    pub fn at(id: LogId) -> Self {
        Self {
            from: id,
            seen: BTreeSet::from([id]),
        }
    }
}

/// The rows that a query wants; `None` where there can be none.
fn wanted(query: &LogQuery) -> Option<Wanted> {
    let end = query.until.map_or(Uuid::max(), id::first_of);
    let mut before = query.before.map_or(end, |row| row.0.min(end));
    let mut from = query.from.map_or(Uuid::nil(), id::first_of);
    if let Some(request) = query.request {
        let (first, last) = id::range_of(request);
        from = from.max(first);
        before = before.min(Uuid::from_u128(last.as_u128().checked_add(1)?));
    }
    (from < before).then(|| Wanted {
        before,
        from,
        target: query.target,
        action: query.action.map(Action::code),
        credential: query.credential.map(|id| id.to_string()),
        is_failed: query.failed,
        status: query.status,
    })
}

/// Rows with the names that belong to them now.
pub(crate) fn named(
    tx: &mut Conn,
    org: OrgId,
    rows: Vec<db::provisioning_log::LogRow>,
) -> Result<Vec<LogRow>, Error> {
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let facts: Facts = serde_json::from_str(&row.facts).map_err(Error::internal)?;
        // A number of a later version is skipped.
        if let Some(action) = Action::of_code(row.action) {
            read.push((row, action, facts));
        }
    }
    let names = db::log_names::load(tx, org, &read)?;
    read.into_iter()
        .map(|(row, action, facts)| shown(&row, action, facts, &names))
        .collect()
}

fn shown(
    row: &db::provisioning_log::LogRow,
    action: Action,
    mut facts: Facts,
    names: &Names,
) -> Result<LogRow, Error> {
    let id = LogId(row.id.0);
    let found = || Uuid::try_parse(facts.resource.as_deref()?).ok();
    let target = row.target_id.map(|key| key.0).or_else(found);
    if facts.name.is_none() {
        facts.name = target.and_then(|id| names.target(id)).map(str::to_owned);
    }
    let token = names.token(row.credential_id.as_deref(), facts.service_user.as_deref());
    let failure = facts
        .failure
        .as_deref()
        .map(|name| failure(name, &facts, &token, id.time()));
    let context = Context {
        name: facts.name.clone(),
        holder: names.holder(facts.kind, facts.name.as_deref()),
        token,
    };
    let kind = facts.kind.map(|Marked(kind)| kind);
    let credential = row
        .credential_id
        .as_deref()
        .map(|text| {
            Ok::<_, Error>(LogCredential {
                id: text.parse().map_err(Error::internal)?,
                name: context.token.name.clone(),
                service_user: facts
                    .service_user
                    .as_deref()
                    .and_then(|text| Uuid::try_parse(text).ok())
                    .map(ServiceUserId::from_uuid),
                service_user_name: context.token.service_user.clone(),
            })
        })
        .transpose()?;
    Ok(LogRow {
        id,
        time: id.time(),
        request_id: facts
            .request
            .clone()
            .unwrap_or_else(|| id::request_of(id.0).to_string()),
        action,
        sentence: sentence(action, &facts, &context.token.title(), id.time()),
        credential,
        explanation: failure.as_ref().map(|failure| explain(failure, action, &context)),
        failure: failure.map(|failure| failure.as_str().to_owned()),
        target: (target.is_some() || facts.name.is_some()).then(|| LogTarget {
            kind,
            id: target,
            name: facts.name.clone(),
        }),
        lookup: facts
            .question
            .map(|question| (question, facts.found.unwrap_or_default())),
        method: Some(facts.method).filter(|method| !method.is_empty()),
        route: Some(facts.route).filter(|route| !route.is_empty()),
        operation: facts.operation,
        attributes: facts.attributes,
        members: (facts.added as u64, facts.removed as u64),
        status: u16::try_from(row.status).map_err(Error::internal)?,
        scim_type: facts.scim_type,
        detail: facts.detail,
        duration: Duration::from_micros(facts.microseconds),
        rewrites: facts.rewrites.into_iter().map(rewrite).collect(),
        count: facts.count.max(1),
        first: facts
            .first
            .and_then(|first| Timestamp::from_millisecond(first).ok()),
        network: facts.network,
        user_agent: facts.user_agent,
    })
}

/// The failure of a row. A token whose overlap has ended is one that was replaced.
fn failure(name: &str, facts: &Facts, token: &Token, time: Timestamp) -> Failure {
    let failure = Failure::read(name, facts.about.as_deref());
    let was_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= time);
    match failure {
        Failure::TokenExpired if was_over(token.overlap_ends) && !was_over(token.expires) => {
            Failure::TokenReplaced
        }
        Failure::TokenRevoked if token.revoke_reason.as_deref() == Some("rotated") => Failure::TokenReplaced,
        other => other,
    }
}

fn rewrite((rule, attribute): (String, String)) -> LogRewrite {
    let known = RULES.iter().find(|known| known.name.as_str() == rule);
    LogRewrite {
        sent: known.map_or("", |known| known.sends),
        read_as: known.map_or("", |known| known.read_as),
        rule,
        attribute,
    }
}
