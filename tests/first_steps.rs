//! What a newcomer does first: a partition of one's own.

use std::fs;

use std::time::Duration;

use paratia::scaffold::{self, Language};
use paratia_tests::{assert_says, board, count, essentials, finish, run, run_on, verdicts};

/// `partitions/src/bin/hello.rs` and `config/src/systems/hello.rs` are what
/// `cargo paratia new partition hello` writes, to the letter.
#[test]
fn hello_is_what_the_command_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    for sub in ["partitions/src/bin", "config/src/systems"] {
        fs::create_dir_all(folder.path().join(sub)).expect("a folder");
    }
    let written =
        scaffold::partition(folder.path(), "hello", Language::Rust).expect("it is written");
    for file in written {
        let place = file.strip_prefix(folder.path()).expect("within the folder");
        let kept = paratia::workspace::root().join(place);
        assert_eq!(
            fs::read_to_string(&file).expect("text"),
            fs::read_to_string(kept).expect("text"),
            "{}",
            place.display()
        );
    }
}

/// A first partition has under 20 lines.
#[test]
fn a_first_partition_has_under_twenty_lines() {
    let hello = paratia::workspace::root().join("partitions/src/bin/hello.rs");
    let lines = fs::read_to_string(hello).expect("text").lines().count();
    assert!(lines < 20, "{lines} lines");
}

/// What the runtime's documentation shows, in two programs: typed ports, windows, `log`, `embedded-hal`.
#[test]
fn the_runtimes_tour_prints_what_its_reader_finds() {
    let report = finish(&run("test-tour").stop_after(Duration::from_millis(200)));
    for number in 1..=3 {
        let start = (number - 1) * 20;
        let line = format!("INFO  tour: window {number} at 0.0{start:02}000 s, 1 waiting");
        assert_says(&report, "sender", &line);
        let line = format!("Fuel {{ millilitres: [100, {number}], sensor: 7 }}, valid true");
        assert_says(&report, "reader", &line);
        assert_says(&report, "reader", &format!("pulse {number}, 0 lost"));
    }
    assert_eq!(
        count(&report, "sender", "WARN  clock: paused as long as asked"),
        3
    );
    assert_eq!(count(&report, "sender", "isn't shown"), 0);
    let other_size =
        "a message of 6 bytes came where 4 are expected; sender and receiver take different types";
    assert_says(&report, "reader", other_size);
    let reader = report.statistics("reader").expect("it ran");
    assert_eq!(
        (reader.windows, reader.heartbeats_missed, reader.faults),
        (10, 0, 0)
    );
}

/// The sender's end by a mistake: its words, which the log has beside the fault, and the verdict.
fn assert_ends_with(argument: u64, words: &str) {
    let run = run("test-tour").argument("sender", argument);
    let report = finish(&run.stop_after(Duration::from_millis(100)));
    let fault = report.about("fault", "sender").next().expect("it failed");
    assert_eq!(fault.word("event"), Some("application_error"));
    let said = fault.text();
    assert!(
        said.starts_with("panicked at tests/guests/src/bin/tour.rs:"),
        "{said}"
    );
    assert!(said.ends_with(words), "{said}");
    assert_says(&report, "sender", words);
    let verdicts = verdicts(&report, "sender");
    let actions: Vec<_> = verdicts.iter().map(|(_, action)| action.as_str()).collect();
    assert_eq!(actions, ["restart", "halt"]);
}

#[test]
fn a_misspelt_port_is_told_with_those_that_there_are() {
    assert_ends_with(
        1,
        ": there is no sampling source port 'leveel'; did you mean 'level'? 'sender' has: 'level' (sampling \
         source, up to 8 bytes), 'pulses' (queuing source, up to 16 bytes)",
    );
}

#[test]
fn a_message_that_is_too_large_for_its_channel_is_told_with_both_sizes() {
    assert_ends_with(
        2,
        ": the queuing source port 'pulses' takes fewer bytes than the program's messages have, 24; enlarge \
         its channel's `message_bytes`, or take another type. 'sender' has: 'level' (sampling source, up to 8 \
         bytes), 'pulses' (queuing source, up to 16 bytes)",
    );
}

/// A main function that returns ends its partition, and the log says when.
#[test]
fn a_main_function_that_returns_is_the_end_of_its_partition() {
    let run = run("test-tour").argument("sender", 4);
    let report = finish(&run.stop_after(Duration::from_millis(100)));
    assert_says(&report, "sender", "nothing more to do");
    assert_eq!(report.about("halted", "sender").count(), 1);
    let at = report.halted_at("sender").expect("it was halted");
    assert!(at < Duration::from_millis(4), "in its first window: {at:?}");
    let of = report.statistics("sender").expect("statistics");
    assert_eq!((of.windows, of.faults, of.restarts), (1, 0, 0));
    assert_eq!(report.halted_at("reader"), None);
}

#[test]
fn a_panic_arrives_as_file_line_and_text() {
    assert_ends_with(3, ": the tank of 'sender' is 107 % full");
}

/// A partition in C, compiled against the interface's header and nothing else, prints, reads what another
/// sends and gives its heartbeats.
#[test]
fn a_partition_in_c_reads_a_port() {
    let run = run_on(&board(), "hello-c").stop_after(Duration::from_millis(1_100));
    let report = finish(&run);
    assert_says(&report, "hello-c", "hello from C, 'hello-c', first start");
    // A second into the drive, 21 s into its cycle: 3.0 mph (`UDDS`, EPA).
    assert_says(&report, "hello-c", "50 windows; speed 1341 mm/s");
    let statistics = report.statistics("hello-c").expect("it ran");
    assert_eq!((statistics.heartbeats_missed, statistics.faults), (0, 0));
    assert!(statistics.heartbeats_expected >= 50, "{statistics:?}");
}

/// And it builds, runs and prints.
#[test]
fn hello_runs_and_prints() {
    essentials::first_partition(&board());
}
