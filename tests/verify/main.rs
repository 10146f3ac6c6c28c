//! Is what the checker derives from an image what was declared, and does it notice what isn't?
//!
//! The checker is asked more than what it checks: by every bit of the translation tables, and by corruptions
//! of everything else that it reads, made by chance, the same in every run.

mod carry;
mod corruptions;
mod ends;
mod flips;

use std::fs;
use std::process::Command;

use paratia::{build, catalog, verification, workspace};
use paratia_tests::{DEFAULT_BOARD, all_boards, board};
use paratia_verify::image::Image;
use paratia_verify::reach::declared::Declaration;
use paratia_verify::reach::{self, Reach};

/// An image and what it was built from.
struct Built {
    file: Vec<u8>,
    declared: Declaration,
}

impl Built {
    fn of(board: &str, system: &str) -> Self {
        let path = build::image(board, system).expect("it can be built");
        let choice = catalog::choose(board, system).expect("it exists");
        Self {
            file: fs::read(path).expect("it was built"),
            declared: verification::declaration(&choice),
        }
    }

    fn look(&self) -> Reach {
        look(&self.file, &self.declared)
    }
}

fn look(file: &[u8], declared: &Declaration) -> Reach {
    reach::look(&Image::parse(file).expect("an image"), declared)
}

/// Systems that have between them all that an image can have: a display, devices and their interrupts,
/// several CPUs and vCPUs, messages that interrupt, memory that partitions share, events, monitors, as many partitions as there can be.
const SYSTEMS: [&str; 10] = [
    "cluster",
    "hello",
    "test-interrupts",
    "test-cpus-4",
    "test-messages",
    "queue",
    "test-direct",
    "test-events",
    "test-monitors",
    "bench-partitions-128",
];

/// Each of the systems on the default board, and `cluster` on every board.
fn good_images() -> Vec<(String, &'static str)> {
    let of_board = |board: &str| (board.to_owned(), "cluster");
    let mut all: Vec<_> = match board() {
        board if board == DEFAULT_BOARD => SYSTEMS.map(|system| (board.clone(), system)).to_vec(),
        board => vec![of_board(&board)],
    };
    if all_boards() {
        let others = catalog::boards().iter().map(|board| board.facts.name);
        all.extend(others.filter(|board| *board != DEFAULT_BOARD).map(of_board));
    }
    all
}

#[test]
fn a_good_image_has_no_finding() {
    for (board, system) in good_images() {
        let built = Built::of(&board, system);
        let reach = built.look();
        assert_eq!(reach.findings, [], "{system} on {board}");
        // Not because nothing was looked at.
        let partitions = built.declared.partitions.len();
        assert_eq!(reach.regimes.len(), 1 + partitions, "{system} on {board}");
        assert!(reach.regimes.iter().all(|regime| regime.mappings > 1));
        let windows: usize = built.declared.schedule.plans.iter().map(Vec::len).sum();
        assert_eq!(reach.windows.len(), windows);
        assert!(reach.images_right >= partitions && reach.interrupts.len() >= partitions);
        assert!(reach.pages_sealed > 32, "{system} on {board}");
    }
}

/// Other code in another language, from the same bytes.
#[test]
fn a_second_opinion_is_the_same() {
    let script = workspace::root().join("tools/verify/second_opinion.py");
    for (board, system) in good_images() {
        let built = Built::of(&board, system);
        let path = catalog::choose(&board, system).expect("it exists").image();
        let output = Command::new("python3").arg(&script).arg(path).output();
        let output = output.expect("python3 can be started; Debian's package is `python3`");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{system} on {board}: {said}");
        let second = String::from_utf8(output.stdout).expect("it prints text");
        assert_eq!(built.look().canonical, second, "{system} on {board}");
        assert!(second.lines().count() > 10);
    }
}

/// What was declared for one system isn't what another one's image has.
#[test]
fn an_image_of_another_system_is_found_out() {
    let cluster = Built::of(DEFAULT_BOARD, "cluster");
    let hello = Built::of(DEFAULT_BOARD, "hello");
    for (file, declared) in [
        (&cluster.file, &hello.declared),
        (&hello.file, &cluster.declared),
    ] {
        assert!(look(file, declared).findings.len() > 3);
    }
}
