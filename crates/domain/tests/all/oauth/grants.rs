//! What owners allowed a client, as they look through it.

use std::sync::Arc;

use wicketgate_domain::{ByTime, Error, ListQuery};
use wicketgate_testbed::both_engines;

use super::Party;
use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    grants_of_a_client_come_in_pages,
}

async fn grants_of_a_client_come_in_pages(installation: Arc<Installation>) {
    let party = Party::new(&installation).await;
    let other = Party::of(&party.org, &installation, |_| {}).await;
    other.approve("").await.unwrap();
    let mut made = Vec::new();
    for number in 0..5 {
        // Some are allowed at the same time.
        installation.clock.advance(i64::from(number % 2 == 0));
        made.push(party.approve("").await.unwrap().grant.id);
    }
    let org = party.org.owner().await;
    let owner = org.owner().unwrap();
    owner.grants().revoke(made[2]).await.unwrap();
    let found = async |state, order| {
        let mut query = ListQuery {
            state,
            order,
            ..ListQuery::first(2)
        };
        let mut found = Vec::new();
        loop {
            let page = owner.grants().of_client(party.id(), query.clone()).await.unwrap();
            assert!(page.entries.iter().all(|grant| grant.client == party.id()));
            found.extend(page.entries);
            query.after = page.next;
            if query.after.is_none() {
                return found;
            }
        }
    };
    let oldest = found(None, ByTime::Oldest).await;
    assert!(oldest.is_sorted_by_key(|grant| (grant.created, grant.id)));
    let mut newest = found(None, ByTime::Newest).await;
    newest.reverse();
    assert_eq!(newest, oldest);
    let mut ids: Vec<_> = oldest.iter().map(|grant| grant.id).collect();
    ids.sort_unstable();
    let mut expected = made.clone();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    let taken_back = found(Some(false), ByTime::Newest).await;
    assert_eq!(
        taken_back.iter().map(|grant| grant.id).collect::<Vec<_>>(),
        [made[2]]
    );
    assert_eq!(found(Some(true), ByTime::Newest).await.len(), 4);
    for after in ["x", "7", "7.abc"] {
        let query = ListQuery {
            after: Some(after.to_owned()),
            ..ListQuery::first(2)
        };
        assert_refused!(
            owner.grants().of_client(party.id(), query).await,
            Error::Refused { field: "after", .. }
        );
    }
}
