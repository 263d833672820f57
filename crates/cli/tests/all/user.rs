//! `wicketgate user` and `wicketgate group`, beside a server through which users are provisioned.

use std::net::SocketAddr;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Connection, Gate, get, head, keys, text};

both_engines! {
    a_managed_user_is_refused_with_the_fix_until_it_is_released,
    a_blocked_user_stays_deactivated_until_it_is_reactivated_here,
    a_deleted_user_is_listed_and_comes_back,
    users_are_listed_by_filter_and_by_part,
    groups_are_listed_shown_and_released,
    an_unknown_id_is_refused_with_the_fix,
}

/// An organization whose identity provider has a token.
struct Org {
    id: String,
    token: String,
    address: SocketAddr,
}

impl Org {
    fn new(gate: &Gate<'_>, address: SocketAddr) -> Self {
        let id = gate.org();
        let token = text(&gate.token(&id, &gate.service_user(&id)), "token");
        Self { id, token, address }
    }

    /// A request of the identity provider, with the status and the body of the answer.
    fn send(&self, method: &str, endpoint: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let more = format!(
            "Content-Type: application/scim+json\r\nContent-Length: {}\r\n",
            body.len()
        );
        let mut connection = Connection::open(self.address);
        let path = format!("/scim/v2/{}{endpoint}", self.id);
        connection.send(&(head(method, &path, &self.token, &more) + &body));
        let (status, body) = connection.answer();
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    fn user(&self, user_name: &str) -> String {
        let (status, user) = self.send(
            "POST",
            "/Users",
            &json!({"userName": user_name, "externalId": "00u1"}),
        );
        assert_eq!(status, 201, "{user}");
        text(&user, "id")
    }

    fn get(&self, endpoint: &str) -> u16 {
        get(
            self.address,
            &format!("/scim/v2/{}{endpoint}", self.id),
            &self.token,
        )
        .0
    }

    fn of_user<'a>(&'a self, verb: &'a str, id: &'a str) -> [&'a str; 6] {
        ["user", verb, "--org", &self.id, "--user", id]
    }
}

fn with_server(database: &Database, scenario: impl FnOnce(&Gate<'_>, &Org)) {
    let gate = Gate::migrated(database);
    let mut server = gate.serve();
    let org = Org::new(&gate, server.address());
    scenario(&gate, &org);
    server.stop();
}

fn a_managed_user_is_refused_with_the_fix_until_it_is_released(database: &Database) {
    with_server(database, |gate, org| {
        let anna = org.user("anna");
        let shown = gate.json(&org.of_user("show", &anna));
        assert_eq!(
            keys(&shown),
            [
                "id",
                "userName",
                "displayName",
                "active",
                "managedBy",
                "blockedAt",
                "createdAt",
                "lastModified",
                "deletedAt",
                "restorableUntil",
                "externalIds",
                "groups",
                "attributes"
            ]
        );
        assert_eq!(text(&shown, "managedBy"), "default");
        assert_eq!(shown["externalIds"], json!({"default": "00u1"}));
        for verb in ["deactivate", "reactivate", "delete"] {
            let error = gate.error(&org.of_user(verb, &anna));
            assert!(
                error.contains("provisioning domain default") && error.contains("release"),
                "{error}"
            );
        }
        let released = gate.json(&org.of_user("release", &anna));
        assert_eq!(
            (&released["managedBy"], &released["externalIds"]),
            (&Value::Null, &json!({}))
        );
        assert_eq!(
            gate.json(&org.of_user("delete", &anna)),
            json!({"id": anna, "deleted": true})
        );
        assert_eq!(org.get(&format!("/Users/{anna}")), 404);
    });
}

fn a_blocked_user_stays_deactivated_until_it_is_reactivated_here(database: &Database) {
    with_server(database, |gate, org| {
        let anna = org.user("anna");
        gate.json(&org.of_user("release", &anna));
        let blocked = gate.json(&org.of_user("deactivate", &anna));
        assert_eq!(blocked["active"], false);
        assert!(blocked["blockedAt"].is_string(), "{blocked}");
        let endpoint = format!("/Users/{anna}");
        let on = json!({"Operations": [{"op": "replace", "path": "active", "value": true}]});
        let (status, body) = org.send("PATCH", &endpoint, &on);
        assert_eq!(status, 403, "{body}");
        assert!(text(&body, "detail").contains("blocked"), "{body}");
        let back = gate.json(&org.of_user("reactivate", &anna));
        assert_eq!(
            (&back["active"], &back["blockedAt"]),
            (&json!(true), &Value::Null)
        );
        assert_eq!(org.send("PATCH", &endpoint, &on).0, 200);
    });
}

fn a_deleted_user_is_listed_and_comes_back(database: &Database) {
    with_server(database, |gate, org| {
        let anna = org.user("anna");
        let endpoint = format!("/Users/{anna}");
        assert_eq!(org.send("DELETE", &endpoint, &Value::Null).0, 204);
        let deleted = gate.json(&["user", "list", "--org", &org.id, "--deleted"]);
        assert_eq!(deleted.as_array().unwrap().len(), 1);
        assert_eq!(text(&deleted[0], "id"), anna);
        assert!(text(&deleted[0], "restorableUntil") > text(&deleted[0], "deletedAt"));
        assert_eq!(gate.json(&["user", "list", "--org", &org.id]), json!([]));
        org.user("anna");
        let error = gate.error(&org.of_user("restore", &anna));
        assert!(error.contains("userName") && error.contains("rename"), "{error}");
        let taken = gate.json(&["user", "list", "--org", &org.id]);
        let other = format!("/Users/{}", text(&taken[0], "id"));
        assert_eq!(org.send("DELETE", &other, &Value::Null).0, 204);
        let restored = gate.json(&org.of_user("restore", &anna));
        assert_eq!(
            (&restored["deletedAt"], &restored["managedBy"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(org.get(&endpoint), 200);
    });
}

fn users_are_listed_by_filter_and_by_part(database: &Database) {
    with_server(database, |gate, org| {
        for name in ["anna", "bea", "carl"] {
            org.user(name);
        }
        let list = |rest: &[&str]| -> Vec<String> {
            let users = gate.json(&[&["user", "list", "--org", &org.id], rest].concat());
            users
                .as_array()
                .unwrap()
                .iter()
                .map(|user| text(user, "userName"))
                .collect()
        };
        assert_eq!(list(&[]), ["anna", "bea", "carl"]);
        assert_eq!(list(&["--filter", "userName sw \"b\""]), ["bea"]);
        assert_eq!(list(&["--start-index", "2", "--count", "1"]), ["bea"]);
        let error = gate.error(&["user", "list", "--org", &org.id, "--filter", "nonsense eq"]);
        assert!(error.contains("filter: "), "{error}");
    });
}

fn groups_are_listed_shown_and_released(database: &Database) {
    with_server(database, |gate, org| {
        let (status, group) = org.send(
            "POST",
            "/Groups",
            &json!({"displayName": "Pilots", "externalId": "00g1"}),
        );
        assert_eq!(status, 201, "{group}");
        let id = text(&group, "id");
        let list = gate.json(&["group", "list", "--org", &org.id]);
        assert_eq!(
            (text(&list[0], "id"), text(&list[0], "managedBy")),
            (id.clone(), "default".to_owned())
        );
        let shown = gate.json(&["group", "show", "--org", &org.id, "--group", &id]);
        assert_eq!(shown["externalIds"], json!({"default": "00g1"}));
        let released = gate.json(&["group", "release", "--org", &org.id, "--group", &id]);
        assert_eq!(
            (&released["managedBy"], &released["externalIds"]),
            (&Value::Null, &json!({}))
        );
    });
}

fn an_unknown_id_is_refused_with_the_fix(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    for id in ["nonsense", "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88"] {
        for verb in ["show", "deactivate", "reactivate", "release", "delete", "restore"] {
            let error = gate.error(&["user", verb, "--org", &org, "--user", id]);
            assert!(
                error.contains(id) && error.contains("wicketgate user list"),
                "{error}"
            );
        }
        for verb in ["show", "release"] {
            let error = gate.error(&["group", verb, "--org", &org, "--group", id]);
            assert!(
                error.contains(id) && error.contains("wicketgate group list"),
                "{error}"
            );
        }
    }
}
