//! Which of several settings wins.

use std::fs;

use super::*;

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::new(
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into())),
    )
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

const FILE: &str = r#"
listen = "127.0.0.3:3"
public_url = "https://file.example.com"
database_url = "sqlite://file.db"
data_dir = "from-file"
log = "error"
"#;

#[test]
fn without_anything_the_defaults_hold() {
    let settings = Settings::resolve(&Flags::default(), None, &environment(&[])).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database_url, "sqlite://./wicketgate-data/wicketgate.db");
    assert_eq!(settings.data_dir, PathBuf::from("./wicketgate-data"));
    assert_eq!(
        settings.public_url().unwrap().to_string(),
        "http://127.0.0.1:8080"
    );
    assert!(settings.log.is_none() && settings.peppers.is_none() && settings.file.is_none());
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let (_folder, path) = file(FILE);
    let path = path.to_str().unwrap();
    let all = [
        ("WICKETGATE_CONFIG", path),
        ("WICKETGATE_LISTEN", "127.0.0.2:2"),
        ("WICKETGATE_PUBLIC_URL", "https://env.example.com"),
        ("WICKETGATE_DATABASE_URL", "sqlite://env.db"),
        ("WICKETGATE_DATA_DIR", "from-env"),
        ("WICKETGATE_LOG", "warn"),
    ];
    let flags = Flags {
        database_url: Some("sqlite://flag.db".to_owned()),
        data_dir: Some("from-flag".into()),
        public_url: Some("https://flag.example.com".to_owned()),
        log: Some("debug".to_owned()),
        ..Flags::default()
    };
    let shown = |flags: &Flags, listen, variables: &[(&str, &str)]| {
        let settings = Settings::resolve(flags, listen, &environment(variables)).unwrap();
        format!(
            "{} {} {} {} {}",
            settings.listen,
            settings.public_url().unwrap(),
            settings.database_url,
            settings.data_dir.display(),
            settings.log.unwrap()
        )
    };
    assert_eq!(
        shown(&flags, Some("127.0.0.1:1"), &all),
        "127.0.0.1:1 https://flag.example.com sqlite://flag.db from-flag debug"
    );
    assert_eq!(
        shown(&Flags::default(), None, &all),
        "127.0.0.2:2 https://env.example.com sqlite://env.db from-env warn"
    );
    assert_eq!(
        shown(&Flags::default(), None, &all[..1]),
        "127.0.0.3:3 https://file.example.com sqlite://file.db from-file error"
    );
}

#[test]
fn metrics_are_off_until_they_have_an_address_and_tell_only_listed_organizations_apart() {
    let settings = Settings::resolve(&Flags::default(), None, &environment(&[])).unwrap();
    assert!(settings.metrics_listen.is_none() && settings.metrics_orgs.is_empty());

    let id = "0190163d-8694-739b-aea5-966c26f8ad91";
    let listed = format!(" {id}, ");
    let all = [
        ("WICKETGATE_METRICS_LISTEN", "127.0.0.1:9091"),
        ("WICKETGATE_METRICS_ORGS", listed.as_str()),
    ];
    let settings = Settings::resolve(&Flags::default(), None, &environment(&all)).unwrap();
    assert_eq!(settings.metrics_listen.unwrap().to_string(), "127.0.0.1:9091");
    assert_eq!(settings.metrics_orgs, [id.parse::<OrgId>().unwrap()]);
    let flags = Flags {
        metrics_listen: Some("127.0.0.1:9092".to_owned()),
        ..Flags::default()
    };
    let settings = Settings::resolve(&flags, None, &environment(&all)).unwrap();
    assert_eq!(settings.metrics_listen.unwrap().to_string(), "127.0.0.1:9092");
}

#[test]
fn an_address_or_a_list_for_metrics_that_cannot_be_used_is_named_with_its_fix() {
    for (name, value, fix) in [
        ("WICKETGATE_METRICS_LISTEN", "localhost:9090", "127.0.0.1:9090"),
        (
            "WICKETGATE_METRICS_LISTEN",
            "127.0.0.1:8080",
            "choose another port",
        ),
        ("WICKETGATE_METRICS_ORGS", "acme", "wicketgate org list"),
    ] {
        let error = Settings::resolve(&Flags::default(), None, &environment(&[(name, value)]))
            .err()
            .unwrap();
        let error = format!("{error:#}");
        assert!(
            error.contains(name) && error.contains(value) && error.contains(fix),
            "{error}"
        );
    }
}

#[test]
fn the_flag_for_the_file_wins_over_the_variable_for_it() {
    let (_folder, path) = file(FILE);
    let flags = Flags {
        config: Some(path.clone()),
        ..Flags::default()
    };
    let settings =
        Settings::resolve(&flags, None, &environment(&[("WICKETGATE_CONFIG", "/nowhere")])).unwrap();
    assert_eq!(settings.file, Some(path));
}

#[test]
fn the_default_database_is_in_the_data_folder() {
    let flags = Flags {
        data_dir: Some("/srv/gate".into()),
        ..Flags::default()
    };
    let settings = Settings::resolve(&flags, None, &environment(&[])).unwrap();
    assert_eq!(settings.database_url, "sqlite:///srv/gate/wicketgate.db");
}

#[test]
fn a_mistake_is_told_with_the_place_it_was_made_in() {
    let (_folder, path) = file("listen = \"everywhere\"");
    let refused = |flags: Flags, listen, variables: &[(&str, &str)]| {
        let error = Settings::resolve(&flags, listen, &environment(variables))
            .err()
            .unwrap();
        format!("{error:#}")
    };
    let in_file = Flags {
        config: Some(path),
        ..Flags::default()
    };
    for (error, place) in [
        (
            refused(Flags::default(), Some("8080"), &[]),
            "--listen is \"8080\"",
        ),
        (
            refused(Flags::default(), None, &[("WICKETGATE_LISTEN", ":1")]),
            "WICKETGATE_LISTEN is \":1\"",
        ),
        (
            refused(in_file, None, &[]),
            "listen in the configuration file is \"everywhere\"",
        ),
        (
            refused(Flags::default(), None, &[("WICKETGATE_PUBLIC_URL", "nonsense")]),
            "WICKETGATE_PUBLIC_URL: \"nonsense\"",
        ),
        (
            refused(Flags::default(), None, &[("WICKETGATE_PEPPER", "short")]),
            "WICKETGATE_PEPPER cannot be used",
        ),
    ] {
        assert!(error.starts_with(place), "{error}");
    }
}

#[test]
fn a_secret_can_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("url");
    let pepper = folder.path().join("pepper");
    fs::write(&url, "postgres://u:p@127.0.0.1/d\n").unwrap();
    fs::write(&pepper, format!("7:{}\n", "ab".repeat(32))).unwrap();
    let settings = Settings::resolve(
        &Flags::default(),
        None,
        &environment(&[
            ("WICKETGATE_DATABASE_URL_FILE", url.to_str().unwrap()),
            ("WICKETGATE_PEPPER_FILE", pepper.to_str().unwrap()),
        ]),
    )
    .unwrap();
    assert_eq!(settings.database_url, "postgres://u:p@127.0.0.1/d");
    assert_eq!(settings.peppers.unwrap().current().id(), 7);
}

#[test]
fn the_format_is_known_before_everything_else() {
    let format = |flag, variables: &[(&str, &str)]| {
        Flags {
            format: flag,
            ..Flags::default()
        }
        .format(&environment(variables))
    };
    assert_eq!(format(None, &[]).unwrap(), Format::Text);
    assert_eq!(
        format(None, &[("WICKETGATE_FORMAT", "json")]).unwrap(),
        Format::Json
    );
    assert_eq!(
        format(Some(Format::Text), &[("WICKETGATE_FORMAT", "json")]).unwrap(),
        Format::Text
    );
    let error = format(None, &[("WICKETGATE_FORMAT", "yaml")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "WICKETGATE_FORMAT is \"yaml\": set it to text or json"
    );
}

#[test]
fn the_role_that_migrates_is_the_one_that_was_named_last_of_file_environment_and_flag() {
    let of = |flags: &Flags, variables: &[(&str, &str)]| {
        let settings = Settings::resolve(flags, None, &environment(variables)).unwrap();
        (
            settings.migrate_database_url,
            settings.allow_unsafe_database_role,
            settings.secret_in_file,
        )
    };
    let url = |host: &str| Some(format!("postgres://owner:hunter2@{host}/d"));
    assert_eq!(of(&Flags::default(), &[]), (None, false, false));

    let (_folder, path) = file(
        "migrate_database_url = \"postgres://owner:hunter2@file/d\"\nallow_unsafe_database_role = true\n",
    );
    let file = ("WICKETGATE_CONFIG", path.to_str().unwrap());
    assert_eq!(of(&Flags::default(), &[file]), (url("file"), true, true));
    let env = url("env").unwrap();
    let variables = [
        file,
        ("WICKETGATE_MIGRATE_DATABASE_URL", env.as_str()),
        ("WICKETGATE_ALLOW_UNSAFE_DATABASE_ROLE", "false"),
    ];
    assert_eq!(of(&Flags::default(), &variables), (url("env"), false, true));
    let flags = Flags {
        migrate_database_url: url("flag"),
        allow_unsafe_database_role: true,
        ..Flags::default()
    };
    assert_eq!(of(&flags, &variables), (url("flag"), true, true));

    let unclear = [("WICKETGATE_ALLOW_UNSAFE_DATABASE_ROLE", "yes")];
    let refused = Settings::resolve(&Flags::default(), None, &environment(&unclear))
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("set it to true or false"), "{refused}");
}
