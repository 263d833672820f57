//! The end of an organization: deleted after an export, resumed while it can be, and purged with everything it owns.

use std::sync::Arc;

use wicketgate_auth::OrgState;
use wicketgate_domain::{Error, ExportFirst};
use wicketgate_testbed::both_engines;

use crate::harness::{Busy, Installation, Tenant, assert_refused};

both_engines! {
    run with crate::harness::run:
    without_a_fresh_export_deleting_is_refused,
    a_deleted_organization_is_resumed_within_thirty_days,
    after_thirty_days_everything_of_it_is_gone_and_nothing_else,
    two_that_purge_at_once_purge_once,
    a_deleted_organization_is_not_paused,
}

const DAY: i64 = 24 * 60 * 60 * 1_000;

async fn export(installation: &Installation, org: &Tenant) {
    let door = installation.instance.org(org.id).await.unwrap();
    let mut export = door.owner().unwrap().export().await.unwrap();
    while export.next().await.unwrap().is_some() {}
    export.finish().await.unwrap();
}

/// Deletes an organization so many days ago.
async fn deleted(installation: &Installation, org: &Tenant, days: i64) {
    installation.synchronize().await;
    installation.clock.advance(-days * DAY - 60_000);
    let instance = &installation.instance;
    instance.delete_org(org.id, ExportFirst::NotWanted).await.unwrap();
    installation.synchronize().await;
}

async fn without_a_fresh_export_deleting_is_refused(installation: Arc<Installation>) {
    installation.synchronize().await;
    let org = installation.org("acme").await;
    let instance = &installation.instance;
    let refused = async || instance.delete_org(org.id, ExportFirst::Required).await;
    assert_refused!(refused().await, Error::Refused { field: "org", .. });
    installation.clock.advance(-DAY - 60_000);
    export(&installation, &org).await;
    assert_refused!(refused().await, Error::Refused { field: "org", .. });
    assert_eq!(instance.orgs().await.unwrap()[0].state, OrgState::Active);
    installation.synchronize().await;
    export(&installation, &org).await;
    refused().await.unwrap();
    let shown = instance.orgs().await.unwrap().remove(0);
    assert_eq!(shown.state, OrgState::Deleted);
    let left = shown
        .purged_from()
        .unwrap()
        .duration_since(shown.deleted.unwrap());
    assert_eq!(left.as_hours(), 30 * 24);
    // Deleting again does not put the end off.
    installation.clock.advance(DAY);
    instance.delete_org(org.id, ExportFirst::NotWanted).await.unwrap();
    assert_eq!(instance.orgs().await.unwrap()[0].deleted, shown.deleted);
}

async fn a_deleted_organization_is_resumed_within_thirty_days(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    deleted(&installation, &org, 29).await;
    assert!(installation.enter(org.id, &org.authorization()).await.is_err());
    assert_eq!(installation.instance.purge_orgs().await.unwrap(), []);
    let door = installation.instance.org(org.id).await.unwrap();
    door.owner().unwrap().resume().await.unwrap();
    assert_eq!(org.get_user(anna.id).await.unwrap().id, anna.id);
    let shown = installation.instance.orgs().await.unwrap().remove(0);
    assert_eq!((shown.state, shown.deleted), (OrgState::Active, None));
    assert_eq!(installation.instance.purge_orgs().await.unwrap(), []);
}

async fn after_thirty_days_everything_of_it_is_gone_and_nothing_else(installation: Arc<Installation>) {
    let busy = Busy::new(&installation).await;
    let other = installation.org("globex").await;
    let theirs = other.user("theirs").await;
    deleted(&installation, &busy.org, 31).await;
    let purged = installation.instance.purge_orgs().await.unwrap();
    assert_eq!(purged.len(), 1);
    assert_eq!((purged[0].org, purged[0].name.as_str()), (busy.org.id, "acme"));
    assert!(purged[0].rows > 50, "{purged:?}");
    assert_refused!(installation.instance.org(busy.org.id).await, Error::NotFound);
    let tables = installation.texts(
        "SELECT DISTINCT t.name AS text FROM sqlite_schema t, pragma_table_xinfo(t.name) c \
         WHERE t.type = 'table' AND c.name = 'org_id'",
        "SELECT table_name::text AS text FROM information_schema.columns \
         WHERE table_schema = 'public' AND column_name = 'org_id'",
    );
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables {
        let query = format!(
            "SELECT 'left' AS text FROM {table} WHERE org_id = '{}'",
            busy.org.id
        );
        assert!(installation.texts(&query, &query).is_empty(), "{table}");
    }
    let query = "SELECT email AS text FROM accounts ORDER BY email";
    assert_eq!(
        installation.texts(query, query),
        ["olga@example.com", "otto@example.com"]
    );
    assert_eq!(other.get_user(theirs.id).await.unwrap().id, theirs.id);
    let checks = installation.instance.verify_audit(None).await.unwrap();
    assert_eq!((checks.len(), checks[0].org), (1, other.id));
    assert_eq!(checks[0].breaks, []);
}

async fn two_that_purge_at_once_purge_once(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..700 {
        org.user(&format!("user{number}")).await;
    }
    deleted(&installation, &org, 31).await;
    let another = installation.restarted();
    let (one, other) = tokio::join!(installation.instance.purge_orgs(), another.instance.purge_orgs());
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
    assert_eq!(installation.instance.orgs().await.unwrap(), []);
}

async fn a_deleted_organization_is_not_paused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let door = installation.instance.org(org.id).await.unwrap();
    deleted(&installation, &org, 0).await;
    assert_refused!(
        door.owner().unwrap().pause().await,
        Error::Refused { field: "org", .. }
    );
    door.owner().unwrap().resume().await.unwrap();
    door.owner().unwrap().pause().await.unwrap();
}
