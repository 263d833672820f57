//! Rows as lines of a file: CSV for spreadsheets (RFC 4180) and JSON for programs. Both have the same fields.

use serde_json::{Value, json};

use super::read::LogRow;

/// The first line of a CSV file.
pub const CSV_HEADER: &str = "time,action,what,status,target_type,target_id,target_name,cause,fix,detail,scim_type,\
                              failure,credential_id,credential_name,service_user,method,route,operation,duration_ms,\
                              count,rewrites,network,user_agent,request_id,id\r\n";

/// A row as a line of CSV, with its end.
pub fn csv_line(row: &LogRow) -> String {
    let target = row.target.as_ref();
    let credential = row.credential.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let rewrites: Vec<String> = row
        .rewrites
        .iter()
        .map(|rewrite| format!("{} {}", rewrite.rule, rewrite.attribute))
        .collect();
    let cells = [
        row.time.to_string(),
        row.action.to_string(),
        row.sentence.clone(),
        row.status.to_string(),
        target
            .and_then(|target| target.kind)
            .map_or_else(String::new, |kind| kind.as_str().to_owned()),
        target
            .and_then(|target| target.id)
            .map_or_else(String::new, |id| id.to_string()),
        text(target.and_then(|target| target.name.as_ref())),
        row.explanation
            .as_ref()
            .map_or_else(String::new, |explanation| explanation.cause.clone()),
        row.explanation
            .as_ref()
            .map_or_else(String::new, |explanation| explanation.fix.clone()),
        text(row.detail.as_ref()),
        text(row.scim_type.as_ref()),
        text(row.failure.as_ref()),
        credential.map_or_else(String::new, |credential| credential.id.to_string()),
        text(credential.and_then(|credential| credential.name.as_ref())),
        text(credential.and_then(|credential| credential.service_user_name.as_ref())),
        text(row.method.as_ref()),
        text(row.route.as_ref()),
        row.operation
            .map_or_else(String::new, |operation| operation.to_string()),
        row.duration.as_millis().to_string(),
        row.count.to_string(),
        rewrites.join("; "),
        text(row.network.as_ref()),
        text(row.user_agent.as_ref()),
        row.request_id.clone(),
        row.id.to_string(),
    ];
    let mut line = cells.map(|cell| escaped(&cell)).join(",");
    line.push_str("\r\n");
    line
}

/// A cell. A spreadsheet takes a cell that begins like a formula for one, and would run what somebody chose as a name: an
/// apostrophe makes it text.
fn escaped(cell: &str) -> String {
    let is_formula =
        cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r', '\n']);
    let cell = if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// A row as a line of JSON, with its end.
pub fn json_line(row: &LogRow) -> String {
    let mut line = log_row_json(row).to_string();
    line.push('\n');
    line
}

/// A row as the admin API and exports have it. What is not known is not there.
pub fn log_row_json(row: &LogRow) -> Value {
    let mut members = serde_json::Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
    };
    put("id", json!(row.id.to_string()));
    put("time", json!(row.time.to_string()));
    put("requestId", json!(row.request_id));
    put("action", json!(row.action.as_str()));
    put("what", json!(row.sentence));
    put(
        "status",
        if row.status == 0 {
            Value::Null
        } else {
            json!(row.status)
        },
    );
    if let Some(target) = &row.target {
        put(
            "target",
            known(json!({
                "type": target.kind.map(super::TargetKind::as_str),
                "id": target.id.map(|id| id.to_string()),
                "name": target.name,
            })),
        );
    }
    put("failure", json!(row.failure));
    put("scimType", json!(row.scim_type));
    put("detail", json!(row.detail));
    if let Some(explanation) = &row.explanation {
        put("cause", json!(explanation.cause));
        put("fix", json!(explanation.fix));
    }
    if let Some(credential) = &row.credential {
        put(
            "credential",
            known(json!({
                "id": credential.id.to_string(),
                "name": credential.name,
                "serviceUserId": credential.service_user.map(|id| id.to_string()),
                "serviceUserName": credential.service_user_name,
            })),
        );
    }
    put("method", json!(row.method));
    put("route", json!(row.route));
    put("operation", json!(row.operation));
    if let Some((question, found)) = &row.lookup {
        put("lookup", json!({"filter": question, "found": found}));
    }
    if !row.attributes.is_empty() {
        put("attributes", json!(row.attributes));
    }
    if row.members != (0, 0) {
        put(
            "members",
            json!({"added": row.members.0, "removed": row.members.1}),
        );
    }
    put("durationMs", json!(milliseconds(row)));
    if !row.rewrites.is_empty() {
        let rewrites: Vec<Value> = row
            .rewrites
            .iter()
            .map(|rewrite| {
                json!({
                    "rule": rewrite.rule,
                    "attribute": rewrite.attribute,
                    "sent": rewrite.sent,
                    "readAs": rewrite.read_as,
                })
            })
            .collect();
        put("rewrites", Value::Array(rewrites));
    }
    if row.count > 1 {
        put("count", json!(row.count));
        put("firstTime", json!(row.first.map(|first| first.to_string())));
    }
    put("network", json!(row.network));
    put("userAgent", json!(row.user_agent));
    Value::Object(members)
}

fn milliseconds(row: &LogRow) -> f64 {
    (row.duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// The members of an object that are known.
fn known(object: Value) -> Value {
    match object {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        other => other,
    }
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
