//! Rules on health policies and on signs of life.

use super::context::Context;
use super::partitions::subject;
use super::report::{Message, Report};
use super::schedule::{first_start, shorter};
use super::windows::SHORTEST_RUN;
use crate::address::PAGE_BYTES;
use crate::each;
use crate::system::{Action, Criticality, HealthEvent, Heartbeat, MAX_RESTARTS_COUNTED, Partition};

pub(super) const fn fault_not_ignored(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        each! { event in &HealthEvent::ALL => {
            let ignored = matches!(partition.health.action(*event), Action::Ignore);
            if ignored && !event.can_be_ignored() {
                report.add(
                    subject(partition)
                        .str("health event ")
                        .name(event.name())
                        .str(" is ignored, but the partition can't go on after it; \
                              restart or halt it"),
                );
            }
        }}
    }}
}

/// Says nothing of a system without critical partitions.
pub(super) const fn best_effort_stops_nothing(context: &Context, report: &mut Report) {
    let Some(critical) = a_critical_one(context.system.partitions) else {
        return;
    };
    each! { partition in context.system.partitions => {
        each! { event in &HealthEvent::ALL => {
            let stops = matches!(partition.health.action(*event), Action::StopSystem);
            if stops && !is_critical(partition) {
                report.add(
                    subject(partition)
                        .str("isn't critical, but its health event ")
                        .name(event.name())
                        .str(" stops the system, and with it partition ")
                        .name(critical.name)
                        .str("; restart or halt it"),
                );
            }
        }}
    }}
}

pub(super) const fn restarts_countable(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let count = partition.health.restart_limit.count;
        if count > MAX_RESTARTS_COUNTED {
            report.add(
                subject(partition)
                    .str("restart limit ")
                    .number(count as u64)
                    .str(", at most ")
                    .number(MAX_RESTARTS_COUNTED as u64)
                    .str(" are counted; lower it"),
            );
        }
    }}
}

/// A partition is loaded in one of its windows and runs in the next, so most can be restarted about once
/// in a frame.
pub(super) const fn restart_period_covers_frame(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { partition in context.system.partitions => {
        let limit = &partition.health.restart_limit;
        if limit.count > 0 && (limit.period.is_zero() || shorter(limit.period, frame)) {
            report.add(
                subject(partition)
                    .str("restart limit ")
                    .number(limit.count as u64)
                    .str(" within ")
                    .duration(limit.period)
                    .str(", less than a major frame ")
                    .duration(frame)
                    .str(", limits nothing; lengthen its period"),
            );
        }
    }}
}

pub(super) const fn critical_owes_heartbeat(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if is_critical(partition) && partition.heartbeat.is_none() {
            report.add(
                subject(partition)
                    .str("is critical but owes no heartbeat, so that nobody would notice it hang; \
                          declare one"),
            );
        }
    }}
}

/// Says nothing of a partition that owes no heartbeat, which another rule finds.
pub(super) const fn critical_hang_has_verdict(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let ignored = matches!(partition.health.missed_heartbeat, Action::Ignore);
        if ignored && is_critical(partition) && partition.heartbeat.is_some() {
            report.add(
                subject(partition)
                    .str("is critical, but its health event ")
                    .name(HealthEvent::MissedHeartbeat.name())
                    .str(" is ignored, so that it stays hung once it hangs; restart or halt it"),
            );
        }
    }}
}

/// A page of its regions is scrubbed in a step, and one of its image copied; the image is no larger than
/// the regions. Says nothing of a partition without a window.
pub(super) const fn critical_restart_in_time(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { index, partition in context.system.partitions => {
        let limit = &partition.health.restart_limit;
        if let Some(usage) = context.usages.at(index)
            && is_critical(partition)
            && limit.count > 0
            && usage.restart_steps > 0
        {
            let steps = pages(partition).saturating_mul(2);
            let frames = steps.div_ceil(usage.restart_steps);
            if frame.as_nanos().saturating_mul(frames as u128) > limit.period.as_nanos() {
                report.add(
                    subject(partition)
                        .str("is critical, and loading it anew takes up to ")
                        .number(frames)
                        .str(" major frames of ")
                        .duration(frame)
                        .str(", longer than the ")
                        .duration(limit.period)
                        .str(" within which its restarts are limited; lengthen its windows"),
                );
            }
        }
    }}
}

/// Pages of a partition's regions; saturates.
const fn pages(partition: &Partition) -> u64 {
    let mut pages: u64 = 0;
    each! { region in partition.regions => {
        pages = pages.saturating_add(region.size_bytes / PAGE_BYTES);
    }}
    pages
}

pub(super) const fn heartbeat_period_in_frames(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { partition in context.system.partitions => {
        if let Some(heartbeat) = &partition.heartbeat {
            let period = heartbeat.period.as_nanos();
            let whole = !frame.is_zero() && period.is_multiple_of(frame.as_nanos());
            if period == 0 || !whole {
                report.add(
                    subject(partition)
                        .str("heartbeat period ")
                        .duration(heartbeat.period)
                        .str(" isn't a whole number of major frames of ")
                        .duration(frame)
                        .str("; change it"),
                );
            }
        }
    }}
}

pub(super) const fn heartbeat_deadline_in_period(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if let Some(heartbeat) = &partition.heartbeat
            && (heartbeat.deadline.is_zero() || shorter(heartbeat.period, heartbeat.deadline))
        {
            report.add(
                deadline(partition, heartbeat)
                    .str(" isn't within its period, above 0 ms and up to ")
                    .duration(heartbeat.period)
                    .str("; change it"),
            );
        }
    }}
}

/// Says nothing of a partition without a window.
pub(super) const fn heartbeat_deadline_reachable(context: &Context, report: &mut Report) {
    each! { index, partition in context.system.partitions => {
        if let (Some(heartbeat), Some(start)) =
            (&partition.heartbeat, first_start(context, index))
            && shorter(heartbeat.deadline, start.saturating_add(SHORTEST_RUN))
        {
            report.add(
                deadline(partition, heartbeat)
                    .str(" leaves it less than ")
                    .duration(SHORTEST_RUN)
                    .str(" to run, for its first window starts at ")
                    .duration(start)
                    .str(" in the frame; put off the deadline or move the window"),
            );
        }
    }}
}

pub(super) const fn heartbeat_start_covers_frame(context: &Context, report: &mut Report) {
    let frame = context.system.schedule.major_frame;
    each! { partition in context.system.partitions => {
        if let Some(heartbeat) = &partition.heartbeat
            && shorter(heartbeat.start_within, frame)
        {
            report.add(
                subject(partition)
                    .str("must enter normal mode within ")
                    .duration(heartbeat.start_within)
                    .str(", less than a major frame ")
                    .duration(frame)
                    .str("; give it longer"),
            );
        }
    }}
}

const fn is_critical(partition: &Partition) -> bool {
    matches!(partition.criticality, Criticality::Critical)
}

const fn a_critical_one(partitions: &[Partition]) -> Option<&Partition> {
    each! { partition in partitions => {
        if is_critical(partition) {
            return Some(partition);
        }
    }}
    None
}

const fn deadline(partition: &Partition, heartbeat: &Heartbeat) -> Message {
    subject(partition)
        .str("heartbeat deadline ")
        .duration(heartbeat.deadline)
}
