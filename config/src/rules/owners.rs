//! Who owns which device: all devices in partitions' hands, one by one and in pairs.

use paratia_abi::passport::MAX_REGIONS;

use super::partitions::subject;
use super::report::Message;
use crate::board::{BoardFacts, Device};
use crate::each;
use crate::layout::MAX_PARTITIONS;
use crate::system::{DeviceUse, Partition, System};

/// Devices in partitions' hands that are looked at: as many as passports hold, and one more. With that
/// a partition has too many, or there are too many partitions, which other rules say.
pub(super) const MAX_OWNED: usize = MAX_PARTITIONS * MAX_REGIONS + 1;

/// A device in a partition's hands.
pub(super) struct Owned<'a> {
    /// The owner.
    pub(super) partition: &'a Partition,
    /// How it is given.
    pub(super) given: &'a DeviceUse,
    /// The board's device, if it has it.
    pub(super) device: Option<&'a Device>,
}

#[derive(Clone, Copy)]
struct Place {
    partition: usize,
    index: usize,
    device: Option<usize>,
}

/// All devices in partitions' hands, in the order of their declaration.
pub(super) struct Owners<'a> {
    system: &'a System,
    board: &'a BoardFacts,
    places: [Place; MAX_OWNED],
    count: usize,
}

impl<'a> Owners<'a> {
    pub(super) const fn of(system: &'a System, board: &'a BoardFacts) -> Self {
        let mut owners = Self {
            system,
            board,
            places: [Place {
                partition: 0,
                index: 0,
                device: None,
            }; MAX_OWNED],
            count: 0,
        };
        each! { place, partition in system.partitions => {
            each! { index, given in partition.devices => {
                if owners.count < MAX_OWNED {
                    owners.places[owners.count] = Place {
                        partition: place,
                        index,
                        device: board.device_index(given.device),
                    };
                    owners.count += 1;
                }
            }}
        }}
        owners
    }

    /// The `index`th of them.
    pub(super) const fn at(&self, index: usize) -> Option<Owned<'a>> {
        if index >= self.count {
            return None;
        }
        let place = &self.places[index];
        let partition = &self.system.partitions[place.partition];
        Some(Owned {
            partition,
            given: &partition.devices[place.index],
            device: match place.device {
                Some(index) => Some(&self.board.devices[index]),
                None => None,
            },
        })
    }
}

/// `each_owned! { index, owned in context => { … } }`: all devices in partitions' hands. `continue`
/// must not be used.
macro_rules! each_owned {
    ($index:ident, $owned:ident in $context:expr => $body:block) => {
        let mut next = 0;
        while let Some($owned) = $context.owners.at(next) {
            let $index = next;
            $body
            next = $index + 1;
        }
    };
}

/// `each_pair_of! { marked, one, other in context => { … } }`: all pairs of those devices in
/// partitions' hands that are marked. `continue` must not be used.
macro_rules! each_pair_of {
    ($marked:expr, $one:ident, $other:ident in $context:expr => $body:block) => {
        let marked = &$marked;
        each_owned! { first, $one in $context => {
            let mut second = if marked[first] { first + 1 } else { marked.len() };
            while let Some($other) = $context.owners.at(second) {
                if marked[second] {
                    $body
                }
                second += 1;
            }
        }}
    };
}

pub(super) use {each_owned, each_pair_of};

/// The start of a message about a partition's device.
pub(super) const fn named(partition: &Partition, device: &str) -> Message {
    subject(partition).str("device ").name(device)
}
