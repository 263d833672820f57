//! The folder that holds the pepper, and the SQLite database unless it is elsewhere. Nobody else may look into it.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::{Context as _, bail};

/// The folder when nothing says so.
pub(super) const DEFAULT: &str = "./wicketgate-data";

/// Creates the folder with mode 0700 where it is missing. One that is there keeps its mode.
pub(crate) fn create(folder: &Path) -> anyhow::Result<()> {
    let name = folder.display();
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => bail!("the data folder {name} is a file: choose another one with --data-dir"),
        Err(error) if error.kind() == ErrorKind::NotFound => fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("cannot create the data folder {name}: choose another one with --data-dir")),
        Err(error) => Err(error).with_context(|| {
            format!("cannot look at the data folder {name}: let this user in, or choose another one with --data-dir")
        }),
    }
}

/// The permission bits of a file or folder.
pub(crate) fn mode(path: &Path) -> std::io::Result<u32> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o777)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_is_the_owners_alone_and_an_old_one_stays_as_it_is() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("a/b");
        create(&folder).unwrap();
        assert_eq!(mode(&folder).unwrap(), 0o700);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
        create(&folder).unwrap();
        assert_eq!(mode(&folder).unwrap(), 0o750);
    }

    #[test]
    fn a_file_in_its_place_is_named() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("file");
        fs::write(&path, "").unwrap();
        let error = create(&path).unwrap_err().to_string();
        assert!(
            error.contains("is a file") && error.contains("--data-dir"),
            "{error}"
        );
    }
}
