//! The figures of another commit, which is checked out, built and measured beside this state.
//!
//! Its files lie outside of this checkout: below it, Cargo would read this checkout's `.cargo/config.toml`
//! beside theirs, and build with the flags of both.

mod compared;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context as _, bail, ensure};

pub use compared::{Compared, Standing, Theirs, compare, read};

use crate::progress::Progress;
use crate::workspace;

/// A commit of this project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its whole name.
    pub id: String,
}

impl Commit {
    /// The commit that Git knows by a name: an id, a branch, `HEAD~3`.
    ///
    /// # Errors
    /// If this isn't a checkout of Git's, or there is no such commit.
    pub fn find(name: &str) -> anyhow::Result<Self> {
        git(["rev-parse", "--git-dir"]).context(
            "another commit can be measured in a checkout that Git made; this one has no history to \
             take it from",
        )?;
        // A name that begins with a dash would be an option, and no commit has one.
        let wanted = format!("{name}^{{commit}}");
        let id = git([
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ]);
        let id = id.ok().with_context(|| {
            format!(
                "no commit is called '{name}' here; `git log --oneline` lists those that there are, and \
                 `git fetch` brings others"
            )
        })?;
        Ok(Self { id })
    }

    /// Its name as people write it.
    #[must_use]
    pub fn short(&self) -> &str {
        self.id.get(..7).unwrap_or(&self.id)
    }
}

/// What is measured as this state: the commit that it is, and how many files differ from it.
///
/// # Errors
/// If Git fails.
pub fn here() -> anyhow::Result<String> {
    let changed = git(["status", "--porcelain"])?.lines().count();
    let head = Commit::find("HEAD")?;
    Ok(match changed {
        0 => head.short().to_owned(),
        1 => format!("{} and a changed file", head.short()),
        _ => format!("{} and {changed} changed files", head.short()),
    })
}

/// Checks a commit out, builds it and measures it, as its own `cargo paratia bench` does, without a peer.
///
/// # Errors
/// If there is no room for it, it doesn't build, or its bench doesn't write figures as JSON.
pub fn measure(commit: &Commit, progress: &mut dyn Progress) -> anyhow::Result<Vec<Theirs>> {
    let cache = cache()?;
    let folder = check_out(commit, &cache)?;
    progress.begin(&format!("building and measuring {}", commit.short()));
    let said = bench(&folder, &cache.join("target"))
        .output()
        .context("can't start Cargo")?;
    let figures = read(&String::from_utf8_lossy(&said.stdout)).with_context(|| {
        format!(
            "the bench of {} ended with {} and wrote no figures; it can be compared with commits whose \
             `cargo paratia bench` has `--json`. It said:\n{}",
            commit.short(),
            said.status,
            ending(&String::from_utf8_lossy(&said.stderr))
        )
    })?;
    progress.done();
    Ok(figures)
}

/// Where other commits lie: in the user's cache.
fn cache() -> anyhow::Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let base = set("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(Path::new(&set("HOME")?).join(".cache")));
    let base = base.context(
        "there is no place for another commit's files: neither XDG_CACHE_HOME nor HOME is set",
    )?;
    Ok(base.join("paratia/against"))
}

/// The files of a commit in a folder of their own. They are complete, or the folder isn't there.
fn check_out(commit: &Commit, cache: &Path) -> anyhow::Result<PathBuf> {
    let folder = cache.join(&commit.id);
    if folder.exists() {
        return Ok(folder);
    }
    let begun = cache.join(format!("{}.{}", commit.id, std::process::id()));
    fs::create_dir_all(&begun).with_context(|| format!("can't make {}", begun.display()))?;
    let archive = begun.with_extension("tar");
    git([
        OsStr::new("archive"),
        OsStr::new("--output"),
        archive.as_os_str(),
        OsStr::new(&commit.id),
    ])?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xf").arg(&archive).arg("-C").arg(&begun);
    said(&mut unpack)?;
    fs::remove_file(&archive)?;
    fs::rename(&begun, &folder)
        .with_context(|| format!("can't move {} to its place", begun.display()))?;
    Ok(folder)
}

/// The bench of the commit in `folder`. What a Cargo has set for this tool isn't for another one.
fn bench(folder: &Path, target: &Path) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["run", "--quiet", "--package", "paratia", "--target-dir"])
        .arg(target)
        .args(["--", "bench", "--peer", "none", "--json"])
        .current_dir(folder)
        .stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.env_remove("CARGO_TARGET_DIR");
    command.env_remove("PARATIA_PREBUILT");
    command
}

/// What Git says to `arguments` in this checkout, without the last line's end.
fn git<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> anyhow::Result<String> {
    said(
        Command::new("git")
            .arg("-C")
            .arg(workspace::root())
            .args(arguments),
    )
}

/// What a program says, if it succeeds.
fn said(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("can't start {program}"))?;
    if !output.status.success() {
        bail!(
            "{program}: {}",
            ending(&String::from_utf8_lossy(&output.stderr))
        );
    }
    let text = String::from_utf8(output.stdout);
    let text = text.with_context(|| format!("{program} wrote no text"))?;
    Ok(text.trim_end().to_owned())
}

/// The last lines of what was said: where the reason is.
fn ending(text: &str) -> String {
    const LINES: usize = 20;
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Whether the figures of both could be compared at all.
///
/// # Errors
/// If no figure of the other state is known here.
pub fn ensure_common(rows: &[Compared], commit: &Commit) -> anyhow::Result<()> {
    ensure!(
        rows.iter().any(|row| row.ratio().is_some()),
        "no figure of {} is one of this state's, so there is nothing to compare",
        commit.short()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_found_by_any_of_its_names_or_refused_in_words() {
        // A copy without its history says so, which is all that it can do.
        let Ok(head) = Commit::find("HEAD") else {
            let error = format!("{:#}", Commit::find("HEAD").unwrap_err());
            assert!(error.contains("in a checkout that Git made"), "{error}");
            return;
        };
        assert_eq!(Commit::find(head.short()).unwrap(), head);
        for wrong in ["no-such-commit", "--all", "", "HEAD:README.md"] {
            let error = format!("{:#}", Commit::find(wrong).unwrap_err());
            let expected = format!("no commit is called '{wrong}' here; `git log --oneline`");
            assert!(error.starts_with(&expected), "{error}");
        }
    }

    #[test]
    fn a_commit_s_files_are_checked_out_whole() {
        let Ok(head) = Commit::find("HEAD") else {
            return;
        };
        let cache = tempfile::tempdir().unwrap();
        let folder = check_out(&head, cache.path()).unwrap();
        assert!(folder.join(".cargo/config.toml").exists());
        assert!(folder.join("hypervisor/Cargo.toml").exists());
        let left = fs::read_dir(cache.path()).unwrap().count();
        assert_eq!(left, 1, "nothing but the folder is left");
        assert_eq!(check_out(&head, cache.path()).unwrap(), folder);
    }

    #[test]
    fn the_end_of_what_was_said_is_shown() {
        let long: String = (0..30).map(|line| format!("{line}\n")).collect();
        assert!(ending(&long).starts_with("10\n11\n"));
        assert!(ending(&long).ends_with("\n29"));
        assert_eq!(ending("one\n"), "one");
    }
}
