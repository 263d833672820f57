//! Requests that write while a schema is being defined: nothing they write is missed afterwards, and none is refused.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::json;
use wicketgate_domain::{Extended, Precondition};
use wicketgate_scim::Mode;
use wicketgate_testbed::both_engines;

use super::{STAFF, badges, extensions, member_of_staff, staff};
use crate::harness::{Installation, Tenant, patch, served};

both_engines! {
    run with crate::harness::run:
    a_request_that_began_before_the_definition_writes_by_it,
    a_request_that_began_before_the_removal_writes_after_it,
    what_is_written_during_a_definition_is_found,
    two_definitions_at_once_both_take_effect,
}

/// How many users a filter finds.
async fn count(org: &Tenant, filter: &str) -> u64 {
    org.search_users(&filter.replace('$', STAFF)).await.unwrap().total
}

async fn a_request_that_began_before_the_definition_writes_by_it(installation: Arc<Installation>) {
    for mode in [Mode::Tolerant, Mode::Strict] {
        let org = installation.org("acme").await;
        let anna = org
            .create_user(member_of_staff("anna", json!({"badgeNumber": "B1"})))
            .await
            .unwrap();
        let early = org.request().await;
        org.define(Extended::User, false, badges()).await.unwrap();
        org.set_mode(mode).await;
        assert_eq!(extensions(&early).len(), 1);
        let manager = early.user_manager().unwrap();
        let users = manager.users();
        let bert = member_of_staff("bert", json!({"badgeNumber": "B2"}));
        users.create(bert).await.unwrap();
        let moved = json!([{"op": "replace", "path": format!("{STAFF}:badgeNumber"), "value": "B3"}]);
        users
            .patch(anna.id, Precondition::None, patch(moved))
            .await
            .unwrap();
        for (filter, expected) in [
            ("$:badgeNumber eq \"b1\"", 0),
            ("$:badgeNumber eq \"b2\"", 1),
            ("$:badgeNumber eq \"b3\"", 1),
            ("$:badgeNumber sw \"b\"", 2),
        ] {
            assert_eq!(count(&org, filter).await, expected, "{filter}");
        }
    }
}

async fn a_request_that_began_before_the_removal_writes_after_it(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let early = org.request().await;
    org.owner()
        .await
        .owner()
        .unwrap()
        .schemas()
        .remove(STAFF)
        .await
        .unwrap();
    let body = member_of_staff("anna", json!({"badgeNumber": "B1"}));
    early.user_manager().unwrap().users().create(body).await.unwrap();
    let other = staff(json!([{"name": "badgeNumber", "caseExact": true}]));
    org.define(Extended::User, false, other).await.unwrap();
    assert_eq!(count(&org, "$:badgeNumber eq \"B1\"").await, 1);
    assert_eq!(count(&org, "$:badgeNumber eq \"b1\"").await, 0);
}

async fn what_is_written_during_a_definition_is_found(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..20 {
        let body = member_of_staff(
            &format!("early{number}"),
            json!({"badgeNumber": format!("old{number}")}),
        );
        org.create_user(body).await.unwrap();
    }
    let everyone = org.search_users("").await.unwrap().resources;
    let is_defined = Arc::new(AtomicBool::new(false));
    let writers = (0..4_usize).map(|writer| {
        let (org, everyone, is_defined) = (org.clone(), everyone.clone(), Arc::clone(&is_defined));
        tokio::spawn(async move {
            let mut round = 0;
            while !is_defined.load(Ordering::SeqCst) || round < 5 {
                let body = member_of_staff(
                    &format!("late{writer}.{round}"),
                    json!({"badgeNumber": format!("late{writer}.{round}")}),
                );
                org.create_user(body).await.unwrap();
                let moved = json!([{
                    "op": "replace", "path": format!("{STAFF}:badgeNumber"), "value": format!("new{writer}.{round}"),
                }]);
                for user in everyone.iter().skip(writer * 5).take(5) {
                    org.patch_user(user.id, moved.clone()).await.unwrap();
                }
                round += 1;
            }
            round
        })
    });
    let writers: Vec<_> = writers.collect();
    let owner = org.owner().await;
    let owner = owner.owner().unwrap();
    let (schemas, definition) = (owner.schemas(), crate::harness::object(badges()));
    served(|| schemas.define(Extended::User, false, &definition))
        .await
        .unwrap();
    is_defined.store(true, Ordering::SeqCst);
    for (writer, ended) in writers.into_iter().enumerate() {
        let rounds = ended.await.unwrap();
        let last = rounds - 1;
        assert_eq!(
            count(&org, &format!("$:badgeNumber eq \"NEW{writer}.{last}\"")).await,
            5
        );
        assert_eq!(
            count(&org, &format!("$:badgeNumber sw \"new{writer}.\"")).await,
            5
        );
        for round in 0..rounds {
            let filter = format!("$:badgeNumber eq \"LATE{writer}.{round}\"");
            assert_eq!(count(&org, &filter).await, 1, "{filter}");
        }
    }
    assert_eq!(count(&org, "$:badgeNumber sw \"old\"").await, 0);
}

async fn two_definitions_at_once_both_take_effect(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for number in 0..20 {
        let mut body = member_of_staff(&format!("user{number}"), json!({"badgeNumber": "B1"}));
        body.insert("urn:example:more".to_owned(), json!({"ward": "W1"}));
        org.create_user(body).await.unwrap();
    }
    let more = json!({"id": "urn:example:more", "attributes": [{"name": "ward", "indexed": true}]});
    let definitions = [badges(), more].map(|definition| {
        let org = org.clone();
        tokio::spawn(async move {
            let owner = org.owner().await;
            let owner = owner.owner().unwrap();
            let (schemas, definition) = (owner.schemas(), crate::harness::object(definition));
            served(|| schemas.define(Extended::User, false, &definition))
                .await
                .unwrap();
        })
    });
    for definition in definitions {
        definition.await.unwrap();
    }
    assert_eq!(count(&org, "$:badgeNumber eq \"b1\"").await, 20);
    assert_eq!(count(&org, "urn:example:more:ward eq \"w1\"").await, 20);
}
