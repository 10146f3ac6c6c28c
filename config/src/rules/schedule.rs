//! Rules on the schedule as a whole: its frame, its guard, and who runs where.

use core::time::Duration;

use super::context::Context;
use super::partitions::{subject, system};
use super::report::{Message, Report};
use crate::each;
use crate::system::{Criticality, Partition};

pub(super) const fn frame_not_empty(context: &Context, report: &mut Report) {
    if context.system.schedule.major_frame.is_zero() {
        report.add(system(context).str("its major frame is 0 ms; give it a length"));
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

/// Says nothing of a partition with more vCPUs than there may be, which others find.
pub(super) const fn vcpu_on_one_cpu(context: &Context, report: &mut Report) {
    each! { index, partition in context.system.partitions => {
        if let Some(vcpus) = context.vcpu_cpus(index) {
            each! { vcpu, cpus in vcpus => {
                let home = cpus.trailing_zeros();
                let mut others = *cpus & cpus.wrapping_sub(1);
                while others != 0 {
                    report.add(
                        vcpu_subject(partition, vcpu)
                            .str("has windows on CPU ")
                            .number(home as u64)
                            .str(" and on CPU ")
                            .number(others.trailing_zeros() as u64)
                            .str("; keep it on one"),
                    );
                    others &= others - 1;
                }
            }}
        }
    }}
}

/// Says nothing of a partition that has no window at all or too many vCPUs, which others find.
pub(super) const fn vcpu_scheduled(context: &Context, report: &mut Report) {
    each! { index, partition in context.system.partitions => {
        if let Some(vcpus) = context.vcpu_cpus(index)
            && !matches!(window_count(context, index), Some(0))
        {
            each! { vcpu, cpus in vcpus => {
                if *cpus == 0 {
                    let message = vcpu_subject(partition, vcpu);
                    report.add(message.str("has no window in any plan; give it one"));
                }
            }}
        }
    }}
}

const fn vcpu_subject(partition: &Partition, vcpu: usize) -> Message {
    if partition.machine.vcpus == 1 {
        return subject(partition);
    }
    subject(partition).str("vCPU ").count(vcpu).str(" ")
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

/// The start of the first window in the frame that the partition at an index has, if it has one.
pub(super) const fn first_start(context: &Context, partition: usize) -> Option<Duration> {
    match context.usages.at(partition) {
        Some(usage) => usage.first_start,
        None => None,
    }
}

const fn scheduled(context: &Context, report: &mut Report, critical: bool) {
    each! { index, partition in context.system.partitions => {
        let same = matches!(partition.criticality, Criticality::Critical) == critical;
        if same && matches!(window_count(context, index), Some(0)) {
            let message = subject(partition);
            let message = if critical { message.str("is critical but ") } else { message };
            report.add(message.str("has no window in any plan; give it one"));
        }
    }}
}

/// Windows that the partition at an index has on all CPUs together; of one behind the most that there
/// may be nothing is known.
pub(super) const fn window_count(context: &Context, partition: usize) -> Option<usize> {
    match context.usages.at(partition) {
        Some(usage) => Some(usage.windows),
        None => None,
    }
}
