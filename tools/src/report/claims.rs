//! What is claimed, and the tests that attack it: EVIDENCE.md is the one place where both stand, each claim with
//! an id that stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use crate::workspace;

/// The page's section with the claims, and the next one.
const SECTION: &str = "## Claims and their tests";
/// The first row of each table of claims.
const HEADS: &str = "| id | ";
/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Its id, a letter and a number: it stays, and is never used again.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// What is claimed, in plain words.
    pub claim: String,
    /// How far it holds.
    pub status: String,
    /// What attacks it.
    pub tests: Vec<Test>,
}

/// A test, a file of tests or a folder of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    /// As the claim names it.
    pub name: String,
    /// Where it is, from the workspace's root.
    pub file: String,
    /// Its line there; nothing if all of the file is meant.
    pub line: Option<usize>,
}

/// A function of a source.
struct Function {
    file: PathBuf,
    line: usize,
    is_test: bool,
}

/// All functions of all sources that have tests, by name.
pub struct Sources {
    functions: BTreeMap<String, Vec<Function>>,
    files: Vec<PathBuf>,
}

impl Sources {
    /// Reads them.
    ///
    /// # Errors
    /// If a source can't be read.
    pub fn read() -> anyhow::Result<Self> {
        let root = workspace::root();
        let short = |path: PathBuf| {
            path.strip_prefix(&root)
                .map_or(path.clone(), Path::to_owned)
        };
        let mut sources = Self {
            functions: BTreeMap::new(),
            files: workspace::sources()?.into_iter().map(short).collect(),
        };
        for file in &sources.files {
            let text = fs::read_to_string(root.join(file))
                .with_context(|| format!("can't read {}", file.display()))?;
            for (name, line, is_test) in functions(&text) {
                let of_name = sources.functions.entry(name).or_default();
                of_name.push(Function {
                    file: file.clone(),
                    line,
                    is_test,
                });
            }
        }
        Ok(sources)
    }

    /// Where a test is that a claim names: `file::name` or `file` of whole images, another's name or file with
    /// its crate, or a path.
    fn find(&self, name: &str, of_crate: Option<&str>) -> Option<Test> {
        let (file, line) = self
            .function(name, of_crate)
            .or_else(|| is_path(name).then(|| (name.to_owned(), None)))
            .or_else(|| self.file(name, of_crate.unwrap_or("tests")))?;
        Some(Test {
            name: name.to_owned(),
            file,
            line,
        })
    }

    /// A test that is a function, in whose file or folder the name says; in any crate if it says none.
    fn function(&self, name: &str, of_crate: Option<&str>) -> Option<(String, Option<usize>)> {
        let (module, function) = name.rsplit_once("::").unwrap_or(("", name));
        let all = self.functions.get(function)?;
        let is_it = |home: &str| {
            let mut tests = all
                .iter()
                .filter(|it| it.is_test && it.file.starts_with(home));
            tests.find(|it| module.is_empty() || stem(&it.file).iter().any(|part| part == module))
        };
        let found = match of_crate {
            Some(home) => is_it(home),
            None => is_it("tests").or_else(|| is_it("")),
        }?;
        Some((found.file.display().to_string(), Some(found.line)))
    }

    /// All of a file or folder of tests: `main.rs` goes by its folder's name.
    fn file(&self, name: &str, home: &str) -> Option<(String, Option<usize>)> {
        let is_it = |file: &&PathBuf| {
            let is_main = file.ends_with("main.rs");
            let named = if is_main {
                file.parent()?.to_owned()
            } else {
                stem(file)
            };
            (file.starts_with(home) && (file.ends_with(name) || named.ends_with(name)))
                .then_some(())
        };
        let file = self.files.iter().find(|file| is_it(file).is_some())?;
        Some((file.display().to_string(), None))
    }

    /// The tests of whole images, each as `file::name`; a folder's go by its name.
    #[must_use]
    pub fn of_images(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (name, functions) in &self.functions {
            for function in functions.iter().filter(|it| it.is_test) {
                let below = function.file.strip_prefix("tests").ok();
                let first = below.and_then(|it| it.iter().next());
                let first = first.map(|it| stem(Path::new(it)).display().to_string());
                all.extend(first.map(|first| format!("{first}::{name}")));
            }
        }
        all.sort();
        all
    }
}

/// A path without its ending.
fn stem(file: &Path) -> PathBuf {
    file.with_extension("")
}

/// Whether a name is a path of the workspace.
fn is_path(name: &str) -> bool {
    name.contains('/') && workspace::root().join(name).exists()
}

/// Every function of a source: its name, its line, and whether it is a test.
fn functions(text: &str) -> Vec<(String, usize, bool)> {
    let mut all = Vec::new();
    let mut is_test = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_start();
        if line.starts_with("#[test]") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ").filter(|(before, _)| {
            before
                .split_whitespace()
                .all(|it| matches!(it, "pub" | "const" | "unsafe" | "async"))
        }) {
            let name = rest
                .split(|it: char| !it.is_ascii_alphanumeric() && it != '_')
                .next();
            all.push((name.unwrap_or_default().to_owned(), number, is_test));
            is_test = false;
        }
    }
    all
}

/// Every claim of EVIDENCE.md that has an id, in its order.
///
/// # Errors
/// If the page can't be read, or a claim is there twice, has no test, or names one that isn't there.
pub fn read(sources: &Sources) -> anyhow::Result<Vec<Claim>> {
    let page = workspace::root().join("EVIDENCE.md");
    let text = fs::read_to_string(&page).context("can't read EVIDENCE.md")?;
    of_page(&text, sources)
}

/// The same of a page's text.
///
/// # Errors
/// As [`read`].
pub fn of_page(text: &str, sources: &Sources) -> anyhow::Result<Vec<Claim>> {
    let (_, section) = text
        .split_once(SECTION)
        .with_context(|| format!("EVIDENCE.md has no '{SECTION}'"))?;
    let section = section.split("\n## ").next().unwrap_or(section);
    let (mut subject, mut claims, mut whole) = (String::new(), Vec::<Claim>::new(), String::new());
    for line in section.lines() {
        if let Some(title) = line.strip_prefix("**") {
            title
                .split("**")
                .next()
                .unwrap_or(title)
                .clone_into(&mut subject);
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        let (false, [id, claim, status, tests]) = (line.starts_with(HEADS), &cells[..]) else {
            continue;
        };
        let id = id.trim_start_matches('|').trim();
        if id.is_empty() {
            // What is planned is no claim.
            continue;
        }
        ensure!(
            is_id(id),
            "EVIDENCE.md: '{id}' is no id: a capital letter and a number"
        );
        ensure!(
            claims.iter().all(|it| it.id != id),
            "EVIDENCE.md: claim {id} is there twice; give one of them the next number"
        );
        let claim = plain(claim);
        // A row that goes on from the one above says so.
        let claim = match claim.strip_prefix("... ") {
            Some(more) => format!("{whole} ... {more}"),
            None => {
                whole.clone_from(&claim);
                claim
            }
        };
        let tests =
            self::tests(tests, sources).with_context(|| format!("EVIDENCE.md: claim {id}"))?;
        ensure!(
            !tests.is_empty(),
            "EVIDENCE.md: claim {id} has no test; name one, or take its id away"
        );
        claims.push(Claim {
            id: id.to_owned(),
            subject: subject.clone(),
            claim,
            status: plain(status),
            tests,
        });
    }
    ensure!(!claims.is_empty(), "EVIDENCE.md: no claim has an id");
    Ok(claims)
}

fn is_id(id: &str) -> bool {
    let number = id.strip_prefix(|first: char| first.is_ascii_uppercase());
    number.is_some_and(|it| it.parse::<u32>().is_ok_and(|it| it > 0))
}

/// The tests of a cell: what stands as code, with `in` and a crate behind it if it is no whole image's.
fn tests(cell: &str, sources: &Sources) -> anyhow::Result<Vec<Test>> {
    let parts: Vec<&str> = cell.split('`').collect();
    let mut tests: Vec<Test> = Vec::new();
    let mut waiting = Vec::new();
    let mut spans = (1..parts.len()).step_by(2).peekable();
    while let Some(at) = spans.next() {
        waiting.push(parts[at]);
        let after = parts.get(at + 1).map_or("", |it| it.trim());
        if after == "," && spans.peek().is_some() {
            continue;
        }
        let of_crate = (after == "in")
            .then(|| spans.next())
            .flatten()
            .map(|at| parts[at]);
        for name in waiting.drain(..) {
            let test = sources
                .find(name, of_crate)
                .or_else(|| sources.find(name, None));
            tests.push(test.with_context(|| format!("no test is called '{name}'"))?);
        }
    }
    Ok(tests)
}

/// Markdown as plain text: links by their words, code and emphasis without marks.
pub(super) fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown.trim().trim_end_matches('|').trim();
    while let Some((before, after)) = rest.split_once('[') {
        text += before;
        match after
            .split_once("](")
            .and_then(|(words, link)| Some((words, link.split_once(')')?.1)))
        {
            Some((words, further)) if !words.contains('[') => {
                text += words;
                rest = further;
            }
            _ => {
                text.push('[');
                rest = after;
            }
        }
    }
    text += rest;
    text.replace("**", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_lines_and_say_whether_they_are_tests() {
        let text =
            "#[test]\n#[ignore]\nfn a_b() {}\n\npub fn c(x: u8) {}\n// fn d\nlet f: fn (u8);\n";
        let expected = [("a_b".to_owned(), 3, true), ("c".to_owned(), 5, false)];
        assert_eq!(functions(text), expected);
    }

    #[test]
    fn markdown_becomes_plain() {
        assert_eq!(
            plain("**A** [page](x.md#y) of `code[1]` |"),
            "A page of code[1]"
        );
    }

    /// A page with one row, and what is said of it.
    fn of_row(row: &str) -> anyhow::Result<Vec<Claim>> {
        let page = format!(
            "{SECTION}\n**Isolation**, so\n\n| id | claim | status | test |\n|---|---|---|---|\n{row}\n"
        );
        of_page(&page, &Sources::read().expect("sources"))
    }

    #[test]
    fn a_claim_has_an_id_and_tests_that_are_there() {
        let claims =
            of_row("| I1 | It *is* so | works | `attacks::hvc_storm`, `port.rs` in `hypervisor` |")
                .unwrap();
        assert_eq!(
            (claims[0].id.as_str(), claims[0].subject.as_str()),
            ("I1", "Isolation")
        );
        let [storm, port] = &claims[0].tests[..] else {
            panic!("{claims:?}");
        };
        assert_eq!(
            (storm.file.as_str(), storm.line.is_some()),
            ("tests/attacks.rs", true)
        );
        assert!(
            port.file.starts_with("hypervisor/src") && port.line.is_none(),
            "{port:?}"
        );

        let error = |row| format!("{:#}", of_row(row).unwrap_err());
        assert_eq!(
            error("| I1 | It is so | works | `attacks::of_nobody_at_all` |"),
            "EVIDENCE.md: claim I1: no test is called 'attacks::of_nobody_at_all'"
        );
        assert!(error("| I1 | It is so | works | nothing |").contains("claim I1 has no test"));
        assert!(error("| one | It is so | works | `attacks` |").contains("'one' is no id"));
        assert!(error("|  | It is so | planned | |").contains("no claim has an id"));
        let twice = "| I1 | a | works | `attacks` |\n| I1 | b | works | `attacks` |";
        assert!(error(twice).contains("claim I1 is there twice"));
    }
}
