//! Costs: every figure within its budget, without a peer beside it; and what an unmodified system pays.

use std::time::Duration;

use paratia::bench::budget::Verdict;
use paratia::bench::figures::Unit;
use paratia::bench::{self, counter};
use paratia::progress::Silent;
use paratia_tests::{DEFAULT_BOARD, bare, finish, is_about, run};

#[test]
fn every_figure_is_within_its_budget() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    bench::build_for_tests().expect("the images and the counter build");
    let rows = bench::measure(false, &mut Silent).expect("every run reaches its end");
    for row in &rows {
        let (title, most) = (row.figure.title, row.budget.as_ref().map(|it| it.most));
        println!("{title}: {:?} of {most:?}", row.paratia);
    }
    let over: Vec<_> = rows
        .iter()
        .filter(|row| match row.verdict {
            Verdict::Over => true,
            Verdict::Unbudgeted => row.figure.unit != Unit::Lines,
            Verdict::Within | Verdict::AboveAim | Verdict::Absent => false,
        })
        .map(|row| (row.figure.key, row.paratia, row.budget.as_ref()))
        .collect();
    assert!(
        over.is_empty(),
        "over their budgets, or without one: {over:#?}"
    );
    let measured = rows
        .iter()
        .filter(|row| matches!(row.verdict, Verdict::Within | Verdict::AboveAim));
    assert!(measured.count() >= 20, "the figures are there");
}

/// Instructions in a tick of the counter: 62.5 MHz, and an instruction takes 1 ns.
const PER_TICK: u64 = 16;

/// Linux up to its first program in a partition alone on its CPU, and on the bare machine: the same
/// kernel, initial RAM disk and device tree at the same places, of the same QEMU and CPU. The count
/// is the counter's: every instruction and all waiting from the kernel's first instruction on.
#[test]
fn booting_linux_costs_at_most_1_15_times_what_it_costs_bare() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    const SYSTEM: &str = "bench-linux";
    let bare = instructions(bare::partition(SYSTEM, "linux").lines());
    let report = finish(&run(SYSTEM).stop_after(Duration::from_secs(2)));
    let own = instructions(report.console_of("linux"));
    let permille = own * 1000 / bare;
    println!("to user space: {bare} instructions bare, {own} in a partition: {permille} per mille");
    assert!(bare > 100_000_000, "the kernel booted in {bare}");
    assert!(own > bare, "nothing is free: {own} and {bare} bare");
    assert!(
        permille <= 1150,
        "{own} and {bare} bare: {permille} per mille"
    );
}

/// The count that a Linux has printed in user space, in instructions.
fn instructions<'a>(mut lines: impl Iterator<Item = &'a str>) -> u64 {
    let count = |line: &str| {
        let (_, count) = line.split_once("init: user space, on 1 CPU(s), at count ")?;
        count.trim().parse::<u64>().ok()
    };
    let ticks = lines.find_map(count).expect("Linux comes to user space");
    ticks * PER_TICK
}

/// The counter knows which CPU runs: on four of them it sees as many ways back to guests as the hypervisor has
/// exits, but for the last one of each vCPU. (QEMU 10.0 names the CPU that translated the code instead.)
#[test]
fn the_counter_tells_cpus_apart() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    counter::build(&mut Silent).expect("the counter builds");
    let run = run("test-cpus-4").stop_after(Duration::from_millis(100));
    let (report, counts) = counter::count(&run).expect("it reaches its end");
    let told = report.named("vcpu-statistics").map(|event| {
        let exits = ["calls", "interrupts"].map(|it| event.integer(it).expect("a number"));
        exits.iter().sum::<u64>() - 1
    });
    let seen = counts.exits.count + counts.switches.count;
    assert_eq!(seen, told.sum::<u64>(), "{counts:?}");
}
