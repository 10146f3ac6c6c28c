//! Rules on windows: each alone, and beside its neighbours.

use core::time::Duration;

use paratia_abi::passport::MAX_WINDOWS;

use super::context::Context;
use super::nearest::nearest_partition;
use super::partitions::subject;
use super::report::{Message, Report};
use super::schedule::{self, shorter};
use crate::each;
use crate::system::{MAX_PLAN_WINDOWS, Schedule, Window};

pub(super) const fn window_partition_exists(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        each! { window in *plan => {
            if context.directory.find(window.partition).is_none() {
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
                let message = describe(cpu, &plan[index])
                    .str(" starts before the one listed before it, ");
                report.add(
                    add_window(message, &plan[index - 1])
                        .str("; list windows in the order of time"),
                );
            }
            index += 1;
        }
    }}
}

pub(super) const fn windows_apart(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        if may_overlap(plan) {
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
        }
    }}
}

/// Whether any window of a plan starts before all those listed before it have ended; if not, none
/// overlap.
const fn may_overlap(plan: &[Window]) -> bool {
    let mut end = Duration::ZERO;
    each! { window in plan => {
        if shorter(window.start, end) {
            return true;
        }
        end = window_end(window);
    }}
    false
}

/// What a window has to leave beside the guard at its end: time for the instructions of the release and
/// some of its vCPU's own, on a slow CPU with cold caches, and more than a tick of a slow counter. A restart
/// does one step of its work at least in each window of the first vCPU that is longer than the guard (see
/// `hypervisor/src/restart.rs`), so in windows like these it comes to its end.
pub const SHORTEST_RUN: Duration = Duration::from_micros(10);

pub(super) const fn window_outlasts_guard(context: &Context, report: &mut Report) {
    let Schedule { guard, plans, .. } = context.system.schedule;
    let shortest = guard.saturating_add(SHORTEST_RUN);
    each! { cpu, plan in plans => {
        each! { window in *plan => {
            if shorter(window.length, shortest) {
                report.add(
                    describe(cpu, window)
                        .str(" is ")
                        .duration(window.length)
                        .str(" long, which leaves less than ")
                        .duration(SHORTEST_RUN)
                        .str(" beside the guard ")
                        .duration(guard)
                        .str("; lengthen it"),
                );
            }
        }}
    }}
}

pub(super) const fn window_count(context: &Context, report: &mut Report) {
    each! { index, partition in context.system.partitions => {
        if let Some(count) = schedule::window_count(context, index)
            && count > MAX_WINDOWS
        {
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

pub(super) const fn plan_window_count(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        if plan.len() > MAX_PLAN_WINDOWS {
            report.add(
                Message::new()
                    .str("CPU ")
                    .count(cpu)
                    .str(": its plan has ")
                    .count(plan.len())
                    .str(" windows, a plan holds ")
                    .count(MAX_PLAN_WINDOWS)
                    .str("; merge windows or move partitions to another CPU"),
            );
        }
    }}
}

const fn window_end(window: &Window) -> Duration {
    window.start.saturating_add(window.length)
}

pub(super) const fn describe(cpu: usize, window: &Window) -> Message {
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
