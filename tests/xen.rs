//! Guests that are built for Xen: has each of their calls its answer, does Linux work, and does no pointer lead
//! to what isn't the guest's own?

use std::time::Duration;

use paratia::run::RunReport;
use paratia::{build, sources};
use paratia_tests::typed::dialogue;
use paratia_tests::{
    DEFAULT_BOARD, assert_critical_unharmed, assert_says, count, finish, is_about, moments, run,
    verdicts, with_finest_ticks,
};

fn words(event: &str, action: &str) -> (String, String) {
    (event.to_owned(), action.to_owned())
}

/// Every call with what may be asked and what may not, events that come once and as a level, the console both
/// ways of sending; and what a guest says when it goes is what its health table decides.
#[test]
fn every_call_has_its_answer_and_every_end_its_verdict() {
    let report = finish(&run("test-xen").stop_after(Duration::from_millis(500)));
    let wrong = report
        .console_of("guest")
        .find(|line| line.contains("WRONG"));
    assert_eq!(wrong, None);
    assert_says(&report, "guest", "calls made, 0 with a wrong answer");
    assert_says(
        &report,
        "guest",
        "by console_io: a line that is longer than what the hypervisor takes of it in one exit of its guest",
    );
    assert_says(&report, "guest", "by the console's ring");
    assert_eq!(
        verdicts(&report, "guest"),
        [
            words("reset", "restart"),
            words("application_error", "restart"),
            words("shutdown", "halt")
        ]
    );
}

/// The guest's run argument for which it sleeps.
const CALM: u64 = 0xFFFF;
const SEEDS: [u64; 2] = [1, 0xB57A_11ED];
/// By hand: how many thousand calls, and the seed (`PARATIA_XEN_CALLS=1000 PARATIA_XEN_SEED=7`).
const THOUSANDS: u64 = 100;

fn attacked(argument: u64, time: Duration) -> RunReport {
    let run = run("test-xen").argument("guest", argument);
    finish(&with_finest_ticks(run.stop_after(time)))
}

/// Calls by chance with pointers by chance, while the second vCPU changes the tables by which they are
/// translated: each has an answer that there is, and neighbours on both CPUs notice nothing, to the tick.
#[test]
fn an_adversary_with_pointers_and_changing_tables_harms_nobody() {
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let thousands = number("PARATIA_XEN_CALLS").unwrap_or(THOUSANDS);
    let time = Duration::from_millis(1_000 + 10 * thousands);
    let calm = attacked(CALM, time);
    let seeds = number("PARATIA_XEN_SEED").map_or(SEEDS.to_vec(), |seed| vec![seed]);
    for seed in seeds {
        let report = attacked(thousands << 32 | seed, time);
        let console: Vec<_> = report.console_of("guest").collect();
        let wrong = console.iter().find(|line| line.contains("WRONG"));
        assert_eq!(wrong, None, "seed {seed}");
        assert_says(&report, "guest", "the second vCPU changes tables: true");
        let done = format!("calls={thousands}000 done=true faults=true wrong=0");
        assert_says(&report, "guest", &done);
        assert_eq!(verdicts(&report, "guest"), []);
        for partition in ["neighbour", "passer-by"] {
            let (expected, seen) = (moments(&calm, partition), moments(&report, partition));
            assert!(expected.len() > 200, "{}", expected.len());
            assert_eq!(expected, seen, "{partition} with seed {seed}");
        }
    }
}

/// Debian's kernel finds Xen, and both of its CPUs, its console, and no store; what it asks for that isn't there it
/// does without.
#[test]
fn debians_linux_is_a_guest_of_xens() {
    let report = finish(&run("xen-linux").stop_after(Duration::from_secs(4)));
    assert_critical_unharmed(&report);
    for said in [
        "Xen 4.17 support found",
        "Xen: initializing cpu0",
        "Xen: initializing cpu1",
        "xen:events: Using 2-level ABI",
        "xen:grant_table: Grant tables using version 1 layout",
        "console [hvc0] enabled",
        "user space, on 2 CPU(s)",
        "init: shell",
    ] {
        assert_says(&report, "linux", said);
    }
    assert_eq!(count(&report, "linux", "Oops"), 0);
    assert_eq!(count(&report, "linux", "WARNING"), 0);
    assert_eq!(verdicts(&report, "linux"), []);
}

/// What is typed comes to the shell on the console, and its answers back; at last it asks for a reboot, which is its
/// health table's to decide, and starts anew.
#[test]
fn what_is_typed_is_answered_and_a_reboot_is_a_verdict() {
    let steps = [
        ("# ", "echo it is $((6 * 7))\r"),
        ("it is 42", "cat /sys/hypervisor/type\r"),
        ("xen", "cat /sys/hypervisor/version/major\r"),
        ("4", "reboot -f\r"),
        ("init: shell", ""),
    ];
    let report = dialogue(run("xen-linux"), "linux", &steps);
    assert_says(&report, "linux", "echo it is $((6 * 7))");
    assert_eq!(verdicts(&report, "linux"), [words("reset", "restart")]);
}

/// What a guest of Xen's needs isn't in an image without one.
#[test]
fn a_system_without_such_a_guest_has_nothing_of_it() {
    if !is_about(DEFAULT_BOARD) {
        return;
    }
    let named = |system: &str| {
        let image = build::image(DEFAULT_BOARD, system).expect("it can be built");
        let image = std::fs::read(image).expect("it was built");
        let functions = sources::functions(&image).expect("it has symbols");
        let names = functions.into_iter().map(|(_, name)| name);
        names
            .filter(|name| name.contains("xen") || name.contains("interrupts::events"))
            .collect::<Vec<_>>()
    };
    assert!(named("test-xen").len() > 3);
    for system in [
        "cluster",
        "linux-own-cpus",
        "test-linux-gicv2",
        "test-queues",
    ] {
        assert_eq!(named(system), [""; 0], "{system}");
    }
}
