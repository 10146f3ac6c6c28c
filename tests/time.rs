//! Time: windows on their tick, and the guard against the longest path that was measured.

use std::time::Duration;

use paratia::run::RunReport;
use paratia::{catalog, limits};
use paratia_config::rules::{longest_hold, longest_path};
use paratia_tests::{DEFAULT_BOARD, assert_says, board, finish, image_of, run, with_finest_ticks};
use paratia_verify::code::bounded::Bounds;
use paratia_verify::code::examine;
use paratia_verify::image::Image;

/// Longest exit of any partition, longest switch and longest step of the log, in ns.
fn longest_paths(report: &RunReport) -> [u64; 3] {
    let frequency_hz = report.frequency_hz.unwrap();
    let worst = |event, key: &str| {
        let ticks = report
            .named(event)
            .map(|event| event.integer(key).unwrap())
            .max();
        ticks.unwrap() * 1_000_000_000 / frequency_hz
    };
    [
        worst("exits", "worst"),
        worst("cpu-statistics", "switch_worst"),
        worst("cpu-statistics", "log_step_worst"),
    ]
}

/// The rule `guard_covers_longest_path` relies on constants; here it is measured, under every
/// attack: with one tick an instruction, which takes 1 ns, on QEMU's own machines, and by the tick of
/// their counter on the others.
#[test]
fn the_longest_path_is_within_what_the_guard_is_checked_against() {
    assert_guard_covers("cluster", 15);
}

/// The same of a partition that has all that makes an exit or a switch longer, and uses it to that end.
#[test]
fn a_crowd_of_interrupts_is_within_what_the_guard_is_checked_against() {
    let report = assert_guard_covers("test-guard", 4);
    assert_says(&report, "crowd", "interrupts");
    let victim = report.statistics("victim").unwrap();
    assert_eq!((victim.heartbeats_missed, victim.restarts), (0, 0));
    assert_eq!(report.statistics("crowd").unwrap().faults, 0);
}

/// What the code of a system's image can take at most, where a tick is an instruction.
fn bounds(system: &str) -> Option<Bounds> {
    let choice = catalog::choose(&board(), system).expect("they are there");
    let elf = std::fs::read(image_of(system)).expect("it was built");
    let image = Image::parse(&elf).expect("it is an image");
    let report = examine(&image, &limits::of(&choice)).expect("it has code");
    report.bounds.filter(|_| board() == DEFAULT_BOARD)
}

fn assert_guard_covers(system: &str, seconds: u64) -> RunReport {
    let run = run(system).stop_after(Duration::from_secs(seconds));
    let report = finish(&with_finest_ticks(run));
    let [exit, switch, log_step] = longest_paths(&report);
    println!("longest exit {exit}, switch {switch}, log step {log_step} ns");
    // An exit may have begun just before the window's end; then the switch follows.
    let facts = catalog::board(&board()).unwrap().facts;
    // Nobody holds a partition's lock longer than for one of the two.
    let hold = longest_hold(report.system, facts).as_nanos();
    assert!(
        u128::from(exit.max(switch)) <= hold,
        "{exit}, {switch}, the rule says {hold}"
    );
    let most = longest_path(report.system, facts).as_nanos();
    assert!(
        u128::from(exit + switch) <= most,
        "{exit} + {switch}, the rule says {most}"
    );
    if let Some(bounds) = bounds(system) {
        let [path, of_code] = [exit + switch, bounds.path];
        println!(
            "by the code: exit {}, switch {}, path {of_code}",
            bounds.exit, bounds.end
        );
        assert!(exit <= bounds.exit && switch <= bounds.end && path <= of_code);
    }
    // A step of the log begins at least a quarter of the guard before the release.
    let guard = report.system.schedule.guard.as_nanos();
    assert!(u128::from(log_step) < guard / 4, "{log_step} of {guard}");
    report
}

#[test]
fn every_window_starts_on_its_tick() {
    let report = finish(&run("cluster").stop_after(Duration::from_secs(15)));
    for partition in ["vehicle", "speedometer", "infotainment"] {
        let of = report.statistics(partition).unwrap();
        assert_eq!(of.jitter_worst, 0, "{partition}: at 62.5 MHz");
    }
}

/// To the instruction: none starts before its tick, and none more than the way out of the wait behind it.
#[test]
fn every_window_starts_at_its_tick_and_not_before() {
    let run = run("cluster").stop_after(Duration::from_millis(400));
    let report = finish(&with_finest_ticks(run));
    for partition in ["vehicle", "speedometer", "infotainment"] {
        let mut count = 0;
        for window in report.about("window", partition) {
            let number = |key| window.integer(key).expect("a window has it");
            let (scheduled, start) = (number("scheduled"), number("start"));
            assert!(
                (scheduled..=scheduled + 16).contains(&start),
                "{partition}: {start} for {scheduled}"
            );
            count += 1;
        }
        assert!(count >= 19, "{partition}: {count} windows");
    }
}
