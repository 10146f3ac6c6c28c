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

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use paratia::{build, workspace};
use serde::{Deserialize, Serialize};

/// The list.
const LIST: &str = "tests/mutants.toml";
/// Longest that a test with its build may take, in seconds; one that hangs has noticed.
const LIMIT_SECONDS: &str = "1200";
/// The same of a test whose images are built.
const RUN_LIMIT_SECONDS: &str = "240";
/// What is fetched once for all, relative to the products.
const SHARED: [&str; 3] = ["qemu", "debian", "busybox.cpio"];

/// By this the number is found in an image.
const MARK: [u32; 3] = [0x6E17_A05C, 0xB3D1_44F9, 0x2C8E_970B];
/// The module that each crate gets which has a mistake.
const MODULE: &str = "\
//! Which of the planted mistakes is in force: a number that is written into the image.

use core::sync::atomic::{AtomicU32, Ordering};

static NUMBER: [AtomicU32; 4] = [
    AtomicU32::new(MARK0), AtomicU32::new(MARK1), AtomicU32::new(MARK2), AtomicU32::new(0),
];

/// 0 is none.
#[inline(always)]
pub fn number() -> u32 {
    core::hint::black_box(&NUMBER)[3].load(Ordering::Relaxed)
}
";

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

/// Mistakes that are planted together: the number of each, its name and itself.
type Group<'a> = Vec<(u32, &'a str, &'a Mutant)>;

/// One place of a file, in the order of the file, and the mistakes that are planted there.
struct Place<'a> {
    at: usize,
    old: &'a str,
    mistakes: Vec<(u32, &'a str)>,
}

impl Place<'_> {
    fn overlaps(&self, at: usize, old: &str) -> bool {
        at < self.at + self.old.len() && self.at < at + old.len()
    }

    /// What is to stand there: a statement, or an expression.
    fn text(&self) -> String {
        let of = |(number, new): &(u32, &str)| format!("{number} => {{ {new} }} ");
        let mistakes: String = self.mistakes.iter().map(of).collect();
        let all = format!(
            "match crate::planted::number() {{ {mistakes}_ => {{ {} }} }}",
            self.old
        );
        if self.old.trim_end().ends_with([';', '}']) {
            format!("{all}\n")
        } else {
            format!("({all})")
        }
    }
}

/// Puts all mistakes that have room beside each other into `group`, by file; the rest is left.
fn gather<'a>(
    tree: &Path,
    wanted: &mut Vec<(&'a str, &'a Mutant)>,
) -> Result<(Group<'a>, BTreeMap<PathBuf, String>), String> {
    let mut group = Group::new();
    let mut files: BTreeMap<&Path, (String, Vec<Place<'a>>)> = BTreeMap::new();
    let mut left = Vec::new();
    for (name, mutant) in wanted.drain(..) {
        let (text, places) = match files.entry(&mutant.file) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let text = read(&tree.join(&mutant.file))?;
                entry.insert((text, Vec::new()))
            }
        };
        let at = mutant
            .place(text)
            .map_err(|reason| format!("{name}: {reason}"))?;
        let number = u32::try_from(group.len()).unwrap_or(u32::MAX) + 1;
        let mistake = (number, mutant.new.as_str());
        let same = |place: &&mut Place| place.at == at && place.old == mutant.old;
        if let Some(place) = places.iter_mut().find(same) {
            place.mistakes.push(mistake);
        } else if places.iter().any(|place| place.overlaps(at, &mutant.old)) {
            left.push((name, mutant));
            continue;
        } else {
            places.push(Place {
                at,
                old: &mutant.old,
                mistakes: vec![mistake],
            });
        }
        group.push((number, name, mutant));
    }
    *wanted = left;
    let mut texts = BTreeMap::new();
    for (file, (mut text, mut places)) in files {
        places.sort_by_key(|place| core::cmp::Reverse(place.at));
        for place in places {
            text.replace_range(place.at..place.at + place.old.len(), &place.text());
        }
        texts.insert(file.to_path_buf(), text);
    }
    Ok((group, texts))
}

/// The copy in which mistakes are planted.
struct Copy {
    tree: PathBuf,
    results: PathBuf,
    commit: String,
}

impl Copy {
    /// One of the last commit; a former one is brought up to it.
    fn make() -> Result<(Self, Results), String> {
        let root = workspace::root();
        let place = root.join("target/mutants");
        let head = ["rev-parse", "HEAD"];
        let commit = output(Command::new("git").args(head).current_dir(&root))?;
        let copy = Self {
            tree: place.join("tree"),
            results: place.join("results.toml"),
            commit,
        };
        if !copy.tree.exists() {
            let mut add = Command::new("git");
            add.args(["worktree", "add", "--quiet", "--detach"]);
            output(add.arg(&copy.tree).arg(&copy.commit).current_dir(&root))?;
        }
        copy.restore()?;
        copy.share(&root)?;
        let known = fs::read_to_string(&copy.results).unwrap_or_default();
        let results: Results = toml::from_str(&known).unwrap_or_default();
        if results.commit == copy.commit {
            return Ok((copy, results));
        }
        let results = Results {
            commit: copy.commit.clone(),
            ..Results::default()
        };
        Ok((copy, results))
    }

    /// Takes all that was planted back.
    fn restore(&self) -> Result<(), String> {
        let mut checkout = Command::new("git");
        checkout.args(["checkout", "--quiet", "--force", "--detach", &self.commit]);
        output(checkout.current_dir(&self.tree)).map(drop)
    }

    /// What was fetched isn't fetched again.
    fn share(&self, root: &Path) -> Result<(), String> {
        let (from, to) = (
            root.join("target/paratia"),
            self.tree.join("target/paratia"),
        );
        fs::create_dir_all(&to).map_err(|error| error.to_string())?;
        for name in SHARED {
            let (from, to) = (from.join(name), to.join(name));
            if from.exists() && !to.exists() {
                std::os::unix::fs::symlink(from, to).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    fn note(&self, results: &Results) -> Result<(), String> {
        let text = toml::to_string(results).map_err(|error| error.to_string())?;
        fs::write(&self.results, text).map_err(|error| error.to_string())
    }

    /// Runs one test on what stands in the copy, with its images as they are or built anew.
    fn run(&self, test: &str, builds: bool) -> Result<Verdict, String> {
        let limit = if builds {
            LIMIT_SECONDS
        } else {
            RUN_LIMIT_SECONDS
        };
        let mut command = Command::new("timeout");
        command.args(["-k", "5", limit, "cargo", "test", "--quiet"]);
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
            .current_dir(&self.tree)
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null());
        if builds {
            command.env_remove(build::PREBUILT);
        } else {
            command.env(build::PREBUILT, "1");
        }
        let ran = command.output().map_err(|error| error.to_string())?;
        let said = [ran.stdout, ran.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        let said = said.concat();
        if said.contains("could not compile") {
            return Ok(Verdict::Unviable);
        }
        if ran.status.success() {
            return if said.contains("1 passed") {
                Ok(Verdict::Survived)
            } else {
                Err(format!("no test is called {test}"))
            };
        }
        println!("    {}", reason(&said));
        Ok(Verdict::Killed)
    }

    /// Plants one mistake, sees what comes of it, and takes it back.
    fn try_alone(&self, mutant: &Mutant) -> Result<Verdict, String> {
        let file = self.tree.join(&mutant.file);
        let text = read(&file)?;
        fs::write(&file, mutant.plant(&text)?).map_err(|error| error.to_string())?;
        let verdict = self.run(&mutant.test, true);
        fs::write(&file, text).map_err(|error| error.to_string())?;
        verdict
    }

    /// Plants what was gathered, none in force.
    fn plant(&self, group: &Group, texts: &BTreeMap<PathBuf, String>) -> Result<(), String> {
        for (file, text) in texts {
            fs::write(self.tree.join(file), text).map_err(|error| error.to_string())?;
        }
        let mut module = MODULE.to_owned();
        for (index, word) in MARK.iter().enumerate() {
            module = module.replace(&format!("MARK{index}"), &word.to_string());
        }
        let roots: BTreeSet<_> = group
            .iter()
            .filter_map(|(_, _, mutant)| mutant.crate_root())
            .collect();
        for root in roots {
            let root = self.tree.join(root);
            let text = read(&root)?;
            let with_module = text.replacen("\npub mod ", "\npub mod planted;\npub mod ", 1);
            fs::write(&root, with_module).map_err(|error| error.to_string())?;
            fs::write(root.with_file_name("planted.rs"), &module)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Where the number stands in images that have one.
    fn numbers(&self) -> Result<Numbers, String> {
        let mark: Vec<u8> = MARK.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut numbers = Numbers::new();
        for image in images(&self.tree.join("target/paratia/images")) {
            let bytes = fs::read(&image).map_err(|error| error.to_string())?;
            let mut places = Vec::new();
            // It is aligned in the file as it is in memory.
            for at in (0..bytes.len().saturating_sub(mark.len())).step_by(4) {
                if bytes[at] == mark[0] && bytes[at..].starts_with(&mark) {
                    places.push((at + mark.len()) as u64);
                }
            }
            if !places.is_empty() {
                numbers.push((image, places));
            }
        }
        Ok(numbers)
    }
}

/// The images that have the number, and where.
type Numbers = Vec<(PathBuf, Vec<u64>)>;

/// Writes the number of the mistake that is to be in force into images.
fn choose(numbers: &Numbers, number: u32) -> Result<(), String> {
    for (image, places) in numbers {
        let file = fs::OpenOptions::new().write(true).open(image);
        let mut file = file.map_err(|error| error.to_string())?;
        for at in places {
            file.seek(SeekFrom::Start(*at))
                .and_then(|_| file.write_all(&number.to_le_bytes()))
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// All ELF files below a folder.
fn images(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let each = |entry: fs::DirEntry| {
        let path = entry.path();
        if path.is_dir() {
            images(&path)
        } else if path.extension().is_some_and(|extension| extension == "elf") {
            vec![path]
        } else {
            Vec::new()
        }
    };
    entries.flat_map(each).collect()
}

/// In a test's own words why it failed, in a line.
fn reason(said: &str) -> &str {
    let panicked = said
        .lines()
        .skip_while(|line| !line.contains(" panicked at "));
    panicked
        .skip(1)
        .find(|line| !line.trim().is_empty())
        .unwrap_or("it said nothing, or was too late")
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
