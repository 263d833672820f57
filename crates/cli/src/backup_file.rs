//! The file of a backup: a SQLite database, and behind it a seal that only the pepper makes. A file that was changed or cut
//! off, and one that is no backup of this installation, has no seal or another one.

use std::{
    fs::File,
    io::{self, Read, Seek as _, SeekFrom, Write},
    path::Path,
};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use wicketgate_auth::Peppers;

/// Bytes of what stands before the seal.
const MARK_LEN: usize = 16;
/// What stands before the seal.
const MARK: &[u8; MARK_LEN] = b"wicketgate seal1";
/// Bytes of the seal.
const SEAL_LEN: usize = 32;
/// What the seal is for.
const PURPOSE: &str = "wicketgate backup";
/// How much is read at once.
const CHUNK: usize = 1 << 16;

/// Copies so many bytes, and is their digest.
fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = from.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(digest.finalize().into());
        };
        digest.update(bytes);
        to.write_all(bytes)?;
    }
}

/// Puts the seal behind what is in the file.
pub(crate) fn seal(file: &mut File, peppers: &Peppers) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let digest = copy(file, &mut io::sink())?;
    file.write_all(MARK)?;
    file.write_all(&peppers.seal(PURPOSE, &digest))
}

/// Copies the database of a backup whose seal is the right one. Where it is not, what was copied is worth nothing.
pub(crate) fn unseal(path: &Path, to: &mut File, peppers: &Peppers) -> anyhow::Result<()> {
    const WHAT_NOW: &str = "it was changed or cut off, or is no backup of the installation that this pepper belongs to: \
                            take another backup, or the pepper that was kept with it";
    let name = path.display();
    let mut file = File::open(path).with_context(|| format!("cannot read the backup {name}"))?;
    let length = file.metadata()?.len();
    let seal_length = (MARK_LEN + SEAL_LEN) as u64;
    let Some(database) = length.checked_sub(seal_length) else {
        bail!("the backup {name} cannot be used: {WHAT_NOW}");
    };
    let digest = copy(&mut (&mut file).take(database), to)
        .with_context(|| format!("cannot copy the backup {name}"))?;
    let mut behind = Vec::new();
    file.read_to_end(&mut behind)?;
    let is_sealed = behind
        .split_first_chunk::<MARK_LEN>()
        .is_some_and(|(mark, seal)| mark == MARK && peppers.is_sealed(PURPOSE, &digest, seal));
    if !is_sealed {
        bail!("the backup {name} cannot be used: {WHAT_NOW}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use wicketgate_auth::{OsEntropy, Pepper};

    use super::*;

    fn peppers() -> Peppers {
        Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap()
    }

    fn unsealed(path: &Path, peppers: &Peppers) -> anyhow::Result<Vec<u8>> {
        let mut to = tempfile::tempfile().unwrap();
        unseal(path, &mut to, peppers)?;
        to.seek(SeekFrom::Start(0)).unwrap();
        let mut bytes = Vec::new();
        to.read_to_end(&mut bytes).unwrap();
        Ok(bytes)
    }

    #[test]
    fn what_was_sealed_comes_back_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        let content: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        fs::write(&path, &content).unwrap();
        let peppers = peppers();
        let mut file = File::options().read(true).write(true).open(&path).unwrap();
        seal(&mut file, &peppers).unwrap();
        assert_eq!(unsealed(&path, &peppers).unwrap(), content);

        let sealed = fs::read(&path).unwrap();
        for at in [0, 70_000, content.len() - 1, content.len() + 3, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            let error = unsealed(&path, &peppers).unwrap_err().to_string();
            assert!(error.contains("changed or cut off"), "{at}: {error}");
        }
        for length in [0, 10, content.len(), sealed.len() - 1] {
            fs::write(&path, &sealed[..length]).unwrap();
            unsealed(&path, &peppers).unwrap_err();
        }
        fs::write(&path, [sealed.as_slice(), &[0]].concat()).unwrap();
        unsealed(&path, &peppers).unwrap_err();
        fs::write(&path, &sealed).unwrap();
        unsealed(&path, &self::peppers()).unwrap_err();
        assert_eq!(unsealed(&path, &peppers).unwrap(), content);
    }
}
