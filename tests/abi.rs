//! Guests that were built once, against version 1 of the interface, and whose every word is kept
//! (`tests/abi-1`): no later hypervisor tells them anything else, on any board.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use paratia::workspace;
use paratia_tests::{board, finish, run};

/// What a stored guest says, whose words are the same in every run but for the order of partitions.
const PARTITIONS: [&str; 2] = ["left", "right"];

fn folder() -> PathBuf {
    workspace::root().join("tests/abi-1")
}

/// Set to write down what is said on a board that has nothing stored yet; what is stored stays.
const STORE: &str = "PARATIA_STORE_ABI";

#[test]
fn a_stored_guest_is_told_what_it_was_always_told() {
    let report = finish(
        &run("test-abi-1")
            .argument("left", 0xA5)
            .argument("right", 0x5A)
            .stop_after(Duration::from_millis(400)),
    );
    let mut said = String::new();
    for partition in PARTITIONS {
        for line in report.console_of(partition) {
            let _ = writeln!(said, "{partition}| {}", line.trim_end());
        }
    }
    let place = folder().join(format!("expected/{}.txt", board()));
    if std::env::var_os(STORE).is_some() && !place.exists() {
        fs::write(&place, &said).expect("it can be written");
    }
    let expected = fs::read_to_string(&place);
    let expected = expected.unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    let differs = expected
        .lines()
        .zip(said.lines())
        .find(|(expected, said)| expected != said);
    assert_eq!(differs, None, "left: as it was; right: as it is");
    assert_eq!(expected, said);
    for line in ["left| done", "right| done"] {
        assert!(expected.lines().any(|said| said == line), "{line}");
    }
}

/// The binaries are those that were stored: nobody has built them anew.
#[test]
fn a_stored_guest_is_the_one_that_was_stored() {
    let list = fs::read_to_string(folder().join("README.md")).expect("it is there");
    let mut count = 0;
    for entry in fs::read_dir(folder()).expect("it is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|extension| extension != "bin") {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str());
        let bytes = fs::read(&path).expect("it can be read");
        let row = format!("| `{}` | {} |", name.expect("text"), digest(&bytes));
        assert!(list.contains(&row), "README.md has no row '{row}'");
        count += 1;
    }
    assert!(count > 0, "there are guests");
}

fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let mut digits = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
