//! The telltale: is the lamp's line as its partition says, seen from outside of the board?

use std::time::Duration;

use paratia::catalog;
use paratia_tests::{all_boards, assert_says, board, finish, is_about, run_on};

/// The lamp's line, and how long it is lit and dark (`config/src/systems/telltale.rs`).
const LINE: u32 = 5;
const HALF_PERIOD_MS: u64 = 500;

/// The physical address of the word in which bit [`LINE`] is the line's level.
fn level_register(board: &str) -> u64 {
    let facts = catalog::board(board).unwrap().facts;
    let device = facts.device("gpio").expect("the board has one");
    let offset = match device.model {
        // GPIODATA for this line alone (DDI 0190, 3.3.2).
        "pl061" => 4 << LINE,
        // GPLEV0 (BCM2835 ARM Peripherals, table 6-1).
        "bcm2835-gpio" => 0x34,
        other => panic!("what is a {other}?"),
    };
    device.registers.base.0 + offset
}

/// Stops the board in one half period after the other. Each time QEMU reads the controller's register,
/// and it must hold what the time says and the partition said last.
fn assert_blinks(board: &str) {
    for half_period in 0..5 {
        let stop = Duration::from_millis(half_period * HALF_PERIOD_MS + 260);
        let run = run_on(board, "telltale").stop_after(stop);
        let report = finish(&run.probe(level_register(board)));
        assert_says(&report, "telltale", "lamp tested");
        let said: Vec<_> = report
            .console_of("telltale")
            .filter(|line| line.contains(" ms: "))
            .collect();
        let lit = |half_period: u64| half_period % 2 == 1;
        let expected: Vec<_> = (1..=half_period)
            .map(|n| {
                let state = if lit(n) { "lit" } else { "dark" };
                format!("{} ms: {state}", n * HALF_PERIOD_MS)
            })
            .collect();
        assert_eq!(said, expected);
        let [word] = report.words[..] else {
            panic!("one word was asked for: {:?}", report.words);
        };
        let seen = word >> LINE & 1 == 1;
        assert_eq!(seen, lit(half_period), "after {stop:?}: {word:#x}");
        for partition in ["telltale", "hello"] {
            let of = report.statistics(partition).unwrap();
            assert_eq!((of.heartbeats_missed, of.faults), (0, 0), "{partition}");
        }
    }
}

#[test]
fn blinks_on_a_pl061() {
    let board = board();
    let gpio = catalog::board(&board).unwrap().facts.device("gpio");
    if gpio.is_some_and(|gpio| gpio.model == "pl061") {
        assert_blinks(&board);
    } else {
        println!("nothing to do: {board} has no PL061");
    }
}

#[test]
fn blinks_on_a_raspberry_pi_3() {
    if all_boards() || is_about("raspi3b") {
        assert_blinks("raspi3b");
    }
}

#[test]
fn blinks_on_a_raspberry_pi_4() {
    if all_boards() || is_about("raspi4b") {
        assert_blinks("raspi4b");
    }
}
