//! The house keeps its plan: a room of the hypervisor uses the rooms below it and never one above, and no
//! crate's modules use each other in a circle.
//!
//! Sources are read as tokens, so that an import in any form counts: a `use`, a path in an expression, a
//! symbol named in assembly. What is in comments or in modules of tests doesn't.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The rooms of `hypervisor/src`, from the ground up: as its `lib.rs` lists them.
const ROOMS: [&str; 12] = [
    "base",
    "machine",
    "policy",
    "built",
    "arch",
    "state",
    "report",
    "interrupts",
    "exits",
    "windows",
    "way",
    "boot",
];

/// An import: the file with it, and the path behind `crate::`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    file: PathBuf,
    path: Vec<String>,
}

impl Import {
    /// The folder or file at the crate's root that the import is in.
    fn from(&self) -> String {
        let first = self.file.components().next().expect("a file has a name");
        let first = Path::new(first.as_os_str()).with_extension("");
        first.display().to_string()
    }

    /// The folder or file at the crate's root that is used.
    fn to(&self) -> &str {
        &self.path[0]
    }

    fn shown(&self) -> String {
        format!("{}: crate::{}", self.file.display(), self.path.join("::"))
    }
}

/// Every import of a source, whose tests are left out.
fn imports(file: &Path, source: &str) -> BTreeSet<Import> {
    let tokens: TokenStream = source.parse().expect("a source can be read as tokens");
    let mut paths = Vec::new();
    collect(&tokens.into_iter().collect::<Vec<_>>(), &mut paths);
    let module = module_of(file);
    let resolved = paths.into_iter().map(|path| resolve(&module, path));
    let import = |path| Import {
        file: file.to_owned(),
        path,
    };
    resolved
        .filter(|path| !path.is_empty())
        .map(import)
        .collect()
}

/// The module that a file is: `["policy", "port"]` for `policy/port.rs`.
fn module_of(file: &Path) -> Vec<String> {
    let parts = file.with_extension("");
    let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
    parts
        .filter(|part| part != "mod" && part != "lib")
        .collect()
}

/// A path from the crate's root, of one that was found in this module: what begins with `super` goes up
/// from there.
fn resolve(module: &[String], path: Vec<String>) -> Vec<String> {
    let up = path.iter().take_while(|word| *word == "super").count();
    if up == 0 {
        return path;
    }
    let mut whole = module[..module.len().saturating_sub(up)].to_vec();
    whole.extend_from_slice(&path[up..]);
    whole
}

/// Adds the paths behind `crate::`, and those that begin with `super::`, among these tokens, but for those in `#[cfg(test)]` modules.
fn collect(tokens: &[TokenTree], paths: &mut Vec<Vec<String>>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if is_test_attribute(tokens.get(at - 1), tokens.get(at)) {
            // To the end of what the attribute is about: its body, or `;`.
            while let Some(token) = tokens.get(at) {
                at += 1;
                let is_body = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                if is_body || is_punctuation(Some(token), ';') {
                    break;
                }
            }
            continue;
        }
        match token {
            TokenTree::Ident(word) if *word == "crate" && is_colons(&tokens[at..]) => {
                at += 2 + path(&tokens[at + 2..], &[], paths);
            }
            TokenTree::Ident(word) if *word == "super" && is_colons(&tokens[at..]) => {
                at += 2 + path(&tokens[at + 2..], &["super".into()], paths);
            }
            TokenTree::Group(group) => {
                collect(&group.stream().into_iter().collect::<Vec<_>>(), paths);
            }
            _ => {}
        }
    }
}

/// Adds the paths that begin with `before` and go on with these tokens. How many tokens they take.
fn path(tokens: &[TokenTree], before: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    match tokens.first() {
        Some(TokenTree::Ident(word)) => {
            let mut so_far = before.to_vec();
            so_far.push(word.to_string());
            if is_colons(&tokens[1..]) {
                return 3 + path(&tokens[3..], &so_far, paths);
            }
            paths.push(so_far);
            1
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<_> = group.stream().into_iter().collect();
            for part in inner.split(|token| is_punctuation(Some(token), ',')) {
                path(part, before, paths);
            }
            1
        }
        // `*` and generic arguments: what stands before them is what is used.
        _ => {
            paths.push(before.to_vec());
            0
        }
    }
}

fn is_punctuation(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == wanted)
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    is_punctuation(tokens.first(), ':') && is_punctuation(tokens.get(1), ':')
}

/// Whether these are `#` and `[cfg(test)]`.
fn is_test_attribute(mark: Option<&TokenTree>, group: Option<&TokenTree>) -> bool {
    is_punctuation(mark, '#')
        && matches!(group, Some(TokenTree::Group(group))
            if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// The workspace's root.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the crate lies in the workspace").to_owned()
}

/// Every import in the sources below `folder`, files named relative to it.
fn imports_below(folder: &Path) -> BTreeSet<Import> {
    let mut all = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder of sources") {
            let path = entry.expect("it can be listed").path();
            let name = path.file_stem().unwrap_or_default().to_owned();
            if path.is_dir() {
                // A module's tests lie in a folder or file of that name.
                if name != "tests" && name != "bin" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|it| it == "rs") && name != "tests" {
                let source = fs::read_to_string(&path).expect("a source can be read");
                let file = path.strip_prefix(folder).expect("it lies below");
                all.extend(imports(file, &source));
            }
        }
    }
    all
}

/// The imports that go from a room to one above it, or to or from what is no room.
fn upward(imports: &BTreeSet<Import>) -> Vec<String> {
    let floor = |room: &str| ROOMS.iter().position(|it| *it == room);
    imports
        .iter()
        .filter(|import| !matches!(import.from().as_str(), "lib" | "main"))
        .filter(|import| match (floor(&import.from()), floor(import.to())) {
            (Some(from), Some(to)) => to > from,
            _ => true,
        })
        .map(Import::shown)
        .collect()
}

/// The modules at a crate's root that use each other in a circle, each with one import that closes it.
fn circles(imports: &BTreeSet<Import>) -> Vec<String> {
    let mut uses = BTreeMap::<String, BTreeSet<&str>>::new();
    for import in imports {
        if import.from() != "lib" && import.from() != "main" && import.from() != import.to() {
            uses.entry(import.from()).or_default().insert(import.to());
        }
    }
    let reaches = |from: &str, to: &str| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from];
        while let Some(module) = next.pop() {
            for used in uses.get(module).into_iter().flatten() {
                if *used == to {
                    return true;
                }
                if seen.insert(*used) {
                    next.push(used);
                }
            }
        }
        false
    };
    imports
        .iter()
        .filter(|import| import.from() != import.to())
        .filter(|import| import.from() != "lib" && import.from() != "main")
        .filter(|import| reaches(import.to(), &import.from()))
        .map(Import::shown)
        .collect()
}

#[test]
fn no_room_uses_one_above_it() {
    let found = upward(&imports_below(&root().join("hypervisor/src")));
    assert!(
        found.is_empty(),
        "move what is used to a lower room, or hand it in: {found:#?}"
    );
}

#[test]
fn every_room_is_a_folder_that_says_what_it_is() {
    let source = root().join("hypervisor/src");
    let mut folders: Vec<_> = fs::read_dir(&source)
        .expect("the hypervisor's sources")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().expect("it has a name").to_owned())
        .collect();
    folders.sort();
    let mut rooms = ROOMS;
    rooms.sort_unstable();
    assert_eq!(
        folders, rooms,
        "a folder that is no room, or a room without"
    );
    for room in ROOMS {
        let text =
            fs::read_to_string(source.join(room).join("mod.rs")).expect("a room has a mod.rs");
        assert!(
            text.starts_with("//! "),
            "{room}/mod.rs says what the room is"
        );
    }
}

#[test]
fn no_crate_has_a_circle_between_its_modules() {
    let mut found = Vec::new();
    for folder in [
        "hypervisor/abi/src",
        "hypervisor/src",
        "config/src",
        "board-support/src",
        "devices/src",
        "partitions/a653/src",
        "partitions/a653-examples/src",
        "partitions/runtime/src",
        "partitions/instruments/src",
        "tools/src",
        "tools/counter/src",
    ] {
        let circles = circles(&imports_below(&root().join(folder)));
        found.extend(circles.iter().map(|it| format!("{folder}/{it}")));
    }
    assert!(found.is_empty(), "these close circles: {found:#?}");
}

/// An arrow upwards and a circle are found, in every form that an import has.
#[test]
fn a_planted_arrow_is_found() {
    let planted = |source: &str| imports(Path::new("base/time.rs"), source);
    for source in [
        "use crate::way::exit;",
        "use crate::{bits, way::{exit::{self, Decision}}};",
        "fn f() { crate::way::exit::handle() }",
        "global_asm!(\"\", exit = sym crate::way::exit::handle);",
        "use super::super::way::exit;",
    ] {
        let found = upward(&planted(source));
        assert!(
            found
                .iter()
                .any(|it| it.starts_with("base/time.rs: crate::way::exit")),
            "{source}: {found:?}"
        );
    }
    assert!(upward(&planted("use crate::base::bits; // crate::way::exit")).is_empty());
    assert!(upward(&planted("#[cfg(test)] mod tests { use crate::way::exit; }")).is_empty());
    assert!(
        !upward(&planted("use crate::cellar::x;")).is_empty(),
        "no room"
    );

    let mut both = planted("use crate::policy::health;");
    both.extend(imports(
        Path::new("policy/health.rs"),
        "use crate::base::time;",
    ));
    assert_eq!(circles(&both).len(), 2);
}
