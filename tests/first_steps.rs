//! What a newcomer does first: a partition of one's own.

use std::fs;

use paratia_tests::{board, essentials};

/// `partitions/src/bin/hello.rs` and `config/src/systems/hello.rs` are what
/// `cargo paratia new partition hello` writes, to the letter.
#[test]
fn hello_is_what_the_command_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    for sub in ["partitions/src/bin", "config/src/systems"] {
        fs::create_dir_all(folder.path().join(sub)).expect("a folder");
    }
    let written = paratia::scaffold::partition(folder.path(), "hello").expect("it is written");
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

/// And it builds, runs and prints.
#[test]
fn hello_runs_and_prints() {
    essentials::first_partition(&board());
}
