//! `wicketgate account`.

use std::net::SocketAddr;

use serde_json::{Value, json};
use wicketgate_testbed::{Database, both_engines};

use crate::gate::{Connection, Gate, keys, text};

both_engines! {
    invitations_are_links_that_are_printed_once,
    only_an_account_that_exists_can_be_recovered,
    an_account_is_disabled_and_enabled_beside_a_running_server,
    the_last_operator_cannot_be_disabled,
    roles_in_an_organization_are_changed_and_its_last_owner_stays,
}

fn invitations_are_links_that_are_printed_once(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let invite = ["account", "invite", "--org", &org, "--email", "anna@example.com"];
    let made = gate.json(&invite);
    assert_eq!(keys(&made), ["email", "link", "expiresInHours"]);
    let link = text(&made, "link");
    assert!(link.contains("/console/invitations/wicket_inv_"), "{link}");
    assert_ne!(link, text(&gate.json(&invite), "link"));

    let operator = gate.json(&["account", "invite", "--operator", "--email", "op@example.com"]);
    assert!(text(&operator, "link").contains("/console/invitations/wicket_inv_"));
    assert_eq!(gate.json(&["account", "list"]), json!([]));

    let refused = gate.error(&["account", "invite", "--org", &org, "--email", "anna"]);
    assert!(refused.contains("email"), "{refused}");
    let refused = gate.error(&[&invite[..], &["--role", "org_user_manager"]].concat());
    assert!(refused.contains("org_viewer"), "{refused}");
    let nowhere = gate.run(&["account", "invite", "--email", "anna@example.com"]);
    assert_eq!(nowhere.status, 2, "{}", nowhere.stderr);
}

fn only_an_account_that_exists_can_be_recovered(database: &Database) {
    let gate = Gate::migrated(database);
    gate.org();
    let error = gate.error(&["account", "recover", "--email", "anna@example.com"]);
    assert!(
        error.contains("anna@example.com") && error.contains("account list"),
        "{error}"
    );
}

const PASSWORD: &str = "plum orchard under nine bridges";

/// Sends a form as a browser does; the whole answer. `cookie` is what it keeps.
fn post(address: SocketAddr, path: &str, cookie: &str, form: &str) -> String {
    let mut connection = Connection::open(address);
    connection.send(&format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{form}",
        form.len()
    ));
    connection.text()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

/// The value of the cookie that an answer sets.
fn cookie(answer: &str) -> String {
    let (_, rest) = answer
        .to_ascii_lowercase()
        .split_once("set-cookie: ")
        .map_or_else(
            || panic!("no cookie: {answer}"),
            |(before, _)| answer.split_at(before.len() + "set-cookie: ".len()),
        );
    rest.split(';').next().unwrap().to_owned()
}

/// Makes an account through its link, and is the cookie of its session.
fn join(address: SocketAddr, invitation: &Value, name: &str) -> String {
    let link = text(invitation, "link");
    let path = &link[link.find("/console/").unwrap()..];
    let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
    let answer = post(address, path, "", &form);
    assert_eq!(status(&answer), "303", "{answer}");
    cookie(&answer)
}

/// The status of the account page.
fn account_page(address: SocketAddr, cookie: &str) -> String {
    let mut connection = Connection::open(address);
    connection.send(&format!(
        "GET /console/account HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    ));
    status(&connection.text()).to_owned()
}

fn an_account_is_disabled_and_enabled_beside_a_running_server(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let viewer = ["--email", "anna@example.com", "--role", "org_viewer"];
    let invitation = gate.json(&[&["account", "invite", "--org", &org], &viewer[..]].concat());
    let mut server = gate.serve();
    let address = server.address();
    let session = join(address, &invitation, "Anna");
    assert_eq!(account_page(address, &session), "200");

    let disabled = gate.json(&["account", "disable", "--email", "anna@example.com"]);
    assert_eq!(disabled["active"], false);
    assert_eq!(gate.json(&["account", "list"]), json!([disabled]));
    assert_eq!(account_page(address, &session), "303", "on to the sign-in");
    let sign_in = |password: &str| {
        let form = format!("email=anna%40example.com&password={}", password.replace(' ', "+"));
        post(address, "/console/sign-in", "", &form)
    };
    let (right, wrong) = (sign_in(PASSWORD), sign_in("another password"));
    assert_eq!((status(&right), status(&wrong)), ("422", "422"));
    let body = |answer: &str| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body(&right), body(&wrong));

    let enabled = gate.json(&["account", "enable", "--email", "anna@example.com"]);
    assert_eq!(enabled["active"], true);
    assert_eq!(account_page(address, &session), "303", "it stays signed out");
    assert_eq!(status(&sign_in(PASSWORD)), "303");
    for command in ["disable", "enable"] {
        let error = gate.error(&["account", command, "--email", "nobody@example.com"]);
        assert!(
            error.contains("nobody@example.com") && error.contains("account list"),
            "{error}"
        );
    }
    server.stop();
}

fn the_last_operator_cannot_be_disabled(database: &Database) {
    let gate = Gate::migrated(database);
    let invite = |email: &str| gate.json(&["account", "invite", "--operator", "--email", email]);
    let (olga, otto) = (invite("olga@example.com"), invite("otto@example.com"));
    let mut server = gate.serve();
    let address = server.address();
    join(address, &olga, "Olga");
    let disable = |email| ["account", "disable", "--email", email];
    let error = gate.error(&disable("olga@example.com"));
    assert!(
        error.contains("last operator") && error.contains("invite"),
        "{error}"
    );
    join(address, &otto, "Otto");
    gate.json(&disable("olga@example.com"));
    gate.error(&disable("otto@example.com"));
    server.stop();
}

fn roles_in_an_organization_are_changed_and_its_last_owner_stays(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let roles = ["account", "roles", "--org", &org];
    assert_eq!(gate.json(&roles), json!([]));
    let invite = |email: &str| gate.json(&["account", "invite", "--org", &org, "--email", email]);
    let (olga, otto) = (invite("olga@example.com"), invite("otto@example.com"));
    let mut server = gate.serve();
    let address = server.address();
    join(address, &olga, "Olga");
    join(address, &otto, "Otto");
    let of = |listed: &Value| -> Vec<(String, String)> {
        let listed = listed.as_array().unwrap().iter();
        listed
            .map(|account| (text(account, "email"), text(account, "role")))
            .collect()
    };
    let pair = |email: &str, role: &str| (email.to_owned(), role.to_owned());
    let otto_views = [
        "account",
        "set-role",
        "--org",
        &org,
        "--email",
        "Otto@example.com",
    ];
    let mut listed = of(&gate.json(&[&otto_views[..], &["--role", "org_viewer"]].concat()));
    listed.sort();
    assert_eq!(
        listed,
        [
            pair("olga@example.com", "org_owner"),
            pair("otto@example.com", "org_viewer")
        ]
    );
    let error = gate.error(&["account", "remove", "--org", &org, "--email", "olga@example.com"]);
    assert!(error.contains("last Org Owner"), "{error}");
    let remaining = gate.json(&["account", "remove", "--org", &org, "--email", "otto@example.com"]);
    assert_eq!(of(&remaining), [pair("olga@example.com", "org_owner")]);
    let error = gate.error(&["account", "remove", "--org", &org, "--email", "otto@example.com"]);
    assert!(error.contains("account roles"), "{error}");
    server.stop();
}
