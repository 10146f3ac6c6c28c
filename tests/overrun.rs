//! A CPU that comes too late for its slots, as no guest can make it: here a path of the hypervisor's own takes
//! longer than the guard that the rules ask for.

use std::time::Duration;

use paratia::log::Event;
use paratia::run::RunReport;
use paratia_tests::{image_of, offset_in_text, run};

/// What is called at the end of a window whose partition's text found no room; as it is patched it takes
/// none of that away, and so is called at the end of each later one, too.
const PATH: &str = "6window14report_dropped";
/// Whose text it is, and the manner in which it floods its console.
const LATE: &str = "infotainment";
const FLOOD: u64 = 15;

/// `movz x0, #count, lsl #16`, `subs x0, x0, #1`, `b.ne .-4`, `ret`: returns after so many times 131,072
/// instructions, of 1 ns each.
fn delay(count: u16) -> Vec<u8> {
    let words = [
        0xD2A0_0000 | u32::from(count) << 5,
        0xF100_0400,
        0x54FF_FFE1,
        0xD65F_03C0,
    ];
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The cluster for a while, each of whose floods is followed by a delay.
fn delayed(count: u16) -> RunReport {
    let offset = offset_in_text(&image_of("cluster"), PATH);
    let run = run("cluster")
        .stop_after(Duration::from_millis(400))
        .argument(LATE, FLOOD)
        .patch(".text", offset, &delay(count))
        .wall_clock_limit(Duration::from_secs(120));
    let report = run.execute().expect("QEMU starts");
    assert!(report.reached_end(), "{}", report.outcome);
    report
}

/// A slot, in ticks since the epoch.
struct Slot {
    start: u64,
    preempt_at: u64,
}

/// The slots of CPU 0 in ticks from their frame's start: a model that walks, where the hypervisor divides.
struct Plan {
    slots: Vec<Slot>,
    frame: u64,
}

impl Plan {
    fn of(report: &RunReport) -> Self {
        let frequency_hz = u128::from(report.frequency_hz.expect("a frequency"));
        let ticks = |time: Duration| {
            u64::try_from(time.as_nanos() * frequency_hz / 1_000_000_000).expect("it is short")
        };
        let schedule = &report.system.schedule;
        let (guard, frame) = (ticks(schedule.guard), ticks(schedule.major_frame));
        let mut bounds = Vec::new();
        let mut at = 0;
        for window in schedule.plans[0] {
            let (start, end) = (ticks(window.start), ticks(window.start + window.length));
            bounds.extend([(at, start), (start, end)]);
            at = end;
        }
        bounds.push((at, frame));
        // No gap that is over before it begins.
        bounds.retain(|(start, end)| end - start > guard);
        let slots = bounds.into_iter().map(|(start, end)| Slot {
            start,
            preempt_at: end - guard,
        });
        Self {
            slots: slots.collect(),
            frame,
        }
    }

    /// Slot `index` of all since the epoch.
    fn slot(&self, index: usize) -> Slot {
        let count = self.slots.len();
        let frame = (index / count) as u64 * self.frame;
        let Slot { start, preempt_at } = self.slots[index % count];
        Slot {
            start: frame + start,
            preempt_at: frame + preempt_at,
        }
    }

    fn index_of(&self, start: u64) -> usize {
        let mut all = (0..).take_while(|index| self.slot(*index).start <= start);
        let index = all.find(|index| self.slot(*index).start == start);
        index.expect("the window is in the plan")
    }

    /// How many slots from `first` on are over at `time`.
    fn over(&self, first: usize, time: u64) -> usize {
        let is_over = |index: &usize| self.slot(*index).preempt_at <= time;
        (first..).take_while(is_over).count()
    }
}

fn number(event: &Event, key: &str) -> u64 {
    event.integer(key).expect("it has that")
}

/// What a run showed.
#[derive(Debug, Default)]
struct Seen {
    overruns: usize,
    skipped: u64,
    /// Windows that an overrun led to, the first part of which was over.
    cut: usize,
    exact: usize,
}

/// Holds each window and each overrun of a run against the plan.
#[allow(clippy::cast_possible_truncation, reason = "counts of slots")]
fn judge(report: &RunReport, plan: &Plan) -> Seen {
    let partitions = report.system.partitions;
    let late_one = partitions
        .iter()
        .position(|partition| partition.name == LATE);
    let told = |event: &&Event| ["window", "overrun"].contains(&event.name.as_str());
    let mut events: Vec<_> = report.events.iter().filter(told).collect();
    // A window is told when it ends, with the time of its start.
    events.sort_by_key(|event| event.time_ticks);
    let mut seen = Seen::default();
    // The first slot that nothing is known of yet; when it was looked for, if that was too late.
    let (mut first, mut late) = (0, None);
    let mut after_the_late = false;
    for event in events {
        if event.name == "overrun" {
            let skipped = plan.over(first, event.time_ticks);
            assert!(skipped > 0, "one is over: {event:?}");
            assert_eq!(number(event, "skipped"), skipped as u64, "{event:?}");
            seen.overruns += 1;
            seen.skipped += skipped as u64;
            first += skipped;
            late = Some(event.time_ticks);
            continue;
        }
        let (scheduled, start) = (number(event, "scheduled"), number(event, "start"));
        let index = plan.index_of(scheduled);
        assert!(index >= first, "slot {index}, not {first}: {event:?}");
        assert!(start < plan.slot(index).preempt_at, "it is over: {event:?}");
        if start == scheduled {
            seen.exact += 1;
        } else {
            // Only the one that a delay lasted into.
            assert!(late.is_some() || after_the_late, "late: {event:?}");
            let looked = late.unwrap_or(scheduled);
            assert!(start > scheduled && start >= looked, "{event:?}");
            seen.cut += 1;
        }
        late = None;
        after_the_late = late_one == Some(number(event, "partition") as usize);
        first = index + 1;
    }
    seen
}

/// A delay of a slot, of some, of two frames and more: what went by is counted to the slot, the next one is
/// the first that isn't over yet, its partition gets what is left of it, and all others start on their
/// ticks.
#[test]
fn what_comes_too_late_is_counted_and_never_passed_on() {
    for count in [0x40, 0x58, 0x157] {
        let report = delayed(count);
        let seen = judge(&report, &Plan::of(&report));
        println!("{count:#x}: {seen:?}");
        assert!(seen.overruns > 3, "{count:#x}: {seen:?}");
        assert!(seen.exact > seen.cut, "{count:#x}: {seen:?}");
        let of = report.named("cpu-statistics").next().expect("statistics");
        assert_eq!(of.integer("overruns"), Some(seen.skipped), "{count:#x}");
    }
}

/// Without a delay nothing comes late.
#[test]
fn nothing_is_late_without_a_delay() {
    let report = delayed(1);
    let seen = judge(&report, &Plan::of(&report));
    assert_eq!((seen.overruns, seen.cut), (0, 0), "{seen:?}");
    assert!(seen.exact > 50, "{seen:?}");
}
