//! Messages that interrupt their readers: at once on another CPU, in the next window otherwise, and
//! never at the cost of anybody else.

use std::time::Duration;

use paratia::run::RunReport;
use paratia_tests::{finish, run};

/// What the ringer does.
const CALM: u64 = 0;
const ONE_A_WINDOW: u64 = 1;
const FLOODING: u64 = 2;
/// How the listeners wait.
const SPINNING: u64 = 0;
const ASLEEP: u64 = 1;
const DEAF: u64 = 2;

/// Most ticks from a message to its interrupt on another CPU, with all that QEMU's turns add.
const AT_ONCE: u64 = 1_000;
/// Most ticks from a window's start to an interrupt that waits for it, where the CPU interface is played
/// by the hypervisor.
const AT_THE_START: u64 = 100;

fn messages(ringer: u64, listeners: u64) -> RunReport {
    finish(
        &run("test-messages")
            .argument("ringer", ringer)
            .argument("near", listeners)
            .argument("far", listeners)
            .stop_after(Duration::from_millis(400)),
    )
}

/// The messages of which a listener speaks: when each was sent, and when its interrupt came.
fn seen(report: &RunReport, listener: &str) -> Vec<(u64, u64)> {
    let number = |word: &str, key: &str| word.strip_prefix(key)?.parse().ok();
    let line = |line: &str| {
        let mut words = line.strip_prefix("message=")?.split(' ').skip(1);
        Some((
            number(words.next()?, "sent=")?,
            number(words.next()?, "seen=")?,
        ))
    };
    report.console_of(listener).filter_map(line).collect()
}

/// Interrupts that came while a partition ran; each of its windows may end by one.
fn interrupts(report: &RunReport, partition: &str) -> u64 {
    report.statistics(partition).unwrap().interrupts
}

/// When an interrupt is due at a reader: at once in one of its windows, else when the next one starts.
fn due(report: &RunReport, reader: &str, sent: u64) -> u64 {
    let windows = report.system.schedule.plans.iter().copied().flatten();
    let of_reader = windows.filter(|window| window.partition == reader);
    let ticks = |time: Duration| {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap();
        nanoseconds * (report.frequency_hz.unwrap() / 100_000) / 10_000
    };
    let frame = ticks(report.system.schedule.major_frame);
    let dues = of_reader.map(|window| {
        let (start, length) = (ticks(window.start), ticks(window.length));
        let since = (sent % frame + frame - start) % frame;
        if since < length {
            sent
        } else {
            sent + frame - since
        }
    });
    dues.min().unwrap()
}

/// When a window really began that should have begun then. Where another CPU is busy at that moment, time
/// has jumped over it by one of QEMU's turns.
fn begun(report: &RunReport, reader: &str, scheduled: u64) -> Option<u64> {
    let mut windows = report.about("window", reader);
    let window = windows.find(|window| window.integer("scheduled") == Some(scheduled))?;
    window.integer("start")
}

#[test]
fn an_interrupt_comes_at_once_or_in_the_next_window() {
    for listeners in [SPINNING, ASLEEP] {
        let report = messages(ONE_A_WINDOW, listeners);
        let (mut at_once, mut later) = (0, 0);
        for (listener, latest) in [("far", AT_ONCE), ("near", AT_THE_START)] {
            let all = seen(&report, listener);
            assert_eq!(all.len(), 5, "{listener}: {all:?}");
            // The first may find the reader setting up its controller.
            for (sent, seen) in all.into_iter().skip(1) {
                let due = due(&report, listener, sent);
                let from = begun(&report, listener, due).unwrap_or(due);
                assert!(
                    (from..from + latest).contains(&seen),
                    "{sent} {due} {from} {seen}"
                );
                *(if due == sent {
                    &mut at_once
                } else {
                    &mut later
                }) += 1;
            }
        }
        assert!(at_once >= 2 && later >= 6, "{at_once} {later}");
        if listeners == ASLEEP {
            // What is sent while it is out comes with its window, and interrupts none; it gives each back.
            assert_eq!(interrupts(&report, "near"), 0);
        }
    }
}

#[test]
fn a_reader_that_does_not_read_is_interrupted_once_whatever_is_sent() {
    for ringer in [ONE_A_WINDOW, FLOODING] {
        let report = messages(ringer, DEAF);
        for listener in ["near", "far"] {
            assert_eq!(seen(&report, listener).len(), 1, "{listener}");
        }
        assert!(
            interrupts(&report, "far") <= 1,
            "none if it came with a window"
        );
        assert_eq!(interrupts(&report, "near"), 0);
    }
}

/// The bystander's windows begin when the flood is at its height, the passer-by's are in the midst of
/// it.
#[test]
fn a_flood_of_messages_costs_nobody_but_its_reader() {
    let calm = messages(CALM, SPINNING);
    let flood = messages(FLOODING, SPINNING);
    let sent: u64 = flood
        .about("exits", "ringer")
        .filter_map(|exits| exits.integer("count"))
        .sum();
    let taken = interrupts(&flood, "far") - interrupts(&calm, "far");
    assert!(sent > 50_000 && taken > 300, "{sent} sent, {taken} taken");
    assert_eq!(moments(&calm, "bystander"), moments(&flood, "bystander"));
    for partition in ["bystander", "passer-by"] {
        let (expected, seen) = (interrupts(&calm, partition), interrupts(&flood, partition));
        assert_eq!(expected, seen, "{partition}");
        assert_eq!(flood.statistics(partition).unwrap().heartbeats_missed, 0);
    }
}

/// Every window's start and every piece of work, in ticks, once the first lines were written.
fn moments(report: &RunReport, partition: &str) -> Vec<u64> {
    let starts = report.about("window", partition);
    let starts = starts.map(|event| event.integer("start").unwrap());
    let pieces = report.about("heartbeat", partition);
    let all: Vec<u64> = starts.chain(pieces.map(|event| event.time_ticks)).collect();
    assert!(all.len() > 80, "{}", all.len());
    all
}
