//! `POST /Bulk` (RFC 7644 §3.7): each operation with its own authorisation and its own commit, in the order that their
//! references allow. Which order that is, and what a failure means to the others, the scim crate decides.

use std::collections::HashSet;

use actix_web::web::block;
use wicketgate_domain::{GroupId, Precondition, UserId};
use wicketgate_scim::{
    Object,
    bulk::{self, BulkError, Job, Method, Outcome, Step},
};

use super::{
    Answer, Call,
    conditions::{self, Tag},
    error::Error,
    media,
    record::Record,
    reply::document,
};
use crate::{body::Unreadable, route};

/// `POST /Bulk`.
pub(crate) async fn run(call: Call) -> Answer {
    let media_type = media::accepted(call.request.headers())?;
    let limit = call.surface.limits.group_body;
    let body = call.body(limit).await.map_err(|error| match error {
        Error::Unreadable(Unreadable::TooLarge { limit }) => Error::BulkPayloadTooLarge { limit },
        other => other,
    })?;
    let mut job = plan(&call, body).await?;
    let mut begun = HashSet::new();
    while let Some(step) = job.next() {
        let is_follow_up = !begun.insert(step.index);
        job.finish(logged(&call, step, is_follow_up).await);
    }
    log_refused(&call, &job);
    document(media_type, &job.response())
}

/// Reads the operations and orders them. A thousand groups that name each other take a moment: not the worker's, which
/// other requests wait for.
async fn plan(call: &Call, body: Object) -> Result<Job, Error> {
    let mode = call.mode();
    let limit = call.surface.limits.bulk_operations;
    let types = [call.org.user_type().clone(), call.org.group_type().clone()];
    let base = call.links().base().to_owned();
    block(move || {
        let request = bulk::parse(body, mode, limit).map_err(|error| match error {
            BulkError::Invalid(error) => Error::Invalid(error),
            too_many @ BulkError::TooManyOperations { .. } => Error::BulkTooManyOperations(too_many),
        })?;
        let types = types.each_ref().map(AsRef::as_ref);
        Ok(Job::new(request, &types, &base))
    })
    .await
    .map_err(|error| Error::Domain(wicketgate_domain::Error::Internal(Box::new(error))))?
}

/// Carries a step out, and says in the provisioning log what became of it.
async fn logged(call: &Call, step: Step, is_follow_up: bool) -> Outcome {
    let (method, template) = (step.method.as_str(), template(Some(&step.path)));
    let record = call.record.operation(step.index, is_follow_up, method, &template);
    record.about(step.path.id.as_deref().unwrap_or_default());
    if let Some(data) = &step.data {
        record.sent(data);
    }
    let (outcome, status) = match carry_out(call, step, &record).await {
        Ok(outcome @ Outcome::Created { .. }) => (outcome, 201),
        Ok(Outcome::Done { status, version }) => (Outcome::Done { status, version }, status),
        Ok(Outcome::Failed { status, response }) => (Outcome::Failed { status, response }, status),
        Err(error) => {
            let (status, response, told) = error.body(call.seen.id());
            record.failed(&error.failure(), &told, None);
            (Outcome::Failed { status, response }, status)
        }
    };
    record.answered(status);
    outcome
}

/// Says in the provisioning log which operations were refused before they began. What they sent is not kept.
fn log_refused(call: &Call, job: &Job) {
    for (index, result, path) in job.refused() {
        let record = call
            .record
            .operation(index, false, &result.method, &template(path));
        let text = |name: &str| result.response.as_ref().and_then(|body| body.get(name)?.as_str());
        record.hide_all();
        record.refused(
            result.status,
            text("scimType"),
            text("detail").unwrap_or_default(),
        );
        record.answered(result.status);
    }
}

/// The route of an operation, as that of a request of its own.
fn template(path: Option<&bulk::Path>) -> String {
    path.map_or_else(String::new, |path| {
        let id = if path.id.is_some() { "/{id}" } else { "" };
        let known = ["/Users", "/Groups"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(&path.endpoint));
        known.map_or_else(String::new, |endpoint| {
            format!("{}{endpoint}{id}", route::SCIM_BASE)
        })
    })
}

async fn carry_out(call: &Call, step: Step, record: &Record) -> Result<Outcome, Error> {
    let mut segments = vec![step.path.endpoint.trim_start_matches('/').to_owned()];
    segments.extend(step.path.id.clone());
    // What a request of its own would be told: that there is no such endpoint, or not this method.
    let (template, _) = super::find(&call.org, &segments, step.method.as_str()).await?;
    let precondition = match &step.version {
        None => Precondition::None,
        Some(version) => conditions::of_version(version),
    };
    let id = step.path.id.unwrap_or_default();
    let data = step.data.unwrap_or_default();
    match template.strip_prefix(route::SCIM_BASE) {
        Some("/Users" | "/Users/{id}") => user(call, record, step.method, &id, precondition, data).await,
        Some("/Groups" | "/Groups/{id}") => group(call, record, step.method, &id, precondition, data).await,
        _ => Err(Error::Unsupported),
    }
}

async fn user(
    call: &Call,
    record: &Record,
    method: Method,
    id: &str,
    precondition: Precondition,
    data: Object,
) -> Result<Outcome, Error> {
    let users = call.org.user_manager()?.users();
    let written = match method {
        Method::Post => {
            let written = users.create(data).await?;
            record.wrote(&written);
            return Ok(Outcome::Created {
                id: written.resource.id.to_string(),
                version: Some(Tag::of_user(&written.resource).to_string()),
            });
        }
        Method::Put => users.replace(UserId::parse(id)?, precondition, data).await?,
        Method::Patch => users.patch(UserId::parse(id)?, precondition, data).await?,
        Method::Delete => {
            record.deleted(&users.delete(UserId::parse(id)?, precondition).await?);
            return Ok(gone());
        }
    };
    record.wrote(&written);
    Ok(done(Tag::of_user(&written.resource)))
}

async fn group(
    call: &Call,
    record: &Record,
    method: Method,
    id: &str,
    precondition: Precondition,
    data: Object,
) -> Result<Outcome, Error> {
    let groups = call.org.user_manager()?.groups();
    // The answer shows no members, so none are loaded.
    let written = match method {
        Method::Post => {
            let written = groups.create(data).await?;
            record.wrote(&written);
            return Ok(Outcome::Created {
                id: written.resource.id.to_string(),
                version: Some(Tag::of_version(written.resource.version).to_string()),
            });
        }
        Method::Put => {
            let id = GroupId::parse(id)?;
            groups.replace(id, precondition, data, false).await?
        }
        Method::Patch => {
            groups
                .patch(GroupId::parse(id)?, precondition, data, false)
                .await?
        }
        Method::Delete => {
            record.deleted(&groups.delete(GroupId::parse(id)?, precondition).await?);
            return Ok(gone());
        }
    };
    record.wrote(&written);
    Ok(done(Tag::of_version(written.resource.version)))
}

fn done(tag: Tag) -> Outcome {
    Outcome::Done {
        status: 200,
        version: Some(tag.to_string()),
    }
}

fn gone() -> Outcome {
    Outcome::Done {
        status: 204,
        version: None,
    }
}
