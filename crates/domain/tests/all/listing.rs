//! Lists as people go through them: everything once in the order that is asked for, narrowed by a text and a state, and
//! nothing of another organization.

use std::{sync::Arc, time::Duration};

use uuid::Uuid;
use wicketgate_auth::{OrgState, Plaintext, Role, Token};
use wicketgate_domain::{
    AccessTokenFormat, ByName, ByTime, Caller, ClientAuthentication, DEFAULT_DOMAIN, DeletedSearch, Error,
    ExportFirst, Instance, ListQuery, NewClient, Operator, RefreshRotation, Session, SetupLinkState,
    TokenState,
};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, assert_refused};

both_engines! {
    run with crate::harness::run:
    tokens_are_listed_by_what_has_become_of_them,
    service_users_are_listed_by_name_and_by_age,
    clients_of_a_service_user_come_in_pages,
    invitations_are_listed_until_somebody_accepts_them,
    setup_links_are_listed_by_what_has_become_of_them,
    people_are_found_by_name_and_address,
    a_person_finds_its_organizations,
    organizations_are_found_by_the_beginning_of_their_names,
    names_of_organizations_are_derived_where_they_are_missing,
    operators_are_found_by_name_and_address,
    deleted_users_are_found_as_the_others_are,
    a_page_that_an_address_made_up_is_refused,
}

const DAY: Duration = Duration::from_hours(24);
const PASSWORD: &str = "seven blue herons";

/// What `name` makes of each entry that a question finds, in pages of two that are full but for the last.
macro_rules! all {
    ($query:expr, |$asked:ident| $page:expr, $name:expr) => {{
        let (mut all, mut query) = (Vec::new(), $query);
        loop {
            let $asked = query.clone();
            let page = $page.await.unwrap();
            assert!(page.entries.len() <= 2);
            assert!(page.next.is_none() || page.entries.len() == 2);
            all.extend(page.entries.into_iter().map($name));
            match page.next {
                None => break all,
                next => query.after = next,
            }
        }
    }};
}

fn query<S, O: Default>(text: &str, state: Option<S>, order: O) -> ListQuery<S, O> {
    ListQuery {
        text: text.to_owned(),
        state,
        order,
        ..ListQuery::first(2)
    }
}

async fn session(installation: &Installation, link: &Token, name: &str) -> Session {
    let gateway = installation.instance.gateway();
    let password = Plaintext::new(PASSWORD.to_owned());
    let signed_in = gateway
        .accept_invitation(link, name, &password, &Caller::default())
        .await
        .unwrap();
    gateway.session(&signed_in.session).await.unwrap()
}

async fn operator(installation: &Installation, email: &str, name: &str) -> Operator {
    let link = installation.instance.invite_operator(email).await.unwrap();
    session(installation, &link, name).await.operator().await.unwrap()
}

async fn tokens_are_listed_by_what_has_become_of_them(installation: Arc<Installation>) {
    installation.synchronize().await;
    let (org, foreign) = (installation.org("acme").await, installation.org("other").await);
    let (org, foreign) = (org.owner().await, foreign.owner().await);
    let (owner, foreign) = (org.owner().unwrap(), foreign.owner().unwrap());
    let service_users = owner.service_users();
    let mut holders = Vec::new();
    for name in ["okta", "other"] {
        let made = service_users
            .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap();
        holders.push(made.id);
    }
    let holder = holders[0];
    let tokens = owner.tokens();
    tokens.create(holders[1], "elsewhere", None).await.unwrap();
    installation.clock.advance(-2 * 24 * 60 * 60 * 1_000);
    tokens.create(holder, "expired", Some(DAY)).await.unwrap();
    installation.clock.advance(2 * 24 * 60 * 60 * 1_000);
    let mut made = Vec::new();
    for name in ["first", "second", "third", "fourth"] {
        installation.clock.advance(1);
        made.push(tokens.create(holder, name, None).await.unwrap().0.id);
    }
    tokens.revoke(made[0]).await.unwrap();
    installation.clock.advance(1);
    let rotation = tokens.start_rotation(made[1], DAY).await.unwrap();
    let found = async |text: &str, state, order| {
        all!(
            query(text, state, order),
            |asked| tokens.of_service_user(holder, asked),
            |listed| (listed.token.name, listed.is_successor)
        )
    };
    let named = |names: &[&str]| {
        names
            .iter()
            .map(|name| ((*name).to_owned(), false))
            .collect::<Vec<_>>()
    };
    let successor = rotation.successor.name.clone();
    let mut newest = vec![(successor.clone(), true)];
    newest.extend(named(&["fourth", "third", "second", "first", "expired"]));
    assert_eq!(found("", None, ByTime::Newest).await, newest);
    let mut accepted = vec![(successor, true)];
    accepted.extend(named(&["fourth", "third", "second"]));
    assert_eq!(
        found("", Some(TokenState::Accepted), ByTime::Newest).await,
        accepted
    );
    newest.reverse();
    assert_eq!(found("", None, ByTime::Oldest).await, newest);
    for (text, state, expected) in [
        ("", Some(TokenState::Expired), &["expired"][..]),
        ("", Some(TokenState::Revoked), &["first"]),
        ("RTH", None, &["fourth"]),
        ("rth", Some(TokenState::Revoked), &[]),
    ] {
        assert_eq!(
            found(text, state, ByTime::Newest).await,
            named(expected),
            "{text}"
        );
    }
    // Tokens that were made at the same time come once each too.
    for number in 0..5 {
        let name = format!("same {number}");
        tokens.create(holder, &name, None).await.unwrap();
    }
    let mut same = found("same", None, ByTime::Newest).await;
    same.sort();
    assert_eq!(same, named(&["same 0", "same 1", "same 2", "same 3", "same 4"]));
    let elsewhere = foreign
        .tokens()
        .of_service_user(holder, ListQuery::first(9))
        .await
        .unwrap();
    assert_eq!(elsewhere.entries, []);
}

async fn service_users_are_listed_by_name_and_by_age(installation: Arc<Installation>) {
    let (org, foreign) = (installation.org("acme").await, installation.org("other").await);
    let (org, foreign) = (org.owner().await, foreign.owner().await);
    let owner = org.owner().unwrap();
    let service_users = owner.service_users();
    let mut last = None;
    for name in ["Zoho", "entra", "Okta"] {
        installation.clock.advance(1);
        let made = service_users
            .create(name, Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap();
        last = Some(made.id);
    }
    service_users.set_active(last.unwrap(), false).await.unwrap();
    let by_roles = ["org_owner", "org_user_manager", "org_user_reader"];
    for (text, state, order, expected) in [
        (
            "",
            None,
            ByName::Name,
            &["entra", "Okta", by_roles[0], by_roles[1], by_roles[2], "Zoho"][..],
        ),
        (
            "",
            None,
            ByName::Oldest,
            &[by_roles[0], by_roles[1], by_roles[2], "Zoho", "entra", "Okta"],
        ),
        (
            "",
            None,
            ByName::Newest,
            &["Okta", "entra", "Zoho", by_roles[2], by_roles[1], by_roles[0]],
        ),
        ("", Some(false), ByName::Oldest, &["Okta"]),
        (
            "O",
            Some(true),
            ByName::Name,
            &[by_roles[0], by_roles[1], by_roles[2], "Zoho"],
        ),
        ("ENT", None, ByName::Newest, &["entra"]),
        ("nobody", None, ByName::Name, &[]),
    ] {
        let found = all!(
            query(text, state, order),
            |asked| service_users.find(asked),
            |(known, _)| known.name
        );
        assert_eq!(found, expected, "{text} {state:?} {order:?}");
    }
    let held = service_users
        .find(query("org_owner", None, ByName::Name))
        .await
        .unwrap();
    assert_eq!(held.entries[0].1.live_tokens, 1);
    let foreign = foreign.owner().unwrap();
    let found = foreign
        .service_users()
        .find(query("zoho", None, ByName::Name))
        .await
        .unwrap();
    assert_eq!(found.entries, []);
}

async fn clients_of_a_service_user_come_in_pages(installation: Arc<Installation>) {
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    let holders = owner.service_users().list().await.unwrap();
    for (number, name) in ["Okta", "Entra", "Ping", "elsewhere"].into_iter().enumerate() {
        installation.clock.advance(1);
        let new = NewClient {
            service_user: holders[usize::from(number == 3)].id,
            name: name.to_owned(),
            authentication: ClientAuthentication::ClientSecret,
            access_token_format: AccessTokenFormat::Opaque,
            refresh_rotation: RefreshRotation::Grace,
            redirect_uris: vec!["https://idp.example.test/callback".parse().unwrap()],
            secret_life: None,
        };
        let (made, _) = owner.clients().create(new).await.unwrap();
        if name == "Ping" {
            owner.clients().set_active(made.id, false).await.unwrap();
        }
    }
    for (text, state, order, expected) in [
        ("", None, ByTime::Oldest, &["Okta", "Entra", "Ping"][..]),
        ("", None, ByTime::Newest, &["Ping", "Entra", "Okta"]),
        ("", Some(true), ByTime::Oldest, &["Okta", "Entra"]),
        ("", Some(false), ByTime::Oldest, &["Ping"]),
        ("TRA", None, ByTime::Oldest, &["Entra"]),
    ] {
        let found = all!(
            query(text, state, order),
            |asked| owner.clients().of_service_user(holders[0].id, asked),
            |client| {
                assert_eq!(client.redirect_uris.len(), 1);
                client.name
            }
        );
        assert_eq!(found, expected, "{text} {state:?} {order:?}");
    }
}

async fn invitations_are_listed_until_somebody_accepts_them(installation: Arc<Installation>) {
    installation.synchronize().await;
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    let invitations = owner.invitations();
    installation.clock.advance(-4 * 24 * 60 * 60 * 1_000);
    invitations
        .create("late@example.com", Role::OrgViewer)
        .await
        .unwrap();
    installation.clock.advance(4 * 24 * 60 * 60 * 1_000);
    let mut links = Vec::new();
    for name in ["a", "b", "c", "d"] {
        installation.clock.advance(1);
        let email = format!("{name}@example.com");
        links.push(invitations.create(&email, Role::OrgViewer).await.unwrap());
    }
    invitations.revoke(links[1].0.id).await.unwrap();
    session(&installation, &links[2].1, "C").await;
    for (text, state, order, expected) in [
        ("", None, ByTime::Newest, &["d", "a", "late"][..]),
        ("", None, ByTime::Oldest, &["late", "a", "d"]),
        ("", Some(true), ByTime::Newest, &["d", "a"]),
        ("", Some(false), ByTime::Newest, &["late"]),
        ("D@", None, ByTime::Newest, &["d"]),
        ("b@", None, ByTime::Newest, &[]),
    ] {
        let found = all!(
            query(text, state, order),
            |asked| invitations.find(asked),
            |invitation| invitation.email.replace("@example.com", "")
        );
        assert_eq!(found, expected, "{text} {state:?} {order:?}");
    }
    let foreign = installation.org("other").await.owner().await;
    let found = foreign
        .owner()
        .unwrap()
        .invitations()
        .find(ListQuery::first(9))
        .await
        .unwrap();
    assert_eq!(found.entries, []);
}

async fn setup_links_are_listed_by_what_has_become_of_them(installation: Arc<Installation>) {
    installation.synchronize().await;
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    let links = owner.setup_links();
    installation.clock.advance(-2 * 24 * 60 * 60 * 1_000);
    links.create("late", DAY).await.unwrap();
    installation.clock.advance(2 * 24 * 60 * 60 * 1_000);
    for name in ["Bea", "Carl", "Dora"] {
        installation.clock.advance(1);
        let (made, _) = links.create(name, DAY).await.unwrap();
        if name == "Carl" {
            links.revoke(made.id).await.unwrap();
        }
    }
    for (text, state, order, expected) in [
        ("", None, ByTime::Newest, &["Dora", "Carl", "Bea", "late"][..]),
        ("", None, ByTime::Oldest, &["late", "Bea", "Carl", "Dora"]),
        ("", Some(SetupLinkState::Open), ByTime::Newest, &["Dora", "Bea"]),
        ("", Some(SetupLinkState::Expired), ByTime::Newest, &["late"]),
        ("", Some(SetupLinkState::Revoked), ByTime::Newest, &["Carl"]),
        ("be", None, ByTime::Newest, &["Bea"]),
    ] {
        let found = all!(query(text, state, order), |asked| links.find(asked), |link| link
            .label);
        assert_eq!(found, expected, "{text} {state:?} {order:?}");
    }
}

async fn people_are_found_by_name_and_address(installation: Arc<Installation>) {
    installation.synchronize().await;
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    for (email, name) in [
        ("anna@example.com", "Anna Berg"),
        ("b@example.com", "Bert"),
        ("carl@example.org", "Carl"),
    ] {
        installation.clock.advance(1);
        let (_, link) = owner.invitations().create(email, Role::OrgViewer).await.unwrap();
        session(&installation, &link, name).await;
    }
    installation
        .instance
        .disable_account("b@example.com")
        .await
        .unwrap();
    let viewer = org.viewer().unwrap();
    for (text, state, order, expected) in [
        ("", None, ByTime::Oldest, &["Anna Berg", "Bert", "Carl"][..]),
        ("", None, ByTime::Newest, &["Carl", "Bert", "Anna Berg"]),
        ("", Some(true), ByTime::Oldest, &["Anna Berg", "Carl"]),
        ("", Some(false), ByTime::Oldest, &["Bert"]),
        ("BERG", None, ByTime::Oldest, &["Anna Berg"]),
        ("example.org", None, ByTime::Oldest, &["Carl"]),
        ("berg", Some(false), ByTime::Oldest, &[]),
    ] {
        let found = all!(
            query(text, state, order),
            |asked| viewer.find_accounts(asked),
            |account| account.display_name
        );
        assert_eq!(found, expected, "{text} {state:?} {order:?}");
    }
    let foreign = installation.org("other").await.owner().await;
    let found = foreign
        .viewer()
        .unwrap()
        .find_accounts(ListQuery::first(9))
        .await
        .unwrap();
    assert_eq!(found.entries, []);
}

async fn a_person_finds_its_organizations(installation: Arc<Installation>) {
    installation.synchronize().await;
    let mut anna: Option<Session> = None;
    for name in ["Äpfel", "Birnen", "Quitten", "gone"] {
        installation.clock.advance(1);
        let tenant = installation.org(name).await;
        let org = tenant.owner().await;
        let owner = org.owner().unwrap();
        let (_, link) = owner
            .invitations()
            .create("anna@example.com", Role::OrgViewer)
            .await
            .unwrap();
        match &anna {
            None => anna = Some(session(&installation, &link, "Anna").await),
            Some(anna) => anna.accept_invitation(&link).await.unwrap(),
        }
    }
    installation.org("not hers").await;
    let olga = operator(&installation, "olga@example.com", "Olga").await;
    let gone = olga.find_orgs(query("gone", None, ByName::Name)).await.unwrap();
    olga.delete_org(gone.entries[0].id, ExportFirst::NotWanted)
        .await
        .unwrap();
    let anna = anna.unwrap();
    for (text, order, expected) in [
        ("", ByTime::Oldest, &["Äpfel", "Birnen", "Quitten"][..]),
        ("", ByTime::Newest, &["Quitten", "Birnen", "Äpfel"]),
        ("ÄPF", ByTime::Oldest, &["Äpfel"]),
        ("not hers", ByTime::Oldest, &[]),
    ] {
        let found = all!(query(text, None, order), |asked| anna.find_orgs(asked), |org| org
            .name);
        assert_eq!(found, expected, "{text} {order:?}");
    }
}

async fn organizations_are_found_by_the_beginning_of_their_names(installation: Arc<Installation>) {
    installation.synchronize().await;
    let olga = operator(&installation, "olga@example.com", "Olga").await;
    let mut made = Vec::new();
    for name in [
        "Äpfel GmbH",
        "Birnen",
        "apfelbaum",
        "äpfel gmbh",
        "Äpfel AG",
        "Zwetschgen",
    ] {
        installation.clock.advance(1);
        made.push(installation.instance.create_org(name).await.unwrap().id);
    }
    let birnen = installation.instance.org(made[1]).await.unwrap();
    birnen.owner().unwrap().pause().await.unwrap();
    olga.delete_org(made[5], ExportFirst::NotWanted).await.unwrap();
    let id = made[2].to_string();
    let unknown = Uuid::nil().to_string();
    for (text, state, order, expected) in [
        ("", None, ByName::Oldest, &[0, 1, 2, 3, 4, 5][..]),
        ("", None, ByName::Newest, &[5, 4, 3, 2, 1, 0]),
        ("", None, ByName::Name, &[2, 1, 5, 4, 0, 3]),
        ("", Some(OrgState::Active), ByName::Oldest, &[0, 2, 3, 4]),
        ("", Some(OrgState::Paused), ByName::Name, &[1]),
        ("", Some(OrgState::Deleted), ByName::Newest, &[5]),
        (" ÄPFEL", None, ByName::Newest, &[4, 0, 3]),
        ("äpfel g", None, ByName::Name, &[0, 3]),
        ("äpfel", Some(OrgState::Paused), ByName::Name, &[]),
        ("baum", None, ByName::Name, &[]),
        (&id, None, ByName::Name, &[2]),
        (&id, Some(OrgState::Paused), ByName::Name, &[]),
        (&unknown, None, ByName::Name, &[]),
        ("a\0", None, ByName::Name, &[]),
    ] {
        let found = all!(query(text, state, order), |asked| olga.find_orgs(asked), |org| {
            org.id
        });
        let expected: Vec<_> = expected.iter().map(|number| made[*number]).collect();
        assert_eq!(found, expected, "{text:?} {state:?} {order:?}");
    }
}

async fn names_of_organizations_are_derived_where_they_are_missing(installation: Arc<Installation>) {
    installation.synchronize().await;
    let olga = operator(&installation, "olga@example.com", "Olga").await;
    installation.instance.create_org("Äpfel").await.unwrap();
    // As a gateway of the version before writes it.
    let forget = "UPDATE organizations SET name_key = NULL";
    installation.tamper(forget, forget).unwrap();
    let found = async |order| {
        let found = olga.find_orgs(query("äpfel", None, order)).await.unwrap();
        found.entries.len()
    };
    assert_eq!(found(ByName::Name).await, 0);
    let all = olga.find_orgs(query("", None, ByName::Oldest)).await.unwrap();
    assert_eq!(all.entries.len(), 1);
    Instance::migrate(&installation.options()).unwrap();
    assert_eq!(found(ByName::Name).await, 1);
}

async fn operators_are_found_by_name_and_address(installation: Arc<Installation>) {
    installation.synchronize().await;
    let olga = operator(&installation, "olga@example.com", "Olga Ohm").await;
    for (email, name) in [("otto@example.com", "Otto"), ("p@example.com", "Paula")] {
        installation.clock.advance(1);
        operator(&installation, email, name).await;
    }
    installation
        .instance
        .disable_account("otto@example.com")
        .await
        .unwrap();
    for (text, state, order, expected) in [
        ("", None, ByTime::Oldest, &["Olga Ohm", "Otto", "Paula"][..]),
        ("", None, ByTime::Newest, &["Paula", "Otto", "Olga Ohm"]),
        ("", Some(false), ByTime::Oldest, &["Otto"]),
        ("ohm", Some(true), ByTime::Oldest, &["Olga Ohm"]),
        ("P@", None, ByTime::Oldest, &["Paula"]),
    ] {
        let found = all!(
            query(text, state, order),
            |asked| olga.find_operators(asked),
            |account| account.display_name
        );
        assert_eq!(found, expected, "{text} {state:?} {order:?}");
    }
}

async fn deleted_users_are_found_as_the_others_are(installation: Arc<Installation>) {
    let (acme, other) = (installation.org("acme").await, installation.org("other").await);
    let mut ids = Vec::new();
    // Several may have had the same name.
    for (number, name) in ["anna", "Anna", "annabel", "bert", "anna"]
        .into_iter()
        .enumerate()
    {
        let body = serde_json::json!({
            "userName": name,
            "displayName": if number == 3 { "Anne Bert" } else { "Somebody" },
            "externalId": format!("00u-{number}"),
            "emails": [{"value": format!("mail{number}@example.com")}],
        });
        let user = acme.create_user(crate::harness::object(body)).await.unwrap();
        installation.clock.advance(1);
        acme.delete_user(user.id).await.unwrap();
        ids.push(user.id);
    }
    acme.user("annika").await;
    let org = acme.owner().await;
    let viewer = org.viewer().unwrap();
    let sorted = |mut found: Vec<_>| {
        found.sort();
        found
    };
    let first = ids[1].to_string();
    for (text, expected) in [
        ("", &[0, 1, 2, 3, 4][..]),
        ("ann", &[0, 1, 2, 3, 4]),
        ("ANNA", &[0, 1, 2, 4]),
        ("annab", &[2]),
        ("anne b", &[3]),
        ("00u-2", &[2]),
        ("mail3@example.com", &[3]),
        (&first, &[1]),
        ("annika", &[]),
        ("a\0", &[]),
    ] {
        for limit in [1, 2, 9] {
            let mut search = DeletedSearch {
                text: text.to_owned(),
                after: None,
                limit,
            };
            let mut found = Vec::new();
            loop {
                let page = viewer
                    .directory()
                    .find_deleted_users(search.clone())
                    .await
                    .unwrap();
                assert!(page.entries.iter().all(|user| user.deletion.is_some()));
                found.extend(page.entries.into_iter().map(|user| user.user.id));
                search.after = page.next;
                if search.after.is_none() {
                    break;
                }
            }
            let expected = expected.iter().map(|number| ids[*number]).collect();
            assert_eq!(sorted(found), sorted(expected), "{text:?} by {limit}");
        }
    }
    let elsewhere = other.owner().await;
    let elsewhere = elsewhere.viewer().unwrap();
    for text in ["anna", "00u-2", &first] {
        let search = DeletedSearch {
            text: text.to_owned(),
            after: None,
            limit: 9,
        };
        let found = elsewhere.directory().find_deleted_users(search).await.unwrap();
        assert_eq!(found.entries, [], "{text}");
    }
    // Who is past its time is not there any more.
    installation.clock.advance(31 * 24 * 60 * 60 * 1_000);
    let org = acme.owner().await;
    let search = DeletedSearch {
        text: "anna".to_owned(),
        after: None,
        limit: 9,
    };
    let viewer = org.viewer().unwrap();
    let found = viewer.directory().find_deleted_users(search).await.unwrap();
    assert_eq!(found.entries, []);
}

/// A page that begins there.
fn at<S, O: Default>(after: &str) -> ListQuery<S, O> {
    ListQuery {
        after: Some(after.to_owned()),
        ..ListQuery::first(2)
    }
}

async fn a_page_that_an_address_made_up_is_refused(installation: Arc<Installation>) {
    installation.synchronize().await;
    let org = installation.org("acme").await.owner().await;
    let owner = org.owner().unwrap();
    let holder = owner.service_users().list().await.unwrap()[0].id;
    let olga = operator(&installation, "olga@example.com", "Olga").await;
    macro_rules! refused {
        ($outcome:expr) => {
            assert_refused!($outcome, Error::Refused { field: "after", .. })
        };
    }
    for after in ["x", "7", "7.", "\0", "x.y", "7.\0"] {
        refused!(owner.tokens().of_service_user(holder, at(after)).await);
        refused!(owner.clients().of_service_user(holder, at(after)).await);
        refused!(owner.invitations().find(at(after)).await);
        refused!(owner.setup_links().find(at(after)).await);
        refused!(owner.service_users().find(at(after)).await);
        refused!(org.viewer().unwrap().find_accounts(at(after)).await);
        refused!(olga.find_orgs(at(after)).await);
        refused!(olga.find_operators(at(after)).await);
        for text in ["", "anna"] {
            let search = DeletedSearch {
                text: text.to_owned(),
                after: Some(after.to_owned()),
                limit: 2,
            };
            refused!(owner.directory().find_deleted_users(search).await);
        }
    }
}
