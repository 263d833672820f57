//! The pepper's file in the data folder: read, or created once and never overwritten. When a new pepper may be made is
//! decided in `installation.rs`.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use wicketgate_auth::{Entropy, Pepper, Peppers, Plaintext};

/// Where the pepper is.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("pepper")
}

/// Reads the file. `None` where there is none.
pub(crate) fn read(path: &Path) -> anyhow::Result<Option<Peppers>> {
    let name = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => Plaintext::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| {
                format!(
                    "cannot read the pepper {name}: run this command as the user that the gateway runs as"
                )
            });
        }
    };
    let peppers = Peppers::parse(text.reveal())
        .with_context(|| format!("the pepper {name} is damaged: put it back from a backup"))?;
    Ok(Some(peppers))
}

/// A pepper that is in no file yet.
pub(crate) struct Fresh {
    text: Plaintext,
}

impl Fresh {
    /// Draws one.
    pub(crate) fn draw(entropy: &mut impl Entropy) -> Self {
        Self {
            text: Pepper::generate(1, entropy).to_file_text(),
        }
    }

    /// The pepper itself.
    pub(crate) fn peppers(&self) -> anyhow::Result<Peppers> {
        Ok(Peppers::parse(self.text.reveal())?)
    }

    /// Keeps it in a new file with mode 0600, on disk when this returns. Where the file has come to be in the
    /// meantime it stays as it is, and the answer is `false`.
    pub(crate) fn keep(&self, path: &Path) -> anyhow::Result<bool> {
        self.write(path)
            .with_context(|| format!("cannot write the pepper {}", path.display()))
    }

    fn write(&self, path: &Path) -> std::io::Result<bool> {
        let folder = path.parent().unwrap_or(Path::new("."));
        // Complete before it gets its name: another process sees all of it or none.
        let mut file = tempfile::Builder::new().prefix(".pepper-").tempfile_in(folder)?;
        file.write_all(self.text.reveal().as_bytes())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(false),
            Err(error) => return Err(error.error),
        }
        // The name is on disk only when the folder is.
        File::open(folder)?.sync_all()?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use wicketgate_auth::OsEntropy;

    use super::*;
    use crate::config::data_dir::mode;

    #[test]
    fn a_new_pepper_is_the_owners_alone_and_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        let fresh = Fresh::draw(&mut OsEntropy);
        assert!(read(&path).unwrap().is_none());
        assert!(fresh.keep(&path).unwrap());
        assert_eq!(mode(&path).unwrap(), 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap(), fresh.text.reveal());
        assert_eq!(read(&path).unwrap().unwrap().current().id(), 1);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn a_pepper_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        fs::write(&path, "precious").unwrap();
        assert!(!Fresh::draw(&mut OsEntropy).keep(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn two_peppers_are_not_alike() {
        let [one, two] = [(), ()].map(|()| Fresh::draw(&mut OsEntropy));
        assert_ne!(one.text.reveal(), two.text.reveal());
    }

    #[test]
    fn a_damaged_pepper_is_named_and_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        fs::write(&path, "1:0123").unwrap();
        let error = format!("{:#}", read(&path).unwrap_err());
        assert!(error.contains("backup") && !error.contains("0123"), "{error}");
    }
}
