//! A Linux that panics: it restarts by policy, and the speedometer misses nothing.

use std::time::Duration;

use paratia_tests::typed::dialogue;
use paratia_tests::{
    CALM, assert_critical_unharmed, assert_says, count, finish, moments, run, verdicts,
    with_finest_ticks,
};

/// The health event of a kernel that starts its machine anew, and the verdict.
fn reset(action: &str) -> (String, String) {
    ("reset".to_owned(), action.to_owned())
}

/// Two Linux panic on the cluster's CPU, restart, panic again and are halted, as their tables say:
/// one by the key for it, the other because its first program ends. Nothing of that can be told from
/// what the critical partitions do: to the instruction on QEMU's own machines, to the tick of their
/// counter on the others.
#[test]
fn a_linux_that_panics_restarts_and_the_speedometer_misses_nothing() {
    let time = Duration::from_secs(11);
    let experiment = |system| with_finest_ticks(run(system).stop_after(time));
    let calm = finish(&experiment("test-calm").argument("infotainment", CALM));
    let report = finish(&experiment("test-linux-crashes"));
    assert_critical_unharmed(&report);
    for (partition, up, panic) in [
        ("key", "init: user space", "sysrq triggered crash"),
        ("end", "Run /bin/ls as init", "Attempted to kill init!"),
    ] {
        let seen = [up, panic].map(|text| count(&report, partition, text));
        assert_eq!(seen, [2, 2], "{partition}: {:#?}", report.last_lines);
        assert_eq!(
            verdicts(&report, partition),
            [reset("restart"), reset("halt")],
            "{partition}"
        );
    }
    for partition in ["vehicle", "speedometer"] {
        let (expected, seen) = (moments(&calm, partition), moments(&report, partition));
        assert!(expected.len() > 1080, "{partition}: {}", expected.len());
        assert_eq!(expected, seen, "{partition}");
    }
}

/// What a person does at the shell of the system `linux`.
#[test]
fn a_crash_that_is_typed_restarts_linux_alone() {
    let steps = [
        ("# ", "echo c > /proc/sysrq-trigger\r"),
        ("sysrq triggered crash", ""),
        ("init: user space", ""),
        ("# ", "echo up again: $(wc -l < /proc/mounts) mounts\r"),
        ("up again: 4 mounts", ""),
    ];
    let report = dialogue(run("linux"), "linux", &steps);
    assert_says(&report, "linux", "echo c > /proc/sysrq-trigger");
    assert_eq!(verdicts(&report, "linux"), [reset("restart")]);
    for partition in ["vehicle", "speedometer"] {
        assert_eq!(verdicts(&report, partition), [], "{partition}");
        assert_eq!(report.about("heartbeat-missed", partition).count(), 0);
        let frames: Vec<u64> = report
            .about("heartbeat", partition)
            .filter_map(|event| event.integer("sequence"))
            .collect();
        let first = frames.first().copied().unwrap_or_default();
        assert!(frames.len() > 300, "{partition}: {} frames", frames.len());
        assert!(
            frames
                .iter()
                .copied()
                .eq(first..first + frames.len() as u64),
            "{partition}: one a period"
        );
    }
}
