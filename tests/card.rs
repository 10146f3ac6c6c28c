//! The card: are the files there that a Raspberry Pi's firmware asks for, and does a Pi start from
//! them?

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use paratia::run::{Outcome, Sight};
use paratia::{build, catalog};
use paratia_tests::{all_boards, assert_says, image_on, is_about, run_on};

/// The last line that is waited for.
const LINE: &str = "window 51";

/// Writes the card's files as `cargo paratia image` does and starts QEMU's board from that very
/// `kernel8.img`.
fn assert_starts_from_its_card(board: &str) {
    if !(all_boards() || is_about(board)) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let card = catalog::board(board).unwrap().card.expect("it has a card");
    let elf = fs::read(image_on(board, "hello")).expect("the image is there");
    let names = build::write_card(&card, &elf, folder.path()).expect("it can be written");
    assert_eq!(names, ["kernel8.img", "config.txt"]);

    // What the firmware must know: the image's name and place, and that it is 64-bit.
    let options = fs::read_to_string(folder.path().join("config.txt")).expect("text");
    let base = catalog::board(board).unwrap().facts.image_base.0;
    for option in [
        "arm_64bit=1",
        "kernel=kernel8.img",
        &format!("kernel_address={base:#x}"),
        "enable_uart=1",
    ] {
        assert!(options.lines().any(|line| line == option), "{option}");
    }

    let seen = Arc::new(AtomicBool::new(false));
    let run = run_on(board, "hello")
        .start_from(folder.path().join("kernel8.img"))
        .interrupted_by(Arc::clone(&seen))
        .wall_clock_limit(Duration::from_secs(60));
    let report = run.execute_watched(&mut |sight| {
        if let Sight::Console { line, .. } = sight
            && line.contains(LINE)
        {
            seen.store(true, Ordering::Relaxed);
        }
    });
    let report = report.expect("QEMU starts");
    assert_eq!(
        report.outcome,
        Outcome::Interrupted,
        "{:#?}",
        report.last_lines
    );
    assert_says(&report, "hello", LINE);
    // It has no tree that could be compared, and says what that means.
    let unchecked = report.named("board-unchecked").next().expect("it is said");
    for part in ["RAM", "CPUs", "interrupt controller", "UART"] {
        assert!(unchecked.text().contains(part), "{part}");
    }
    assert_eq!(report.named("board-checked").count(), 0);
}

#[test]
fn a_raspberry_pi_3_starts_from_its_card() {
    assert_starts_from_its_card("raspi3b");
}

#[test]
fn a_raspberry_pi_4_starts_from_its_card() {
    assert_starts_from_its_card("raspi4b");
}
