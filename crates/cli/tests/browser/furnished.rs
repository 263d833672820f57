//! An installation with something in every place that a page shows: filled by identity providers, operators and owners
//! through what they really use.

use serde_json::{Value, json};

use crate::{
    client::{Client, text, user},
    gateway::{Gateway, eventually},
    harness::Organization,
};

/// What the pages have to show. Ids and addresses stand as pages have them in their paths.
pub(crate) struct Furnished {
    /// The organization with everything in it.
    pub(crate) org: String,
    /// An organization in which nothing has happened.
    pub(crate) empty: Organization,
    /// An organization that is paused.
    pub(crate) paused: Organization,
    pub(crate) organization: Organization,
    /// A service user, and a client, that are disabled.
    pub(crate) disabled: String,
    pub(crate) disabled_client: String,
    pub(crate) client: String,
    /// A link for connecting an identity provider.
    pub(crate) setup_link: String,
    /// An invitation that nobody has accepted.
    pub(crate) invitation: String,
    /// A way in again for the owner, which is not gone.
    pub(crate) recovery: String,
    /// Where a client sends an owner for consent.
    pub(crate) authorization: String,
    /// An active user with a name, groups and a history.
    pub(crate) user: String,
    /// A user that can be restored.
    pub(crate) deleted: String,
    pub(crate) group: String,
    /// A row of the log about a failure.
    pub(crate) failure: String,
}

impl Furnished {
    /// The path of a page of the organization.
    pub(crate) fn at(&self, rest: &str) -> String {
        format!("/console/orgs/{}{rest}", self.org)
    }

    /// The page of the service user that has everything.
    pub(crate) fn at_service_user(&self) -> String {
        self.at(&format!("/service-users/{}", self.organization.service_user))
    }

    /// The page of a service user that is not accepted.
    pub(crate) fn at_disabled(&self) -> String {
        self.at(&format!("/service-users/{}", self.disabled))
    }

    /// The page of a client that an owner has allowed in.
    pub(crate) fn at_client(&self) -> String {
        self.at(&format!("/clients/{}", self.client))
    }

    /// The page of a client that is not accepted.
    pub(crate) fn at_disabled_client(&self) -> String {
        self.at(&format!("/clients/{}", self.disabled_client))
    }

    /// The path of an operator's page of the organization.
    pub(crate) fn at_operator(&self, rest: &str) -> String {
        format!("/console/operator/orgs/{}{rest}", self.org)
    }

    /// The path of a page of the paused organization.
    pub(crate) fn at_paused(&self, rest: &str) -> String {
        format!("/console/orgs/{}{rest}", self.paused.id)
    }

    /// The path of a page of the empty organization.
    pub(crate) fn at_empty(&self, rest: &str) -> String {
        format!("/console/orgs/{}{rest}", self.empty.id)
    }
}

/// More than fits beside anything on a phone.
const LONG: &str = "bartholomew.featherstonehaugh-cholmondeley.the.third@subsidiary.of.acme.example.com";

const NAMES: [(&str, &str); 12] = [
    ("Anna", "Alvarez"),
    ("Ben", "Baker"),
    ("Chloé", "Chen"),
    ("Dana", "Dvořák"),
    ("Emil", "Eriksson"),
    ("Fatima", "Farouk"),
    ("Giulia", "Greco"),
    ("Hiroshi", "Hayashi"),
    ("Ines", "Ivanova"),
    ("Jonas", "Jensen"),
    ("Kemi", "Kuti"),
    ("Liam", "Lee"),
];

/// Fills a gateway.
pub(crate) fn furnish(gateway: &Gateway<'_>) -> Furnished {
    let organization = gateway.organization("Acme");
    let empty = gateway.organization("Bolt");
    let paused = gateway.organization("Cargo");
    gateway.run(&["org", "pause", "--org", &paused.id]);
    let org = organization.id.clone();
    let run = |command: &[&str]| gateway.run(&[command, &["--org", &org]].concat());
    let scim = gateway.server.client(&organization);
    let (user, deleted, group) = fill(&scim);
    let failure = fail(gateway, &organization, &scim);

    let service_user = organization.service_user.as_str();
    let client = |name: &str| {
        let create = ["client", "create", "--service-user", service_user, "--name", name];
        let made = run(&[
            &create[..],
            &["--redirect-uri", "https://client.example/callback"],
        ]
        .concat());
        text(&made, "/clientId")
    };
    let (client, disabled_client) = (client("Okta OAuth"), client("Okta before"));
    run(&["client", "set", "--client", &disabled_client, "--active", "false"]);
    let token = |name: &str, life: &str| {
        let create = ["token", "create", "--service-user", service_user, "--name", name];
        text(&run(&[&create[..], &["--expires-in", life]].concat()), "/id")
    };
    token("okta-next", "6d");
    run(&["token", "rotate", "--token", &token("okta-prod", "90d")]);
    let disabled = text(&run(&["service-user", "create", "--name", "jumpcloud"]), "/id");
    run(&[
        "service-user",
        "set",
        "--service-user",
        &disabled,
        "--active",
        "no",
    ]);
    provider(gateway, &org);
    let setup_link = text(
        &run(&["setup-link", "create", "--label", "Ines at Acme"]),
        "/link",
    );
    let authorization = format!(
        "/oauth/v2/authorize?response_type=code&client_id={client}&redirect_uri=https%3A%2F%2Fclient.example%2F\
         callback&scope=scim&state=abc&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
         &code_challenge_method=S256"
    );
    Furnished {
        invitation: path(
            gateway,
            &gateway.invitation(&organization, "ivo@example.com", "org_viewer"),
        ),
        recovery: String::new(),
        setup_link: path(gateway, &setup_link),
        org,
        empty,
        paused,
        organization,
        disabled,
        disabled_client,
        client,
        authorization,
        user,
        deleted,
        group,
        failure,
    }
}

/// The path of a link to the gateway.
pub(crate) fn path(gateway: &Gateway<'_>, link: &str) -> String {
    let path = link.strip_prefix(&gateway.url());
    path.unwrap_or_else(|| panic!("{link} does not lead to {}", gateway.url()))
        .to_owned()
}

/// Users and groups as Okta brings them. The answer is a user, one that was deleted, and a group.
fn fill(scim: &Client) -> (String, String, String) {
    let mut users = Vec::new();
    for (given, family) in NAMES {
        let address = format!("{}@acme.example.com", given.to_lowercase());
        users.push(
            scim.post("/Users", &person(&address, given, family))
                .expect(201)
                .id(),
        );
    }
    users.push(
        scim.post(
            "/Users",
            &person(LONG, "Bartholomew", "Featherstonehaugh-Cholmondeley"),
        )
        .expect(201)
        .id(),
    );
    let group = |name: &str, members: &[String]| {
        let id = scim.create_group(name);
        let values: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
        let add = json!({"op": "add", "path": "members", "value": values});
        let status = scim.patch(&format!("/Groups/{id}"), &patch(&add)).status;
        assert!([200, 204].contains(&status), "{status}");
        id
    };
    let everyone = group("Everyone at Acme", &users);
    group("Pilots", &users[..3]);
    group("Empty group", &[]);

    // One has changed, one has left, and one is gone.
    let change = json!({"op": "replace", "path": "title", "value": "Head of Propulsion"});
    scim.patch(&format!("/Users/{}", users[0]), &patch(&change))
        .expect(200);
    let off = json!({"op": "replace", "value": {"active": false}});
    scim.patch(&format!("/Users/{}", users[1]), &patch(&off))
        .expect(200);
    scim.send("DELETE", &format!("/Users/{}", users[2]), &[], None)
        .expect("a deletion is answered");
    (users[0].clone(), users[2].clone(), everyone)
}

fn person(address: &str, given: &str, family: &str) -> Value {
    let mut body = user(address);
    body["name"] = json!({"givenName": given, "familyName": family});
    body["displayName"] = json!(format!("{given} {family}"));
    body["externalId"] = json!(format!("00u{}", address.len()));
    body
}

fn patch(operation: &Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [operation],
    })
}

/// What goes wrong at a customer's: each has a cause and a fix in the log. The answer is the id of a row.
fn fail(gateway: &Gateway<'_>, organization: &Organization, scim: &Client) -> String {
    scim.post("/Users", &user("anna@acme.example.com")).expect(409);
    scim.get("/Users?filter=userName+zz+%22x%22").expect(400);
    scim.get("/Users/019a0000-0000-7000-8000-000000000000")
        .expect(404);
    let (org, service_user) = (&organization.id, &organization.service_user);
    let create = ["token", "create", "--org", org, "--service-user", service_user];
    let old = gateway.run(&[&create[..], &["--name", "okta-old"]].concat());
    let revoke = ["token", "revoke", "--org", org, "--token", &text(&old, "/id")];
    gateway.run(&revoke);
    let authorization = format!("Bearer {}", text(&old, "/token"));
    scim.with_authorization(Some(&authorization))
        .get("/Users")
        .expect(401);
    // A row is written a moment after its request.
    let failed = ["provisioning-log", "list", "--org", org, "--failed"];
    eventually("a row about a failure", || {
        let listed = gateway.run(&failed);
        Some(text(listed["entries"].as_array()?.last()?, "/id"))
    })
}

/// A provider that people may sign in through. Nobody here reaches it.
fn provider(gateway: &Gateway<'_>, org: &str) {
    let set = ["identity-provider", "set", "--org", org, "--name", "Acme ID"];
    let at = [
        "--issuer",
        "https://id.acme.example.com",
        "--client-id",
        "wicketgate",
    ];
    gateway.run_with(&[&set[..], &at].concat(), "the secret that the provider gave out");
}
