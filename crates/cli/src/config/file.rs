//! The configuration file. Its keys are the ones in `deploy/config.example.toml`, which a test here holds to it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use serde::Deserialize;

/// What the file says; every key can be left out, and no other key is accepted.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    pub(super) metrics_listen: Option<String>,
    pub(super) metrics_orgs: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) database_url: Option<String>,
    pub(super) migrate_database_url: Option<String>,
    pub(super) allow_unsafe_database_role: Option<bool>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) log: Option<String>,
    pub(super) drain_seconds: Option<u16>,
}

impl File {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration file {name}: correct --config"))?;
        Self::parse(&text).with_context(|| format!("the configuration file {name} cannot be used"))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        toml::from_str(text).map_err(|error| {
            // The library's own text repeats the line, which may hold a password.
            let message = error.message();
            match error.span().and_then(|span| text.get(..span.start)) {
                Some(before) => anyhow!("line {}: {message}", before.matches('\n').count() + 1),
                None => anyhow!("{message}"),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_names_every_key() {
        let example = include_str!("../../../../deploy/config.example.toml");
        let File {
            listen,
            metrics_listen,
            metrics_orgs,
            public_url,
            database_url,
            migrate_database_url,
            allow_unsafe_database_role,
            data_dir,
            log,
            drain_seconds,
        } = File::parse(example).unwrap();
        assert!(listen.is_some() && public_url.is_some() && database_url.is_some());
        assert!(data_dir.is_some() && log.is_some() && drain_seconds.is_some());
        assert!(migrate_database_url.is_some() && allow_unsafe_database_role == Some(false));
        assert!(metrics_listen.is_some() && metrics_orgs.is_some());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_keys_there_are() {
        let error = File::parse("log = \"info\"\nlissten = \"127.0.0.1:1\"\n")
            .err()
            .unwrap();
        let error = error.to_string();
        assert!(error.starts_with("line 2: unknown field `lissten`"), "{error}");
        assert!(error.contains("`listen`"), "{error}");
    }

    #[test]
    fn an_error_does_not_repeat_a_password() {
        for text in [
            "database_url = \"postgres://u:hunter2@h/d\nlog = 1",
            "database_url = \"postgres://u:hunter2@h/d\" oops",
        ] {
            let error = File::parse(text).err().unwrap();
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
