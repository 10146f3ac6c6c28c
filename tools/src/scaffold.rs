//! Writes a first partition and a system that runs it, from templates.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::whole;

/// What stands for the name in the templates.
const NAME: &str = "@NAME@";
const PARTITION: &str = include_str!("../templates/partition.rs");
const PARTITION_IN_C: &str = include_str!("../templates/partition.c");
const SYSTEM: &str = include_str!("../templates/system.rs");

/// Longest name of a partition (`paratia_abi::passport::MAX_NAME_BYTES`).
const MAX_NAME_BYTES: usize = 24;
/// Names that Cargo or the console keep for themselves.
const RESERVED: [&str; 11] = [
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "mod",
    "paratia",
    "proc-macro",
    "std",
    "test",
];
/// Rust's keywords (The Rust Reference, "Keywords"), which name no module.
const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else \
    enum extern false final fn for gen if impl in let loop macro match move mut override priv pub \
    ref return self static struct super trait true try type typeof unsafe unsized use virtual \
    where while yield";

/// What a partition's program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Over the runtime.
    Rust,
    /// Over the interface's header alone.
    C,
}

impl Language {
    fn program(self, name: &str) -> (String, &'static str) {
        match self {
            Self::Rust => (format!("partitions/src/bin/{name}.rs"), PARTITION),
            Self::C => (format!("partitions/c/{name}.c"), PARTITION_IN_C),
        }
    }
}

/// Writes the files for a partition called `name` below the workspace's root and returns them.
///
/// # Errors
/// If the name won't do or is taken, or a file can't be written. Nothing is ever overwritten.
pub fn partition(root: &Path, name: &str, language: Language) -> anyhow::Result<[PathBuf; 2]> {
    let files = free(root, name, language)?;
    for (path, template) in &files {
        whole::write(&root.join(path), template.replace(NAME, name))
            .with_context(|| format!("can't write {path}"))?;
    }
    Ok(files.map(|(path, _)| root.join(path)))
}

/// The files of a partition that nothing stands in the way of, below the root, with their templates.
fn free(
    root: &Path,
    name: &str,
    language: Language,
) -> anyhow::Result<[(String, &'static str); 2]> {
    check_name(name)?;
    let system = format!("config/src/systems/{}.rs", name.replace('-', "_"));
    // A program may be a folder, as may what systems share; and guests for tests share the images'
    // folder.
    let taken = [
        Language::Rust.program(name).0,
        Language::C.program(name).0,
        format!("partitions/src/bin/{name}"),
        system.clone(),
        format!("config/src/systems/{}", name.replace('-', "_")),
        format!("tests/guests/src/bin/{name}"),
        format!("tests/guests/src/bin/{name}.rs"),
    ];
    for path in taken.map(|path| root.join(path)) {
        ensure!(
            !path.exists(),
            "'{name}' is taken: {} exists",
            crate::workspace::shown(&path)
        );
    }
    Ok([language.program(name), (system, SYSTEM)])
}

/// A partition's name is also a system's, a program's and a module's.
fn check_name(name: &str) -> anyhow::Result<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure!(
        (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(plain),
        "the name '{name}' won't do: a name is 1 to 24 of a-z, 0-9 and '-'"
    );
    ensure!(
        name.starts_with(|first: char| first.is_ascii_lowercase()) && !name.ends_with('-'),
        "the name '{name}' won't do: it starts with a letter and doesn't end with '-'"
    );
    let reserved = RESERVED.contains(&name) || KEYWORDS.split(' ').any(|keyword| keyword == name);
    ensure!(
        !reserved,
        "the name '{name}' won't do: it has a meaning of its own; take another"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for folder in [
            "partitions/src/bin",
            "partitions/c",
            "config/src/systems",
            "tests/guests/src/bin",
        ] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        root
    }

    #[test]
    fn both_files_carry_the_name() {
        let root = workspace();
        let files = partition(root.path(), "trip-computer", Language::Rust).unwrap();
        let names: Vec<_> = files
            .iter()
            .map(|it| it.strip_prefix(root.path()).unwrap())
            .collect();
        assert_eq!(
            names,
            [
                Path::new("partitions/src/bin/trip-computer.rs"),
                Path::new("config/src/systems/trip_computer.rs")
            ]
        );
        let system = fs::read_to_string(&files[1]).unwrap();
        assert!(system.contains("Image::Program(\"trip-computer\")"));
        assert!(!system.contains(NAME));
    }

    #[test]
    fn a_program_in_c_has_the_same_system() {
        let root = workspace();
        let [program, system] = partition(root.path(), "radio", Language::C).unwrap();
        assert_eq!(program, root.path().join("partitions/c/radio.c"));
        let text = fs::read_to_string(program).unwrap();
        assert!(
            text.starts_with("/* The partition `radio`, in C:"),
            "{text}"
        );
        let system = fs::read_to_string(system).unwrap();
        assert!(system.contains("Image::Program(\"radio\")"));
    }

    #[test]
    fn nothing_is_overwritten() {
        for taken in [
            "partitions/c/radio.c",
            "partitions/src/bin/radio.rs",
            "config/src/systems/radio.rs",
            "tests/guests/src/bin/radio.rs",
            "config/src/systems/radio/mod.rs",
        ] {
            let root = workspace();
            fs::create_dir_all(root.path().join(taken).parent().unwrap()).unwrap();
            fs::write(root.path().join(taken), "mine").unwrap();
            let message = partition(root.path(), "radio", Language::Rust)
                .unwrap_err()
                .to_string();
            assert!(message.starts_with("'radio' is taken: "), "{message}");
            assert_eq!(fs::read_to_string(root.path().join(taken)).unwrap(), "mine");
        }
    }

    /// Whatever lies where the two files would go, or where a module or a program would be looked for, has
    /// its name for itself: in this very checkout.
    #[test]
    fn every_name_that_exists_is_taken() {
        let root = crate::workspace::root();
        let mut count = 0;
        for folder in [
            "config/src/systems",
            "partitions/c",
            "partitions/src/bin",
            "tests/guests/src/bin",
        ] {
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                // What programs in C share is none.
                if path
                    .extension()
                    .is_some_and(|it| it == "S" || it == "ld" || it == "h")
                {
                    continue;
                }
                let stem = path.file_stem().unwrap().to_str().unwrap();
                let name = stem.replace('_', "-");
                assert!(free(&root, &name, Language::Rust).is_err(), "{name}");
                count += 1;
            }
        }
        assert!(count > 50, "{count}");
    }

    #[test]
    fn names_that_will_not_do() {
        for name in [
            "",
            "Radio",
            "ra_dio",
            "7up",
            "-x",
            "x-",
            "loop",
            "paratia",
            "mod",
            "../evil",
            &"x".repeat(25),
        ] {
            assert!(check_name(name).is_err(), "{name}");
        }
        for name in ["a", "radio", "trip-computer-2"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_templates_are_formatted_alike() {
        for template in [PARTITION, PARTITION_IN_C, SYSTEM] {
            assert!(template.contains(NAME) && template.ends_with("}\n"));
            assert!(template.lines().all(|line| line.len() <= 100));
        }
    }
}
