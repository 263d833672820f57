//! When a pepper is made, and when none may be.

use std::fs;

use wicketgate_testbed::{Database, Engine, both_engines};

use crate::gate::{Gate, get, mode, text};

both_engines! {
    a_second_start_keeps_the_pepper,
    a_missing_pepper_is_not_replaced_once_there_is_an_organization,
}

fn a_second_start_keeps_the_pepper(database: &Database) {
    let gate = Gate::new(database);
    let mut server = gate.serve();
    server.address();
    assert_eq!((mode(&gate.data_dir()), mode(&gate.pepper())), (0o700, 0o600));
    let pepper = fs::read(gate.pepper()).unwrap();
    let org = gate.org();
    let token = text(&gate.token(&org, &gate.service_user(&org)), "token");
    server.stop();

    let mut server = gate.serve();
    let address = server.address();
    assert_eq!(get(address, &format!("/scim/v2/{org}/Users"), &token).0, 200);
    assert_eq!(fs::read(gate.pepper()).unwrap(), pepper);
    server.stop();
}

fn a_missing_pepper_is_not_replaced_once_there_is_an_organization(database: &Database) {
    let gate = Gate::migrated(database);
    let org = gate.org();
    let text_of_file = fs::read_to_string(gate.pepper()).unwrap();
    fs::remove_file(gate.pepper()).unwrap();
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["org", "show", "--org", &org],
        &["org", "create", "--name", "Bolt"],
    ] {
        let error = gate.error(command);
        for words in ["pepper", "is missing", "backup", "--data-dir"] {
            assert!(error.contains(words), "{words}: {error}");
        }
        assert!(!gate.pepper().exists(), "{command:?}");
    }
    // The fix works: put back, or given another way.
    let gate = gate.with("WICKETGATE_PEPPER", &text_of_file);
    gate.json(&["org", "show", "--org", &org]);
    assert!(!gate.pepper().exists());
}

#[test]
fn a_damaged_pepper_is_refused_and_left_alone() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    gate.org();
    fs::write(gate.pepper(), "").unwrap();
    let error = gate.error(&["org", "list"]);
    assert!(error.contains("damaged") && error.contains("backup"), "{error}");
    assert_eq!(fs::read(gate.pepper()).unwrap(), b"");
}
