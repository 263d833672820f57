use std::time::Duration;

use uuid::Uuid;

use super::*;
use crate::provisioning_log::{Action, Explanation, LogId, LogTarget, TargetKind};

fn row(name: &str) -> LogRow {
    let id = LogId(Uuid::try_parse("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000").unwrap());
    LogRow {
        id,
        time: id.time(),
        request_id: id.to_string(),
        action: Action::UserCreateFailed,
        sentence: format!("Tried to create {name}"),
        credential: None,
        method: Some("POST".to_owned()),
        route: Some("/Users".to_owned()),
        operation: None,
        target: Some(LogTarget {
            kind: Some(TargetKind::User),
            id: None,
            name: Some(name.to_owned()),
        }),
        lookup: None,
        attributes: Vec::new(),
        members: (0, 0),
        status: 409,
        failure: Some("duplicate".to_owned()),
        scim_type: Some("uniqueness".to_owned()),
        detail: Some("userName: \"taken\", they say".to_owned()),
        explanation: Some(Explanation {
            cause: "It is taken.".to_owned(),
            fix: "Take another.".to_owned(),
        }),
        duration: Duration::from_micros(1_234),
        rewrites: Vec::new(),
        count: 1,
        first: None,
        network: None,
        user_agent: None,
    }
}

#[test]
fn a_line_of_csv_has_as_many_cells_as_the_header() {
    assert_eq!(CSV_HEADER.trim_end().split(',').count(), 25);
    let line = csv_line(&row("anna"));
    assert_eq!(
        line,
        "2025-08-28T21:42:06.142Z,user.create_failed,Tried to create anna,409,User,,anna,It is taken.,Take another.,\
         \"userName: \"\"taken\"\", they say\",uniqueness,duplicate,,,,POST,/Users,,1,1,,,,\
         0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000,0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000\r\n"
    );
}

#[test]
fn what_a_spreadsheet_would_run_becomes_text() {
    for (cell, expected) in [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
        ("two\nlines", "\"two\nlines\""),
        ("anna@example.com", "anna@example.com"),
        ("", ""),
    ] {
        assert_eq!(escaped(cell), expected, "{cell:?}");
    }
}

#[test]
fn a_line_of_json_says_what_is_known_and_nothing_else() {
    assert_eq!(
        json_line(&row("anna")),
        "{\"id\":\"0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000\",\"time\":\"2025-08-28T21:42:06.142Z\",\
         \"requestId\":\"0198f2a1-7c3e-7d4b-9a55-3c1f0e6b0000\",\"action\":\"user.create_failed\",\
         \"what\":\"Tried to create anna\",\"status\":409,\"target\":{\"type\":\"User\",\"name\":\"anna\"},\
         \"failure\":\"duplicate\",\"scimType\":\"uniqueness\",\"detail\":\"userName: \\\"taken\\\", they say\",\
         \"cause\":\"It is taken.\",\"fix\":\"Take another.\",\"method\":\"POST\",\"route\":\"/Users\",\
         \"durationMs\":1.234}\n"
    );
}
