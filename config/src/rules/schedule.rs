//! Rules on time: the major frame, its windows, and who has none.

use core::time::Duration;

use paratia_abi::passport::MAX_WINDOWS;

use super::Context;
use super::each::each;
use super::nearest::Nearest;
use super::partitions::{subject, system};
use super::report::{Message, Report};
use crate::system::{Criticality, Schedule, System, Window, same_text};

/// The hypervisor's longest path with interrupts masked, on the slowest board, with room to spare:
/// no guard may be shorter. The measured figure is checked against it where the costs are measured.
pub const LONGEST_PATH: Duration = Duration::from_micros(40);

pub(super) const fn frame_not_empty(context: &Context, report: &mut Report) {
    if context.system.schedule.major_frame.is_zero() {
        report.add(system(context).str("its major frame is 0 ms; give it a length"));
    }
}

pub(super) const fn guard_covers_longest_path(context: &Context, report: &mut Report) {
    let guard = context.system.schedule.guard;
    if shorter(guard, LONGEST_PATH) {
        report.add(
            system(context)
                .str("guard ")
                .duration(guard)
                .str(" is shorter than the hypervisor's longest path ")
                .duration(LONGEST_PATH)
                .str("; lengthen it"),
        );
    }
}

pub(super) const fn plan_has_cpu(context: &Context, report: &mut Report) {
    let (plans, cpus) = (
        context.system.schedule.plans.len(),
        context.board.cpus.len(),
    );
    if plans > cpus {
        report.add(
            system(context)
                .str("has plans for ")
                .count(plans)
                .str(" CPUs, board ")
                .name(context.board.name)
                .str(" has ")
                .count(cpus)
                .str("; merge plans"),
        );
    }
}

pub(super) const fn window_partition_exists(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        each! { window in *plan => {
            if context.system.partition_index(window.partition).is_none() {
                let message = describe(cpu, window)
                    .str(" belongs to a partition that doesn't exist");
                let nearest = nearest_partition(context.system, window.partition);
                report.add(nearest.remedy(message, "declare it or take the window away"));
            }
        }}
    }}
}

pub(super) const fn window_in_frame(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { cpu, plan in context.system.schedule.plans => {
        each! { window in *plan => {
            if shorter(frame, window_end(window)) {
                report.add(
                    describe(cpu, window)
                        .str(" exceeds the major frame ")
                        .duration(frame)
                        .str("; shorten it or lengthen the frame"),
                );
            }
        }}
    }}
}

pub(super) const fn windows_ordered(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        let mut index = 1;
        while index < plan.len() {
            if shorter(plan[index].start, plan[index - 1].start) {
                let message = describe(cpu, &plan[index]).str(" starts before the one listed before it, ");
                report.add(add_window(message, &plan[index - 1]).str("; list windows in the order of time"));
            }
            index += 1;
        }
    }}
}

pub(super) const fn windows_apart(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        each! { index, window in *plan => {
            each! { other in plan.split_at(index + 1).1 => {
                let overlap = shorter(window.start, window_end(other))
                    && shorter(other.start, window_end(window));
                if overlap {
                    let message = describe(cpu, window).str(" overlaps ");
                    report.add(add_window(message, other).str("; move or shorten one"));
                }
            }}
        }}
    }}
}

pub(super) const fn window_outlasts_guard(context: &Context, report: &mut Report) {
    let Schedule { guard, plans, .. } = context.system.schedule;
    each! { cpu, plan in plans => {
        each! { window in *plan => {
            if !shorter(guard, window.length) {
                report.add(
                    describe(cpu, window)
                        .str(" is ")
                        .duration(window.length)
                        .str(" long, all of it within the guard ")
                        .duration(guard)
                        .str("; lengthen it"),
                );
            }
        }}
    }}
}

pub(super) const fn partition_on_one_cpu(context: &Context, report: &mut Report) {
    let plans = context.system.schedule.plans;
    each! { partition in context.system.partitions => {
        let mut home = None;
        each! { cpu, plan in plans => {
            if windows_of(plan, partition.name) > 0 {
                if let Some(first) = home {
                    report.add(
                        subject(partition)
                            .str("has windows on CPU ")
                            .count(first)
                            .str(" and on CPU ")
                            .count(cpu)
                            .str("; keep it on one"),
                    );
                } else {
                    home = Some(cpu);
                }
            }
        }}
    }}
}

pub(super) const fn critical_scheduled(context: &Context, report: &mut Report) {
    scheduled(context, report, true);
}

pub(super) const fn partition_scheduled(context: &Context, report: &mut Report) {
    scheduled(context, report, false);
}

pub(super) const fn window_count(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let count = total_windows(context.system, partition.name);
        if count > MAX_WINDOWS {
            report.add(
                subject(partition)
                    .str("has ")
                    .count(count)
                    .str(" windows, a passport holds ")
                    .count(MAX_WINDOWS)
                    .str("; merge windows or shorten the frame"),
            );
        }
    }}
}

/// Whether `left` is the shorter of two durations.
pub(super) const fn shorter(left: Duration, right: Duration) -> bool {
    left.as_nanos() < right.as_nanos()
}

/// The start of the first window in the frame that a partition has, if it has one.
pub(super) const fn first_start(system: &System, partition: &str) -> Option<Duration> {
    let mut first: Option<Duration> = None;
    each! { plan in system.schedule.plans => {
        each! { window in *plan => {
            let earlier = match first {
                Some(start) => shorter(window.start, start),
                None => true,
            };
            if earlier && same_text(window.partition, partition) {
                first = Some(window.start);
            }
        }}
    }}
    first
}

/// A search for a partition with a name like this.
pub(super) const fn nearest_partition<'a>(system: &'a System, unknown: &'a str) -> Nearest<'a> {
    let mut nearest = Nearest::to(unknown);
    each! { partition in system.partitions => {
        nearest = nearest.offer(partition.name);
    }}
    nearest
}

const fn scheduled(context: &Context, report: &mut Report, critical: bool) {
    each! { partition in context.system.partitions => {
        let same = matches!(partition.criticality, Criticality::Critical) == critical;
        if same && total_windows(context.system, partition.name) == 0 {
            let message = subject(partition);
            let message = if critical { message.str("is critical but ") } else { message };
            report.add(message.str("has no window in any plan; give it one"));
        }
    }}
}

const fn total_windows(system: &System, partition: &str) -> usize {
    let mut count = 0;
    each! { plan in system.schedule.plans => {
        count += windows_of(plan, partition);
    }}
    count
}

const fn windows_of(plan: &[Window], partition: &str) -> usize {
    let mut count = 0;
    each! { window in plan => {
        count += same_text(window.partition, partition) as usize;
    }}
    count
}

const fn window_end(window: &Window) -> Duration {
    window.start.saturating_add(window.length)
}

const fn describe(cpu: usize, window: &Window) -> Message {
    add_window(Message::new().str("CPU ").count(cpu).str(": "), window)
}

const fn add_window(message: Message, window: &Window) -> Message {
    message
        .str("window ")
        .name(window.partition)
        .str(" ")
        .duration(window.start)
        .str("..")
        .duration(window_end(window))
}
