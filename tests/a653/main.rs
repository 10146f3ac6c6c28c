//! ARINC 653 by the traits of `a653rs`: what its services answer, when processes run, what follows from errors,
//! and two applications that say here what they say under Linux.

use std::process::Command;
use std::time::Duration;

use paratia::run::RunReport;
use paratia::workspace;
use paratia_tests::{finish, run};

/// Between a moment and a process's first line about it: the timer, the kernel, the switch.
const PROMPTLY_NS: u64 = 6_000;
/// By how much one of several ways to the same line may be longer.
const STEADY_NS: u64 = 200;

/// A case of `a653-processes`, by its run argument.
fn worker(case: u64) -> RunReport {
    let report = finish(
        &run("test-a653-processes")
            .argument("worker", case)
            .stop_after(Duration::from_millis(300)),
    );
    let wrong = said(&report, "worker");
    let wrong = wrong.iter().find(|line| line.contains("WRONG"));
    assert_eq!(wrong, None);
    report
}

/// All that a partition has said.
fn said(report: &RunReport, partition: &str) -> Vec<String> {
    report.console_of(partition).map(str::to_owned).collect()
}

/// The moments in lines that begin with a word.
fn moments(report: &RunReport, word: &str) -> Vec<u64> {
    let lines = said(report, "worker");
    let of_word = lines.iter().filter_map(|line| line.strip_prefix(word));
    let numbers = of_word.filter_map(|line| line.split_whitespace().next());
    numbers.map(|it| it.parse().expect("a number")).collect()
}

fn assert_promptly(at: &[u64], expected: &[u64]) {
    println!("{at:?}, expected {expected:?}");
    assert_eq!(at.len(), expected.len());
    for (at, expected) in at.iter().zip(expected) {
        assert!((*expected..expected + PROMPTLY_NS).contains(at));
    }
}

#[test]
fn every_return_code_of_the_ports_services() {
    let report = finish(&run("test-a653-ports").stop_after(Duration::from_millis(400)));
    let caller = [
        "the first in line is served first",
        "done: 111 answers, 0 wrong",
    ];
    assert_eq!(said(&report, "caller"), caller);
    assert_eq!(said(&report, "peer"), ["done: 26 answers, 0 wrong"]);
}

#[test]
fn every_return_code_of_the_services_for_processes() {
    let report = worker(6);
    assert_eq!(said(&report, "worker"), ["codes done", "periodic done"]);
}

#[test]
fn a_process_is_released_at_its_times_and_goes_on_when_its_wait_is_over() {
    let report = worker(0);
    const MS: u64 = 1_000_000;
    // Normal mode comes in the first window, so the first period is the next one.
    let each = moments(&report, "each ");
    assert_promptly(&each, &[22, 42, 62, 82].map(|ms| ms * MS));
    // Once it waits, every release takes the same way.
    for pair in each[1..].windows(2) {
        assert!((pair[1] - pair[0]).abs_diff(20 * MS) <= STEADY_NS);
    }
    let delayed = [24_500_000, 64_500_000, 104_500_000];
    assert_promptly(&moments(&report, "delayed "), &delayed);
    // In the second window; with a third one; and by a time-out.
    assert_promptly(&moments(&report, "waits "), &[13, 22, 33].map(|ms| ms * MS));
    let lines = said(&report, "worker");
    assert!(lines.iter().any(|line| line.ends_with("Err(TimedOut)")));
}

#[test]
fn the_highest_priority_that_is_ready_runs_and_preempts() {
    let expected = [
        "urgent begins",
        "long begins",
        "urgent preempts",
        "long goes on",
        "equal",
        "long is behind its equal",
        "lazy",
        "long after lazy",
        "long before lazy",
        "lazy",
        "long after lazy again",
        "long is above lazy",
        "lazy",
        "long is below lazy",
        "urgent is resumed: Ok(())",
        "long ends",
    ];
    assert_eq!(said(&worker(1), "worker"), expected);
}

#[test]
fn a_missed_deadline_calls_the_error_handler_at_its_moment() {
    let report = worker(2);
    let [first] = moments(&report, "slow in time ")[..] else {
        panic!("one line")
    };
    assert!(first > 26_000_000, "it worked for longer than its capacity");
    assert_promptly(&moments(&report, "slow begins "), &[42_000_000]);
    // 3 ms behind its release, in the middle of its work.
    assert_promptly(&moments(&report, "handler at "), &[45_000_000]);
    let lines = said(&report, "worker");
    let rest: Vec<&str> = lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.contains("handler: a") && !line.contains("handler: its"))
        .skip(2)
        .collect();
    let expected = [
        "handler: DeadlineMissed of 1 ''",
        "handler at 45002016",
        "handler: it is Ok(Dormant)",
        "handler: ApplicationError of 2 'no fuel'",
        "handler: it is Ok(Ready)",
        "raises goes on: Ok(())",
        "raises DeadlineMissed: Err(InvalidParam)",
        "raises PowerFail: Err(InvalidParam)",
        "raises 129 bytes: Err(InvalidParam)",
        "reports 129 bytes: Err(InvalidParam)",
        "asks: Some(InvalidConfig)",
    ];
    assert_eq!(rest.len(), expected.len(), "{rest:#?}");
    for (line, expected) in rest.iter().zip(expected) {
        assert!(
            line.starts_with("handler at ") || *line == expected,
            "{line}"
        );
    }
    for services in [
        "handler: its id Err(InvalidMode)",
        "handler: a wait Err(InvalidMode)",
        "handler: a budget Err(NoAction)",
    ] {
        assert_eq!(lines.iter().filter(|line| *line == services).count(), 2);
    }
}

#[test]
fn a_missed_deadline_without_a_handler_is_the_health_monitors() {
    let report = worker(3);
    let lines = said(&report, "worker");
    assert_eq!(lines.last().unwrap(), "starts by HmPartitionRestart");
    assert_eq!(report.statistics("worker").unwrap().restarts, 1);
}

#[test]
fn a_fault_of_a_process_is_told_to_the_handler_and_ends_no_other() {
    let report = worker(4);
    let lines = said(&report, "worker");
    let failed: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("handler: "))
        .filter(|line| line.contains(" of "))
        .collect();
    let expected = [
        "MemoryViolation of 1 ''",
        "IllegalRequest of 2 ''",
        "StackOverflow of 3 ''",
        "IllegalRequest of 4 ''",
        // It was stopped and started again.
        "MemoryViolation of 1 ''",
    ];
    assert_eq!(failed, expected);
    let faulted = lines.iter().filter(|line| line.ends_with("Ok(Faulted)"));
    assert_eq!(faulted.count(), expected.len());
    assert_eq!(lines.last().unwrap(), "survives to the end");
    assert_eq!(report.statistics("worker").unwrap().restarts, 0);
}

#[test]
fn a_partition_has_its_modes_its_status_and_one_schedule() {
    let report = worker(5);
    let life = |condition: &str, next: &str| {
        [
            format!(
                "start: ApexPartitionStatus {{ period: 20000000, duration: 10000000, identifier: 0, \
                 lock_level: 0, operating_mode: ColdStart, start_condition: {condition}, \
                 num_assigned_cores: 1 }}"
            ),
            "start: a warm start Err(InvalidMode)".to_owned(),
            "start: ends".to_owned(),
            "work: Normal".to_owned(),
            "work: normal Err(NoAction)".to_owned(),
            "schedule: Ok(1)".to_owned(),
            "schedule: another Err(InvalidConfig)".to_owned(),
            "schedule: Ok(ApexScheduleStatus { time_of_last_schedule_switch: 0, current_schedule: 1, \
             next_schedule: 1 })"
                .to_owned(),
            "schedule: set Err(NoAction)".to_owned(),
            "schedule: set another Err(InvalidParam)".to_owned(),
            format!("work: {next}"),
        ]
    };
    let mut expected = life("NormalStart", "ColdStart").to_vec();
    expected.extend(life("PartitionRestart", "Idle"));
    assert_eq!(said(&report, "worker"), expected);
    assert_eq!(report.statistics("worker").unwrap().restarts, 1);
}

#[test]
fn a_process_finds_all_its_registers_whoever_ran_in_between() {
    let lines = said(&worker(7), "worker");
    let expected = ["above: 0 changed", "below: 0 changed, interrupted: true"];
    assert_eq!(lines, expected);
}

/// What was said under Linux, by partition.
fn under_linux(stored: &str, partition: &str) -> Vec<String> {
    let lines = stored.lines().filter_map(|line| line.split_once("| "));
    lines
        .filter(|(who, _)| *who == partition)
        .map(|(_, line)| line.to_owned())
        .collect()
}

/// A system's partitions say what they said under Linux, line by line, and nothing else in as many periods.
fn assert_same(system: &str, stored: &str, partitions: [&str; 2], periods: u64, least: usize) {
    let report = finish(&run(system).stop_after(Duration::from_millis(20 * periods)));
    for partition in partitions {
        let (here, there) = (said(&report, partition), under_linux(stored, partition));
        println!(
            "{partition}: {} lines here, {} there",
            here.len(),
            there.len()
        );
        assert!(here.len() >= least && there.len() >= least);
        for (number, (here, there)) in here.iter().zip(&there).enumerate() {
            assert_eq!(here, there, "line {number} of '{partition}'");
        }
    }
}

#[test]
fn a_fuel_tank_says_what_it_says_under_linux() {
    let stored = include_str!("fuel-tank.linux.txt");
    assert_same(
        "fuel-tank",
        stored,
        ["fuel-tank-sim", "fuel-tank-control"],
        51,
        2,
    );
}

#[test]
fn ping_says_what_it_says_under_linux() {
    let stored = include_str!("ping.linux.txt");
    assert_same("ping", stored, ["ping-client", "ping-server"], 51, 50);
}

/// By hand, on an idle host, since that hypervisor's windows are kept by the host's scheduler: what a653rs-linux says
/// today is what is stored.
#[test]
#[ignore = "needs a653rs-linux-hypervisor (docs/a653.md), root, cgroup 2 and an idle host; takes a minute"]
fn linux_says_what_is_stored() {
    const HYPERVISOR: &str = "a653rs-linux-hypervisor";
    if Command::new(HYPERVISOR).arg("--help").output().is_err() {
        println!("nothing to do: there is no {HYPERVISOR}; docs/a653.md says how to get it");
        return;
    }
    let folder = workspace::root().join("partitions/a653-examples/linux");
    let target = workspace::products().join("a653-linux");
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--target", HOST])
        .env("RUSTFLAGS", "-Ctarget-feature=+crt-static")
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(&folder)
        .status();
    assert!(built.expect("Cargo can be started").success());
    let programs = target.join(HOST).join("release");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", programs.display());
    for (system, stored) in [
        ("fuel-tank", include_str!("fuel-tank.linux.txt")),
        ("ping", include_str!("ping.linux.txt")),
    ] {
        let ran = Command::new(HYPERVISOR)
            .args(["-d", "26s", &format!("{system}.yaml")])
            .env("PATH", &path)
            .current_dir(&folder)
            .output()
            .expect("it can be started");
        let said = [ran.stdout, ran.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        // `INFO  Partition: ping-client  > period 0: 4 asked, 0 answered`
        let lines = said.lines().filter_map(|line| {
            let (who, text) = line.split_once("Partition: ")?.1.split_once(" > ")?;
            Some(format!("{}| {text}\n", who.trim()))
        });
        let now: String = lines.collect();
        for partition in [
            "fuel-tank-sim",
            "fuel-tank-control",
            "ping-client",
            "ping-server",
        ] {
            let [here, there] = [now.as_str(), stored].map(|it| under_linux(it, partition));
            for (number, (here, there)) in here.iter().zip(&there).enumerate() {
                assert_eq!(here.trim_end(), there, "line {number} of '{partition}'");
            }
            assert!(here.len().abs_diff(there.len()) <= 1, "{partition}: {now}");
        }
    }
}

/// As a653rs-linux is built for.
const HOST: &str = "x86_64-unknown-linux-gnu";
