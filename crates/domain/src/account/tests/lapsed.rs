//! What no longer counts is forgotten, and nothing else is.

use wicketgate_auth::{Role, TokenId};
use wicketgate_testbed::both_engines;

use super::{PASSWORD, World, assert_signed_out, assert_wrong, from, plain};
use crate::{
    AccessTokenFormat, ClientAuthentication, Lapsed, NewClient, RefreshRotation,
    db::{self, account_sessions::NewSession},
};

both_engines! {
    run with crate::account::tests::run:
    what_still_counts_stays,
    sessions_go_once_nothing_is_known_by_them,
    links_go_a_week_after_they_have_run_out,
    assertions_and_failures_go_when_they_have_no_effect_any_more,
    many_rows_go_in_batches_and_each_once_whoever_asks,
}

const HOUR: i64 = 60 * 60_000;
const DAY: i64 = 24 * HOUR;

async fn forget(world: &World) -> Lapsed {
    world.instance.forget_lapsed().await.unwrap()
}

async fn what_still_counts_stays(world: World) {
    let anna = world.owner().await;
    world.invite(world.org, "bert@example.com", Role::OrgOwner).await;
    world.instance.invite_operator("olga@example.com").await.unwrap();
    let (_, link) = world.instance.recover_account("anna@example.com").await.unwrap();
    assert_wrong(&world.sign_in("anna@example.com", "another password", None).await);
    use_assertion(&world, 1).await;
    assert_eq!(forget(&world).await, Lapsed::default());
    assert!(world.gateway.session(&anna.session).await.is_ok());
    assert!(world.gateway.recovery(&link).await.is_ok());
    assert!(!use_assertion_again(&world).await, "it still counts once");
}

async fn sessions_go_once_nothing_is_known_by_them(world: World) {
    // The end of a session is 12 hours after its beginning.
    let here = world.owner().await;
    world.advance(-30 * DAY - 11 * HOUR);
    let later = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    world.advance(-2 * HOUR);
    let earlier = world.sign_in("anna@example.com", PASSWORD, None).await.unwrap();
    world.advance(30 * DAY + 13 * HOUR);
    let gone = forget(&world).await;
    assert_eq!((gone.sessions, gone.total()), (1, 1), "{gone:?}");
    for ended in [&earlier, &later] {
        assert_signed_out(&world.gateway.session(&ended.session).await);
    }
    let is_there = async |id: TokenId| {
        let found = world
            .gateway
            .shared
            .db
            .read(move |tx| db::account_sessions::find(tx, &id));
        found.await.unwrap().is_some()
    };
    assert!(!is_there(earlier.session.id()).await);
    assert!(is_there(later.session.id()).await, "its network is still known");
    assert!(is_there(here.session.id()).await);
    assert_eq!(forget(&world).await, Lapsed::default());
}

async fn links_go_a_week_after_they_have_run_out(world: World) {
    world.owner().await;
    // They hold for three days.
    for (days, gone) in [(9, 0), (11, 3)] {
        world.advance(-days * DAY);
        world.invite(world.org, "bert@example.com", Role::OrgOwner).await;
        world.instance.invite_operator("olga@example.com").await.unwrap();
        world.instance.recover_account("anna@example.com").await.unwrap();
        world.advance(days * DAY);
        assert_eq!(forget(&world).await.links, gone, "{days}");
    }
    // The week before they are in the list.
    let org = world.instance.org(world.org).await.unwrap();
    let listed = org.owner().unwrap().invitations().list().await.unwrap();
    assert_eq!(listed.len(), 1);
    // What was accepted goes as well, and the account stays.
    world.advance(-2 * DAY);
    let token = world.invite(world.org, "carl@example.com", Role::OrgViewer).await;
    let carl = world
        .gateway
        .accept_invitation(&token, "Carl", &plain(PASSWORD), &from("home"))
        .await
        .unwrap();
    world.advance(2 * DAY);
    let far = world.instance.database_time().await.unwrap() + jiff::SignedDuration::from_hours(24);
    let gone = world
        .gateway
        .shared
        .db
        .write(move |tx| db::lapsed::invitations(tx, far, 100))
        .await
        .unwrap();
    assert_eq!(gone, 2, "and the one of nine days ago");
    assert!(world.gateway.invitation(&token).await.is_err());
    let accounts = world.instance.accounts().await.unwrap();
    assert!(accounts.iter().any(|account| account.id == carl.account));
}

async fn assertions_and_failures_go_when_they_have_no_effect_any_more(world: World) {
    use_assertion(&world, -1).await;
    world.advance(-25 * HOUR);
    assert_wrong(&world.sign_in("nobody@example.com", PASSWORD, None).await);
    world.advance(2 * HOUR);
    // Counting forgets what is a day old by this clock, which is behind: the one before stays.
    assert_wrong(&world.sign_in("else@example.com", PASSWORD, None).await);
    world.advance(23 * HOUR);
    let gone = forget(&world).await;
    assert_eq!(gone.assertions, 1);
    // One by the account. The network was counted with both, the last time within a day.
    assert_eq!(gone.attempts, 1);
    assert_eq!(forget(&world).await, Lapsed::default());
}

async fn many_rows_go_in_batches_and_each_once_whoever_asks(world: World) {
    const MANY: u64 = 1_201;
    let anna = world.owner().await;
    let session = world.session(&anna).await.stored;
    let shared = std::sync::Arc::clone(&world.gateway.shared);
    let ended = session.expires - jiff::SignedDuration::from_hours(40 * 24);
    let rows: Vec<NewSession> = (0..MANY)
        .map(|_| NewSession {
            id: shared.sources.token(wicketgate_auth::TokenKind::Session).id(),
            account: anna.account,
            pepper_id: session.pepper_id,
            digest: session.digest,
            vouched_by: None,
            created: ended,
            authenticated: ended,
            expires: ended,
            caller: from("home"),
        })
        .collect();
    shared
        .db
        .write(move |tx| {
            rows.iter()
                .try_for_each(|row| db::account_sessions::insert(tx, row))
        })
        .await
        .unwrap();
    // Several processes at once.
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let instance = super::instance(&world.database, &world.clock);
            tokio::spawn(async move { instance.forget_lapsed().await.unwrap().sessions })
        })
        .collect();
    let mut gone = 0;
    for task in tasks {
        gone += task.await.unwrap();
    }
    // Whoever skipped rows that another one was about to remove is done, and they are gone.
    gone += forget(&world).await.sessions;
    assert_eq!(gone, MANY);
    assert!(world.gateway.session(&anna.session).await.is_ok());
}

/// Uses up an assertion that expires in so many hours.
async fn use_assertion(world: &World, hours: i64) {
    let org = world.instance.org(world.org).await.unwrap();
    let owner = org.owner().unwrap();
    let service_user = owner
        .service_users()
        .create("okta", Role::OrgUserManager, "default")
        .await
        .unwrap();
    let (client, _) = owner
        .clients()
        .create(NewClient {
            service_user: service_user.id,
            name: "okta".to_owned(),
            authentication: ClientAuthentication::ClientSecret,
            access_token_format: AccessTokenFormat::Opaque,
            refresh_rotation: RefreshRotation::Grace,
            redirect_uris: Vec::new(),
            secret_life: None,
        })
        .await
        .unwrap();
    let now = world.instance.database_time().await.unwrap();
    let (org, expires) = (world.org, now.as_millisecond() + hours * HOUR);
    let used = world
        .gateway
        .shared
        .db
        .write(move |tx| {
            // A moment before it expires, by whoever used it.
            let then = now - jiff::SignedDuration::from_hours(2);
            db::clients::use_assertion(tx, org, client.id, "one", expires, then)
        })
        .await
        .unwrap();
    assert!(used);
}

/// Whether the assertion of the organization's only client can be used again.
async fn use_assertion_again(world: &World) -> bool {
    let org = world.instance.org(world.org).await.unwrap();
    let client = org.owner().unwrap().clients().list().await.unwrap()[0].id;
    let now = world.instance.database_time().await.unwrap();
    let (org, expires) = (world.org, now.as_millisecond() + HOUR);
    world
        .gateway
        .shared
        .db
        .write(move |tx| db::clients::use_assertion(tx, org, client, "one", expires, now))
        .await
        .unwrap()
}
