//! Whether every file of tests is one for Cargo, too: tests of images share their build, so each has an entry
//! in `tests/Cargo.toml`, and what has none would never run and never be missed.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};

/// Whether each file in `tests` has its entry, and each entry its file.
///
/// # Errors
/// What is missing, with the entry to add or take away.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let folder = root.join("tests");
    let list = folder.join("Cargo.toml");
    let text = fs::read_to_string(&list)
        .with_context(|| format!("can't read {}", crate::workspace::shown(&list)))?;
    let listed: Vec<&str> = text.lines().filter_map(entry).collect();
    for path in &listed {
        ensure!(
            folder.join(path).is_file(),
            "tests/Cargo.toml has an entry for {path}, which doesn't exist; take it away or name the file"
        );
    }
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let file = if path.is_dir() {
            format!("{name}/main.rs")
        } else {
            name
        };
        let is_test =
            folder.join(&file).is_file() && file.ends_with(".rs") && !file.starts_with('.');
        let stem = file.trim_end_matches("/main.rs").trim_end_matches(".rs");
        ensure!(
            !is_test || listed.contains(&file.as_str()),
            "tests/{file} has no entry in tests/Cargo.toml, so it would never run; add it:\n\n\
             [[test]]\nname = \"{stem}\"\npath = \"{file}\"\n"
        );
    }
    Ok(())
}

/// The file that a line of `Cargo.toml` names, unless it is of another folder.
fn entry(line: &str) -> Option<&str> {
    let path = line
        .trim()
        .strip_prefix("path")?
        .trim_start()
        .strip_prefix('=')?;
    let path = path.trim().trim_matches('"');
    (path.ends_with(".rs") && !path.starts_with("src/")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_tests_has_its_entry() {
        check(&crate::workspace::root()).unwrap();
    }

    #[test]
    fn what_is_missing_is_said_with_the_entry() {
        let root = tempfile::tempdir().unwrap();
        let tests = root.path().join("tests");
        fs::create_dir_all(tests.join("chaos")).unwrap();
        fs::create_dir_all(tests.join("notes")).unwrap();
        let list = |text: &str| fs::write(tests.join("Cargo.toml"), text).unwrap();
        let said = || check(root.path()).unwrap_err().to_string();
        list("[[test]]\nname = \"a\"\npath = \"a.rs\"\n");
        assert!(
            said().contains("has an entry for a.rs, which doesn't exist"),
            "{}",
            said()
        );
        fs::write(tests.join("a.rs"), "").unwrap();
        fs::write(tests.join("README.md"), "").unwrap();
        check(root.path()).unwrap();
        fs::write(tests.join("b.rs"), "").unwrap();
        assert!(
            said().ends_with("add it:\n\n[[test]]\nname = \"b\"\npath = \"b.rs\"\n"),
            "{}",
            said()
        );
        fs::remove_file(tests.join("b.rs")).unwrap();
        fs::write(tests.join("chaos/main.rs"), "").unwrap();
        assert!(said().contains("path = \"chaos/main.rs\""), "{}", said());
    }
}
