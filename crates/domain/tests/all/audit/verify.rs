//! Entries that somebody with the database's password has touched, after doing away with the triggers.

use std::{fmt::Write as _, sync::Arc};

use wicketgate_auth::OrgId;
use wicketgate_domain::{AuditBreak, AuditFault, Error};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused};

both_engines! {
    run with crate::harness::run:
    the_database_refuses_to_change_or_delete_an_entry,
    an_altered_payload_is_found,
    an_altered_actor_is_found,
    a_removed_entry_is_found,
    a_cut_tail_is_found,
    swapped_entries_are_found,
    an_entry_that_was_hashed_anew_is_found,
    an_entry_behind_the_end_is_found,
    one_organization_is_checked_by_itself,
}

const DISARM_SQLITE: &str = "DROP TRIGGER audit_entries_never_change; DROP TRIGGER audit_entries_stay; \
     DROP TRIGGER audit_entries_are_not_replaced;";
const DISARM_POSTGRES: &str = "ALTER TABLE audit_entries DISABLE TRIGGER USER;";

/// Two organizations, whose logs are whole.
async fn setting(installation: &Arc<Installation>) -> (Tenant, i64) {
    let org = installation.org("acme").await;
    installation.org("globex").await;
    let checks = installation.instance.verify_audit(None).await.unwrap();
    assert_eq!(checks.len(), 2);
    assert!(checks.iter().all(|check| check.breaks.is_empty()), "{checks:?}");
    let check = checks.iter().find(|check| check.org == org.id).unwrap();
    assert!(check.entries >= 8, "{check:?}");
    (org, check.entries)
}

fn tamper(installation: &Installation, statement: &str) {
    installation
        .tamper(
            &format!("{DISARM_SQLITE} {statement}"),
            &format!("{DISARM_POSTGRES} {statement}"),
        )
        .unwrap();
}

/// What is found of the organization. Nothing is found of the other one.
async fn found(installation: &Installation, org: OrgId) -> Vec<(i64, AuditFault)> {
    let checks = installation.instance.verify_audit(None).await.unwrap();
    let mut found = Vec::new();
    for check in checks {
        if check.org == org {
            let breaks = check.breaks.iter();
            found = breaks
                .map(|AuditBreak { number, fault }| (*number, *fault))
                .collect();
        } else {
            assert_eq!(check.breaks, []);
        }
    }
    found
}

async fn the_database_refuses_to_change_or_delete_an_entry(installation: Arc<Installation>) {
    let (org, _) = setting(&installation).await;
    for statement in [
        "UPDATE audit_entries SET payload = '{}' WHERE number = 2",
        "DELETE FROM audit_entries WHERE number = 2",
        "DELETE FROM audit_entries",
    ] {
        let refused = installation.tamper(statement, statement).unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{statement}: {refused}"
        );
    }
    let replaced = "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE number = 2";
    let refused = installation
        .tamper(replaced, "TRUNCATE audit_entries")
        .unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    assert_eq!(found(&installation, org.id).await, []);
}

async fn an_altered_payload_is_found(installation: Arc<Installation>) {
    let (org, _) = setting(&installation).await;
    let statement = format!(
        "UPDATE audit_entries SET payload = '{{}}' WHERE org_id = '{}' AND number = 3",
        org.id
    );
    tamper(&installation, &statement);
    assert_eq!(found(&installation, org.id).await, [(3, AuditFault::Altered)]);
}

async fn an_altered_actor_is_found(installation: Arc<Installation>) {
    let (org, last) = setting(&installation).await;
    for (number, column) in [(2, "actor"), (last, "actor_key")] {
        let statement = format!(
            "UPDATE audit_entries SET {column} = 'somebody' WHERE org_id = '{}' AND number = {number}",
            org.id
        );
        // The triggers are gone after the first time.
        if number == 2 {
            tamper(&installation, &statement);
        } else {
            installation.tamper(&statement, &statement).unwrap();
        }
    }
    assert_eq!(
        found(&installation, org.id).await,
        [(2, AuditFault::Altered), (last, AuditFault::Altered)]
    );
}

async fn a_removed_entry_is_found(installation: Arc<Installation>) {
    let (org, _) = setting(&installation).await;
    let statement = format!(
        "DELETE FROM audit_entries WHERE org_id = '{}' AND number = 4",
        org.id
    );
    tamper(&installation, &statement);
    assert_eq!(found(&installation, org.id).await, [(4, AuditFault::Missing)]);
}

async fn a_cut_tail_is_found(installation: Arc<Installation>) {
    let (org, last) = setting(&installation).await;
    let statement = format!(
        "DELETE FROM audit_entries WHERE org_id = '{}' AND number > {}",
        org.id,
        last - 2
    );
    tamper(&installation, &statement);
    assert_eq!(
        found(&installation, org.id).await,
        [(last - 1, AuditFault::CutOff)]
    );
}

async fn swapped_entries_are_found(installation: Arc<Installation>) {
    let (org, _) = setting(&installation).await;
    let set = |from: i64, to: i64| {
        format!(
            "UPDATE audit_entries SET number = {to} WHERE org_id = '{}' AND number = {from};",
            org.id
        )
    };
    tamper(
        &installation,
        &format!("{} {} {}", set(3, -1), set(4, 3), set(-1, 4)),
    );
    assert_eq!(
        found(&installation, org.id).await,
        [(3, AuditFault::Reordered), (4, AuditFault::Reordered)]
    );
}

async fn an_entry_that_was_hashed_anew_is_found(installation: Arc<Installation>) {
    let (org, last) = setting(&installation).await;
    // The same organization on another database is what somebody would compute who knows how entries are hashed.
    let entries = {
        let open = org.owner().await;
        let query = wicketgate_domain::AuditQuery::default();
        open.owner().unwrap().audit().page(query).await.unwrap().entries
    };
    for number in [3, last] {
        let entry = entries.iter().find(|entry| entry.number == number).unwrap();
        let previous = entries.iter().find(|entry| entry.number == number - 1).unwrap();
        let forged = hashed_anew(&installation, org.id, entry, &previous.hash);
        let statement = |hash: String| {
            format!(
                "UPDATE audit_entries SET payload = '{{\"forged\":true}}', hash = {hash} \
                 WHERE org_id = '{}' AND number = {number}",
                org.id
            )
        };
        let (sqlite, postgres) = (
            statement(format!("x'{forged}'")),
            statement(format!("'\\x{forged}'")),
        );
        let disarmed = number != 3;
        installation
            .tamper(
                &format!("{} {sqlite}", if disarmed { "" } else { DISARM_SQLITE }),
                &format!("{DISARM_POSTGRES} {postgres}"),
            )
            .unwrap();
    }
    assert_eq!(
        found(&installation, org.id).await,
        [(3, AuditFault::Replaced), (last, AuditFault::Replaced)]
    );
}

/// What the hash of an entry is whose payload says that it is forged.
fn hashed_anew(
    installation: &Installation,
    org: OrgId,
    entry: &wicketgate_domain::AuditEntry,
    previous: &str,
) -> String {
    use sha2::{Digest as _, Sha256};

    let text = |column: &str| {
        let query = format!(
            "SELECT {column} AS text FROM audit_entries WHERE org_id = '{org}' AND number = {}",
            entry.number
        );
        installation.texts(&query, &query).remove(0)
    };
    let previous: Vec<u8> = (0..previous.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&previous[at..at + 2], 16).unwrap())
        .collect();
    let mut hash = Sha256::new();
    for part in [
        b"wicketgate audit entry 1".to_vec(),
        org.as_uuid().as_bytes().to_vec(),
        entry.number.to_be_bytes().to_vec(),
        entry.event_seq.to_be_bytes().to_vec(),
        entry.kind.clone().into_bytes(),
        entry.resource.map_or(Vec::new(), |id| id.as_bytes().to_vec()),
        text("actor_key").into_bytes(),
        text("actor").into_bytes(),
        entry.request_id.clone().into_bytes(),
        br#"{"forged":true}"#.to_vec(),
        entry.occurred.as_millisecond().to_be_bytes().to_vec(),
        previous,
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut digits = String::new();
    for byte in hash.finalize() {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

async fn an_entry_behind_the_end_is_found(installation: Arc<Installation>) {
    let (org, last) = setting(&installation).await;
    let statement = format!(
        "INSERT INTO audit_entries (org_id, number, event_seq, kind, resource_id, actor_key, actor, request_id, \
         payload, occurred_at, previous_hash, hash) SELECT org_id, number + 1, event_seq, kind, resource_id, actor_key, \
         actor, request_id, payload, occurred_at, hash, hash FROM audit_entries \
         WHERE org_id = '{}' AND number = {last}",
        org.id
    );
    installation.tamper(&statement, &statement).unwrap();
    assert_eq!(
        found(&installation, org.id).await,
        [(last + 1, AuditFault::Added)]
    );
}

async fn one_organization_is_checked_by_itself(installation: Arc<Installation>) {
    let (org, entries) = setting(&installation).await;
    let checks = installation.instance.verify_audit(Some(org.id)).await.unwrap();
    assert_eq!((checks.len(), checks[0].entries), (1, entries));
    assert_eq!((checks[0].org, checks[0].name.as_str()), (org.id, "acme"));
    let unknown = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".parse().unwrap();
    assert_refused!(
        installation.instance.verify_audit(Some(unknown)).await,
        Error::NotFound
    );
}
