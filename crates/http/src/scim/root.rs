//! Queries below no endpoint (RFC 7644 §3.4.2.1): users and groups in one list. Where a type does not have an attribute,
//! its resources have no value for it.

use super::{Answer, Call, query::Parameters, reply::RootReply};

/// `GET` on the base URL.
pub(crate) async fn list(call: Call) -> Answer {
    let parameters = call.parameters()?;
    page(&call, &parameters).await
}

/// `POST /.search`.
pub(crate) async fn search(call: Call) -> Answer {
    let parameters = Parameters::from(call.search_body().await?);
    page(&call, &parameters).await
}

async fn page(call: &Call, parameters: &Parameters) -> Answer {
    let reply = RootReply::new(call, parameters)?;
    let query = reply.page()?;
    call.record.asked_in_words(parameters);
    let page = call.org.search(query).await?;
    call.record.found(&page);
    reply.resources(page)
}
