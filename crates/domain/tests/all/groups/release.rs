//! What owners do with groups by hand: nothing while an identity provider manages them.

use std::sync::Arc;

use serde_json::json;
use wicketgate_domain::Error;
use wicketgate_testbed::both_engines;

use crate::{
    harness::{Installation, assert_refused, group},
    users::directory,
};

both_engines! {
    run with crate::harness::run:
    a_released_group_keeps_its_members_and_may_be_deleted_by_hand,
    a_write_of_the_identity_provider_takes_a_released_group_up,
    a_write_of_members_takes_a_released_group_up,
}

async fn a_released_group_keeps_its_members_and_may_be_deleted_by_hand(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let mut body = group("Pilots", &[anna.id.to_string()]);
    body.insert("externalId".to_owned(), json!("00g1"));
    let pilots = org.create_group(body).await.unwrap();
    match directory!(org, |directory| directory.delete_group(pilots.id)) {
        Err(Error::Managed {
            resource: "group",
            domain,
        }) => assert_eq!(domain, "default"),
        other => panic!("{other:?}"),
    }
    let seen = directory!(org, |directory| directory.group(pilots.id)).unwrap();
    assert_eq!(seen.managed_by.as_deref(), Some("default"));
    assert_eq!(seen.external_ids["default"], "00g1");
    let seq = org.last_seq().await;
    for _ in 0..2 {
        let released = directory!(org, |directory| directory.release_group(pilots.id)).unwrap();
        assert_eq!(released.managed_by, None);
        assert!(released.external_ids.is_empty());
    }
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, "group.released");
    assert_eq!(
        events[0].payload["previous"],
        json!({"managedBy": "default", "externalIds": {"default": "00g1"}})
    );
    let after = org.get_group(pilots.id).await.unwrap();
    assert_eq!(after.members.unwrap().len(), 1);
    assert_eq!(after.version, pilots.version + 1);
    let custody = directory!(org, |directory| directory.custody_of_groups(&[pilots.id])).unwrap();
    assert_eq!(custody[&pilots.id], None);
    directory!(org, |directory| directory.delete_group(pilots.id)).unwrap();
    assert_refused!(org.get_group(pilots.id).await, Error::NotFound);
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn a_write_of_the_identity_provider_takes_a_released_group_up(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let pilots = org.group("Pilots", &[]).await;
    directory!(org, |directory| directory.release_group(pilots.id)).unwrap();
    let (version, seq) = (
        org.get_group(pilots.id).await.unwrap().version,
        org.last_seq().await,
    );
    for _ in 0..2 {
        let same = org.replace_group(pilots.id, group("Pilots", &[])).await.unwrap();
        assert_eq!(same.version, version);
    }
    assert_eq!(org.kinds_after(seq).await, ["group.managed"]);
    assert_refused!(
        directory!(org, |directory| directory.delete_group(pilots.id)),
        Error::Managed { .. }
    );
}

async fn a_write_of_members_takes_a_released_group_up(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, pilots) = (org.user("anna").await, org.group("Pilots", &[]).await);
    directory!(org, |directory| directory.release_group(pilots.id)).unwrap();
    let seq = org.last_seq().await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": anna.id.to_string()}]}]);
    org.patch_group(pilots.id, add).await.unwrap();
    assert_eq!(
        org.kinds_after(seq).await,
        ["group.managed", "group.members_changed"]
    );
    let seen = directory!(org, |directory| directory.group(pilots.id)).unwrap();
    assert_eq!(seen.managed_by.as_deref(), Some("default"));
}
