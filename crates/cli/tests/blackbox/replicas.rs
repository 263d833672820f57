//! Two processes on one database: what one is told, the other goes by with its next request. Both have answered the
//! credential before, so that anything that is remembered would show.

use serde_json::json;
use wicketgate_testbed::{Database, both_engines};

use crate::{
    client::{Client, text},
    harness::{Installation, Organization, Server},
};

both_engines! {
    a_token_that_was_reported_to_one_process_is_refused_by_the_other,
    a_revoked_token_is_refused_by_both_processes,
    a_disabled_service_user_is_refused_by_both_processes,
    a_paused_organization_is_put_off_and_a_deleted_one_refused_by_both_processes,
    a_rotation_leaves_no_gap_on_either_process,
}

/// Two gateways on one database, with a client of the same organization on each.
fn two(installation: &Installation<'_>, organization: &Organization) -> ([Server; 2], [Client; 2]) {
    let servers = ["one", "two"].map(|name| installation.serve_as(name));
    let clients = [servers[0].client(organization), servers[1].client(organization)];
    for client in &clients {
        client.get("/Users").expect(200);
    }
    (servers, clients)
}

fn a_token_that_was_reported_to_one_process_is_refused_by_the_other(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let (servers, clients) = two(&installation, &organization);
    let report = json!([{"token": organization.token, "type": "t", "url": "u", "source": "commit"}]);
    let answer = servers[0].report(&report);
    assert_eq!(answer[0]["label"], "true_positive", "{answer}");
    assert_eq!(clients[1].get("/Users").status, 401);
    assert_eq!(clients[0].get("/Users").status, 401);
    servers.into_iter().for_each(Server::stop);
}

fn a_revoked_token_is_refused_by_both_processes(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let (servers, clients) = two(&installation, &organization);
    let listed = installation.run(&["token", "list", "--org", &organization.id]);
    let token = text(&listed[0], "/id");
    installation.run(&["token", "revoke", "--org", &organization.id, "--token", &token]);
    for client in &clients {
        assert_eq!(client.get("/Users").status, 401);
    }
    servers.into_iter().for_each(Server::stop);
}

fn a_disabled_service_user_is_refused_by_both_processes(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let (servers, clients) = two(&installation, &organization);
    for (active, status) in [("no", 401), ("yes", 200)] {
        installation.run(&[
            "service-user",
            "set",
            "--org",
            &organization.id,
            "--service-user",
            &organization.service_user,
            "--active",
            active,
        ]);
        for client in &clients {
            assert_eq!(client.get("/Users").status, status, "{active}");
        }
    }
    servers.into_iter().for_each(Server::stop);
}

fn a_paused_organization_is_put_off_and_a_deleted_one_refused_by_both_processes(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let (servers, clients) = two(&installation, &organization);
    let steps: [(&[&str], u16); 3] = [
        (&["pause"], 429),
        (&["resume"], 200),
        (&["delete", "--without-export"], 401),
    ];
    for (command, status) in steps {
        installation.run(&[&["org"], command, &["--org", &organization.id]].concat());
        for client in &clients {
            assert_eq!(client.get("/Users").status, status, "{command:?}");
        }
    }
    servers.into_iter().for_each(Server::stop);
}

fn a_rotation_leaves_no_gap_on_either_process(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let (servers, clients) = two(&installation, &organization);
    let listed = installation.run(&["token", "list", "--org", &organization.id]);
    let old = text(&listed[0], "/id");
    let rotate = ["token", "rotate", "--org", &organization.id, "--token", &old];
    let rotated = installation.run(&rotate);
    let renewed = format!("Bearer {}", text(&rotated, "/token"));
    for client in &clients {
        client.get("/Users").expect(200);
        client
            .with_authorization(Some(&renewed))
            .get("/Users")
            .expect(200);
    }
    installation.run(&[&rotate[..], &["--complete"]].concat());
    for client in &clients {
        assert_eq!(client.get("/Users").status, 401);
        client
            .with_authorization(Some(&renewed))
            .get("/Users")
            .expect(200);
    }
    // On shutdown the last use is written down.
    servers.into_iter().for_each(Server::stop);
    let listed = installation.run(&["token", "list", "--org", &organization.id]);
    assert!(listed[0]["lastUsedAt"].is_string(), "{listed}");
}
