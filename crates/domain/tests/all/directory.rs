//! Users and groups as people look for them, and the members of a group page by page.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{Error, GroupSearch, MemberKind, Org, UserOrder, UserSearch};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused, object, user};

both_engines! {
    run with crate::harness::run:
    a_user_is_found_by_what_people_know_of_it,
    pages_of_users_meet_each_user_once,
    active_and_inactive_users_are_told_apart_on_every_way,
    a_search_that_finds_little_goes_on_in_steps,
    deleted_users_are_not_found,
    a_group_is_found_by_its_name_or_an_id,
    members_are_read_page_by_page_with_their_names,
    a_text_means_one_user_or_group,
    nothing_of_another_organization_is_found,
    places_that_were_not_given_out_are_refused,
    a_user_is_shown_as_scim_shows_it,
}

fn named(found: &[(wicketgate_domain::User, wicketgate_domain::Custody)]) -> Vec<&str> {
    found
        .iter()
        .map(|(user, _)| user.attributes["userName"].as_str().unwrap())
        .collect()
}

/// All pages of a search.
async fn all(org: &Org, search: UserSearch) -> Vec<String> {
    let viewer = org.viewer().unwrap();
    let mut names = Vec::new();
    let mut search = search;
    loop {
        let found = viewer.directory().find_users(search.clone()).await.unwrap();
        names.extend(named(&found.users).into_iter().map(str::to_owned));
        match found.next {
            Some(next) => search.after = Some(next),
            None => return names,
        }
    }
}

fn text(text: &str) -> UserSearch {
    UserSearch {
        text: text.to_owned(),
        limit: 10,
        ..UserSearch::default()
    }
}

async fn people(org: &Tenant) {
    for (name, display, active) in [
        ("anna", "Zoe Anders", true),
        ("Annabel", "Belle", true),
        ("bert", "Anna Bert", true),
        ("carl", "Carl", false),
        ("dora", "Anna Dora", false),
    ] {
        let body = json!({
            "userName": name,
            "displayName": display,
            "externalId": format!("00u-{name}"),
            "active": active,
            "emails": [{"value": format!("{name}@example.com")}],
        });
        org.create_user(object(body)).await.unwrap();
    }
}

async fn a_user_is_found_by_what_people_know_of_it(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    people(&acme).await;
    let bert = acme
        .search_users(r#"userName eq "bert""#)
        .await
        .unwrap()
        .resources[0]
        .id;
    let org = acme.owner().await;
    for (asked, expected) in [
        ("", &["anna", "Annabel", "bert", "carl", "dora"][..]),
        // Names that begin with it first, then what people are called.
        ("ANNA", &["anna", "Annabel", "bert", "dora"]),
        ("annab", &["Annabel"]),
        ("zoe a", &["anna"]),
        (" bert@EXAMPLE.com ", &["bert"]),
        ("00u-carl", &["carl"]),
        (&bert.to_string(), &["bert"]),
        ("nobody", &[]),
        ("%", &[]),
        ("a\0", &[]),
    ] {
        assert_eq!(all(&org, text(asked)).await, expected, "{asked:?}");
    }
    let viewer = org.viewer().unwrap();
    let found = viewer.directory().find_users(text("bert")).await.unwrap();
    assert_eq!(found.users[0].1.managed_by.as_deref(), Some("default"));
}

async fn pages_of_users_meet_each_user_once(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    people(&acme).await;
    let org = acme.owner().await;
    for limit in 1..6 {
        for (order, expected) in [
            (UserOrder::UserName, ["anna", "Annabel", "bert", "carl", "dora"]),
            (
                UserOrder::UserNameDescending,
                ["dora", "carl", "bert", "Annabel", "anna"],
            ),
            (UserOrder::Newest, ["dora", "carl", "bert", "Annabel", "anna"]),
        ] {
            let search = UserSearch {
                order,
                limit,
                ..UserSearch::default()
            };
            assert_eq!(all(&org, search).await, expected, "{order:?} by {limit}");
        }
        let search = UserSearch {
            limit,
            ..text("anna")
        };
        assert_eq!(
            all(&org, search).await,
            ["anna", "Annabel", "bert", "dora"],
            "by {limit}"
        );
    }
}

async fn active_and_inactive_users_are_told_apart_on_every_way(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    people(&acme).await;
    let org = acme.owner().await;
    for order in [
        UserOrder::UserName,
        UserOrder::UserNameDescending,
        UserOrder::Newest,
    ] {
        for (asked, active, expected) in [
            ("", true, &["Annabel", "anna", "bert"][..]),
            ("", false, &["carl", "dora"]),
            ("anna", true, &["Annabel", "anna", "bert"]),
            ("anna", false, &["dora"]),
            ("00u-carl", true, &[]),
            ("00u-carl", false, &["carl"]),
        ] {
            let search = UserSearch {
                active: Some(active),
                order,
                ..text(asked)
            };
            let mut found = all(&org, search).await;
            found.sort();
            assert_eq!(found, expected, "{asked:?} {active} {order:?}");
        }
    }
}

async fn a_search_that_finds_little_goes_on_in_steps(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    // One page looks at a thousand.
    for number in 0..1_050 {
        acme.create_user(user(&format!("user{number:04}"))).await.unwrap();
    }
    let last = acme
        .create_user(object(json!({"userName": "zoe", "active": false})))
        .await
        .unwrap();
    let org = acme.owner().await;
    let viewer = org.viewer().unwrap();
    let search = UserSearch {
        active: Some(false),
        order: UserOrder::UserNameDescending,
        limit: 10,
        ..UserSearch::default()
    };
    // The index of those who are inactive leads to the few at once.
    let found = viewer.directory().find_users(search.clone()).await.unwrap();
    assert_eq!((found.users[0].0.id, found.next), (last.id, None));
    let off = json!([{"op": "replace", "path": "active", "value": true}]);
    acme.patch_user(last.id, off).await.unwrap();
    let first = acme.search_users(r#"userName eq "user0000""#).await.unwrap();
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    acme.patch_user(first.resources[0].id, off).await.unwrap();
    let newest = UserSearch {
        order: UserOrder::Newest,
        ..search
    };
    let found = viewer.directory().find_users(newest.clone()).await.unwrap();
    assert!(found.users.is_empty());
    assert!(found.next.is_some());
    assert_eq!(all(&org, newest).await, ["user0000"]);
}

async fn deleted_users_are_not_found(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    people(&acme).await;
    let anna = acme
        .search_users(r#"userName eq "anna""#)
        .await
        .unwrap()
        .resources[0]
        .id;
    acme.delete_user(anna).await.unwrap();
    let org = acme.owner().await;
    for asked in ["anna@example.com", "zoe", "00u-anna", &anna.to_string()] {
        assert!(all(&org, text(asked)).await.is_empty(), "{asked}");
    }
    assert_eq!(all(&org, text("")).await, ["Annabel", "bert", "carl", "dora"]);
}

async fn a_group_is_found_by_its_name_or_an_id(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    for name in ["Pilots", "pilgrims", "Crew"] {
        let body = json!({"displayName": name, "externalId": format!("00g-{name}")});
        acme.create_group(object(body)).await.unwrap();
    }
    let crew = acme
        .search_groups(r#"displayName eq "Crew""#)
        .await
        .unwrap()
        .resources[0]
        .id;
    let org = acme.owner().await;
    let viewer = org.viewer().unwrap();
    for limit in 1..5 {
        for (asked, descending, expected) in [
            ("", false, &["Crew", "pilgrims", "Pilots"][..]),
            ("", true, &["Pilots", "pilgrims", "Crew"]),
            ("PIL", false, &["pilgrims", "Pilots"]),
            ("00g-Crew", false, &["Crew"]),
            (&crew.to_string(), false, &["Crew"]),
            ("x", false, &[]),
            ("\0", false, &[]),
        ] {
            let mut search = GroupSearch {
                text: asked.to_owned(),
                descending,
                after: None,
                limit,
            };
            let mut names = Vec::new();
            loop {
                let found = viewer.directory().find_groups(search.clone()).await.unwrap();
                for (group, managed_by) in &found.groups {
                    names.push(group.attributes["displayName"].as_str().unwrap().to_owned());
                    assert_eq!(managed_by.as_deref(), Some("default"));
                }
                match found.next {
                    Some(next) => search.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(names, expected, "{asked:?} by {limit}");
        }
    }
}

async fn members_are_read_page_by_page_with_their_names(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    let inner = acme.group("Inner", &[]).await;
    let mut ids = vec![inner.id.to_string()];
    for name in ["a", "b", "c"] {
        ids.push(acme.user(name).await.id.to_string());
    }
    let outer = acme.group("Outer", &ids).await;
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    let b = acme.search_users(r#"userName eq "b""#).await.unwrap().resources[0].id;
    acme.patch_user(b, off).await.unwrap();
    let org = acme.owner().await;
    let viewer = org.viewer().unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = viewer.directory().members(outer.id, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page);
    }
    let shown: Vec<(String, MemberKind, bool)> = seen
        .iter()
        .map(|member| (member.name.clone(), member.kind, member.active))
        .collect();
    assert_eq!(
        shown,
        [
            ("Inner".to_owned(), MemberKind::Group, true),
            ("a".to_owned(), MemberKind::User, true),
            ("b".to_owned(), MemberKind::User, false),
            ("c".to_owned(), MemberKind::User, true),
        ]
    );
    let other = installation.org("globex").await;
    let foreign = other.owner().await;
    let members = foreign
        .viewer()
        .unwrap()
        .directory()
        .members(outer.id, None, 10)
        .await;
    assert!(members.unwrap().is_empty());
}

async fn a_text_means_one_user_or_group(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    people(&acme).await;
    let group = acme.group("Pilots", &[]).await.id;
    let anna = acme
        .search_users(r#"userName eq "anna""#)
        .await
        .unwrap()
        .resources[0]
        .id;
    let org = acme.owner().await;
    let viewer = org.viewer().unwrap();
    for (asked, expected) in [
        ("ANNA", Some(*anna.as_uuid())),
        ("anna@example.com", Some(*anna.as_uuid())),
        ("00u-anna", Some(*anna.as_uuid())),
        (&anna.to_string(), Some(*anna.as_uuid())),
        ("pilots", Some(*group.as_uuid())),
        ("ann", None),
        ("", None),
        ("\0", None),
    ] {
        let found = viewer.directory().id_of(asked).await.unwrap();
        assert_eq!(found, expected, "{asked:?}");
    }
}

async fn nothing_of_another_organization_is_found(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    people(&acme).await;
    let anna = acme
        .search_users(r#"userName eq "anna""#)
        .await
        .unwrap()
        .resources[0]
        .id;
    let group = acme.group("Pilots", &[]).await.id;
    let org = globex.owner().await;
    for asked in ["", "anna", "anna@example.com", "00u-anna", &anna.to_string()] {
        assert!(all(&org, text(asked)).await.is_empty(), "{asked}");
    }
    let directory = org.viewer().unwrap().directory();
    for asked in ["anna", "Pilots", "anna@example.com"] {
        assert_eq!(directory.id_of(asked).await.unwrap(), None, "{asked}");
    }
    for asked in ["", "Pilots", &group.to_string()] {
        let search = GroupSearch {
            text: asked.to_owned(),
            limit: 10,
            ..GroupSearch::default()
        };
        assert!(directory.find_groups(search).await.unwrap().groups.is_empty());
    }
    assert_refused!(directory.user(anna).await, Error::NotFound);
    assert_refused!(directory.group(group).await, Error::NotFound);
}

async fn places_that_were_not_given_out_are_refused(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    let org = acme.owner().await;
    for after in [
        "x",
        "u",
        "u0",
        "z00000000000000000000000000000000a",
        "u00000000000000000000000000000000\0",
    ] {
        let search = UserSearch {
            after: Some(after.to_owned()),
            ..text("")
        };
        let refused = org.viewer().unwrap().directory().find_users(search).await;
        assert!(
            matches!(refused, Err(Error::Refused { field: "after", .. })),
            "{after:?}"
        );
    }
}

async fn a_user_is_shown_as_scim_shows_it(installation: Arc<Installation>) {
    let acme = installation.org("acme").await;
    let boss = acme.user("boss").await;
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let body = json!({
        "userName": "anna",
        "externalId": "00u1",
        (urn): {"manager": {"value": boss.id.to_string()}},
    });
    let anna = acme.create_user(object(body)).await.unwrap();
    let group = acme.group("Pilots", &[anna.id.to_string()]).await;
    let org = acme.owner().await;
    let directory = org.viewer().unwrap().directory();
    let found = directory.user(anna.id).await.unwrap();
    let shown = Value::Object(directory.scim_user(&found.user, "https://example.com/scim"));
    assert_eq!(shown["userName"], "anna");
    assert_eq!(shown["id"], anna.id.to_string());
    assert_eq!(
        shown["groups"],
        json!([{
            "value": group.id.to_string(),
            "$ref": format!("https://example.com/scim/Groups/{}", group.id),
            "display": "Pilots",
            "type": "direct",
        }])
    );
    assert_eq!(
        shown[urn]["manager"]["$ref"],
        format!("https://example.com/scim/Users/{}", boss.id)
    );
    assert_eq!(
        shown["meta"]["location"],
        format!("https://example.com/scim/Users/{}", anna.id)
    );
    assert_eq!(shown["meta"].get("version"), None);
    let found = directory.group(group.id).await.unwrap();
    let shown = Value::Object(directory.scim_group(&found.group, "https://example.com/scim"));
    assert_eq!(
        (shown["displayName"].as_str(), shown.get("members")),
        (Some("Pilots"), None)
    );
}
