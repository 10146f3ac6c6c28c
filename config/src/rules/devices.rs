//! Rules on devices in partitions' hands.

use super::context::Context;
use super::nearest::Nearest;
use super::owners::{MAX_OWNED, each_owned, each_pair_of, named};
use super::report::{Message, Report};
use crate::address::{MemoryRange, PAGE_BYTES, Pa};
use crate::board::{BoardFacts, CpuStart, Device};
use crate::each;
use crate::same::same_text;
use crate::sorted::{Names, Ranges};
use crate::system::Partition;

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
                let devices = context.board.devices;
                let mut list = Message::new().str("take one that it has:");
                each! { index, device in devices => {
                    let separator = if index == 0 { " " } else { ", " };
                    list = list.str(separator).str(device.name);
                }}
                if devices.is_empty() {
                    list = Message::new().str("it has none to give; leave it out");
                }
                report.add(nearest.remedy(message, list.as_str()));
            }
        }}
    }}
}

pub(super) const fn device_owned_once(context: &Context, report: &mut Report) {
    let mut names: Names<MAX_OWNED> = Names::new();
    each_owned! { _index, owned in context => {
        names.add(owned.given.device);
    }}
    names.sort();
    each_pair_of! { names.repeated(), one, other in context => {
        if same_text(one.given.device, other.given.device) {
            report.add(
                named(one.partition, one.given.device)
                    .str(" is given to partition ")
                    .name(other.partition.name)
                    .str(", too; give it to one"),
            );
        }
    }}
}

pub(super) const fn device_no_bus_master(context: &Context, report: &mut Report) {
    each_owned! { _index, owned in context => {
        if let Some(device) = owned.device
            && device.bus_master
        {
            report.add(
                with_registers(owned.partition, device)
                    .str(" can write all of memory by itself, round stage 2; take it away"),
            );
        }
    }}
}

pub(super) const fn device_reach_trusted(context: &Context, report: &mut Report) {
    each_owned! { _index, owned in context => {
        if let Some(device) = owned.device
            && let Some(more) = device.reaches
            && !owned.given.trusted
        {
            report.add(
                with_registers(owned.partition, device)
                    .str(" reaches more than itself: ")
                    .str(more)
                    .str("; take it away, or declare the partition `trusted` with that"),
            );
        }
    }}
}

pub(super) const fn device_not_hypervisors(context: &Context, report: &mut Report) {
    let board = context.board;
    each_owned! { _index, owned in context => {
        if let Some(device) = owned.device
            && let Some(own) = hypervisors(board, &device.registers)
        {
            report.add(
                with_registers(owned.partition, device)
                    .str(" overlaps registers of the hypervisor's own ")
                    .range(own.base.0, own.size_bytes)
                    .str("; take it away"),
            );
        }
    }}
}

pub(super) const fn device_whole_pages(context: &Context, report: &mut Report) {
    each_owned! { _index, owned in context => {
        if let Some(device) = owned.device {
            let aligned = owned.given.ipa.0.is_multiple_of(PAGE_BYTES)
                && device.registers.base.0.is_multiple_of(PAGE_BYTES)
                && device.registers.size_bytes.is_multiple_of(PAGE_BYTES);
            if !aligned {
                report.add(
                    with_registers(owned.partition, device)
                        .str(" at IPA ")
                        .hex(owned.given.ipa.0)
                        .str(" isn't whole pages of ")
                        .hex(PAGE_BYTES)
                        .str("; align it, or leave it out if the board can't"),
                );
            }
        }
    }}
}

/// Says nothing of a device that is given twice, which [`device_owned_once`] finds.
pub(super) const fn device_registers_apart(context: &Context, report: &mut Report) {
    let mut ranges: Ranges<MAX_OWNED> = Ranges::new();
    each_owned! { _index, owned in context => {
        ranges.add(match owned.device {
            Some(device) => device.registers,
            None => MemoryRange::new(Pa(0), 0),
        });
    }}
    each_pair_of! { ranges.crowded(), one, other in context => {
        if let (Some(device), Some(also)) = (one.device, other.device)
            && !same_text(device.name, also.name)
            && device.registers.overlaps(&also.registers)
        {
            report.add(
                with_registers(one.partition, device)
                    .str(" shares registers with device ")
                    .name(also.name)
                    .str(" of partition ")
                    .name(other.partition.name)
                    .str(" ")
                    .range(also.registers.base.0, also.registers.size_bytes)
                    .str("; give both to one partition as one device"),
            );
        }
    }}
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
