//! Others' tools that read traces and pages: how they are installed, and what they say.
//!
//! Packages come by name, Debian's by the tool's set-up, Python's into an environment of their own below
//! `target/paratia`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use paratia::progress::Silent;
use paratia::{setup, workspace};
use serde_json::Value;

/// The packages of Python that read Perfetto's traces.
const PERFETTO: [&str; 2] = ["perfetto==0.59.1", "protobuf==7.36.2"];
/// The package of Python that validates and steps units for co-simulation.
const FMPY: [&str; 1] = ["fmpy==0.3.32"];

/// Installs Debian's packages that are missing. Tests run side by side, and `apt` for one at a time.
///
/// # Panics
/// If they can't be installed.
pub fn install(packages: &[&'static str]) {
    let _alone = alone();
    setup::packages(packages, &mut Silent).expect("the packages can be installed");
}

/// Keeps other tests from installing until it is dropped.
fn alone() -> File {
    let folder = workspace::products();
    fs::create_dir_all(&folder).expect("a folder for products");
    let lock = File::create(folder.join("readers.lock")).expect("a lock");
    lock.lock().expect("the lock can be waited for");
    lock
}

/// The Python that has these packages, in an environment of this name.
///
/// # Panics
/// If they can't be installed.
#[must_use]
pub fn python_with(name: &str, packages: &[&str]) -> PathBuf {
    install(&["python3-venv"]);
    let _alone = alone();
    let folder = workspace::products().join(name);
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    let wanted = packages.join(" ");
    if fs::read_to_string(&ready).is_ok_and(|it| it == wanted) {
        return python;
    }
    let mut venv = Command::new("python3");
    let _ = said(venv.args(["-m", "venv", "--clear"]).arg(&folder));
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    let _ = said(pip.args(packages));
    fs::write(ready, wanted).expect("it can be noted");
    python
}

/// What a command prints.
///
/// # Panics
/// If it fails; with its words.
pub fn said(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it starts");
    let complaint = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {status}\n{complaint}");
    String::from_utf8(stdout).expect("text")
}

fn lines(command: &mut Command) -> Vec<Value> {
    let text = said(command);
    let line = |line| serde_json::from_str(line).expect("a line of JSON");
    text.lines().map(line).collect()
}

fn script(name: &str) -> PathBuf {
    workspace::root().join("tests/readers").join(name)
}

/// A trace in Perfetto's format, as `tests/readers/read_perfetto.py` says it.
#[must_use]
pub fn perfetto(file: &Path) -> Vec<Value> {
    let mut python = Command::new(python_with("readers", &PERFETTO));
    lines(python.arg(script("read_perfetto.py")).arg(file))
}

/// A trace in the Common Trace Format, as `tests/readers/read_ctf.py` says it.
#[must_use]
pub fn ctf(folder: &Path) -> Vec<Value> {
    install(&["babeltrace2", "python3-bt2"]);
    // Debian's module is for Debian's Python.
    let mut python = Command::new("/usr/bin/python3");
    lines(python.arg(script("read_ctf.py")).arg(folder))
}

/// The same as lines of text that `babeltrace2` prints, stamps as cycles.
#[must_use]
pub fn babeltrace2(folder: &Path) -> Vec<String> {
    install(&["babeltrace2", "python3-bt2"]);
    let text = said(
        Command::new("babeltrace2")
            .arg("--clock-cycles")
            .arg(folder),
    );
    text.lines().map(str::to_owned).collect()
}

/// What an importer of a unit for co-simulation says that does `what`, by `tests/readers/co_simulate.py`.
#[must_use]
pub fn co_simulation(what: &str, unit: &Path, folder: &Path, arguments: &[&str]) -> String {
    said(co_simulator(what, unit, folder).args(arguments))
}

/// Such an importer, to be started.
#[must_use]
pub fn co_simulator(what: &str, unit: &Path, folder: &Path) -> Command {
    // It compiles a unit of its own.
    install(&["gcc", "libc6-dev"]);
    let mut python = Command::new(python_with("fmpy", &FMPY));
    python.arg(script("co_simulate.py")).arg(what);
    python.arg(unit).arg(folder);
    python
}
