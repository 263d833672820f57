//! The one place where the process environment is read.

use std::{collections::BTreeMap, ffi::OsString, fs, path::Path};

use anyhow::{Context as _, bail};
use wicketgate_auth::Plaintext;

use super::database::Libpq;

/// Every variable that is a setting. A secret can also be in a file that the variable with `_FILE` behind it names.
const NAMES: [&str; 15] = [
    "WICKETGATE_ALLOW_UNSAFE_DATABASE_ROLE",
    "WICKETGATE_CONFIG",
    "WICKETGATE_DATABASE_URL",
    "WICKETGATE_DATABASE_URL_FILE",
    "WICKETGATE_DATA_DIR",
    "WICKETGATE_FORMAT",
    "WICKETGATE_LISTEN",
    "WICKETGATE_LOG",
    "WICKETGATE_METRICS_LISTEN",
    "WICKETGATE_METRICS_ORGS",
    "WICKETGATE_MIGRATE_DATABASE_URL",
    "WICKETGATE_MIGRATE_DATABASE_URL_FILE",
    "WICKETGATE_PEPPER",
    "WICKETGATE_PEPPER_FILE",
    "WICKETGATE_PUBLIC_URL",
];

/// The variables that matter, as they were when the process started. Not printable: some are secrets.
pub(crate) struct Environment {
    variables: BTreeMap<String, OsString>,
}

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        Self::new(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))))
    }

    /// An environment of the caller's choice.
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, OsString)>) -> Self {
        let variables = variables
            .into_iter()
            .filter(|(name, value)| {
                (name.starts_with("WICKETGATE_") || name.starts_with("PG")) && !value.is_empty()
            })
            .collect();
        Self { variables }
    }

    /// The value of a variable. An empty one counts as not set, because that is how compose files leave one out.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<Option<&str>> {
        self.variables
            .get(name)
            .map(|value| {
                value
                    .to_str()
                    .with_context(|| format!("{name} is not UTF-8: write it in that encoding"))
            })
            .transpose()
    }

    /// A secret: the value of the variable, or what is in the file that the variable with `_FILE` behind it names.
    pub(crate) fn secret(&self, name: &str) -> anyhow::Result<Option<Plaintext>> {
        let in_file = format!("{name}_FILE");
        match (self.get(name)?, self.get(&in_file)?) {
            (Some(_), Some(_)) => bail!("{name} and {in_file} are both set: unset one of them"),
            (Some(value), None) => Ok(Some(Plaintext::new(value.to_owned()))),
            (None, Some(path)) => fs::read_to_string(Path::new(path))
                .map(|text| Some(Plaintext::new(text)))
                .with_context(|| format!("cannot read {path:?}, which {in_file} names")),
            (None, None) => Ok(None),
        }
    }

    /// Variables that look like settings and are none.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.variables
            .keys()
            .map(String::as_str)
            .filter(|name| name.starts_with("WICKETGATE_") && !NAMES.contains(name))
    }

    /// What libpq takes from the environment where the URL leaves it out.
    pub(crate) fn libpq(&self) -> Libpq {
        let get = |name| {
            self.variables
                .get(name)
                .map(|value: &OsString| value.to_string_lossy().into_owned())
        };
        Libpq {
            host: get("PGHOST"),
            host_address: get("PGHOSTADDR"),
            service: get("PGSERVICE"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(
            variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).into())),
        )
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let environment = environment(&[("WICKETGATE_LOG", ""), ("WICKETGATE_FORMAT", "json")]);
        assert_eq!(environment.get("WICKETGATE_LOG").unwrap(), None);
        assert_eq!(environment.get("WICKETGATE_FORMAT").unwrap(), Some("json"));
    }

    #[test]
    fn a_secret_is_read_from_the_file_that_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "hush\n").unwrap();
        let environment = environment(&[("WICKETGATE_PEPPER_FILE", path.to_str().unwrap())]);
        let secret = environment.secret("WICKETGATE_PEPPER").unwrap().unwrap();
        assert_eq!(secret.reveal(), "hush\n");
    }

    #[test]
    fn a_secret_that_is_given_twice_is_refused() {
        let environment = environment(&[("WICKETGATE_PEPPER", "a"), ("WICKETGATE_PEPPER_FILE", "/nowhere")]);
        let error = environment.secret("WICKETGATE_PEPPER").unwrap_err().to_string();
        assert_eq!(
            error,
            "WICKETGATE_PEPPER and WICKETGATE_PEPPER_FILE are both set: unset one of them"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let environment = environment(&[("WICKETGATE_PEPPER_FILE", "/nowhere/at/all")]);
        let error = environment.secret("WICKETGATE_PEPPER").unwrap_err().to_string();
        assert_eq!(
            error,
            "cannot read \"/nowhere/at/all\", which WICKETGATE_PEPPER_FILE names"
        );
    }

    #[test]
    fn only_our_own_prefix_makes_a_variable_a_typing_mistake() {
        let environment = environment(&[
            ("WICKETGATE_LISTEN", "127.0.0.1:1"),
            ("WICKETGATE_PUBLICURL", "x"),
            ("PGHOST", "db"),
            ("HOME", "/root"),
        ]);
        assert_eq!(
            environment.unknown().collect::<Vec<_>>(),
            ["WICKETGATE_PUBLICURL"]
        );
        assert_eq!(environment.libpq().host.as_deref(), Some("db"));
    }
}
