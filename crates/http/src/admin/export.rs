//! Everything that an organization owns, as lines of JSON, sent while they are read.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    web::Bytes,
};
use futures_util::stream;
use wicketgate_domain::{self as domain, Export};

use super::{Answer, Call, Org, openapi::Doc};
use crate::{request_id::RequestId, scim::error::Chain};

const NDJSON: &str = "application/x-ndjson";

pub(super) const EXPORT: Doc = Doc::get(
    "exportOrg",
    super::orgs::TAG,
    "Everything that the organization owns, as lines of JSON; the last one has the type end, and a file without it was \
     cut off. Needs a recent sign-in.",
    |_| serde_json::json!({"type": "string"}),
)
.in_forms(&[NDJSON]);

/// `POST /admin/v1/orgs/{orgId}/export`. It changes nothing but the audit log, which says who exported.
pub(super) async fn export(call: Call<Org>) -> Answer {
    let export = call.door.owner()?.export().await?;
    let id = call.http.seen.id();
    let name = format!("attachment; filename=\"{}.ndjson\"", call.door.id());
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, name))
        .content_type(NDJSON)
        .streaming(stream::unfold(Some(export), move |export| lines(export, id))))
}

/// The next lines, and what is left. Where it fails the answer breaks off, without its last line.
async fn lines(
    export: Option<Export>,
    id: RequestId,
) -> Option<(Result<Bytes, domain::Error>, Option<Export>)> {
    let mut export = export?;
    let next = match export.next().await {
        Ok(Some(lines)) => return Some((Ok(lines.into()), Some(export))),
        Ok(None) => export.finish().await.map(|_| ()),
        Err(error) => Err(error),
    };
    let error = next.err()?;
    tracing::error!(request.id = %id, error = %Chain(&error), "an export broke off");
    Some((Err(error), None))
}
