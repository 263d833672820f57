//! What owners do with users by hand: nothing while an identity provider manages them, anything once they are released.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{Error, UserId};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused, user};

both_engines! {
    run with crate::harness::run:
    a_provisioned_user_is_managed_by_its_provisioning_domain,
    a_managed_user_is_not_changed_by_hand,
    a_released_user_stays_as_it_is_without_external_ids,
    releasing_twice_is_one_event,
    a_released_user_is_deactivated_and_reactivated_by_its_owner,
    an_owner_deletes_a_released_user,
    a_write_of_the_identity_provider_takes_a_released_user_up,
    a_write_that_changes_nothing_takes_a_released_user_up,
    a_refused_write_takes_nobody_up,
    a_blocked_user_is_not_activated_by_an_identity_provider,
    a_blocked_user_takes_other_attributes,
    lifting_the_block_of_a_managed_user_leaves_active_to_its_identity_provider,
    a_user_of_another_organization_is_unknown,
}

/// An owner's directory, for one act.
macro_rules! directory {
    ($tenant:expr, |$directory:ident| $act:expr) => {{
        let org = $tenant.owner().await;
        let owner = org.owner().unwrap();
        let $directory = owner.directory();
        $act.await
    }};
}
pub(crate) use directory;

fn on() -> Value {
    json!([{"op": "replace", "path": "active", "value": true}])
}

fn off() -> Value {
    json!([{"op": "replace", "path": "active", "value": false}])
}

async fn provisioned(org: &Tenant) -> UserId {
    let mut body = user("anna");
    body.insert("externalId".to_owned(), json!("00u1"));
    org.create_user(body).await.unwrap().id
}

async fn released(org: &Tenant) -> UserId {
    let anna = provisioned(org).await;
    directory!(org, |directory| directory.release_user(anna)).unwrap();
    anna
}

async fn blocked(org: &Tenant) -> UserId {
    let anna = released(org).await;
    directory!(org, |directory| directory.deactivate_user(anna)).unwrap();
    anna
}

async fn a_provisioned_user_is_managed_by_its_provisioning_domain(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = provisioned(&org).await;
    let group = org.group("Pilots", &[anna.to_string()]).await;
    let seen = directory!(org, |directory| directory.user(anna)).unwrap();
    assert_eq!(seen.custody.managed_by.as_deref(), Some("default"));
    assert_eq!((seen.custody.blocked, &seen.deletion), (None, &None));
    assert_eq!(seen.external_ids["default"], "00u1");
    assert_eq!(seen.user.groups[0].group, group.id);
    let custody = directory!(org, |directory| directory.custody_of_users(&[anna])).unwrap();
    assert_eq!(custody[&anna], seen.custody);
}

async fn a_managed_user_is_not_changed_by_hand(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = provisioned(&org).await;
    let (before, seq) = (org.get_user(anna).await.unwrap(), org.last_seq().await);
    for refused in [
        directory!(org, |directory| directory.deactivate_user(anna)).map(drop),
        directory!(org, |directory| directory.reactivate_user(anna)).map(drop),
        directory!(org, |directory| directory.delete_user(anna)),
    ] {
        match refused {
            Err(Error::Managed {
                resource: "user",
                domain,
            }) => assert_eq!(domain, "default"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(org.get_user(anna).await.unwrap(), before);
    assert_eq!(org.last_seq().await, seq);
}

async fn a_released_user_stays_as_it_is_without_external_ids(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = provisioned(&org).await;
    let (before, seq) = (org.get_user(anna).await.unwrap(), org.last_seq().await);
    let released = directory!(org, |directory| directory.release_user(anna)).unwrap();
    assert_eq!(released.custody.managed_by, None);
    assert!(released.external_ids.is_empty());
    let after = org.get_user(anna).await.unwrap();
    let mut attributes = before.attributes;
    attributes.shift_remove("externalId");
    assert_eq!(after.attributes, attributes);
    assert_eq!(after.version, 2, "what clients are shown has changed");
    for (filter, matches) in [(r#"userName eq "anna""#, 1), (r#"externalId eq "00u1""#, 0)] {
        assert_eq!(org.search_users(filter).await.unwrap().total, matches, "{filter}");
    }
    let events = org.events_after(seq).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, "user.released");
    assert_eq!(
        events[0].payload,
        json!({
            "data": {"managedBy": null, "externalIds": {}},
            "previous": {"managedBy": "default", "externalIds": {"default": "00u1"}},
            "changed": ["managedBy", "externalIds"],
        })
    );
    assert_eq!(events[0].actor["type"], "service_user");
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn releasing_twice_is_one_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = released(&org).await;
    let seq = org.last_seq().await;
    directory!(org, |directory| directory.release_user(anna)).unwrap();
    assert_eq!(org.last_seq().await, seq);
}

async fn a_released_user_is_deactivated_and_reactivated_by_its_owner(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = released(&org).await;
    let seq = org.last_seq().await;
    for _ in 0..2 {
        let off = directory!(org, |directory| directory.deactivate_user(anna)).unwrap();
        assert_eq!(off.user.attributes["active"], false);
        assert!(off.custody.blocked.is_some());
        assert_eq!(org.totals().await, (1, 0, 0));
    }
    assert_eq!(org.kinds_after(seq).await, ["user.blocked", "user.deactivated"]);
    let seq = org.last_seq().await;
    for _ in 0..2 {
        let on = directory!(org, |directory| directory.reactivate_user(anna)).unwrap();
        assert_eq!(on.user.attributes["active"], true);
        assert_eq!((on.custody.blocked, on.custody.managed_by), (None, None));
        assert_eq!(org.totals().await, (1, 1, 0));
    }
    assert_eq!(org.kinds_after(seq).await, ["user.unblocked", "user.reactivated"]);
}

async fn an_owner_deletes_a_released_user(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = released(&org).await;
    directory!(org, |directory| directory.delete_user(anna)).unwrap();
    assert_refused!(org.get_user(anna).await, Error::NotFound);
    assert_eq!(org.totals().await, (0, 0, 0));
    assert_eq!(org.events().await.last().unwrap().kind, "user.deleted");
}

async fn a_write_of_the_identity_provider_takes_a_released_user_up(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = released(&org).await;
    assert_refused!(org.create_user(user("ANNA")).await, Error::AlreadyExists { .. });
    let seen = directory!(org, |directory| directory.user(anna)).unwrap();
    assert_eq!(seen.custody.managed_by, None, "a refused POST writes nobody");
    let seq = org.last_seq().await;
    let title = json!([{"op": "add", "path": "title", "value": "Pilot"}]);
    org.patch_user(anna, title).await.unwrap();
    assert_eq!(org.kinds_after(seq).await, ["user.managed", "user.updated"]);
    let seen = directory!(org, |directory| directory.user(anna)).unwrap();
    assert_eq!(seen.custody.managed_by.as_deref(), Some("default"));
    assert_refused!(
        directory!(org, |directory| directory.deactivate_user(anna)),
        Error::Managed { .. }
    );
}

async fn a_write_that_changes_nothing_takes_a_released_user_up(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = released(&org).await;
    let (version, seq) = (org.get_user(anna).await.unwrap().version, org.last_seq().await);
    for _ in 0..2 {
        let same = org.replace_user(anna, user("anna")).await.unwrap();
        assert_eq!(same.version, version);
    }
    assert_eq!(org.kinds_after(seq).await, ["user.managed"]);
    assert_refused!(
        directory!(org, |directory| directory.delete_user(anna)),
        Error::Managed { .. }
    );
}

async fn a_refused_write_takes_nobody_up(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = released(&org).await;
    org.user("bea").await;
    let seq = org.last_seq().await;
    assert_refused!(
        org.replace_user(anna, user("bea")).await,
        Error::AlreadyExists { .. }
    );
    assert_eq!(org.last_seq().await, seq);
    let seen = directory!(org, |directory| directory.user(anna)).unwrap();
    assert_eq!(seen.custody.managed_by, None);
}

async fn a_blocked_user_is_not_activated_by_an_identity_provider(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = blocked(&org).await;
    let (before, seq) = (org.get_user(anna).await.unwrap(), org.last_seq().await);
    assert_refused!(org.patch_user(anna, on()).await, Error::Blocked);
    let cleared = json!([{"op": "remove", "path": "active"}]);
    assert_refused!(org.patch_user(anna, cleared).await, Error::Blocked);
    let mut active = user("anna");
    active.insert("active".to_owned(), json!(true));
    active.insert("title".to_owned(), json!("Pilot"));
    assert_refused!(org.replace_user(anna, active).await, Error::Blocked);
    assert_eq!(org.get_user(anna).await.unwrap(), before);
    assert_eq!(org.last_seq().await, seq);
    assert_eq!(org.totals().await, (1, 0, 0));
}

async fn a_blocked_user_takes_other_attributes(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = blocked(&org).await;
    org.patch_user(anna, off()).await.unwrap();
    let mut body = user("anna");
    body.insert("title".to_owned(), json!("Pilot"));
    body.insert("externalId".to_owned(), json!("00u2"));
    let written = org.replace_user(anna, body).await.unwrap();
    assert_eq!(written.attributes["title"], "Pilot");
    assert_eq!(written.attributes["externalId"], "00u2");
    assert_eq!(
        written.attributes["active"], false,
        "a PUT without active keeps it"
    );
    assert_refused!(org.patch_user(anna, on()).await, Error::Blocked);
}

async fn lifting_the_block_of_a_managed_user_leaves_active_to_its_identity_provider(
    installation: Arc<Installation>,
) {
    let org = installation.org("acme").await;
    let anna = blocked(&org).await;
    org.patch_user(anna, off()).await.unwrap();
    let seq = org.last_seq().await;
    let lifted = directory!(org, |directory| directory.reactivate_user(anna)).unwrap();
    assert_eq!(lifted.user.attributes["active"], false);
    assert_eq!(lifted.custody.blocked, None);
    assert_eq!(lifted.custody.managed_by.as_deref(), Some("default"));
    assert_eq!(org.kinds_after(seq).await, ["user.unblocked"]);
    assert_refused!(
        directory!(org, |directory| directory.reactivate_user(anna)),
        Error::Managed { .. }
    );
    let on = org.patch_user(anna, on()).await.unwrap();
    assert_eq!(on.attributes["active"], true);
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn a_user_of_another_organization_is_unknown(installation: Arc<Installation>) {
    let (org, other) = (installation.org("acme").await, installation.org("other").await);
    let anna = released(&org).await;
    for refused in [
        directory!(other, |directory| directory.user(anna)).map(drop),
        directory!(other, |directory| directory.release_user(anna)).map(drop),
        directory!(other, |directory| directory.deactivate_user(anna)).map(drop),
        directory!(other, |directory| directory.reactivate_user(anna)).map(drop),
        directory!(other, |directory| directory.delete_user(anna)),
        directory!(other, |directory| directory.restore_user(anna)).map(drop),
    ] {
        assert_refused!(refused, Error::NotFound);
    }
    let custody = directory!(other, |directory| directory.custody_of_users(&[anna])).unwrap();
    assert!(custody.is_empty());
}
