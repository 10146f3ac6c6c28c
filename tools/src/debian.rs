//! Files from Debian's packages for arm64, by the package's name.
//!
//! They are what boots on a board, not programs of this machine, so nothing is installed and no root
//! is needed: apt gets an architecture, lists and a cache of its own below `target/paratia/debian`,
//! and takes from this machine's configuration only where packages come from. What is unpacked stays
//! there until the folder is deleted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::not_yet::NotYet;
use crate::progress::Progress;
use crate::workspace;

/// Most packages from a name to the one with the file: a meta package leads to a versioned one.
const MOST_STEPS: usize = 3;

/// A file of a package, unpacked. Parts of `path` may end in `*`, for any rest that has no `/`.
///
/// If it isn't there, the package is fetched, or those that it depends on; not without a `progress`
/// to show that.
///
/// # Errors
/// If the package can't be fetched, or there is no such file in it: with what to do.
pub fn file(
    package: &str,
    path: &str,
    progress: Option<&mut dyn Progress>,
) -> anyhow::Result<PathBuf> {
    let folder = folder(package);
    if let Some(file) = find(&folder, path) {
        return Ok(file);
    }
    let shown = workspace::shown(&folder);
    let Some(progress) = progress else {
        bail!(NotYet(format!(
            "Debian's package {package} isn't in {shown} yet; a build fetches it"
        )));
    };
    progress.begin(&format!("fetching Debian's package {package}"));
    if let Err(error) = fetch(package, &folder, path) {
        let remedy = remedy(&format!("{error:#}"));
        return Err(error.context(format!(
            "can't fetch Debian's package {package} for arm64; {remedy}or unpack it yourself: dpkg-deb \
             -x {package}_*.deb {shown}"
        )));
    }
    progress.done();
    find(&folder, path).with_context(|| {
        format!("Debian's package {package} has no file {path}; {shown} shows what it has")
    })
}

/// Where a package is unpacked.
fn folder(package: &str) -> PathBuf {
    workspace::products().join("debian").join(package)
}

/// The causes for which fetching fails, by what apt and dpkg say, and what helps.
const REMEDIES: [(&[&str], &str); 7] = [
    (
        &[
            "Could not resolve",
            "Temporary failure",
            "Could not connect",
            "unreachable",
            "timed out",
        ],
        "connect this machine to a network, ",
    ),
    (
        &["No space left", "enough free space", "Disk quota"],
        "make room on the disk, ",
    ),
    (
        &[
            "Unable to locate package",
            "no installation candidate",
            "No packages found",
        ],
        "this machine's package sources have no such package: add Debian's to them, ",
    ),
    (
        &[
            "not valid yet",
            "is expired",
            "NO_PUBKEY",
            "not signed",
            "verification",
        ],
        "this machine's package sources can't be trusted now: look at its clock and at their keys, ",
    ),
    (
        &["404", "Hash Sum mismatch"],
        "the archive has changed meanwhile: try again, ",
    ),
    (
        &[
            "Permission denied",
            "Read-only file system",
            "Operation not permitted",
        ],
        "see who may write below target/paratia, ",
    ),
    (
        &["can't start"],
        "apt and dpkg are Debian's: install them, ",
    ),
];

/// What helps against what apt and dpkg said; nothing is guessed.
fn remedy(said: &str) -> &'static str {
    let is_meant = |words: &&[&str]| words.iter().any(|word| said.contains(word));
    let known = REMEDIES.iter().find(|(words, _)| is_meant(words));
    known.map_or("see what apt says, ", |(_, remedy)| remedy)
}

/// The file in the folder whose path is `path`, the last one by name if that has a `*`. A kernel that isn't
/// in `boot` may be beside its modules, where newer packages of Debian have it.
fn find(folder: &Path, path: &str) -> Option<PathBuf> {
    let newer = path
        .strip_prefix("boot/vmlinuz-")
        .map(|version| format!("usr/lib/modules/{version}/vmlinuz"));
    let mut paths = [Some(path.to_owned()), newer].into_iter().flatten();
    paths.find_map(|path| find_one(folder, &path))
}

/// The file in the folder whose path is `path`, the last one by name if parts of it end in `*`, for any rest
/// that has no `/`.
fn find_one(folder: &Path, path: &str) -> Option<PathBuf> {
    let (part, rest) = match path.split_once('/') {
        Some((part, rest)) => (part, Some(rest)),
        None => (path, None),
    };
    let below = |place: PathBuf| match rest {
        Some(rest) => find_one(&place, rest),
        None => place.is_file().then_some(place),
    };
    let Some(prefix) = part.strip_suffix('*') else {
        return below(folder.join(part));
    };
    let entries = fs::read_dir(folder).ok()?;
    let mut names: Vec<_> = entries.flatten().map(|it| it.file_name()).collect();
    names.retain(|name| name.to_string_lossy().starts_with(prefix));
    names.sort();
    let mut places = names.iter().rev().map(|name| folder.join(name));
    places.find_map(below)
}

/// Unpacks the package, then what it depends on, until the file is there.
fn fetch(package: &str, folder: &Path, path: &str) -> anyhow::Result<()> {
    let apt = Apt::for_boards()?;
    let mut names = vec![package.to_owned()];
    for _ in 0..MOST_STEPS {
        let mut next = Vec::new();
        for name in &names {
            apt.unpack(name, folder)?;
            if find(folder, path).is_some() {
                return Ok(());
            }
            next.extend(apt.dependencies(name)?);
        }
        names = next;
    }
    Ok(())
}

/// apt with a state of its own.
pub(crate) struct Apt {
    state: PathBuf,
    options: Vec<(&'static str, String)>,
}

impl Apt {
    /// apt for arm64.
    fn for_boards() -> anyhow::Result<Self> {
        let arm64 = ["APT::Architecture", "APT::Architectures"];
        let options = arm64.map(|key| (key, "arm64".to_owned()));
        Self::new(workspace::products().join("debian/.apt"), options.to_vec())
    }

    /// apt with its state in a folder, and further options.
    pub(crate) fn new(
        state: PathBuf,
        options: Vec<(&'static str, String)>,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(state.join("lists/partial"))?;
        fs::create_dir_all(state.join("cache/archives/partial"))?;
        crate::whole::write(&state.join("status"), "")?;
        Ok(Self { state, options })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let state = |name: &str| self.state.join(name).display().to_string();
        let own = [
            ("APT::Sandbox::User", String::new()),
            ("Acquire::Languages", "none".to_owned()),
            ("Dir::State", self.state.display().to_string()),
            ("Dir::State::status", state("status")),
            ("Dir::Cache", state("cache")),
        ];
        for (key, value) in own.iter().chain(&self.options) {
            command.args(["-o", &format!("{key}={value}")]);
        }
        command
    }

    /// Fetches a package and unpacks it into `folder`. The lists may be missing, or name a version
    /// that the archive has no more; then they are fetched, and it is tried again.
    pub(crate) fn unpack(&self, package: &str, folder: &Path) -> anyhow::Result<()> {
        if self.download(package).is_err() {
            said(self.command("apt-get").arg("update"))?;
            self.download(package)?;
        }
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(&self.state)? {
            let file = entry?.path();
            if file.extension().is_some_and(|extension| extension == "deb") {
                said(Command::new("dpkg-deb").arg("-x").args([&file, folder]))?;
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }

    fn download(&self, package: &str) -> anyhow::Result<()> {
        let mut command = self.command("apt-get");
        command.args(["download", package]).current_dir(&self.state);
        said(&mut command).map(drop)
    }

    /// The packages that a package depends on, without alternatives.
    fn dependencies(&self, package: &str) -> anyhow::Result<Vec<String>> {
        let mut command = self.command("apt-cache");
        let text = said(command.args(["depends", "--important", package]))?;
        let depends = |line: &str| line.trim().strip_prefix("Depends: ").map(str::to_owned);
        // One that depends on nothing may be beside one that does.
        Ok(text.lines().filter_map(depends).collect())
    }
}

/// Runs a command silently and returns what it printed; its own words are in the error if it fails.
fn said(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .with_context(|| format!("can't start {name}"))?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_leave_its_end_open() {
        let folder = tempfile::tempdir().unwrap();
        let boot = folder.path().join("boot");
        fs::create_dir_all(boot.join("vmlinuz-0")).unwrap();
        fs::write(boot.join("vmlinuz-6.1"), "").unwrap();
        fs::write(boot.join("vmlinuz-6.2"), "").unwrap();
        fs::write(boot.join("config-6.3"), "").unwrap();
        let find = |path| find(folder.path(), path);
        assert_eq!(find("boot/vmlinuz-*"), Some(boot.join("vmlinuz-6.2")));
        assert_eq!(find("boot/config-6.3"), Some(boot.join("config-6.3")));
        assert_eq!(find("boot/initrd-*"), None);
        assert_eq!(find("boot"), None);
        assert_eq!(find("lib/*"), None);
    }

    #[test]
    fn a_kernel_may_lie_beside_its_modules() {
        let folder = tempfile::tempdir().unwrap();
        let modules = folder.path().join("usr/lib/modules");
        for version in ["6.16-cloud-arm64", "6.17-cloud-arm64"] {
            fs::create_dir_all(modules.join(version)).unwrap();
            fs::write(modules.join(version).join("vmlinuz"), "").unwrap();
        }
        // Without a kernel in it, it is passed over.
        fs::create_dir_all(modules.join("6.18-cloud-arm64")).unwrap();
        let newest = modules.join("6.17-cloud-arm64/vmlinuz");
        assert_eq!(find(folder.path(), "boot/vmlinuz-*"), Some(newest));
        let one = modules.join("6.16-cloud-arm64/vmlinuz");
        assert_eq!(find(folder.path(), "boot/vmlinuz-6.16*"), Some(one));
        assert_eq!(find(folder.path(), "boot/config-*"), None);
    }

    #[test]
    fn a_failure_to_fetch_is_told_by_its_cause() {
        for (said, words) in [
            (
                "apt-get: E: Failed to fetch x  Could not resolve 'deb'",
                "network",
            ),
            (
                "apt-get: E: You don't have enough free space in /x",
                "make room",
            ),
            (
                "dpkg-deb: tar: vmlinuz: Cannot write: No space left on device",
                "make room",
            ),
            (
                "apt-get: E: Unable to locate package linux-imag",
                "no such package",
            ),
            ("apt-get: E: Release file for x is not valid yet", "clock"),
            (
                "apt-get: W: GPG error: x NO_PUBKEY 0E98404D386FA1D9",
                "keys",
            ),
            ("apt-get: E: Failed to fetch x  404  Not Found", "try again"),
            ("mkdir: Permission denied", "who may write"),
            (
                "can't start apt-get: No such file or directory",
                "install them",
            ),
            ("apt-get: E: something new", "see what apt says"),
        ] {
            assert!(remedy(said).contains(words), "{said}: {}", remedy(said));
        }
    }

    #[test]
    fn nothing_is_fetched_unless_somebody_watches() {
        let error = file("no-such-package", "bin/true", None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("Debian's package no-such-package isn't in ")
        );
    }
}
