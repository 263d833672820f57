//! PostgreSQL's server programs: where they are, and as whom they run. It starts nothing that stays.

use std::{
    fs,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What the shell says about some other PostgreSQL must not leak into ours.
const FOREIGN_SETTINGS: [&str; 13] = [
    "PGDATA",
    "PGDATABASE",
    "PGHOST",
    "PGHOSTADDR",
    "PGOPTIONS",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGPORT",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGTZ",
    "PGUSER",
];

/// The account that server programs run as where the tests run as root, which PostgreSQL refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// The server programs and how to run them.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    bin: PathBuf,
    /// `None`: as whoever runs the tests.
    pub(crate) account: Option<Account>,
}

impl Programs {
    /// Finds the programs. `own` is a folder that this process has made: its owner is who runs the tests.
    pub(crate) fn find(own: &Path) -> Self {
        let is_root = fs::metadata(own).expect("the folder was just made").uid() == 0;
        let account = is_root.then(|| {
            let passwd = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
            ["postgres", "nobody"].into_iter().find_map(|name| account(&passwd, name)).expect(
                "root cannot run PostgreSQL and there is no account postgres or nobody to run it as: add one, or \
                 run the tests as another user",
            )
        });
        Self { bin: bin(), account }
    }

    /// A command for one of the programs, run as the right account and without a terminal.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.path(program));
        self.settle(&mut command);
        command
    }

    /// The path of one of the programs.
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }

    /// Makes `command` run as the server's account, with nothing of the shell's settings for another server.
    pub(crate) fn settle(&self, command: &mut Command) {
        for variable in FOREIGN_SETTINGS {
            command.env_remove(variable);
        }
        // A message is looked at where a start fails; it has to be in a language that we know.
        command.env("LC_ALL", "C").stdin(Stdio::null()).current_dir("/");
        if let Some(account) = self.account {
            command.uid(account.uid).gid(account.gid);
        }
    }
}

/// The ids of an account in the text of `/etc/passwd`.
fn account(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let mut ids = fields.skip(1);
        Some(Account {
            uid: ids.next()?.parse().ok()?,
            gid: ids.next()?.parse().ok()?,
        })
    })
}

/// The folder of the server's programs.
fn bin() -> PathBuf {
    let on_path =
        answer("sh", &["-c", "command -v initdb"]).and_then(|found| Some(found.parent()?.to_owned()));
    let configured = answer("pg_config", &["--bindir"]);
    let candidates: Vec<PathBuf> = on_path.into_iter().chain(configured).chain(packaged()).collect();
    candidates
        .iter()
        .find(|bin| ["initdb", "pg_ctl", "psql"].iter().all(|program| bin.join(program).is_file()))
        .cloned()
        .unwrap_or_else(|| {
            panic!(
                "these tests need PostgreSQL's server programs (initdb, pg_ctl, psql): install the postgresql \
                 package of your system, or put its bin folder on PATH. Looked in: {candidates:?}"
            )
        })
}

/// What a program prints, as a path. `None` where there is no such program or it fails.
fn answer(program: &str, arguments: &[&str]) -> Option<PathBuf> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| PathBuf::from(text.trim()))
}

/// Where Debian and Red Hat keep the programs of several versions side by side, the newest first.
fn packaged() -> Vec<PathBuf> {
    let versions = |root: &str, prefix: &str| -> Vec<(u32, PathBuf)> {
        let entries = fs::read_dir(root).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect()
    };
    let mut found = versions("/usr/lib/postgresql", "");
    found.extend(versions("/usr", "pgsql-"));
    found.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    found.into_iter().map(|(_, bin)| bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/bin/false\n\
                          postgresql:x:7:8::/:/bin/sh\npostgres:x:101:104:admin,,,:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        assert_eq!(account(PASSWD, "postgres"), Some(Account { uid: 101, gid: 104 }));
        assert_eq!(
            account(PASSWD, "nobody"),
            Some(Account {
                uid: 65534,
                gid: 65533
            })
        );
        assert_eq!(account(PASSWD, "post"), None);
    }

    #[test]
    fn a_program_that_does_not_exist_has_no_answer() {
        assert_eq!(answer("/nonexistent/program", &[]), None);
    }
}
