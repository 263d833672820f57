//! The users of an organization as its own people find them, look at them and act on them.

use serde_json::json;
use wicketgate_auth::{OrgId, Role};
use wicketgate_domain::UserId;
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, Idp, Page, TestConsole, all_pages, unescape};

both_engines! {
    run with crate::harness::run:
    a_list_without_users_says_what_to_do_next,
    users_are_found_and_narrowed_by_the_address,
    users_go_on_on_the_next_page,
    a_user_is_shown_in_words_and_as_scim,
    a_managed_user_is_released_before_it_is_changed_by_hand,
    a_deleted_user_is_restored_with_its_id_and_groups,
    deleted_users_are_found_by_name_page_by_page,
    a_name_that_was_taken_meanwhile_is_said,
    a_viewer_sees_users_and_changes_none,
    nobody_sees_users_of_another_organization,
    names_are_text_and_never_markup,
}

async fn connected(console: &TestConsole) -> (OrgId, Browser, Idp) {
    let (org, browser) = console.owner().await;
    let idp = console.idp(org).await;
    (org, browser, idp)
}

async fn users(browser: &mut Browser, org: OrgId, rest: &str) -> Page {
    browser.get(&format!("/console/orgs/{org}/users{rest}")).await
}

/// The names that a list shows, in order.
fn names(page: &Page) -> Vec<String> {
    page.text
        .split("<th scope=\"row\">")
        .skip(1)
        .map(|rest| {
            let name = rest.split("</a>").next().unwrap();
            unescape(name.rsplit('>').next().unwrap())
        })
        .collect()
}

async fn a_list_without_users_says_what_to_do_next(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    users(&mut browser, org, "")
        .await
        .expect(200)
        .says(&["There are no users yet", "/setup\">Set up provisioning</a>"]);
    users(&mut browser, org, "?q=anna")
        .await
        .expect(200)
        .says(&["No user fits.", "value=\"anna\""]);
    users(&mut browser, org, "?state=deleted")
        .await
        .expect(200)
        .says(&["No deleted user can be restored.", "30 days"]);
}

async fn users_are_found_and_narrowed_by_the_address(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let body = json!({
        "userName": "bert@example.com",
        "displayName": "Bert Ash",
        "externalId": "00u7",
        "emails": [{"value": "bertie@example.org"}],
    });
    let bert = idp.send(body).await.unwrap();
    idp.send(json!({"userName": "dora", "displayName": "Dora Zen", "active": false}))
        .await;
    for (query, expected) in [
        (String::new(), vec!["Bert Ash", "Dora Zen"]),
        ("?order=name-descending".to_owned(), vec!["Dora Zen", "Bert Ash"]),
        ("?order=newest".to_owned(), vec!["Dora Zen", "Bert Ash"]),
        ("?q=BERT".to_owned(), vec!["Bert Ash"]),
        ("?q=bertie%40example.org".to_owned(), vec!["Bert Ash"]),
        ("?q=00u7".to_owned(), vec!["Bert Ash"]),
        (format!("?q={bert}"), vec!["Bert Ash"]),
        ("?q=dora+z".to_owned(), vec!["Dora Zen"]),
        ("?state=active".to_owned(), vec!["Bert Ash"]),
        ("?state=inactive".to_owned(), vec!["Dora Zen"]),
        ("?q=bert&state=inactive".to_owned(), vec![]),
    ] {
        let page = users(&mut browser, org, &query).await.expect(200);
        assert_eq!(names(&page), expected, "{query}");
    }
    users(&mut browser, org, "").await.says(&[
        "2 in all, 1 active",
        "<span class=\"tag \">Active</span>",
        "<span class=\"tag warn\">Inactive</span>",
        "The identity provider",
    ]);
}

async fn users_go_on_on_the_next_page(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    for number in 0..55 {
        idp.user(&format!("user{number:02}")).await;
    }
    let page = users(&mut browser, org, "?q=user").await.expect(200);
    assert_eq!(names(&page).len(), 50);
    let next = page.text.split("rel=\"next\"").next().unwrap();
    let next = unescape(next.rsplit("href=\"").next().unwrap().split('"').next().unwrap());
    let page = browser.get(&next).await.expect(200).says(&["First page"]);
    assert_eq!(names(&page), ["user50", "user51", "user52", "user53", "user54"]);
    users(&mut browser, org, "?after=nonsense").await.expect(400);
    for query in [
        "?state=deleted&after=nonsense",
        "?state=deleted&q=user&after=nonsense",
        "?state=nonsense",
        "?order=nonsense",
    ] {
        users(&mut browser, org, query)
            .await
            .expect(400)
            .says(&["This was not understood"]);
    }
}

async fn a_user_is_shown_in_words_and_as_scim(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let boss = idp.user("boss").await;
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let body = json!({
        "userName": "bert",
        "externalId": "00u7",
        "name": {"givenName": "Bert", "familyName": "Ash"},
        "emails": [{"value": "bert@example.com", "type": "work", "primary": true}],
        (urn): {"employeeNumber": "42", "manager": {"value": boss.to_string()}},
    });
    let bert = idp.send(body).await.unwrap();
    let inner = idp.group("Pilots", &[bert]).await;
    users(&mut browser, org, &format!("/{bert}"))
        .await
        .expect(200)
        .says(&[
            "<h1>Bert Ash</h1>",
            "<dt>Given name</dt><dd>Bert</dd>",
            "bert@example.com · work · primary",
            "<dt>Employee number</dt><dd>42</dd>",
            "<dt>Manager</dt><dd>boss</dd>",
            &format!("/groups/{inner}\">Pilots</a>"),
            "<dt>External id</dt><dd><code>00u7</code></dd>",
            "&#34;userName&#34;: &#34;bert&#34;",
            &format!("https://scim.example.com/scim/v2/{org}/Users/{bert}"),
            "Created bert",
            "The identity provider manages this user",
            "All of it in the provisioning log",
        ]);
    for unknown in ["nothing", "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88"] {
        users(&mut browser, org, &format!("/{unknown}")).await.expect(404);
    }
}

async fn act(browser: &mut Browser, org: OrgId, user: UserId, act: &str) -> Page {
    browser
        .submit(&format!("/console/orgs/{org}/users/{user}/{act}"), &[])
        .await
}

async fn a_managed_user_is_released_before_it_is_changed_by_hand(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    let path = format!("/{bert}");
    for refused in ["deactivate", "reactivate", "delete"] {
        users(&mut browser, org, &format!("{path}/{refused}"))
            .await
            .expect(409)
            .says(&["release the user"]);
        act(&mut browser, org, bert, refused).await.expect(409);
    }
    users(&mut browser, org, &format!("{path}/restore"))
        .await
        .expect(409);
    users(&mut browser, org, &format!("{path}/nonsense"))
        .await
        .expect(404);
    let page = users(&mut browser, org, &path).await.expect(200);
    assert!(!page.text.contains("/deactivate\""), "{page:?}");
    // Asking changes nothing.
    users(&mut browser, org, &format!("{path}/release"))
        .await
        .expect(200)
        .says(&["Release bert from the identity provider?", "it manages it again"]);
    users(&mut browser, org, &path)
        .await
        .says(&["Release from the identity provider"]);
    for (word, says) in [
        ("release", "No identity provider manages this user"),
        ("deactivate", "Blocked since"),
        ("reactivate", "<span class=\"tag \">Active</span>"),
        ("delete", "This user was deleted"),
        ("restore", "with the same id"),
    ] {
        users(&mut browser, org, &format!("{path}/{word}"))
            .await
            .expect(200);
        act(&mut browser, org, bert, word)
            .await
            .leads_to(&format!("/console/orgs/{org}/users/{bert}?done={word}"));
        users(&mut browser, org, &format!("{path}?done={word}"))
            .await
            .expect(200)
            .says(&[says, "role=\"status\""]);
    }
    // What people did is in the history.
    users(&mut browser, org, &path).await.says(&[
        "What people did",
        "User released from its identity provider",
        "Deleted user restored",
        "anna@example.com",
    ]);
}

async fn a_deleted_user_is_restored_with_its_id_and_groups(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    let pilots = idp.group("Pilots", &[bert]).await;
    idp.delete(bert).await;
    users(&mut browser, org, "")
        .await
        .says(&["There are no users yet"]);
    let page = users(&mut browser, org, "?state=deleted")
        .await
        .expect(200)
        .says(&[
            "Can be restored until",
            &format!("/users/{bert}/restore\">Restore<"),
        ]);
    assert_eq!(names(&page), ["bert"]);
    users(&mut browser, org, &format!("/{bert}"))
        .await
        .expect(200)
        .says(&["This user was deleted", "Restore the user", ">Deleted<"]);
    users(&mut browser, org, &format!("/{bert}/restore"))
        .await
        .expect(200)
        .says(&["Restore bert?", "the same id", "1 group"]);
    act(&mut browser, org, bert, "restore").await.expect(303);
    users(&mut browser, org, &format!("/{bert}?done=restore"))
        .await
        .expect(200)
        .says(&["The user is back", &format!("/groups/{pilots}\">Pilots</a>")]);
    users(&mut browser, org, "?state=deleted")
        .await
        .says(&["No deleted user can be restored."]);
}

async fn deleted_users_are_found_by_name_page_by_page(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    for number in 0..55 {
        let user = idp.user(&format!("user{number:02}")).await;
        idp.delete(user).await;
    }
    let other = idp.user("zoe").await;
    idp.delete(other).await;
    for (query, expected) in [("", 56), ("&q=USER", 55), ("&q=user0", 10), ("&q=zoe", 1)] {
        let first = format!("/console/orgs/{org}/users?state=deleted{query}");
        let found = all_pages(&mut browser, &first, "users", names).await;
        assert_eq!(found.len(), expected, "{query}");
    }
    users(&mut browser, org, "?state=deleted&q=nobody")
        .await
        .expect(200)
        .says(&["No deleted user fits.", "Show all deleted users"]);
}

async fn a_name_that_was_taken_meanwhile_is_said(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    idp.delete(bert).await;
    idp.user("bert").await;
    act(&mut browser, org, bert, "restore")
        .await
        .expect(409)
        .says(&["The user name is taken"]);
}

async fn a_viewer_sees_users_and_changes_none(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let (bert, dora) = (idp.user("bert").await, idp.user("dora").await);
    idp.delete(dora).await;
    act(&mut browser, org, bert, "release").await.expect(303);
    let mut viewer = console.person(org, "vera@example.com", Role::OrgViewer).await;
    users(&mut viewer, org, "").await.expect(200).says(&["bert"]);
    for page in [
        users(&mut viewer, org, "?state=deleted")
            .await
            .expect(200)
            .says(&["dora"]),
        users(&mut viewer, org, &format!("/{bert}")).await.expect(200),
        users(&mut viewer, org, &format!("/{dora}")).await.expect(200),
    ] {
        for word in [
            "/restore\"",
            "/delete\"",
            "/deactivate\"",
            "/release\"",
            "What people did",
        ] {
            assert!(!page.text.contains(word), "{word}: {page:?}");
        }
    }
    for (user, word) in [
        (bert, "deactivate"),
        (bert, "reactivate"),
        (bert, "delete"),
        (bert, "release"),
        (dora, "restore"),
    ] {
        users(&mut viewer, org, &format!("/{user}/{word}"))
            .await
            .expect(403);
        act(&mut viewer, org, user, word).await.expect(403);
    }
    users(&mut viewer, org, &format!("/{bert}"))
        .await
        .says(&[">Active<"]);
}

async fn nobody_sees_users_of_another_organization(console: TestConsole) {
    let (org, _, idp) = connected(&console).await;
    let bert = idp.user("bert").await;
    let globex = console.org("Globex").await;
    let mut stranger = console.person(globex, "otto@example.com", Role::OrgOwner).await;
    for rest in [String::new(), format!("/{bert}"), format!("/{bert}/delete")] {
        users(&mut stranger, org, &rest).await.expect(404);
    }
    for rest in [format!("/{bert}"), format!("/{bert}/delete")] {
        users(&mut stranger, globex, &rest).await.expect(404);
    }
    for within in [org, globex] {
        for word in ["deactivate", "delete", "release", "restore"] {
            act(&mut stranger, within, bert, word).await.expect(404);
        }
    }
}

async fn names_are_text_and_never_markup(console: TestConsole) {
    let (org, mut browser, idp) = connected(&console).await;
    let script = "<script>alert(1)</script>";
    let body = json!({
        "userName": script,
        "displayName": script,
        "title": script,
        "externalId": script,
        "emails": [{"value": script, "type": script}],
    });
    let user = idp.send(body).await.unwrap();
    idp.group(script, &[user]).await;
    for rest in [
        String::new(),
        format!("/{user}"),
        format!("/{user}/release"),
        "?q=%3Cscript%3E".to_owned(),
    ] {
        let page = users(&mut browser, org, &rest).await.expect(200);
        assert!(!page.text.contains("<script>"), "{rest}: {page:?}");
    }
    let page = users(&mut browser, org, "?state=%22%3E%3Cscript%3E")
        .await
        .expect(400);
    assert!(!page.text.contains("<script>"), "{page:?}");
}
