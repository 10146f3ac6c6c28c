//! Rules on the schedule as a whole: its frame, its guard, and who runs where.

use core::time::Duration;

use super::Context;
use super::each::each;
use super::partitions::{subject, system};
use super::report::{Message, Report};
use crate::system::{Criticality, Partition, System, Window, same_text};

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

pub(super) const fn vcpu_on_one_cpu(context: &Context, report: &mut Report) {
    let plans = context.system.schedule.plans;
    each! { partition in context.system.partitions => {
        let mut vcpu = 0;
        while vcpu < partition.machine.vcpus {
            let mut home = None;
            each! { cpu, plan in plans => {
                if vcpu_windows_of(plan, partition.name, vcpu) > 0 {
                    if let Some(first) = home {
                        report.add(
                            vcpu_subject(partition, vcpu)
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
            vcpu += 1;
        }
    }}
}

/// Says nothing of a partition that has no window at all, which others find.
pub(super) const fn vcpu_scheduled(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let mut vcpu = 0;
        while vcpu < partition.machine.vcpus && total_windows(context.system, partition.name) > 0 {
            let mut count = 0;
            each! { plan in context.system.schedule.plans => {
                count += vcpu_windows_of(plan, partition.name, vcpu);
            }}
            if count == 0 {
                let message = vcpu_subject(partition, vcpu);
                report.add(message.str("has no window in any plan; give it one"));
            }
            vcpu += 1;
        }
    }}
}

const fn vcpu_subject(partition: &Partition, vcpu: u32) -> Message {
    if partition.machine.vcpus == 1 {
        return subject(partition);
    }
    subject(partition).str("vCPU ").number(vcpu as u64).str(" ")
}

pub(super) const fn critical_scheduled(context: &Context, report: &mut Report) {
    scheduled(context, report, true);
}

pub(super) const fn partition_scheduled(context: &Context, report: &mut Report) {
    scheduled(context, report, false);
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

/// Windows that a partition has on all CPUs together.
pub(super) const fn total_windows(system: &System, partition: &str) -> usize {
    let mut count = 0;
    each! { plan in system.schedule.plans => {
        count += windows_of(plan, partition);
    }}
    count
}

const fn vcpu_windows_of(plan: &[Window], partition: &str, vcpu: u32) -> usize {
    let mut count = 0;
    each! { window in plan => {
        count += (window.vcpu == vcpu && same_text(window.partition, partition)) as usize;
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
