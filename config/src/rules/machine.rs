//! Rules on the machine that a partition sees.

use super::context::Context;
use super::partitions::{subject, system};
use super::report::{Message, Report};
use super::schedule::shorter;
use super::windows::describe;
use crate::address::{PAGE_BYTES, kib};
use crate::board::BoardFacts;
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::machine::{GicVersion, MAX_SHARED_BLOCKS, MAX_VCPUS};
use crate::system::{Partition, RegionKind};
use crate::tables::machines::MAX_KICKS;
use crate::xen;

pub(super) const fn vcpu_count(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let count = partition.machine.vcpus as usize;
        if count == 0 || count > MAX_VCPUS {
            report.add(
                subject(partition)
                    .str("has ")
                    .count(count)
                    .str(" vCPUs, allowed are 1 to ")
                    .count(MAX_VCPUS)
                    .str("; give it as many as its plans have room for"),
            );
        }
    }}
}

/// Each such partition is called by a software-generated interrupt of its own.
pub(super) const fn kick_count(context: &Context, report: &mut Report) {
    let mut has_doorbell = [false; MAX_PARTITIONS];
    each! { channel in context.system.channels => {
        each! { port in channel.destinations => {
            if port.interrupt.is_some()
                && let Some(index) = context.directory.find(port.partition)
                && index < MAX_PARTITIONS
            {
                has_doorbell[index] = true;
            }
        }}
    }}
    let mut count = 0;
    each! { index, partition in context.system.partitions => {
        let is_called = index < MAX_PARTITIONS && has_doorbell[index];
        count += (is_called || partition.machine.vcpus > 1) as usize;
    }}
    if count > MAX_KICKS as usize {
        report.add(
            system(context)
                .count(count)
                .str(" of its partitions have several vCPUs or a port with an interrupt, which takes \
                      a software-generated interrupt each, and a CPU has ")
                .number(MAX_KICKS as u64)
                .str("; give some one vCPU and let them poll"),
        );
    }
}

pub(super) const fn window_vcpu_exists(context: &Context, report: &mut Report) {
    each! { cpu, plan in context.system.schedule.plans => {
        each! { window in *plan => {
            if let Some(index) = context.directory.find(window.partition) {
                let vcpus = context.system.partitions[index].machine.vcpus;
                if window.vcpu >= vcpus {
                    report.add(
                        describe(cpu, window)
                            .str(" is for vCPU ")
                            .number(window.vcpu as u64)
                            .str(", the partition has ")
                            .number(vcpus as u64)
                            .str("; give it more, or count from 0"),
                    );
                }
            }
        }}
    }}
}

pub(super) const fn shared_blocks(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let blocks = partition.machine.gic.shared_blocks;
        if blocks == 0 || blocks > MAX_SHARED_BLOCKS {
            report.add(
                subject(partition)
                    .str("its interrupt controller has ")
                    .number(blocks as u64)
                    .str(" blocks of 32 shared interrupts, allowed are 1 to ")
                    .number(MAX_SHARED_BLOCKS as u64)
                    .str("; change it"),
            );
        }
    }}
}

pub(super) const fn gic_version_on_board(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let wants_v3 = matches!(partition.machine.gic.version, GicVersion::V3);
        if wants_v3 && context.board.gic_version() != 3 {
            report.add(
                subject(partition)
                    .str("its interrupt controller is a GICv3, whose system registers board ")
                    .name(context.board.name)
                    .str(" hasn't got; take a GICv2 or another board"),
            );
        }
    }}
}

/// A watchdog is fed when its guest likes, and is told its time in whole seconds.
pub(super) const fn watchdog_is_heartbeat(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if partition.machine.watchdog.is_some() {
            let message = subject(partition).str("has a watchdog, but ");
            match &partition.heartbeat {
                None => report.add(message.str("owes no heartbeat that it could be; declare one")),
                Some(heartbeat) => {
                    if shorter(heartbeat.deadline, heartbeat.period) {
                        report.add(
                            message
                                .str("its heartbeat is due ")
                                .duration(heartbeat.deadline)
                                .str(" after each period of ")
                                .duration(heartbeat.period)
                                .str(" begins, of which its guest isn't told; let that be the whole period"),
                        );
                    } else if heartbeat.period.as_secs() == 0 {
                        report.add(
                            message
                                .str("its heartbeat's period ")
                                .duration(heartbeat.period)
                                .str(" is less than a second, the least that drivers know; lengthen it"),
                        );
                    }
                }
            }
        }
    }}
}

/// A guest of Xen's is told of one place.
pub(super) const fn xen_pages(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let regions = partition.regions;
        let mut is_first = true;
        each! { region in regions => {
            if matches!(region.kind, RegionKind::Xen) {
                let message = subject(partition).str("region ").name(region.name);
                if !is_first {
                    report.add(message.str(" is its second of kind Xen; leave one"));
                } else if region.size_bytes != xen::REGION_BYTES {
                    report.add(
                        message
                            .str(", of kind Xen, has ")
                            .hex(region.size_bytes)
                            .str(" bytes, but grant frames and a console take ")
                            .hex(xen::REGION_BYTES)
                            .str("; make it as large"),
                    );
                }
                is_first = false;
            }
        }}
    }}
}

pub(super) const fn machine_whole_pages(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        let mut index = 0;
        while let Some((name, base, size_bytes)) = part(context.board, partition, index) {
            if size_bytes > 0 && !base.is_multiple_of(PAGE_BYTES) {
                report.add(
                    at(subject(partition), name, base)
                        .str(" isn't a multiple of ")
                        .hex(PAGE_BYTES)
                        .str("; align it"),
                );
            }
            index += 1;
        }
    }}
}

/// A guest finds them by frames of that size (Arm IHI 0069, 12.8 and 12.10).
pub(super) const fn gic_frames_aligned(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        if partition.machine.gic.version_on(context.board) == 3 {
            let mut index = 0;
            while index < GIC_PARTS {
                if let Some((name, base, _)) = part(context.board, partition, index)
                    // Those that aren't even on a page are found already.
                    && base.is_multiple_of(PAGE_BYTES) && !base.is_multiple_of(GIC_FRAME_BYTES)
                {
                    report.add(
                        at(subject(partition), name, base)
                            .str(", of a GICv3, isn't a multiple of ")
                            .hex(GIC_FRAME_BYTES)
                            .str("; align it"),
                    );
                }
                index += 1;
            }
        }
    }}
}

/// Bytes of a frame of a GICv3's registers.
const GIC_FRAME_BYTES: u64 = kib(64);
/// The first parts of a machine, which are its interrupt controller's.
const GIC_PARTS: usize = 2;

const fn at(message: Message, name: &str, base: u64) -> Message {
    message.str(name).str(" at IPA ").hex(base)
}

/// How many parts a machine has.
pub(super) const MAX_PARTS: usize = 6;

/// The emulated parts of a partition's machine one by one: name, base, bytes. One that it doesn't
/// have has no bytes.
pub(super) const fn part(
    board: &BoardFacts,
    partition: &Partition,
    index: usize,
) -> Option<(&'static str, u64, u64)> {
    let machine = &partition.machine;
    let version = machine.gic.version_on(board);
    match index {
        0 => Some((
            "distributor",
            machine.gic.distributor.0,
            machine.gic.distributor_bytes(board),
        )),
        1 if version == 3 => Some((
            "redistributors",
            machine.gic.redistributors.0,
            machine.redistributors_bytes(),
        )),
        1 => Some((
            "CPU interface",
            machine.gic.cpu_interface.0,
            crate::machine::VirtualGic::CPU_INTERFACE_BYTES,
        )),
        2 => match machine.uart {
            Some(base) => Some(("UART", base.0, crate::machine::UART_BYTES)),
            None => Some(("UART", 0, 0)),
        },
        3 => match machine.stolen_time {
            Some(base) => Some(("stolen time", base.0, PAGE_BYTES)),
            None => Some(("stolen time", 0, 0)),
        },
        4 => match machine.clock {
            Some(base) => Some(("clock", base.0, crate::machine::CLOCK_BYTES)),
            None => Some(("clock", 0, 0)),
        },
        5 => match machine.watchdog {
            Some(base) => {
                let bytes = 2 * crate::machine::WATCHDOG_FRAME_BYTES;
                Some(("watchdog", base.0, bytes))
            }
            None => Some(("watchdog", 0, 0)),
        },
        _ => None,
    }
}
