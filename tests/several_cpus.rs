//! Partitions with several vCPUs, and the critical partitions beside an unmodified system.

use std::time::Duration;

use paratia_tests::{
    CALM, assert_critical_unharmed, assert_says, finish, moments, run, with_finest_ticks,
};

/// What a Linux says that has found everything in order: its CPUs, their timers, a task on each, a
/// second that lasts a second, digests of some megabytes, no warning in the kernel's log.
const WELL: &str = "check: all is well";

/// vCPUs of different numbers on one CPU, in every order: each finds its own, never the one that ran
/// before it.
#[test]
fn each_vcpu_has_its_own_number() {
    let report = finish(&run("test-numbers").stop_after(Duration::from_millis(300)));
    for (partition, other) in [("pair", "0x80000001"), ("lone", "0x0")] {
        let lines: Vec<_> = report.console_of(partition).collect();
        let expected = (0..8).map(|at| {
            // The other one's first window is after the first's own.
            let other = if at == 0 { "0x0" } else { other };
            format!("numbers at={at} own=0x80000000 other={other}")
        });
        assert_eq!(lines, expected.collect::<Vec<_>>(), "{partition}");
        let of = report.statistics(partition).unwrap();
        assert_eq!((of.faults, of.restarts), (0, 0));
    }
}

/// A vCPU that is out finds at its window's start the interrupt that a sibling has sent it meanwhile, and no
/// kick for it is left over: nothing interrupts its windows, which it gives back itself.
#[test]
fn a_vcpu_that_is_out_is_not_kicked() {
    let report = finish(&run("test-kicks").stop_after(Duration::from_millis(300)));
    let lines: Vec<_> = report.console_of("pair").collect();
    // However often one was sent in a window, it was pending once.
    let expected = (0..8).map(|at| format!("kicks at={at} taken={at}"));
    assert_eq!(lines, expected.collect::<Vec<_>>());
    let second = report
        .about("vcpu-statistics", "pair")
        .find(|it| it.integer("vcpu") == Some(1))
        .unwrap();
    assert!(second.integer("windows") > Some(8), "{second:?}");
    assert_eq!(second.integer("interrupts"), Some(0), "{second:?}");
    let of = report.statistics("pair").unwrap();
    assert_eq!((of.faults, of.restarts), (0, 0));
}

#[test]
fn two_linux_systems_with_two_cpus_each_side_by_side() {
    let report = finish(&run("linux-pair").stop_after(Duration::from_secs(6)));
    for partition in ["left", "right"] {
        assert_says(&report, partition, "init: user space, on 2 CPU(s)");
        assert_says(&report, partition, "check: a task on CPU 1 ok");
        assert_says(&report, partition, "MHz (virt).");
        assert_says(&report, partition, WELL);
        let of = report.statistics(partition).unwrap();
        assert_eq!((of.faults, of.restarts), (0, 0));
    }
}

#[test]
fn linux_with_two_cpus_of_its_own_beside_the_cluster() {
    let report = finish(&run("linux-own-cpus").stop_after(Duration::from_secs(3)));
    assert_critical_unharmed(&report);
    assert_says(&report, "linux", "init: user space, on 2 CPU(s)");
    assert_says(&report, "linux", "init: shell");
}

/// The same cluster with a calm infotainment and with a Linux that boots: to the instruction on QEMU's
/// own machines, to the tick of their counter on the others.
#[test]
fn a_linux_under_load_on_the_same_cpu_changes_nothing() {
    let experiment = |system| {
        let run = with_finest_ticks(run(system).stop_after(Duration::from_secs(4)));
        let report = match system {
            "test-calm" => finish(&run.argument("infotainment", CALM)),
            _ => finish(&run),
        };
        assert_critical_unharmed(&report);
        report
    };
    let (calm, linux) = (experiment("test-calm"), experiment("linux"));
    assert_says(&linux, "linux", "Run /init as init process");
    let used = linux.statistics("linux").unwrap().used_ticks;
    let half_a_second = linux.frequency_hz.unwrap() / 2;
    assert!(used > half_a_second, "Linux worked for {used} ticks");
    for partition in ["vehicle", "speedometer"] {
        let (expected, seen) = (moments(&calm, partition), moments(&linux, partition));
        assert!(expected.len() > 380, "{partition}: {}", expected.len());
        assert_eq!(expected, seen, "{partition}");
    }
}
