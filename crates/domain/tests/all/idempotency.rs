//! Creations under a key: carried out once, whatever dies in between, and answers that are kept in no clear text.

use std::sync::Arc;

use wicketgate_auth::Role;
use wicketgate_domain::{DEFAULT_DOMAIN, Error, IDEMPOTENCY_KEY, Org, Repeated, ServiceUser, Settings};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant};

both_engines! {
    run with crate::harness::run:
    an_answer_is_repeated_to_the_same_request_alone,
    a_process_that_dies_before_the_answer_leaves_word_of_what_was_done,
    of_two_that_began_before_either_was_done_the_second_one_is_undone,
    an_answer_is_not_in_the_database_in_the_clear,
    an_answer_is_not_repeated_without_the_pepper_it_was_kept_with,
    settings_that_change_meanwhile_are_not_lost,
}

const REQUEST: &[u8] = b"POST /x\n{}";

async fn create(org: &Org, name: &str) -> Result<ServiceUser, Error> {
    let owner = org.owner().unwrap();
    let service_users = owner.service_users();
    service_users
        .create(name, Role::OrgUserReader, DEFAULT_DOMAIN)
        .await
}

/// An owner's request that has begun under a key, for the first time.
async fn begun(org: &Tenant, key: &str) -> Org {
    let mut request = org.owner().await;
    let before = request.begin_once(key, REQUEST).await.unwrap();
    assert!(before.is_none(), "{before:?}");
    request
}

async fn repeated(org: &Tenant, key: &str, request: &[u8]) -> Repeated {
    let mut owner = org.owner().await;
    owner.begin_once(key, request).await.unwrap().unwrap()
}

async fn an_answer_is_repeated_to_the_same_request_alone(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let request = begun(&org, "key").await;
    create(&request, "Okta").await.unwrap();
    request.keep_answer(b"the answer").await.unwrap();
    match repeated(&org, "key", REQUEST).await {
        Repeated::Answered(answer) => assert_eq!(answer.as_slice(), b"the answer"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        repeated(&org, "key", b"another").await,
        Repeated::Another
    ));
    // The same key in another organization is another key.
    let other = installation.org("other").await;
    create(&begun(&other, "key").await, "Okta").await.unwrap();
}

async fn a_process_that_dies_before_the_answer_leaves_word_of_what_was_done(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let request = begun(&org, "key").await;
    create(&request, "Okta").await.unwrap();
    drop(request);
    let restarted = org.at(&Arc::new(installation.restarted()));
    match repeated(&restarted, "key", REQUEST).await {
        Repeated::Unanswered(unanswered) => {
            let created = org.events().await.pop().unwrap();
            assert_eq!(unanswered.request_id, created.request_id);
            assert_eq!(unanswered.at, created.occurred);
        }
        other => panic!("{other:?}"),
    }
}

async fn of_two_that_began_before_either_was_done_the_second_one_is_undone(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (one, two) = (begun(&org, "key").await, begun(&org, "key").await);
    create(&one, "One").await.unwrap();
    let seq = org.last_seq().await;
    match create(&two, "Two").await {
        Err(Error::AlreadyExists { attribute }) => assert_eq!(attribute, IDEMPOTENCY_KEY),
        other => panic!("{other:?}"),
    }
    assert_eq!(org.last_seq().await, seq);
    let owner = org.owner().await;
    let all = owner.owner().unwrap().service_users().list().await.unwrap();
    assert!(all.iter().all(|service_user| service_user.name != "Two"));
}

async fn an_answer_is_not_in_the_database_in_the_clear(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let request = begun(&org, "key").await;
    create(&request, "Okta").await.unwrap();
    request.keep_answer(b"wicket_pat_secret").await.unwrap();
    let kept = installation.texts(
        "SELECT hex(answer) AS text FROM idempotency_keys WHERE org_id IS NOT NULL",
        "SELECT encode(answer, 'hex') AS text FROM idempotency_keys WHERE org_id IS NOT NULL",
    );
    assert_eq!(kept.len(), 1);
    let in_hex = "736563726574";
    assert!(!kept[0].to_lowercase().contains(in_hex), "{kept:?}");
}

async fn an_answer_is_not_repeated_without_the_pepper_it_was_kept_with(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let request = begun(&org, "key").await;
    create(&request, "Okta").await.unwrap();
    request.keep_answer(b"the answer").await.unwrap();
    installation
        .tamper(
            "UPDATE idempotency_keys SET answer_pepper_id = 7 WHERE org_id IS NOT NULL",
            "UPDATE idempotency_keys SET answer_pepper_id = 7 WHERE org_id IS NOT NULL",
        )
        .unwrap();
    let outcome = org.owner().await.begin_once("key", REQUEST).await;
    assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
}

async fn settings_that_change_meanwhile_are_not_lost(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let change = async |edit: fn(&mut Settings)| {
        let owner = org.owner().await;
        let change = owner.owner().unwrap();
        let changed = change.change_settings(move |before| {
            let mut settings = before.settings.clone();
            edit(&mut settings);
            Ok(settings)
        });
        changed.await.unwrap()
    };
    change(|settings| settings.grace_days = 14).await;
    let after = change(|settings| settings.log_days = 30).await.settings;
    assert_eq!((after.grace_days, after.log_days), (14, 30));
}
