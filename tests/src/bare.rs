//! Guests on the bare machine at EL1, with nobody below them.

use std::ffi::OsString;
use std::io::Read as _;
use std::thread;
use std::time::Duration;

use paratia::pieces::{self, bare};
use paratia::qemu::{Process, version};
use paratia::{catalog, workspace};

/// Longest run on the wall clock.
const LIMIT: Duration = Duration::from_secs(600);

/// What guest `name` says on a machine with a GIC of `version`, until it ends the simulation.
///
/// # Panics
/// If it can't be built or started, or doesn't end.
#[must_use]
pub fn lines(name: &str, version: u32) -> Vec<String> {
    // Any image's build makes all guests.
    let _ = crate::image_of("hello");
    let image = workspace::guests().join(format!("{name}.bin"));
    let mut arguments: Vec<OsString> = format!(
        "-M virt,gic-version={version} -m 256M -smp 1 -cpu cortex-a53 -semihosting -nodefaults \
         -display none -monitor none -serial stdio -icount shift=0,sleep=off \
         -rtc base=2026-01-01,clock=vm -kernel"
    )
    .split_whitespace()
    .map(OsString::from)
    .collect();
    arguments.push(image.into());
    said(&arguments)
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// What a partition's image says with nobody below it, until it switches its machine off. Time passes
/// by instructions.
///
/// # Panics
/// If it can't be built or started, or doesn't end.
#[must_use]
pub fn partition(system: &str, partition: &str) -> String {
    let _ = crate::image_of(system);
    let choice = catalog::choose(&crate::board(), system).expect("it exists");
    let pieces = pieces::of(&choice, None).expect("they are there");
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("bare.elf");
    let place = choice.system.partition_index(partition).expect("it exists");
    let partition = &choice.system.partitions[place];
    bare::write_image(partition, &pieces, &image).expect("it can be written");
    let mut arguments = bare::arguments(partition, choice.board, &image);
    arguments.extend(["-icount", "shift=0,sleep=off"].map(OsString::from));
    said(&arguments)
}

/// All that QEMU's machine says until its end.
fn said(arguments: &[OsString]) -> String {
    let program = version::program(version::LEAST).expect("there is one");
    let (mut process, mut output) = Process::start(&program, arguments).expect("QEMU starts");
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        output.read_to_end(&mut said).map(|_| said)
    });
    process.end_within(LIMIT);
    let said = reader.join().expect("the reader doesn't panic");
    let said = String::from_utf8_lossy(&said.expect("QEMU's output can be read")).into_owned();
    assert!(!said.is_empty(), "{}", process.complaints());
    said
}
