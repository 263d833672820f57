//! Where settings come from, and how mistakes in them are told. Which of them wins is tested beside the code.

use std::fs;

use wicketgate_testbed::{Database, Engine};

use crate::gate::{Gate, text};

#[test]
fn settings_may_stand_before_or_after_the_command() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    let flags = ["--format", "json", "--public-url", "https://flag.example.com"];
    let create = ["org", "create", "--name", "Acme"];
    for arguments in [[&flags[..], &create].concat(), [&create[..], &flags].concat()] {
        let ended = gate.run(&arguments);
        assert!(
            text(&ended.answer(), "scimBaseUrl").starts_with("https://flag.example.com/"),
            "{ended:?}"
        );
    }
}

#[test]
fn a_configuration_file_and_secrets_in_files_are_read() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::migrated(&database);
    fs::write(gate.path("url"), format!("{}\n", database.url())).unwrap();
    fs::write(
        gate.path("gate.toml"),
        "public_url = \"https://file.example.com\"\n",
    )
    .unwrap();
    let url_file = gate.path("url");
    let gate = gate
        .with("WICKETGATE_DATABASE_URL", "")
        .with("WICKETGATE_DATABASE_URL_FILE", url_file.to_str().unwrap());
    let created = gate.json(&["--config", "gate.toml", "org", "create", "--name", "Acme"]);
    assert!(
        text(&created, "scimBaseUrl").starts_with("https://file.example.com/"),
        "{created}"
    );
    let gate = gate.with("WICKETGATE_DATABASE_URL", &database.url());
    assert!(gate.error(&["org", "list"]).contains("both set"));
}

#[test]
fn an_unknown_key_in_the_file_is_named() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::new(&database);
    fs::write(
        gate.path("gate.toml"),
        "log = \"info\"\npublic-url = \"https://x.example\"\n",
    )
    .unwrap();
    let error = gate.error(&["org", "list", "--config", "gate.toml"]);
    for words in ["gate.toml", "line 2", "public-url", "public_url"] {
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn a_command_line_that_is_wrong_ends_with_status_2() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::new(&database);
    for arguments in [
        &["org"][..],
        &["org", "create"],
        &["org", "delete"],
        &["serve", "--lissten", "x"],
        &["--format", "yaml", "org", "list"],
    ] {
        let ended = gate.run(arguments);
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{arguments:?}");
    }
    assert_eq!(
        gate.run(&["--version"]).stdout,
        format!("wicketgate {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_command_in_the_wrong_folder_does_not_make_an_empty_database() {
    let database = Database::new(Engine::Sqlite);
    let gate = Gate::new(&database)
        .with("WICKETGATE_DATABASE_URL", "")
        .with("WICKETGATE_DATA_DIR", "");
    let ended = gate.run(&["org", "list"]);
    assert_eq!(ended.status, 1);
    assert!(
        ended
            .stderr
            .starts_with("error: there is no database ./wicketgate-data/wicketgate.db")
    );
    assert!(!gate.path("wicketgate-data").exists());
}
