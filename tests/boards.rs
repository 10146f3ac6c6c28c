//! Boot: on every number of CPUs and several CPU models, and refusals of the wrong board.
//!
//! Only QEMU's `virt` can be bent into another board, or has a device tree that says so.

use std::time::Duration;

use paratia::run::{Outcome, Run};
use paratia_tests::{
    DEFAULT_BOARD, assert_critical_unharmed, board, essentials, finish, is_about, run,
};

/// Runs a system for a moment and asserts that all its partitions ran, each in its own windows.
fn assert_boots(run: &Run) {
    let report = finish(&run.clone().stop_after(Duration::from_millis(400)));
    let cpus = report.system.schedule.plans.len();
    assert_eq!(report.named("cpu-started").count(), cpus);
    for (index, partition) in report.system.partitions.iter().enumerate() {
        let of = report.statistics(partition.name).expect("statistics");
        assert_eq!(
            (of.windows, of.faults),
            (20, 0),
            "{}: {of:?}",
            partition.name
        );
        for window in report.about("window", partition.name) {
            let cpu = window.integer("cpu").unwrap();
            let plan = report.system.schedule.plans[usize::try_from(cpu).unwrap()];
            assert!(
                plan.iter().any(|window| window.partition == partition.name),
                "{index}"
            );
        }
    }
}

#[test]
fn one_cpu() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_boots(&run("cluster").argument("infotainment", 0xFF).cpu_count(1));
}

#[test]
fn two_cpus() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_boots(&run("test-cpus-2").cpu_count(2));
}

#[test]
fn four_cpus_each_with_its_own_plan() {
    assert_boots(&run("test-cpus-4").cpu_count(4));
}

#[test]
fn four_cpus_of_the_newest_kind() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_boots(&run("test-cpus-4").cpu("max"));
}

#[test]
fn all_cpus_are_in_step() {
    essentials::cpus_in_step(&board());
}

#[test]
fn cortex_a72() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_boots(
        &run("cluster")
            .argument("infotainment", 0xFF)
            .cpu("cortex-a72"),
    );
}

#[test]
fn cortex_a53() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_boots(
        &run("cluster")
            .argument("infotainment", 0xFF)
            .cpu("cortex-a53"),
    );
}

/// A CPU with every extension: what guests may not use is trapped, what they may is saved.
#[test]
fn newest_cpu() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let run = run("cluster").cpu("max").stop_after(Duration::from_secs(2));
    assert_critical_unharmed(&finish(&run));
}

/// Asserts that the hypervisor refuses to start, with a message that holds all of `words`.
fn assert_refused(run: &Run, words: &[&str]) {
    let report = run.execute().expect("QEMU starts");
    let Outcome::Refused(reason) = &report.outcome else {
        panic!("not refused: {}", report.outcome);
    };
    for word in words {
        assert!(reason.contains(word), "'{word}' is missing in: {reason}");
    }
    assert!(report.console.is_empty(), "no partition has started");
}

#[test]
fn less_memory_is_refused_with_both_sizes() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_refused(&run("cluster").memory_mib(128), &["1024 MiB", "128 MiB"]);
}

#[test]
fn another_interrupt_controller_is_refused_with_both_versions() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_refused(&run("cluster").gic_version(2), &["GICv3", "GICv2"]);
}

#[test]
fn fewer_cpus_are_refused_with_both_numbers() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    assert_refused(&run("test-cpus-4").cpu_count(2), &["4", "2"]);
}

/// What the first instructions say, before there is anything to say it with.
#[test]
fn another_exception_level_is_refused_by_its_number() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    for (property, words) in [
        ("secure=on", "entered at EL3"),
        ("virtualization=off", "entered at EL1"),
    ] {
        let run = run("hello")
            .qemu_argument("-machine")
            .qemu_argument(property);
        let run = run.wall_clock_limit(Duration::from_secs(60));
        assert_refused(
            &run,
            &[words, "needs EL2", "virtualization=on", "secure=on"],
        );
    }
}

#[test]
fn an_image_with_a_flipped_bit_is_refused() {
    let run = run("cluster").flip_bit(".images", 5_000, 3);
    assert_refused(&run, &["partition 'vehicle'", "SHA-256", "damaged"]);
}

#[test]
fn an_image_whose_last_byte_has_changed_is_refused() {
    let file = paratia::workspace::guests().join("vehicle.bin");
    let run = run("cluster");
    let size = std::fs::metadata(file).expect("the guests are built").len();
    assert_refused(
        &run.flip_bit(".images", size - 1, 7),
        &["partition 'vehicle'", "SHA-256"],
    );
}
