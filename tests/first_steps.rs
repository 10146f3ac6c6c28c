//! What a newcomer does first: a partition of one's own.

use std::fs;

use std::time::Duration;

use paratia::scaffold::{self, Language};
use paratia_tests::{assert_says, board, essentials, finish, run_on};

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
