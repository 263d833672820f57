//! The endpoint `/Groups`. Each handler asks for the role first, then for how to answer, then for the body. Members are
//! loaded only where the answer shows them.

use actix_web::http::StatusCode;
use wicketgate_domain::GroupId;
use wicketgate_scim::{Mode, schema::MEMBERS};

use super::{
    Answer, Call, conditions,
    reply::{self, Reply},
};

/// `GET /Groups`.
pub(crate) async fn list(call: Call) -> Answer {
    let reply = Reply::new(&call, call.org.group_type())?;
    page(&call, reply).await
}

/// `POST /Groups/.search`.
pub(crate) async fn search(call: Call) -> Answer {
    let reply = Reply::to_search(&call, call.org.group_type(), call.search_body().await?)?;
    page(&call, reply).await
}

async fn page(call: &Call, reply: Reply) -> Answer {
    let query = reply.page(MEMBERS)?;
    call.record.asked(query.filter.as_ref());
    let page = call.org.groups().search(query).await?;
    call.record.found(&page);
    reply.groups(page)
}

/// `GET /Groups/{id}`.
pub(crate) async fn get(call: Call) -> Answer {
    let reply = Reply::new(&call, call.org.group_type())?;
    let group = call
        .org
        .groups()
        .get(GroupId::parse(&call.target)?, reply.keeps(MEMBERS))
        .await?;
    reply.group_or_unchanged(&call, group)
}

/// `POST /Groups`.
pub(crate) async fn create(call: Call) -> Answer {
    let groups = call.org.user_manager()?.groups();
    let reply = Reply::new(&call, call.org.group_type())?;
    let body = call.group_body().await?;
    let reply = reply.with_written(&body);
    let written = groups.create(body).await?;
    call.record.wrote(&written);
    reply.group(StatusCode::CREATED, written.resource)
}

/// `PUT /Groups/{id}`.
pub(crate) async fn replace(call: Call) -> Answer {
    let groups = call.org.user_manager()?.groups();
    let reply = Reply::new(&call, call.org.group_type())?;
    let precondition = conditions::precondition(call.request.headers());
    let body = call.group_body().await?;
    let reply = reply.with_written(&body);
    let id = GroupId::parse(&call.target)?;
    let written = groups
        .replace(id, precondition, body, reply.keeps(MEMBERS))
        .await?;
    call.record.wrote(&written);
    reply.group(StatusCode::OK, written.resource)
}

/// `PATCH /Groups/{id}`. The answer has no body unless attributes are asked for: Microsoft Entra expects none, and the
/// membership may be large. Strict mode has one, as for users.
pub(crate) async fn patch(call: Call) -> Answer {
    let groups = call.org.user_manager()?.groups();
    let reply = Reply::new(&call, call.org.group_type())?;
    let has_body = reply.names_attributes() || call.mode() == Mode::Strict;
    let precondition = conditions::precondition(call.request.headers());
    let body = call.group_body().await?;
    let reply = reply.with_written(&body);
    let id = GroupId::parse(&call.target)?;
    let written = groups
        .patch(id, precondition, body, has_body && reply.keeps(MEMBERS))
        .await?;
    call.record.wrote(&written);
    if has_body {
        reply.group(StatusCode::OK, written.resource)
    } else {
        Ok(reply::done(written.resource.version))
    }
}

/// `DELETE /Groups/{id}`.
pub(crate) async fn delete(call: Call) -> Answer {
    let groups = call.org.user_manager()?.groups();
    let precondition = conditions::precondition(call.request.headers());
    let deleted = groups.delete(GroupId::parse(&call.target)?, precondition).await?;
    call.record.deleted(&deleted);
    Ok(reply::deleted())
}
