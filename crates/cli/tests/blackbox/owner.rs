//! An Org Owner's own session on the admin API: from the first service user to the audit log, and every kind of failure as
//! the provisioning log explains it. The rows come a moment after the requests, so they are waited for.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::{
    browser::Browser,
    client::{Answer, Client, text, user},
    harness::{Installation, Organization, Server},
};

both_engines! {
    an_owner_connects_watches_rotates_and_sees_who_did_what,
    each_kind_of_failure_is_explained_in_plain_words,
    the_command_line_reads_the_same_log,
}

const EMAIL: &str = "olga@example.com";
const PASSWORD: &str = "correct horse battery staple";
/// How long a row may take to appear on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// The admin API of one organization, with an owner's session.
struct Owner {
    client: Client,
    organization: String,
}

impl Owner {
    /// Invites an owner, who chooses a password in the browser and signs in by script.
    fn sign_in(installation: &Installation<'_>, organization: &Organization, server: &Server) -> Self {
        let invite = ["account", "invite", "--org", &organization.id, "--email", EMAIL];
        let link = text(&installation.run(&invite), "/link");
        let mut browser = Browser::new(server);
        let page = browser.open(&link);
        let page = browser.submit(&page, "invitation", &[("name", "Olga"), ("password", PASSWORD)]);
        assert_eq!(page.answer.status, 200, "{}", page.text());

        let client = Client::new(format!("http://{}/admin/v1", server.address()), String::new())
            .with_authorization(None);
        let signed_in = call(
            &client,
            "POST",
            "/sessions",
            &json!({"email": EMAIL, "password": PASSWORD}),
        )
        .expect(201)
        .json();
        let authorization = format!("Bearer {}", text(&signed_in, "/token"));
        Self {
            client: client.with_authorization(Some(&authorization)),
            organization: format!("/orgs/{}", organization.id),
        }
    }

    fn get(&self, path: &str) -> Value {
        let path = format!("{}{path}", self.organization);
        self.client.get(&path).expect(200).json()
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        call(
            &self.client,
            "POST",
            &format!("{}{path}", self.organization),
            body,
        )
    }

    /// The newest row of the log that a query finds, as soon as there is one.
    fn row(&self, query: &str) -> Value {
        let mut row = None;
        until(|| {
            let page = self.get(&format!("/log?{query}"));
            row = page["items"].as_array().unwrap().first().cloned();
            row.is_some()
        });
        row.unwrap()
    }
}

/// Waits until something is so.
#[track_caller]
fn until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it does not happen");
        thread::sleep(Duration::from_millis(50));
    }
}

fn call(client: &Client, method: &str, path: &str, body: &Value) -> Answer {
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    client
        .send(method, path, &headers, Some(body.to_string().into_bytes()))
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

fn an_owner_connects_watches_rotates_and_sees_who_did_what(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let owner = Owner::sign_in(&installation, &organization, &server);

    // A service user, its token, and the identity provider's first calls.
    let service_user = owner
        .post(
            "/service-users",
            &json!({"name": "okta-oin", "role": "org_user_manager"}),
        )
        .expect(201)
        .id();
    let new = json!({"serviceUserId": service_user, "name": "okta-prod", "expiresIn": 7_776_000});
    let issued = owner.post("/tokens", &new).expect(201).json();
    let (old, token) = (text(&issued, "/secret"), text(&issued, "/id"));
    let scim = server.client(&organization);
    let with = |secret: &str| scim.with_authorization(Some(&format!("Bearer {secret}")));
    let anna = with(&old).create_user("anna@example.com");
    let off = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": false}}],
    });
    with(&old).patch(&format!("/Users/{anna}"), &off).expect(200);

    // What it did is said in plain words, with the token that did it.
    let row = owner.row("action=user.created");
    assert_eq!(text(&row, "/what"), "Created anna@example.com");
    assert_eq!(text(&row, "/credential/name"), "okta-prod");
    let row = owner.row(&format!("target={anna}&action=user.deactivated"));
    assert_eq!(text(&row, "/what"), "Deactivated anna@example.com");

    // While the token is rotated both are accepted, and afterwards the new one alone.
    let rotation = owner
        .post(&format!("/tokens/{token}/rotation"), &json!({}))
        .expect(201)
        .json();
    let new = text(&rotation, "/successor/secret");
    for secret in [&old, &new] {
        with(secret).get("/Users").expect(200);
    }
    owner
        .post(&format!("/tokens/{token}/rotation/complete"), &json!({}))
        .expect(204);
    with(&new).get("/Users").expect(200);
    with(&old).get("/Users").expect(401);
    let refused = owner.row(&format!("credential={token}&failed=true"));
    assert_eq!(text(&refused, "/action"), "credential.refused");
    assert!(text(&refused, "/cause").contains("okta-prod"), "{refused}");
    assert!(!text(&refused, "/fix").is_empty());

    // Who did each step stands in the audit log.
    let audit = owner.get("/audit?limit=100");
    let entries = audit["items"].as_array().unwrap();
    let by_owner: Vec<String> = entries
        .iter()
        .filter(|entry| entry["actorName"] == EMAIL)
        .map(|entry| text(entry, "/kind"))
        .collect();
    for kind in [
        "service_user.created",
        "credential.created",
        "credential.rotated",
        "credential.revoked",
    ] {
        assert!(by_owner.iter().any(|known| known == kind), "{kind}: {by_owner:?}");
    }
    let verified = installation.run(&["verify", "--org", &organization.id]);
    assert_eq!(verified["ok"], true, "{verified}");
    server.stop();
}

fn each_kind_of_failure_is_explained_in_plain_words(database: &Database) {
    let installation = Installation::new(database);
    let [organization, other] = ["Acme", "Other"].map(|name| installation.organization(name));
    let short = ["--name", "short", "--expires-in", "1s"];
    let expired = text(
        &installation.token(&organization.id, &organization.service_user, &short),
        "/token",
    );
    let server = installation.serve();
    let owner = Owner::sign_in(&installation, &organization, &server);
    let scim = server.client(&organization);
    let explained = |query: &str, words: &[&str]| {
        let row = owner.row(query);
        let said = format!("{} {}", text(&row, "/cause"), text(&row, "/fix"));
        for word in words {
            assert!(said.contains(word), "{query}: {word} is not in {said}");
        }
    };

    scim.create_user("anna@example.com");
    scim.post("/Users", &user("anna@example.com")).expect(409);
    explained("status=409", &["already", "anna@example.com"]);

    scim.get("/Users?filter=userName+zz+%22x%22").expect(400);
    explained("action=user.lookup_failed", &["looked for", "userName"]);

    // What is unknown is skipped where real clients are understood, and refused to the letter.
    let strict = ["org", "set", "--org", &organization.id, "--scim-mode", "strict"];
    installation.run(&strict);
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Pilots",
        "members": [{"value": "019a0000-0000-7000-8000-000000000000"}],
    });
    scim.post("/Groups", &group).expect(400);
    explained("action=group.create_failed", &["member", "push the group again"]);

    let with = |base: &Client, secret: &str| base.with_authorization(Some(&format!("Bearer {secret}")));
    // It lives for a second by the database's clock.
    until(|| with(&scim, &expired).get("/Users").status == 401);
    explained("action=credential.refused&status=401", &["short", "expired"]);
    with(&server.client(&other), &organization.token)
        .get("/Users")
        .expect(404);
    explained(
        "action=credential.refused&status=404",
        &["organization", "base URL"],
    );

    let slow = ["--requests-per-second", "1", "--request-burst", "1"];
    installation.run(&[&["org", "set", "--org", &organization.id], slow.as_slice()].concat());
    let statuses: Vec<u16> = (0..5).map(|_| scim.get("/Users").status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    explained("status=429", &["more requests", "slows down"]);
    server.stop();
}

fn the_command_line_reads_the_same_log(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let scim = server.client(&organization);
    scim.create_user("anna@example.com");
    scim.post("/Users", &user("anna@example.com")).expect(409);
    // What was handed in is written before the server ends.
    server.stop();

    let list = ["provisioning-log", "list", "--org", &organization.id];
    let listed = installation.run(&list);
    assert_eq!(listed["entries"].as_array().unwrap().len(), 2, "{listed}");
    assert!(listed["next"].is_null());
    let failed = installation.run(&[list.as_slice(), &["--failed"]].concat());
    let row = &failed["entries"][0];
    assert_eq!(text(row, "/what"), "Tried to create anna@example.com");
    assert_eq!(row["status"], 409);

    let entry = text(row, "/id");
    let shown = installation.run(&[
        "provisioning-log",
        "show",
        "--org",
        &organization.id,
        "--entry",
        &entry,
    ]);
    assert_eq!(text(&shown, "/body/userName"), "anna@example.com");
    let other = installation.organization("Other");
    let foreign = ["provisioning-log", "list", "--org", &other.id];
    assert_eq!(installation.run(&foreign)["entries"], json!([]));
}
