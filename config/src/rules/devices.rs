//! Rules on devices in partitions' hands.

use super::Context;
use super::each::each;
use super::nearest::Nearest;
use super::owners::{named, owner, pair};
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES};
use crate::board::{BoardFacts, CpuStart, Device};
use crate::system::{Partition, same_text};

pub(super) const fn device_exists(context: &Context, report: &mut Report) {
    each! { partition in context.system.partitions => {
        each! { owned in partition.devices => {
            if context.board.device(owned.device).is_none() {
                let mut nearest = Nearest::to(owned.device);
                each! { device in context.board.devices => {
                    nearest = nearest.offer(device.name);
                }}
                let message = named(partition, owned.device)
                    .str(" doesn't exist on board ")
                    .name(context.board.name);
                report.add(nearest.remedy(message, "take one that the board lists"));
            }
        }}
    }}
}

pub(super) const fn device_owned_once(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((partition, owned)) = owner(context.system, index) {
        let mut later = index + 1;
        while let Some((other, also)) = owner(context.system, later) {
            if same_text(owned.device, also.device) {
                report.add(
                    named(partition, owned.device)
                        .str(" is given to partition ")
                        .name(other.name)
                        .str(", too; give it to one"),
                );
            }
            later += 1;
        }
        index += 1;
    }
}

pub(super) const fn device_no_bus_master(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((partition, owned)) = owner(context.system, index) {
        if let Some(device) = context.board.device(owned.device)
            && device.bus_master
        {
            report.add(
                with_registers(partition, device)
                    .str(" can write all of memory by itself, round stage 2; take it away"),
            );
        }
        index += 1;
    }
}

pub(super) const fn device_not_hypervisors(context: &Context, report: &mut Report) {
    let board = context.board;
    let mut index = 0;
    while let Some((partition, owned)) = owner(context.system, index) {
        if let Some(device) = board.device(owned.device)
            && let Some(own) = hypervisors(board, &device.registers)
        {
            report.add(
                with_registers(partition, device)
                    .str(" overlaps registers of the hypervisor's own ")
                    .range(own.base.0, own.size_bytes)
                    .str("; take it away"),
            );
        }
        index += 1;
    }
}

pub(super) const fn device_whole_pages(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((partition, owned)) = owner(context.system, index) {
        if let Some(device) = context.board.device(owned.device) {
            let aligned = owned.ipa.0.is_multiple_of(PAGE_BYTES)
                && device.registers.base.0.is_multiple_of(PAGE_BYTES)
                && device.registers.size_bytes.is_multiple_of(PAGE_BYTES);
            if !aligned {
                report.add(
                    with_registers(partition, device)
                        .str(" at IPA ")
                        .hex(owned.ipa.0)
                        .str(" isn't whole pages of ")
                        .hex(PAGE_BYTES)
                        .str("; align it, or leave it out if the board can't"),
                );
            }
        }
        index += 1;
    }
}

/// Says nothing of a device that is given twice, which [`device_owned_once`] finds.
pub(super) const fn device_registers_apart(context: &Context, report: &mut Report) {
    let mut index = 0;
    while let Some((partition, device, other, also)) = pair(context, index) {
        if device.registers.overlaps(&also.registers) {
            report.add(
                with_registers(partition, device)
                    .str(" shares registers with device ")
                    .name(also.name)
                    .str(" of partition ")
                    .name(other.name)
                    .str(" ")
                    .range(also.registers.base.0, also.registers.size_bytes)
                    .str("; give both to one partition as one device"),
            );
        }
        index += 1;
    }
}

/// The registers of the hypervisor's own that a range overlaps, if any.
const fn hypervisors(board: &BoardFacts, range: &MemoryRange) -> Option<MemoryRange> {
    if board.uart.overlaps(range) {
        return Some(board.uart);
    }
    let mut index = 0;
    while let Some((_, own)) = board.interrupt_controller.registers(index) {
        if own.overlaps(range) {
            return Some(own);
        }
        index += 1;
    }
    if let Some(own) = board.interrupt_controller.virtual_cpu_interface()
        && own.overlaps(range)
    {
        return Some(own);
    }
    if let CpuStart::SpinTable { page, .. } = board.cpu_start
        && page.overlaps(range)
    {
        return Some(page);
    }
    each! { own in board.hypervisor_devices => {
        if own.overlaps(range) {
            return Some(*own);
        }
    }}
    None
}

const fn with_registers(partition: &Partition, device: &Device) -> Message {
    named(partition, device.name)
        .str(" ")
        .range(device.registers.base.0, device.registers.size_bytes)
}
