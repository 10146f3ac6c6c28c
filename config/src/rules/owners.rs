//! Who owns which device: walks over all devices in partitions' hands.

use super::Context;
use super::each::each;
use super::partitions::subject;
use super::report::Message;
use crate::board::Device;
use crate::system::{DeviceUse, Partition, System, same_text};

/// The `index`th of all devices in partitions' hands, and its owner.
pub(super) const fn owner(system: &System, mut index: usize) -> Option<(&Partition, &DeviceUse)> {
    each! { partition in system.partitions => {
        if index < partition.devices.len() {
            return Some((partition, &partition.devices[index]));
        }
        index -= partition.devices.len();
    }}
    None
}

/// The `index`th pair of different devices in partitions' hands, each with its owner.
pub(super) const fn pair<'a>(
    context: &Context<'a>,
    mut index: usize,
) -> Option<(&'a Partition, &'a Device, &'a Partition, &'a Device)> {
    let mut first = 0;
    while let Some((partition, owned)) = owner(context.system, first) {
        let mut second = first + 1;
        while let Some((other, also)) = owner(context.system, second) {
            if let (Some(device), Some(other_device)) = (
                context.board.device(owned.device),
                context.board.device(also.device),
            ) && !same_text(owned.device, also.device)
            {
                if index == 0 {
                    return Some((partition, device, other, other_device));
                }
                index -= 1;
            }
            second += 1;
        }
        first += 1;
    }
    None
}

/// The start of a message about a partition's device.
pub(super) const fn named(partition: &Partition, device: &str) -> Message {
    subject(partition).str("device ").name(device)
}
