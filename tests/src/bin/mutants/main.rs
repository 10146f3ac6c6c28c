//! Plants mistakes in what runs at EL2 and sees whether the test that is to notice each does.
//!
//! `cargo run -p paratia-tests --bin mutants` goes through `tests/mutants.toml`; names, or parts of them,
//! as arguments choose some, and `--list` shows them only. It works in a copy of the last commit with a
//! target directory of its own, `target/mutants/`, and leaves everything else alone. What has an answer
//! already for this commit isn't asked again (`target/mutants/results.toml`), so that it can be stopped
//! and started at will.
//!
//! Building an image takes a minute, running it seconds. So the mistakes are planted together, and a
//! number in the image chooses one: each place becomes
//! `match planted::number() { 17 => MISTAKE, _ => WHAT STOOD THERE }`, a test builds its images once, and
//! before each run the number is written into them. With no number chosen each test must pass: one that
//! fails then proves nothing. What is no statement or expression (a constant, an instruction's text), and
//! what is looked for in the linked code, is `alone`: it has a build of its own.

mod copy;
mod gather;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use paratia::workspace;
use serde::{Deserialize, Serialize};

use copy::{Copy, choose};
use gather::{Group, gather};

/// The list.
const LIST: &str = "tests/mutants.toml";

/// A mistake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    /// Where it is planted.
    file: PathBuf,
    /// What stands there, once in the file.
    old: String,
    /// What is to stand there.
    new: String,
    /// Who notices: `test-file::name` for one of `tests/`, `package test::name` for a package's own.
    test: String,
    /// Whether it needs a build of its own.
    #[serde(default)]
    alone: bool,
    /// Why nobody can, if so: it isn't run.
    #[serde(default)]
    equivalent: Option<String>,
}

impl Mutant {
    /// Where in the text its place is; what is wrong with the entry, if it can't be planted.
    fn place(&self, text: &str) -> Result<usize, String> {
        match text.matches(&self.old).count() {
            1 => Ok(text.find(&self.old).unwrap_or_default()),
            count => Err(format!(
                "stale: {count} such places in {}",
                self.file.display()
            )),
        }
    }

    /// The text with the mistake.
    fn plant(&self, text: &str) -> Result<String, String> {
        self.place(text)?;
        Ok(text.replacen(&self.old, &self.new, 1))
    }

    /// What it is known by in the results.
    fn key(&self, name: &str) -> String {
        let content = (&self.file, &self.old, &self.new, &self.test);
        format!("{name} {content:?}")
    }

    /// The root of its crate's sources.
    fn crate_root(&self) -> Option<PathBuf> {
        let sources = self.file.ancestors().find(|it| it.ends_with("src"))?;
        Some(sources.join("lib.rs"))
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// The test failed.
    Killed,
    /// The test passed.
    Survived,
    /// It doesn't compile.
    Unviable,
}

/// Verdicts by commit and entry.
#[derive(Default, Deserialize, Serialize)]
struct Results {
    commit: String,
    #[serde(default)]
    verdicts: BTreeMap<String, Verdict>,
    /// Tests that pass unchanged.
    #[serde(default)]
    sound: BTreeSet<String>,
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The list, each by its name.
fn list() -> Result<BTreeMap<String, Mutant>, String> {
    let text = read(&workspace::root().join(LIST))?;
    toml::from_str(&text).map_err(|error| error.to_string())
}

/// What is asked of the chosen ones.
struct Round<'a> {
    copy: &'a Copy,
    results: Results,
}

impl Round<'_> {
    fn say(&mut self, name: &str, mutant: &Mutant, verdict: Verdict) -> Result<(), String> {
        println!("{name}: {verdict:?} ({})", mutant.test);
        self.results.verdicts.insert(mutant.key(name), verdict);
        self.copy.note(&self.results)
    }

    /// Those with a build of their own. Their tests are asked first, on what is unchanged.
    fn alone(&mut self, mutants: &[(&str, &Mutant)]) -> Result<(), String> {
        let tests: BTreeSet<_> = mutants.iter().map(|(_, mutant)| &mutant.test).collect();
        for test in tests {
            if !self.results.sound.contains(test) && self.copy.run(test, true)? == Verdict::Survived
            {
                self.results.sound.insert(test.clone());
                self.copy.note(&self.results)?;
            }
        }
        for (name, mutant) in mutants {
            if !self.results.sound.contains(&mutant.test) {
                println!("{name}: {} fails unchanged", mutant.test);
                continue;
            }
            let verdict = self.copy.try_alone(mutant)?;
            self.say(name, mutant, verdict)?;
        }
        Ok(())
    }

    /// Those that are planted together.
    fn together<'a>(&mut self, mut mutants: Vec<(&'a str, &'a Mutant)>) -> Result<(), String> {
        while !mutants.is_empty() {
            let (group, texts) = gather(&self.copy.tree, &mut mutants)?;
            self.copy.plant(&group, &texts)?;
            let result = self.group(group);
            self.copy.restore()?;
            result?;
        }
        Ok(())
    }

    fn group(&mut self, mut group: Group) -> Result<(), String> {
        // Tests with most to notice come first.
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, _, mutant) in &group {
            *counts.entry(&mutant.test).or_default() += 1;
        }
        group.sort_by_key(|(number, _, mutant)| {
            let count = counts.get(mutant.test.as_str()).copied();
            (core::cmp::Reverse(count), &mutant.test, *number)
        });
        // One in which a number was left isn't what its fingerprint says.
        choose(&self.copy.numbers()?, 0)?;
        for of_test in group.chunk_by(|one, other| one.2.test == other.2.test) {
            let test = &of_test[0].2.test;
            let unchanged = self.copy.run(test, true)?;
            if unchanged != Verdict::Survived {
                println!("{test}: {unchanged:?} with none in force");
                continue;
            }
            let numbers = self.copy.numbers()?;
            for (number, name, mutant) in of_test {
                choose(&numbers, *number)?;
                let verdict = self.copy.run(test, false);
                choose(&numbers, 0)?;
                self.say(name, mutant, verdict?)?;
            }
        }
        Ok(())
    }
}

/// Goes through those that were chosen; whether all were noticed.
fn run(chosen: &BTreeMap<String, Mutant>) -> Result<bool, String> {
    let (copy, results) = Copy::make()?;
    let mut round = Round {
        copy: &copy,
        results,
    };
    let wanted = chosen
        .iter()
        .filter(|(_, mutant)| mutant.equivalent.is_none());
    let known = &round.results.verdicts;
    let open = wanted
        .clone()
        .filter(|(name, mutant)| !known.contains_key(&mutant.key(name)))
        .map(|(name, mutant)| (name.as_str(), mutant));
    let (alone, together): (Vec<_>, Vec<_>) = open.partition(|(_, mutant)| mutant.alone);
    round.together(together)?;
    round.alone(&alone)?;
    let verdict = |(name, mutant): (&String, &Mutant)| {
        let verdict = round.results.verdicts.get(&mutant.key(name)).copied();
        (name.clone(), verdict)
    };
    let verdicts: Vec<_> = wanted.map(verdict).collect();
    let noticed = verdicts
        .iter()
        .filter(|(_, verdict)| *verdict == Some(Verdict::Killed));
    println!("{} of {} are noticed", noticed.count(), verdicts.len());
    for (name, verdict) in &verdicts {
        if *verdict != Some(Verdict::Killed) {
            println!("  {name}: {verdict:?}");
        }
    }
    for (name, mutant) in chosen {
        if let Some(reason) = &mutant.equivalent {
            println!("  {name}: equivalent: {reason}");
        }
    }
    Ok(verdicts
        .iter()
        .all(|(_, verdict)| *verdict == Some(Verdict::Killed)))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let shows_only = arguments.iter().any(|argument| argument == "--list");
    let parts: Vec<_> = arguments
        .iter()
        .filter(|argument| *argument != "--list")
        .collect();
    let is_chosen = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(*part));
    let result = list().and_then(|mut mutants| {
        mutants.retain(|name, _| is_chosen(name));
        if shows_only {
            let lines = mutants
                .iter()
                .map(|(name, mutant)| format!("{name}: {}\n", mutant.test));
            print!("{}", lines.collect::<String>());
            return Ok(true);
        }
        run(&mutants)
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each can be planted in what stands here now, and names a test that is here.
    #[test]
    fn every_mutant_can_be_planted() {
        for (name, mutant) in list().expect("it can be read") {
            let text = read(&workspace::root().join(&mutant.file)).expect("it is there");
            let planted = mutant.plant(&text);
            assert!(planted.is_ok(), "{name}: {planted:?}");
            let Some((file, test)) = mutant.test.split_once("::") else {
                panic!("{name}: {}", mutant.test);
            };
            if !file.contains(' ') {
                let file = workspace::root().join(format!("tests/{file}.rs"));
                let text = read(&file).expect("it is there");
                assert!(
                    text.contains(&format!("fn {test}(")),
                    "{name}: {}",
                    mutant.test
                );
            }
        }
    }
}
