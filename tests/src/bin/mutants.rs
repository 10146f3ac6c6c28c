//! Plants mistakes in what runs at EL2, one at a time, and sees whether the test that is to notice does.
//!
//! `cargo run -p paratia-tests --bin mutants` goes through `tests/mutants.toml`; names, or parts of them,
//! as arguments choose some, and `--list` shows them only. It works in a copy of the last commit with a
//! target directory of its own, `target/mutants/`, and leaves everything else alone. What has an answer
//! already for this commit isn't asked again (`target/mutants/results.toml`), so that it can be stopped
//! and started at will. An image is built for each mutant: a minute or more, which is why this is no part
//! of the tests.
//!
//! Each test is run unchanged first: one that fails then proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use paratia::workspace;
use serde::{Deserialize, Serialize};

/// The list.
const LIST: &str = "tests/mutants.toml";
/// Longest that a test with its build may take, in seconds; one that hangs has noticed.
const LIMIT_SECONDS: &str = "1200";

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
    /// Why nobody can, if so: it isn't run.
    #[serde(default)]
    equivalent: Option<String>,
}

impl Mutant {
    /// The text with the mistake; what is wrong with the entry, if it can't be planted.
    fn plant(&self, text: &str) -> Result<String, String> {
        match text.matches(&self.old).count() {
            1 => Ok(text.replacen(&self.old, &self.new, 1)),
            count => Err(format!(
                "stale: {count} such places in {}",
                self.file.display()
            )),
        }
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

/// The copy in which mistakes are planted.
struct Copy {
    tree: PathBuf,
    results: PathBuf,
}

impl Copy {
    /// One of the last commit; a former one is brought up to it.
    fn make() -> Result<(Self, Results), String> {
        let root = workspace::root();
        let place = root.join("target/mutants");
        let copy = Self {
            tree: place.join("tree"),
            results: place.join("results.toml"),
        };
        let commit = output(
            Command::new("git")
                .args(["rev-parse", "HEAD"])
                .current_dir(&root),
        )?;
        if copy.tree.exists() {
            let mut update = Command::new("git");
            update.args(["checkout", "--quiet", "--force", "--detach", &commit]);
            output(update.current_dir(&copy.tree))?;
        } else {
            let mut add = Command::new("git");
            add.args(["worktree", "add", "--quiet", "--detach"]);
            output(add.arg(&copy.tree).arg(&commit).current_dir(&root))?;
        }
        let known = fs::read_to_string(&copy.results).unwrap_or_default();
        let results: Results = toml::from_str(&known).unwrap_or_default();
        let results = if results.commit == commit {
            results
        } else {
            Results {
                commit,
                ..Results::default()
            }
        };
        Ok((copy, results))
    }

    fn note(&self, results: &Results) -> Result<(), String> {
        let text = toml::to_string(results).map_err(|error| error.to_string())?;
        fs::write(&self.results, text).map_err(|error| error.to_string())
    }

    /// Runs one test on what stands in the copy.
    fn run(&self, test: &str) -> Result<Verdict, String> {
        let mut command = Command::new("timeout");
        command.args(["-k", "5", LIMIT_SECONDS, "cargo", "test", "--quiet"]);
        let name = match test.split_once(' ') {
            Some((package, name)) => {
                command.args(["--package", package]);
                name
            }
            None => {
                let (file, name) = test.split_once("::").ok_or("a test is FILE::NAME")?;
                command.args(["--package", "paratia-tests", "--test", file]);
                name
            }
        };
        command
            .args([name, "--", "--exact"])
            .current_dir(&self.tree);
        command.env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
        let ran = command.output().map_err(|error| error.to_string())?;
        let said = [ran.stdout, ran.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        let said = said.concat();
        if said.contains("could not compile") {
            return Ok(Verdict::Unviable);
        }
        if ran.status.success() {
            let found = said.contains("1 passed");
            return if found {
                Ok(Verdict::Survived)
            } else {
                Err(format!("no test is called {test}"))
            };
        }
        Ok(Verdict::Killed)
    }

    /// Plants one mistake, sees what comes of it, and takes it back.
    fn try_one(&self, mutant: &Mutant) -> Result<Verdict, String> {
        let file = self.tree.join(&mutant.file);
        let text = read(&file)?;
        fs::write(&file, mutant.plant(&text)?).map_err(|error| error.to_string())?;
        let verdict = self.run(&mutant.test);
        fs::write(&file, text).map_err(|error| error.to_string())?;
        verdict
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn output(command: &mut Command) -> Result<String, String> {
    let ran = command.output().map_err(|error| error.to_string())?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
}

/// The list, each by its name.
fn list() -> Result<BTreeMap<String, Mutant>, String> {
    let text = read(&workspace::root().join(LIST))?;
    toml::from_str(&text).map_err(|error| error.to_string())
}

/// Goes through those that were chosen; whether all were noticed.
fn run(chosen: &BTreeMap<String, Mutant>) -> Result<bool, String> {
    let (copy, mut results) = Copy::make()?;
    let mut all_noticed = true;
    for (name, mutant) in chosen {
        if let Some(reason) = &mutant.equivalent {
            println!("{name}: equivalent: {reason}");
            continue;
        }
        let key = format!(
            "{name} {:?}",
            (&mutant.file, &mutant.old, &mutant.new, &mutant.test)
        );
        if !results.verdicts.contains_key(&key) {
            if !results.sound.contains(&mutant.test) {
                let unchanged = copy.run(&mutant.test)?;
                if unchanged != Verdict::Survived {
                    println!("{name}: {} fails unchanged", mutant.test);
                    all_noticed = false;
                    continue;
                }
                results.sound.insert(mutant.test.clone());
            }
            match copy.try_one(mutant) {
                Ok(verdict) => _ = results.verdicts.insert(key.clone(), verdict),
                Err(reason) => {
                    println!("{name}: {reason}");
                    all_noticed = false;
                    continue;
                }
            }
            copy.note(&results)?;
        }
        let verdict = results.verdicts[&key];
        println!("{name}: {verdict:?} ({})", mutant.test);
        all_noticed &= verdict == Verdict::Killed;
    }
    Ok(all_noticed)
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
