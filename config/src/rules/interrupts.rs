//! Rules on the interrupts of devices in partitions' hands.

use paratia_abi::passport::MAX_INTERRUPTS;

use super::context::Context;
use super::owners::{MAX_OWNED, each_owned, each_pair_of, named};
use super::partitions::subject;
use super::report::Report;
use crate::board::InterruptController;
use crate::each;
use crate::machine::MAX_SHARED_BLOCKS;
use crate::same::same_text;
use crate::system::Partition;

/// First shared peripheral interrupt; those below belong to single CPUs (Arm IHI 0069, 2.2.1).
const FIRST_SPI: u32 = 32;
/// One past the last (Arm IHI 0069, 2.2.1).
const END_OF_SPIS: u32 = 1020;
/// One past the last shared interrupt that a partition's controller can have.
const END_OF_VIRTUAL: u32 = FIRST_SPI + 32 * MAX_SHARED_BLOCKS;

/// Says nothing of a device that is given twice, which [`device_owned_once`] finds.
pub(super) const fn interrupt_owned_once(context: &Context, report: &mut Report) {
    each_pair_of! { share_interrupts(context), one, other in context => {
        if let (Some(device), Some(also)) = (one.device, other.device)
            && !same_text(device.name, also.name)
        {
            each! { line in device.interrupts => {
                each! { also_line in also.interrupts => {
                    if *line == *also_line {
                        report.add(
                            named(one.partition, device.name)
                                .str(" has interrupt ")
                                .number(*line as u64)
                                .str(", and so has device ")
                                .name(also.name)
                                .str(" of partition ")
                                .name(other.partition.name)
                                .str("; leave one out"),
                        );
                    }
                }}
            }}
        }
    }}
}

/// Of each device in partitions' hands, whether another may have one of its interrupts: those that
/// controllers have are counted, of others that isn't known.
const fn share_interrupts(context: &Context) -> [bool; MAX_OWNED] {
    let mut counts = [0; END_OF_SPIS as usize];
    each_owned! { _index, owned in context => {
        if let Some(device) = owned.device {
            each! { line in device.interrupts => {
                if *line < END_OF_SPIS {
                    counts[*line as usize] += 1;
                }
            }}
        }
    }}
    let mut share = [false; MAX_OWNED];
    each_owned! { index, owned in context => {
        if let Some(device) = owned.device {
            each! { line in device.interrupts => {
                share[index] |= *line >= END_OF_SPIS || counts[*line as usize] > 1;
            }}
        }
    }}
    share
}

pub(super) const fn interrupt_exists(context: &Context, report: &mut Report) {
    let end = context.board.interrupt_count;
    each_owned! { _index, owned in context => {
        if let Some(device) = owned.device {
            each! { line in device.interrupts => {
                if *line < FIRST_SPI || *line >= end {
                    report.add(
                        named(owned.partition, device.name)
                            .str(" has interrupt ")
                            .number(*line as u64)
                            .str(", the controller's shared ones are ")
                            .number(FIRST_SPI as u64)
                            .str(" to ")
                            .number(end.saturating_sub(1) as u64)
                            .str("; correct the board's facts"),
                    );
                } else if *line >= END_OF_VIRTUAL {
                    report.add(
                        named(owned.partition, device.name)
                            .str(" has interrupt ")
                            .number(*line as u64)
                            .str(", a partition's controller has those below ")
                            .number(END_OF_VIRTUAL as u64)
                            .str("; leave it out"),
                    );
                }
            }}
        }
    }}
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
            if let Some(index) = context.directory.find(window.partition) {
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
