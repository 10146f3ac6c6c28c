//! Files that are there as a whole or not at all.
//!
//! A full disk, or somebody who ends the tool, would leave half a file where the next command takes it
//! for a whole one. So a file is written beside its place and then put there, which takes one step.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io, process};

use anyhow::Context as _;

/// Writes a file; what was there before stays until all of the new is there. A link's target is written, and
/// stays where it is; what is no file, such as a pipe or a device, is written to as it is.
///
/// # Errors
/// If it can't be written; then what was there before is there still, and nothing beside it.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    // One that isn't there, or whose target isn't, is taken by its name.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        return fs::File::options()
            .write(true)
            .open(path)?
            .write_all(bytes.as_ref());
    }
    let beside = beside(path);
    let result = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if result.is_err() {
        // It may not be there; there is nobody to tell if it can't be taken away.
        let _ = fs::remove_file(&beside);
    }
    result
}

/// Writes a file only if that changes it, so that nothing that depends on it is built again.
///
/// # Errors
/// As [`write()`].
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    write(path, bytes).with_context(|| format!("can't write {}", path.display()))
}

/// Refuses a file that can't be written, before it is worked for. What it holds stays; one that wasn't there is
/// empty then.
///
/// # Errors
/// If it can't be opened for writing.
pub fn is_writable(path: &Path) -> anyhow::Result<()> {
    let options = fs::File::options().create(true).append(true).open(path);
    options.with_context(|| format!("can't write {}", crate::workspace::shown(path)))?;
    Ok(())
}

/// A name in the same folder that nobody else uses.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    fn what_is_there_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, "old").unwrap();
        write(&file, "newer").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"newer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_one_and_a_pipe_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, "new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let (mut reader, writer) = io::pipe().unwrap();
        let own = format!("/proc/self/fd/{}", writer.as_raw_fd());
        write(Path::new(&own), "through").unwrap();
        drop(writer);
        let mut said = String::new();
        reader.read_to_string(&mut said).unwrap();
        assert_eq!(said, "through");
    }

    /// A name so long that no other fits beside it stands for all that can go wrong.
    #[test]
    fn what_is_there_stays_if_the_new_can_not_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x".repeat(255));
        fs::write(&file, "old").unwrap();
        assert!(write(&file, "new").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
