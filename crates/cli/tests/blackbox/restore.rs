//! Backups that are made while identity providers write, and brought back: what was there then is there again, and no
//! token that was issued before the restore opens anything.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use wicketgate_testbed::{Database, Engine};

use crate::{
    client::{Client, members, text, user},
    harness::{Installation, Organization, Server},
};

/// How many changes are made, and at which of them a backup is.
const CHANGES: u64 = 100;
const BACKUPS: [u64; 4] = [13, 37, 58, 91];

/// Repeatable choices (`SplitMix64`).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap()
    }
}

/// What the organization should have: of each user its name and whether it is active, of each group its name and members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    users: BTreeMap<String, (String, bool)>,
    groups: BTreeMap<String, (String, BTreeSet<String>)>,
}

impl Model {
    /// What the organization has.
    fn read(client: &Client) -> Self {
        let all = |path: &str| -> Vec<Value> {
            let answer = client.get(path).expect(200).json();
            answer["Resources"].as_array().cloned().unwrap_or_default()
        };
        let of_user = |user: &Value| {
            let active = user["active"].as_bool().unwrap();
            (text(user, "/id"), (text(user, "/userName"), active))
        };
        let of_group = |group: &Value| {
            let members = members(group).into_iter().collect();
            (text(group, "/id"), (text(group, "/displayName"), members))
        };
        Self {
            users: all("/Users?count=1000").iter().map(of_user).collect(),
            groups: all("/Groups?count=1000").iter().map(of_group).collect(),
        }
    }

    /// Makes one change, and remembers it.
    fn change(&mut self, client: &Client, number: u64, choices: &mut Seeded) {
        let users: Vec<String> = self.users.keys().cloned().collect();
        let groups: Vec<String> = self.groups.keys().cloned().collect();
        let patch = |operation: Value| {
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [operation],
            })
        };
        match choices.below(8) {
            0 if !users.is_empty() => {
                let id = &users[choices.below(users.len())];
                client
                    .send("DELETE", &format!("/Users/{id}"), &[], None)
                    .unwrap()
                    .expect(204);
                self.users.remove(id);
                for (_, members) in self.groups.values_mut() {
                    members.remove(id);
                }
            }
            1 | 2 if !users.is_empty() => {
                let id = &users[choices.below(users.len())];
                let entry = self.users.get_mut(id).unwrap();
                entry.1 = !entry.1;
                let operation = json!({"op": "replace", "path": "active", "value": entry.1});
                client
                    .patch(&format!("/Users/{id}"), &patch(operation))
                    .expect(200);
            }
            3 => {
                let name = format!("Group {number}");
                self.groups
                    .insert(client.create_group(&name), (name, BTreeSet::new()));
            }
            4 | 5 if !users.is_empty() && !groups.is_empty() => {
                let (id, group) = (
                    &users[choices.below(users.len())],
                    &groups[choices.below(groups.len())],
                );
                let operation = json!({"op": "add", "path": "members", "value": [{"value": id}]});
                client
                    .patch(&format!("/Groups/{group}"), &patch(operation))
                    .expect(204);
                self.groups.get_mut(group).unwrap().1.insert(id.clone());
            }
            _ => {
                let name = format!("user{number}@example.com");
                let id = client.post("/Users", &user(&name)).expect(201).id();
                self.users.insert(id, (name, true));
            }
        }
    }
}

/// What the server says to a token.
fn status(server: &Server, organization: &Organization, token: &str) -> u16 {
    let client = server
        .client(organization)
        .with_authorization(Some(&format!("Bearer {token}")));
    client.get("/Users?count=1").status
}

/// Issues a token: its id and the token itself.
fn issue(installation: &Installation<'_>, organization: &Organization, name: &str) -> (String, String) {
    let issued = installation.token(&organization.id, &organization.service_user, &["--name", name]);
    (text(&issued, "/id"), text(&issued, "/token"))
}

#[test]
fn what_was_there_at_a_backup_is_there_again_and_every_token_is_dead() {
    let database = Database::new(Engine::Sqlite);
    let installation = Installation::new(&database);
    let organization = installation.organization("acme");
    let server = installation.serve();
    let client = server.client(&organization);
    let mut choices = Seeded(7);
    let mut model = Model::default();
    let mut backups = Vec::new();
    let mut tokens = vec![organization.token.clone()];
    for number in 0..CHANGES {
        model.change(&client, number, &mut choices);
        if BACKUPS.contains(&number) {
            // Live in the backup, and revoked after it.
            let (id, token) = issue(&installation, &organization, &format!("before {number}"));
            let file = format!("backup-{number}");
            let written = installation.run(&["backup", &file]);
            assert_eq!(text(&written, "/file"), file);
            backups.push((file, model.clone()));
            let revoke = ["token", "revoke", "--org", &organization.id, "--token", &id];
            installation.run(&revoke);
            assert_eq!(status(&server, &organization, &token), 401);
            tokens.push(token);
            tokens.push(issue(&installation, &organization, &format!("after {number}")).1);
        }
    }
    assert_eq!(Model::read(&client), model);
    assert!(
        model.users.len() > 10 && model.groups.len() > 5,
        "enough has happened: {model:?}"
    );
    let refused = installation.refused(&["restore", "backup-13", "--replace"]);
    assert!(refused.contains("open in another process"), "{refused}");
    assert_eq!(Model::read(&client), model);
    server.stop();

    // From the newest to the oldest, and the other way.
    let order = backups.iter().rev().chain(&backups);
    for (number, (file, then)) in order.enumerate() {
        let restored = installation.run(&["restore", file, "--replace"]);
        assert!(
            restored["revoked"]["credentials"].as_u64().unwrap() > 1,
            "{restored}"
        );
        installation.run(&["verify"]);
        let server = installation.serve();
        for token in &tokens {
            assert_eq!(status(&server, &organization, token), 401, "{file}");
        }
        let (_, token) = issue(&installation, &organization, &format!("restored {number}"));
        let client = server
            .client(&organization)
            .with_authorization(Some(&format!("Bearer {token}")));
        assert_eq!(Model::read(&client), *then, "{file}");
        tokens.push(token);
        server.stop();
    }
}
