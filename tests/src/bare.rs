//! Guests on the bare machine at EL1, with nobody below them.

use std::ffi::OsString;
use std::io::Read as _;
use std::thread;
use std::time::Duration;

use paratia::qemu::{PROGRAM, Process};

/// Longest run on the wall clock.
const LIMIT: Duration = Duration::from_secs(60);

/// What guest `name` says on a machine with a GIC of `version`, until it ends the simulation.
///
/// # Panics
/// If it can't be built or started, or doesn't end.
#[must_use]
pub fn lines(name: &str, version: u32) -> Vec<String> {
    // Any image's build makes all guests.
    let _ = crate::image_of("hello");
    let image = paratia::workspace::guests().join(format!("{name}.bin"));
    let mut arguments: Vec<OsString> = format!(
        "-M virt,gic-version={version} -m 256M -smp 1 -cpu cortex-a53 -semihosting -nodefaults \
         -display none -monitor none -serial stdio -icount shift=0,sleep=off \
         -rtc base=2026-01-01,clock=vm -kernel"
    )
    .split_whitespace()
    .map(OsString::from)
    .collect();
    arguments.push(image.into());
    let (mut process, mut output) =
        Process::start(PROGRAM.as_ref(), &arguments).expect("QEMU starts");
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        output.read_to_end(&mut said).map(|_| said)
    });
    process.end_within(LIMIT);
    let said = reader.join().expect("the reader doesn't panic");
    let said = String::from_utf8_lossy(&said.expect("QEMU's output can be read")).into_owned();
    assert!(!said.is_empty(), "{}", process.complaints());
    said.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}
