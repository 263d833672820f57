//! The log as a file. It is read page by page while it is sent, however long it is.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::stream;
use wicketgate_domain::{
    CSV_HEADER, Error, LogPage, LogQuery, LogRow, MOST_LOG_ROWS, Org, csv_line, json_line,
};

use super::wanted::Wanted;
use crate::{
    call::{Call, Person},
    failure::Failure,
    org::enter,
    request_id::RequestId,
};

/// The form of a file.
struct Form {
    ending: &'static str,
    media_type: &'static str,
    head: &'static str,
    line: fn(&LogRow) -> String,
}

const CSV: Form = Form {
    ending: "csv",
    media_type: "text/csv; charset=utf-8",
    head: CSV_HEADER,
    line: csv_line,
};

const NDJSON: Form = Form {
    ending: "ndjson",
    media_type: "application/x-ndjson",
    head: "",
    line: json_line,
};

/// A file on its way.
struct Exporting {
    org: Org,
    query: LogQuery,
    line: fn(&LogRow) -> String,
    head: &'static str,
    id: RequestId,
}

/// `GET /console/orgs/{orgId}/log.csv`
pub(crate) async fn csv(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    file(&call, &person, &CSV).await
}

/// `GET /console/orgs/{orgId}/log.ndjson`
pub(crate) async fn ndjson(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    file(&call, &person, &NDJSON).await
}

async fn file(call: &Call, person: &Person, form: &Form) -> Result<HttpResponse, Failure> {
    let entered = enter(call, person).await?;
    entered.viewer()?;
    let wanted = Wanted::read(&call.query, &entered).await?;
    let query = wanted.query().ok_or(Failure::NotFound)?;
    let name = format!(
        "attachment; filename=\"provisioning-log-{}.{}\"",
        entered.org.id(),
        form.ending
    );
    let exporting = Exporting {
        org: entered.org,
        query: LogQuery {
            limit: MOST_LOG_ROWS,
            ..query
        },
        line: form.line,
        head: form.head,
        id: call.id,
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, form.media_type))
        .insert_header((CONTENT_DISPOSITION, name))
        .streaming(stream::unfold(Some(exporting), lines)))
}

/// The next lines, and what is left. Where it fails the answer breaks off, so that nobody takes it for the whole.
async fn lines(exporting: Option<Exporting>) -> Option<(Result<Bytes, Error>, Option<Exporting>)> {
    let mut exporting = exporting?;
    match rows(&exporting).await {
        Ok(LogPage { rows, next }) => {
            let mut text = std::mem::take(&mut exporting.head).to_owned();
            text.extend(rows.iter().map(exporting.line));
            exporting.query.before = next;
            Some((Ok(text.into()), next.map(|_| exporting)))
        }
        Err(error) => {
            tracing::error!(request.id = %exporting.id, %error, "an export of the log broke off");
            Some((Err(error), None))
        }
    }
}

async fn rows(exporting: &Exporting) -> Result<LogPage, Error> {
    exporting
        .org
        .viewer()?
        .provisioning_log()
        .page(exporting.query.clone())
        .await
}
