//! The copy of the last commit in which mistakes are planted and tests run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use paratia::{build, workspace};

use crate::gather::Group;
use crate::{Mutant, Results, Verdict, read};

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

/// The copy in which mistakes are planted.
pub struct Copy {
    /// Where it is.
    pub tree: PathBuf,
    results: PathBuf,
    commit: String,
}

impl Copy {
    /// One of the last commit; a former one is brought up to it.
    pub fn make() -> Result<(Self, Results), String> {
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
    pub fn restore(&self) -> Result<(), String> {
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

    pub fn note(&self, results: &Results) -> Result<(), String> {
        let text = toml::to_string(results).map_err(|error| error.to_string())?;
        fs::write(&self.results, text).map_err(|error| error.to_string())
    }

    /// Runs one test on what stands in the copy, with its images as they are or built anew.
    pub fn run(&self, test: &str, builds: bool) -> Result<Verdict, String> {
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
    pub fn try_alone(&self, mutant: &Mutant) -> Result<Verdict, String> {
        let file = self.tree.join(&mutant.file);
        let text = read(&file)?;
        fs::write(&file, mutant.plant(&text)?).map_err(|error| error.to_string())?;
        let verdict = self.run(&mutant.test, true);
        fs::write(&file, text).map_err(|error| error.to_string())?;
        verdict
    }

    /// Plants what was gathered, none in force.
    pub fn plant(&self, group: &Group, texts: &BTreeMap<PathBuf, String>) -> Result<(), String> {
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
    pub fn numbers(&self) -> Result<Numbers, String> {
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
pub type Numbers = Vec<(PathBuf, Vec<u64>)>;

/// Writes the number of the mistake that is to be in force into images.
pub fn choose(numbers: &Numbers, number: u32) -> Result<(), String> {
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

fn output(command: &mut Command) -> Result<String, String> {
    let ran = command.output().map_err(|error| error.to_string())?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
}
