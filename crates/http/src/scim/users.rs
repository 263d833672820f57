//! The endpoint `/Users`. Each handler asks for the role first, then for how to answer, then for the body.

use actix_web::http::StatusCode;
use wicketgate_domain::UserId;

use super::{
    Answer, Call, conditions,
    reply::{self, Reply},
};

pub(super) const GROUPS: &str = "groups";

/// `GET /Users`.
pub(crate) async fn list(call: Call) -> Answer {
    let reply = Reply::new(&call, call.org.user_type())?;
    page(&call, reply).await
}

/// `POST /Users/.search`.
pub(crate) async fn search(call: Call) -> Answer {
    let reply = Reply::to_search(&call, call.org.user_type(), call.search_body().await?)?;
    page(&call, reply).await
}

async fn page(call: &Call, reply: Reply) -> Answer {
    let query = reply.page(GROUPS)?;
    call.record.asked(query.filter.as_ref());
    let page = call.org.users().search(query).await?;
    call.record.found(&page);
    reply.users(page)
}

/// `GET /Users/{id}`.
pub(crate) async fn get(call: Call) -> Answer {
    let reply = Reply::new(&call, call.org.user_type())?;
    let user = call
        .org
        .users()
        .get(UserId::parse(&call.target)?, reply.keeps(GROUPS))
        .await?;
    reply.user_or_unchanged(&call, user)
}

/// `POST /Users`.
pub(crate) async fn create(call: Call) -> Answer {
    let users = call.org.user_manager()?.users();
    let reply = Reply::new(&call, call.org.user_type())?;
    let body = call.user_body().await?;
    let reply = reply.with_written(&body);
    let written = users.create(body).await?;
    call.record.wrote(&written);
    reply.user(StatusCode::CREATED, written.resource)
}

/// `PUT /Users/{id}`.
pub(crate) async fn replace(call: Call) -> Answer {
    let users = call.org.user_manager()?.users();
    let reply = Reply::new(&call, call.org.user_type())?;
    let precondition = conditions::precondition(call.request.headers());
    let body = call.user_body().await?;
    let reply = reply.with_written(&body);
    let written = users
        .replace(UserId::parse(&call.target)?, precondition, body)
        .await?;
    call.record.wrote(&written);
    reply.user(StatusCode::OK, written.resource)
}

/// `PATCH /Users/{id}`.
pub(crate) async fn patch(call: Call) -> Answer {
    let users = call.org.user_manager()?.users();
    let reply = Reply::new(&call, call.org.user_type())?;
    let precondition = conditions::precondition(call.request.headers());
    let body = call.user_body().await?;
    let reply = reply.with_written(&body);
    let written = users
        .patch(UserId::parse(&call.target)?, precondition, body)
        .await?;
    call.record.wrote(&written);
    reply.user(StatusCode::OK, written.resource)
}

/// `DELETE /Users/{id}`.
pub(crate) async fn delete(call: Call) -> Answer {
    let users = call.org.user_manager()?.users();
    let precondition = conditions::precondition(call.request.headers());
    let deleted = users.delete(UserId::parse(&call.target)?, precondition).await?;
    call.record.deleted(&deleted);
    Ok(reply::deleted())
}
