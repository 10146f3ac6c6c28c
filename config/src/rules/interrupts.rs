//! Rules on the interrupts of devices in partitions' hands.

use paratia_abi::passport::MAX_INTERRUPTS;

use super::Context;
use super::each::each;
use super::owners::{named, owner, pair};
use super::partitions::subject;
use super::report::Report;
use crate::board::InterruptController;
use crate::system::Partition;

/// First shared peripheral interrupt; those below belong to single CPUs (Arm IHI 0069, 2.2.1).
const FIRST_SPI: u32 = 32;

/// Says nothing of a device that is given twice, which [`device_owned_once`] finds.
pub(super) const fn interrupt_owned_once(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((partition, device, other, also)) = pair(context, index) {
        each! { line in device.interrupts => {
            each! { also_line in also.interrupts => {
                if *line == *also_line {
                    report.add(
                        named(partition, device.name)
                            .str(" has interrupt ")
                            .number(*line as u64)
                            .str(", and so has device ")
                            .name(also.name)
                            .str(" of partition ")
                            .name(other.name)
                            .str("; leave one out"),
                    );
                }
            }}
        }}
        index += 1;
    }
}

pub(super) const fn interrupt_exists(context: &Context, report: &mut Report) {
    let end = context.board.interrupt_count;
    let mut index = 0;
    while let Some((partition, owned)) = owner(context.system, index) {
        if let Some(device) = context.board.device(owned.device) {
            each! { line in device.interrupts => {
                if *line < FIRST_SPI || *line >= end {
                    report.add(
                        named(partition, device.name)
                            .str(" has interrupt ")
                            .number(*line as u64)
                            .str(", the controller's shared ones are ")
                            .number(FIRST_SPI as u64)
                            .str(" to ")
                            .number(end.saturating_sub(1) as u64)
                            .str("; correct the board's facts"),
                    );
                }
            }}
        }
        index += 1;
    }
}

pub(super) const fn interrupt_count(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let mut count = 0;
        each! { owned in partition.devices => {
            if let Some(device) = context.board.device(owned.device) {
                count += device.interrupts.len();
            }
        }}
        if count > MAX_INTERRUPTS {
            report.add(
                subject(partition)
                    .str("its devices have ")
                    .count(count)
                    .str(" interrupts, a passport holds ")
                    .count(MAX_INTERRUPTS)
                    .str("; leave a device out"),
            );
        }
    }}
}

/// Says nothing of a partition without windows, which other rules find.
pub(super) const fn device_interrupts_on_one_cpu(context: &Context, report: &mut Report) {
    if !matches!(
        context.board.interrupt_controller,
        InterruptController::Bcm2836 { .. }
    ) {
        return;
    }
    let mut first: Option<(&Partition, usize)> = None;
    each! { cpu, plan in context.system.schedule.plans => {
        each! { window in *plan => {
            if let Some(index) = context.system.partition_index(window.partition) {
                let partition = &context.system.partitions[index];
                match first {
                    _ if !has_interrupt(context, partition) => {}
                    None => first = Some((partition, cpu)),
                    Some((other, other_cpu)) if other_cpu != cpu => report.add(
                        subject(partition)
                            .str("takes its devices' interrupts on CPU ")
                            .count(cpu)
                            .str(", partition ")
                            .name(other.name)
                            .str(" on CPU ")
                            .count(other_cpu)
                            .str("; board ")
                            .name(context.board.name)
                            .str(" sends all to one, keep both there"),
                    ),
                    Some(_) => {}
                }
            }
        }}
    }}
}

/// Whether a device of the partition has an interrupt.
const fn has_interrupt(context: &Context, partition: &Partition) -> bool {
    each! { owned in partition.devices => {
        if let Some(device) = context.board.device(owned.device)
            && !device.interrupts.is_empty()
        {
            return true;
        }
    }}
    false
}
