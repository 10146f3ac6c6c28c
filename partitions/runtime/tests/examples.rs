//! Every public item of the runtime has an example, which a documentation test compiles.

use std::fs;
use std::path::{Path, PathBuf};

/// What is there on the target alone, where documentation tests don't run.
const OF_THE_TARGET: [&str; 3] = ["mmu.rs", "exception.rs", "first.rs"];

/// How an item's declaration begins that somebody else can name.
const PUBLIC: [&str; 6] = [
    "pub fn ",
    "pub const fn ",
    "pub struct ",
    "pub enum ",
    "pub trait ",
    "macro_rules! ",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|it| it.to_str()).expect("a name");
        if path.is_dir() {
            sources(&path, found);
        } else if !OF_THE_TARGET.contains(&name) {
            found.push(path);
        }
    }
}

/// The documentation and attributes that stand before line `at`.
fn before<'a>(lines: &'a [&str], at: usize) -> impl Iterator<Item = &'a str> {
    let before = lines[..at].iter().rev().map(|line| line.trim());
    before.take_while(|line| {
        !line.is_empty() && !line.ends_with(['}', '{', ';']) || line.starts_with("///")
    })
}

#[test]
fn every_public_item_has_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let (mut items, mut without) = (0, Vec::new());
    for file in &files {
        let text = fs::read_to_string(file).expect("text");
        // What is private to the crate: stand-ins for the host, tests, windows of messages.
        let module = format!(
            "pub mod {};",
            file.file_stem().and_then(|it| it.to_str()).expect("a name")
        );
        let is_root = file.parent() == Some(&root);
        let library = fs::read_to_string(root.join("lib.rs")).expect("text");
        let is_told = library.contains(&module) || file.ends_with("no_port.rs") || !is_root;
        if !is_told || file.ends_with("host.rs") || file.ends_with("tests.rs") {
            continue;
        }
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let line = line.trim();
            if !PUBLIC.iter().any(|public| line.starts_with(public))
                || line.starts_with("macro_rules! call")
            {
                continue;
            }
            items += 1;
            if !before(&lines, at).any(|it| it.starts_with("/// ```")) {
                without.push(format!("{}: {line}", file.display()));
            }
        }
    }
    assert!(items > 90, "{items} are found");
    assert!(without.is_empty(), "give these an example: {without:#?}");
}
