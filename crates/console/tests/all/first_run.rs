//! The first page of an installation that has no operator.

use wicketgate_auth::Role;
use wicketgate_testbed::both_engines;

use crate::harness::{OTHER_PASSWORD, PASSWORD, TestConsole};

both_engines! {
    run with crate::harness::run:
    the_first_operator_comes_in_and_creates_the_first_organization,
    a_newer_link_takes_the_place_of_an_older_one,
    what_was_typed_is_kept_when_the_account_cannot_be_made,
    a_link_for_the_first_run_is_no_invitation,
    where_there_is_an_operator_no_link_holds,
}

async fn link(console: &TestConsole) -> String {
    let token = console.instance().first_run().await.unwrap().unwrap();
    format!("/console/first-run/{}", token.reveal())
}

const FIELDS: [(&str, &str); 3] = [
    ("name", "Olga Ohm"),
    ("email", "olga@example.com"),
    ("password", PASSWORD),
];

async fn the_first_operator_comes_in_and_creates_the_first_organization(console: TestConsole) {
    let link = link(&console).await;
    let mut olga = console.browser();
    olga.get(&link).await.expect(200).says(&[
        "Welcome to Wicketgate",
        "Your name",
        "E-mail address",
        "Make my account",
    ]);
    olga.post(&link, &FIELDS)
        .await
        .leads_to("/console/operator/orgs/new");
    olga.get("/console/operator/orgs/new")
        .await
        .expect(200)
        .says(&["Create an organization", "Olga Ohm"]);
    let page = olga
        .submit("/console/operator/orgs/new", &[("name", "Acme")])
        .await
        .expect(303);
    let path = page
        .location()
        .strip_prefix("https://scim.example.com")
        .unwrap()
        .to_owned();
    // The sign-in is recent: the next step asks for nothing.
    let org = path.split('?').next().unwrap();
    olga.get(&path).await.expect(200).says(&["What next"]);
    olga.get(&format!("{org}/invite")).await.expect(200);
    console
        .browser()
        .get(&link)
        .await
        .expect(404)
        .says(&["This link does not hold", "start it again"]);
    console
        .browser()
        .post(
            &link,
            &[("name", "X"), ("email", "x@example.com"), ("password", PASSWORD)],
        )
        .await
        .expect(404);
}

async fn a_newer_link_takes_the_place_of_an_older_one(console: TestConsole) {
    let old = link(&console).await;
    let new = link(&console).await;
    console.browser().get(&old).await.expect(404);
    console.browser().post(&old, &FIELDS).await.expect(404);
    console.browser().get(&new).await.expect(200);
    console.browser().post(&new, &FIELDS).await.expect(303);
}

async fn what_was_typed_is_kept_when_the_account_cannot_be_made(console: TestConsole) {
    let link = link(&console).await;
    let org = console.org("Acme").await;
    console.account(org, "anna@example.com", Role::OrgOwner).await;
    for (name, value) in [
        ("name", " "),
        ("email", "nobody"),
        ("email", "ANNA@example.com"),
        ("password", "short"),
    ] {
        let fields: Vec<(&str, &str)> = FIELDS
            .into_iter()
            .filter(|(field, _)| *field != name)
            .chain([(name, value)])
            .collect();
        let page = console
            .browser()
            .post(&link, &fields)
            .await
            .expect(422)
            .says(&[&format!("id=\"{name}-error\""), "<title>Error: "]);
        assert!(page.cookies().is_empty());
        assert!(!page.text.contains(PASSWORD) && !page.text.contains("value=\"short\""));
        assert_eq!(page.text.contains("value=\"Olga Ohm\""), name != "name");
    }
    assert!(!console.instance().has_operator().await.unwrap());
    console.browser().get(&link).await.expect(200);
}

async fn a_link_for_the_first_run_is_no_invitation(console: TestConsole) {
    let first = link(&console).await;
    let as_invitation = first.replace("first-run", "invitations");
    console.browser().get(&as_invitation).await.expect(404);
    console.browser().post(&as_invitation, &FIELDS).await.expect(404);
    let org = console.org("Acme").await;
    let invitation = console.invite(org, "anna@example.com", Role::OrgOwner).await;
    let as_first = format!("/console/first-run/{}", invitation.reveal());
    console.browser().get(&as_first).await.expect(404);
    console.browser().post(&as_first, &FIELDS).await.expect(404);
    for nothing in ["nothing", &first["/console/first-run/".len()..first.len() - 1]] {
        console
            .browser()
            .get(&format!("/console/first-run/{nothing}"))
            .await
            .expect(404);
    }
}

async fn where_there_is_an_operator_no_link_holds(console: TestConsole) {
    let link = link(&console).await;
    console.operator().await;
    assert!(console.instance().first_run().await.unwrap().is_none());
    console.browser().get(&link).await.expect(404);
    console
        .browser()
        .post(
            &link,
            &[
                ("name", "Otto"),
                ("email", "otto@example.com"),
                ("password", OTHER_PASSWORD),
            ],
        )
        .await
        .expect(404);
    console
        .browser()
        .sign_in("otto@example.com", OTHER_PASSWORD)
        .await
        .expect(422);
}
