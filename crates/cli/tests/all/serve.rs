//! `wicketgate serve`: starting without configuration, what it says, and how it stops.

use std::{fs, net::TcpListener};

use wicketgate_testbed::{Database, Engine};

use crate::gate::{Connection, Gate, get, head, text};

fn sqlite() -> Database {
    Database::new(Engine::Sqlite)
}

#[test]
fn without_configuration_it_serves_with_a_database_in_the_folder_and_says_what_to_do_next() {
    let database = sqlite();
    let gate = Gate::new(&database)
        .with("WICKETGATE_DATABASE_URL", "")
        .with("WICKETGATE_DATA_DIR", "")
        // The default port may be taken on the machine that tests.
        .with("WICKETGATE_LISTEN", "127.0.0.1:0");
    let mut server = gate.start(&[]);
    let first = server.line();
    assert!(first.contains("http://127.0.0.1:"), "{first}");
    let said = server.stop();
    let link = first_run_link(&said.stdout);
    // Each can be copied as it is shown: it names this very program.
    for command in ["org create", "service-user create", "token create", "demo"] {
        let command = format!("{} {command}", env!("CARGO_BIN_EXE_wicketgate"));
        assert!(said.stdout.contains(&command), "{}", said.stdout);
    }
    assert!(gate.path("wicketgate-data/wicketgate.db").is_file());
    assert!(gate.path("wicketgate-data/pepper").is_file());

    // Each start prints a link of its own while there is no operator.
    gate.org();
    let server = gate.start(&["serve"]);
    server.logged("listening");
    let said = server.stop().stdout;
    assert_ne!(first_run_link(&said), link);
    assert!(!said.contains("org create"), "{said}");
}

/// The path of the link by which the first operator comes in.
fn first_run_link(said: &str) -> String {
    let link = said
        .lines()
        .map(str::trim)
        .find(|line| line.contains("/console/first-run/wicket_"))
        .unwrap_or_else(|| panic!("no link: {said}"));
    let at = link.find("/console/").unwrap();
    link[at..].to_owned()
}

#[test]
fn the_link_of_the_last_start_leads_to_the_first_run_page() {
    let database = sqlite();
    let gate = Gate::new(&database);
    let link = |answer: &serde_json::Value| {
        let url = text(answer, "firstRunUrl");
        url[url.find("/console/").unwrap()..].to_owned()
    };
    let mut server = gate.serve();
    let old = link(&server.answer());
    server.stop();
    let mut server = gate.serve();
    let said = server.answer();
    let address = text(&said, "listen").parse().unwrap();
    let (status, body) = get(address, &link(&said), "");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("Make my account"), "{body}");
    let (status, _) = get(address, &old, "");
    assert_eq!(status, 404);
    server.stop();
}

#[test]
fn the_log_names_the_address_and_each_line_is_json_where_nobody_watches() {
    let database = sqlite();
    let mut server = Gate::new(&database).serve();
    let listen = server.address().to_string();
    let line: serde_json::Value = serde_json::from_str(&server.logged("listening")).unwrap();
    assert_eq!(text(&line, "listen"), listen);
    assert_eq!(text(&line, "public_url"), format!("http://{listen}"));
    server.stop();
}

#[test]
fn the_log_filter_is_obeyed() {
    let database = sqlite();
    let mut server = Gate::new(&database).with("WICKETGATE_LOG", "error").serve();
    server.address();
    assert_eq!(server.stop().stderr, "");
}

#[test]
fn a_public_url_that_leaks_tokens_is_warned_about() {
    let database = sqlite();
    let gate = Gate::new(&database).with("WICKETGATE_PUBLIC_URL", "http://scim.example.com");
    let mut server = gate.serve();
    server.address();
    server.logged("not https");
    server.stop();
}

/// A request whose body has not arrived in full is one that has begun.
fn begun(gate: &Gate<'_>, address: std::net::SocketAddr) -> (Connection, &'static str) {
    const BODY: &str =
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"anna@example.com"}"#;
    let org = gate.org();
    let token = text(&gate.token(&org, &gate.service_user(&org)), "token");
    let mut connection = Connection::open(address);
    let expect = format!(
        "Content-Type: application/scim+json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n",
        BODY.len()
    );
    connection.send(&head("POST", &format!("/scim/v2/{org}/Users"), &token, &expect));
    // The server has seen the head once it asks for the rest.
    connection.read_until("100 Continue\r\n\r\n");
    let (now, later) = BODY.split_at(20);
    connection.send(now);
    (connection, later)
}

#[test]
fn a_signal_lets_requests_finish_that_have_begun() {
    for signal in ["TERM", "INT"] {
        let database = sqlite();
        let gate = Gate::new(&database);
        let mut server = gate.serve();
        let (mut connection, rest) = begun(&gate, server.address());
        server.signal(signal);
        server.logged("stopping");
        connection.send(rest);
        let (status, body) = connection.answer();
        assert_eq!(status, 201, "{signal}: {body}");
        assert_eq!(server.end().status, 0, "{signal}");
    }
}

#[test]
fn a_second_signal_does_not_wait() {
    let database = sqlite();
    let gate = Gate::new(&database);
    let mut server = gate.serve();
    let (_connection, _rest) = begun(&gate, server.address());
    server.signal("INT");
    server.logged("stopping");
    server.signal("INT");
    assert_eq!(server.end().status, 0);
}

#[test]
fn an_address_that_is_taken_is_named_with_the_fix() {
    let database = sqlite();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = Gate::new(&database).error(&["serve", "--listen", &address]);
    assert!(error.contains(&address) && error.contains("--listen"), "{error}");
}

#[test]
fn a_database_that_does_not_answer_is_named_with_the_fix_and_without_the_password() {
    let database = sqlite();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("postgres://u:hunter2@{free}/d");
    let gate = Gate::new(&database).with("WICKETGATE_DATABASE_URL", &url);
    let error = gate.error(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        error.contains(&free.to_string()) && error.contains("start PostgreSQL"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_named_with_the_fix() {
    let database = sqlite();
    let gate = Gate::new(&database).with("WICKETGATE_DATABASE_URL", "sqlite://./no/such/folder/w.db");
    let error = gate.error(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        error.contains("no/such/folder") && error.contains("create the folder"),
        "{error}"
    );
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn a_postgres_on_another_machine_is_refused_without_tls() {
    let database = sqlite();
    let gate = Gate::new(&database).with(
        "WICKETGATE_DATABASE_URL",
        "postgres://u:hunter2@db.example.test/d",
    );
    for command in [&["serve"][..], &["migrate"], &["org", "list"]] {
        let error = gate.error(command);
        assert!(error.contains("--features postgres-tls"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_file_in_the_place_of_the_data_folder_is_named() {
    let database = sqlite();
    let gate = Gate::new(&database);
    fs::write(gate.data_dir(), "").unwrap();
    let error = gate.error(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        error.contains("is a file") && error.contains("--data-dir"),
        "{error}"
    );
}

#[test]
fn a_server_answers_that_it_lives() {
    let database = sqlite();
    let mut server = Gate::new(&database).serve();
    let address = server.address();
    assert_eq!(get(address, "/livez", "").0, 200);
    assert_eq!(get(address, "/readyz", "").0, 200);
    server.stop();
}
