//! Unikernels for Solo5's tender `hvt`: have their calls their answers and their segments their rights, and does no
//! pointer lead out of their own memory?

use std::fs;
use std::time::Duration;

use paratia::catalog::choose;
use paratia::own::Files;
use paratia::run::RunReport;
use paratia::{build, sources, workspace};
use paratia_tests::{
    DEFAULT_BOARD, assert_says, count, finish, is_about, run, verdicts, with_finest_ticks,
};

/// All unikernels' life: those that are good have ended by then.
fn ran() -> RunReport {
    let run = run("test-solo5").stop_after(Duration::from_secs(1));
    finish(&with_finest_ticks(run))
}

fn words(event: &str, action: &str) -> [(String, String); 1] {
    [(event.to_owned(), action.to_owned())]
}

/// A number of the one fault that a partition had.
fn fault(report: &RunReport, partition: &str, key: &str) -> u64 {
    let faults: Vec<_> = report.about("fault", partition).collect();
    assert_eq!(faults.len(), 1, "{partition}: {faults:#?}");
    faults[0].integer(key).expect("a fault has it")
}

/// Text, time, sleep, floating point over a call; all of a disk; frames of the largest and a small size there and
/// back. Each ends with its exit status: 0 is an end that was asked for, another an error of its own.
#[test]
fn every_call_has_its_answer_and_every_exit_status_its_verdict() {
    let report = ran();
    for (partition, said) in [
        ("hello", "command line 'hello'"),
        ("hello", "SUCCESS"),
        ("block", "SUCCESS"),
        ("ping", "SUCCESS: 20 frames"),
    ] {
        assert_says(&report, partition, said);
    }
    for partition in ["hello", "block", "ping"] {
        assert_says(&report, partition, "unikernel: exit status 0");
        assert_eq!(verdicts(&report, partition), words("shutdown", "halt"));
    }
    assert_eq!(count(&report, "echo", "ABORT"), 0);
    assert_eq!(
        verdicts(&report, "exit"),
        words("application_error", "halt")
    );
    assert_eq!(fault(&report, "exit", "esr"), 42);
}

/// A store into instructions, one into constants, a jump into variables: stage 2 says no, though the unikernel's own
/// tables would let it. A pointer out of its memory, to where its tender lies: the tender says no.
#[test]
fn what_a_unikernel_may_not_is_a_verdict() {
    let report = ran();
    for (partition, event) in [
        ("text", "stray_access"),
        ("constant", "stray_access"),
        ("execute", "stray_fetch"),
        ("pointer", "application_error"),
    ] {
        assert_eq!(
            verdicts(&report, partition),
            words(event, "halt"),
            "{partition}"
        );
        assert_eq!(count(&report, partition, "SUCCESS"), 0, "{partition}");
    }
    for partition in ["text", "constant", "execute"] {
        let address = fault(&report, partition, "far");
        assert!(
            (0x10_0000..0x20_0000).contains(&address),
            "{partition}: {address:#x}"
        );
    }
    assert_eq!(fault(&report, "pointer", "far"), 0x4000_0000);
    assert_says(
        &report,
        "pointer",
        "names 0x40000000 and 16 bytes, its memory is 0x10000..0x200000",
    );
}

/// One unikernel prints without end, others attack and die: a neighbour's windows and what it does in them keep their
/// distance, to the tick.
#[test]
fn a_neighbour_notices_nothing_to_the_tick() {
    let report = ran();
    assert!(count(&report, "flood", "text without end") > 100);
    // A window has four pieces of work.
    let frame = |moments: Vec<u64>, in_a_window: usize| {
        let later = moments.iter().skip(in_a_window);
        let steps: Vec<u64> = later
            .zip(&moments)
            .map(|(it, before)| it - before)
            .collect();
        assert!(steps.len() > 40, "{steps:?}");
        assert!(steps.iter().all(|step| *step == steps[0]), "{steps:?}");
    };
    let windows = report.about("window", "neighbour");
    frame(
        windows
            .map(|it| it.integer("start").expect("it has one"))
            .collect(),
        1,
    );
    // From its third window on: in the first two its own program isn't through the same instructions.
    let beats = report.about("heartbeat", "neighbour").skip(12);
    frame(beats.map(|it| it.time_ticks).collect(), 4);
    assert_eq!(verdicts(&report, "neighbour"), []);
}

/// What a unikernel needs isn't in an image without one.
#[test]
fn a_system_without_a_unikernel_has_nothing_of_it() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let has = |system: &str| {
        let image = build::image(DEFAULT_BOARD, system).expect("it can be built");
        let image = fs::read(image).expect("it was built");
        let functions = sources::functions(&image).expect("it has symbols");
        // What is a dozen instructions has no name of its own; where it stands has.
        functions.iter().any(|(_, name)| name.contains("tender"))
    };
    for system in ["cluster", "test-xen"] {
        assert!(!has(system), "{system}");
    }
}

/// A person's own file that is no unikernel for `hvt`, or another version's, is refused before anything is built.
#[test]
fn a_file_that_is_no_unikernel_is_refused_in_words() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    build::image(DEFAULT_BOARD, "test-solo5").expect("it can be built");
    let good = fs::read(workspace::guest_elf("unikernel-plain")).expect("it was built");
    let note = good
        .windows(4)
        .position(|it| it == b"ABI1")
        .expect("it has the note");
    let folder = tempfile::tempdir().expect("there is room");
    let refusal = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        let path = folder.path().join("own.hvt");
        fs::write(&path, bytes).expect("there is room");
        let files = Files {
            unikernel: Some(path),
            ..Files::default()
        };
        let choice = choose(DEFAULT_BOARD, "solo5").expect("it exists");
        files
            .in_place(choice, None)
            .err()
            .map(|it| format!("{it:#}"))
    };
    assert_eq!(refusal(&|_| {}), None);
    for (change, expected) in [
        (
            &|it: &mut Vec<u8>| it[note + 16] = 1,
            "version 1 of hvt's ABI, and version 2 is answered",
        ),
        (
            &|it: &mut Vec<u8>| it[note + 12] = 2,
            "target 'spt', not for 'hvt'; build it for hvt",
        ),
        (
            &|it: &mut Vec<u8>| it[note] = b'X',
            "no note 'ABI1' of Solo5's",
        ),
        (&|it: &mut Vec<u8>| it.truncate(40), "no 64-bit ELF file"),
    ] as [(&dyn Fn(&mut Vec<u8>), &str); 4]
    {
        let said = refusal(change).expect("it is refused");
        assert!(said.contains(expected), "{said}");
    }
}
