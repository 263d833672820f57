//! Exporting an organization: every line, no secret, and a last line that tells a whole file from a cut one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};
use wicketgate_domain::{Error, ExportCounts};
use wicketgate_testbed::both_engines;

use crate::harness::{Busy, Installation, Tenant, assert_refused, object};

both_engines! {
    run with crate::harness::run:
    everything_is_exported_and_no_secret_is,
    the_last_line_counts_the_others,
    what_changes_meanwhile_is_said,
    pages_follow_each_other_without_gap_or_repetition,
    one_organization_is_exported_and_no_other,
    an_export_counts_when_it_was_read_to_the_end,
    owners_alone_export,
}

async fn exported(org: &Tenant) -> (Vec<Value>, ExportCounts) {
    let open = org.owner().await;
    let mut export = open.owner().unwrap().export().await.unwrap();
    let mut text = String::new();
    while let Some(lines) = export.next().await.unwrap() {
        assert!(lines.ends_with('\n'));
        text.push_str(&lines);
    }
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), export.finish().await.unwrap())
}

fn of_type<'l>(lines: &'l [Value], name: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["type"] == name).collect()
}

async fn everything_is_exported_and_no_secret_is(installation: Arc<Installation>) {
    let busy = Busy::new(&installation).await;
    let (lines, counts) = exported(&busy.org).await;
    for (name, count) in &counts.by_type {
        assert!(*count > 0, "{name}");
        assert_eq!(of_type(&lines, name).len() as u64, *count, "{name}");
    }
    let text: String = lines.iter().map(Value::to_string).collect();
    for secret in &busy.secrets {
        assert!(!text.contains(secret.as_str()));
        // The secret part of a token is what follows its kind and its id.
        let part = secret.rsplit('_').next().unwrap();
        assert!(!text.contains(part.get(16..).unwrap_or(part)));
    }
    let kept = installation.texts(
        "SELECT lower(hex(digest)) AS text FROM credentials UNION ALL \
         SELECT lower(hex(digest)) FROM account_invitations UNION ALL \
         SELECT lower(hex(client_secret)) FROM identity_providers",
        "SELECT encode(digest, 'hex') AS text FROM credentials UNION ALL \
         SELECT encode(digest, 'hex') FROM account_invitations UNION ALL \
         SELECT encode(client_secret, 'hex') FROM identity_providers",
    );
    assert!(kept.len() > 10);
    for digest in kept {
        assert!(!text.to_lowercase().contains(&digest));
    }
    let user = of_type(&lines, "user")[0];
    assert_eq!(user["resource"]["userName"], "anna");
    assert!(user["createdAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(user["deletedAt"], Value::Null);
    let member = of_type(&lines, "member")[0];
    assert_eq!((&member["id"], &member["kind"]), (&user["id"], &json!("User")));
    let client = of_type(&lines, "client")[0];
    assert_eq!(
        client["redirectUris"],
        json!(["https://idp.example.com/callback"])
    );
    assert_eq!(client["active"], true);
    assert_eq!(of_type(&lines, "account")[0]["email"], "olga@example.com");
    assert_eq!(lines[0]["settings"]["longestTokenDays"], 365);
    assert_eq!(
        (&lines[0]["formatVersion"], &lines[0]["name"]),
        (&json!(1), &json!("acme"))
    );
}

async fn the_last_line_counts_the_others(installation: Arc<Installation>) {
    let busy = Busy::new(&installation).await;
    let (lines, counts) = exported(&busy.org).await;
    let end = lines.last().unwrap();
    assert_eq!(end["type"], "end");
    assert_eq!(end["lines"], lines.len());
    assert_eq!(counts.lines, lines.len() as u64);
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &lines[1..lines.len() - 1] {
        *seen.entry(line["type"].as_str().unwrap()).or_default() += 1;
    }
    let said: BTreeMap<&str, u64> = counts.by_type.iter().copied().collect();
    assert_eq!(seen, said);
    assert_eq!(end["counts"], json!(said));
    assert_eq!((&end["unchanged"], counts.unchanged), (&json!(true), true));
    assert_eq!(end["eventSeq"], lines[0]["eventSeq"]);
}

async fn what_changes_meanwhile_is_said(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let open = org.owner().await;
    let mut export = open.owner().unwrap().export().await.unwrap();
    export.next().await.unwrap();
    org.user("late").await;
    while export.next().await.unwrap().is_some() {}
    assert!(!export.finish().await.unwrap().unchanged);
}

async fn pages_follow_each_other_without_gap_or_repetition(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut everybody = Vec::new();
    for number in 0..203 {
        everybody.push(org.user(&format!("user{number}")).await.id.to_string());
    }
    org.create_user(object(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "with an \"external\" id {}", "externalId": "00u1",
    })))
    .await
    .unwrap();
    org.group("Everybody", &everybody).await;
    let (lines, counts) = exported(&org).await;
    let users = of_type(&lines, "user");
    let ids: BTreeSet<&str> = users.iter().map(|user| user["id"].as_str().unwrap()).collect();
    assert_eq!((users.len(), ids.len()), (204, 204));
    assert!(everybody.iter().all(|id| ids.contains(id.as_str())));
    for user in users {
        let is_external = user["resource"]["userName"].as_str().unwrap().starts_with("with");
        let expected = if is_external {
            json!({"default": "00u1"})
        } else {
            json!({})
        };
        assert_eq!(user["externalIds"], expected);
    }
    assert_eq!(of_type(&lines, "member").len(), 203);
    assert!(counts.unchanged);
}

async fn one_organization_is_exported_and_no_other(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    acme.user("anna").await;
    let theirs = globex.user("theirs").await;
    let (lines, _) = exported(&acme).await;
    let text: String = lines.iter().map(Value::to_string).collect();
    for foreign in [globex.id.to_string(), theirs.id.to_string(), "theirs".to_owned()] {
        assert!(!text.contains(&foreign));
    }
}

async fn an_export_counts_when_it_was_read_to_the_end(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let open = org.owner().await;
    let owner = open.owner().unwrap();
    let seq = org.last_seq().await;
    let mut export = owner.export().await.unwrap();
    export.next().await.unwrap();
    assert_refused!(export.finish().await, Error::Refused { field: "export", .. });
    assert_eq!(owner.show().await.unwrap().exported, None);
    assert_eq!(org.kinds_after(seq).await, ["org.exported"]);
    exported(&org).await;
    assert!(owner.show().await.unwrap().exported.is_some());
}

async fn owners_alone_export(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    assert_refused!(org.request().await.owner(), Error::Forbidden { .. });
}
