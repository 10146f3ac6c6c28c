//! Whom messages interrupt, and by what.

use paratia_abi::passport::MAX_PORTS;

use crate::directory::Directory;
use crate::each;
use crate::system::System;
use crate::tables::ports::{self, PartitionPorts, port_table};

/// The interrupts of every partition's ports; 0 where there is none.
#[must_use]
pub const fn port_interrupts<const N: usize>(system: &System) -> [[u32; MAX_PORTS]; N] {
    let table: [PartitionPorts; N] = port_table(system);
    let mut all = [[0; MAX_PORTS]; N];
    each! { index below N => {
        all[index] = ports::port_interrupts(&table[index]);
    }}
    all
}

/// Whether any of a partition's ports has an interrupt.
#[must_use]
pub const fn have_doorbells<const N: usize>(system: &System) -> [bool; N] {
    let directory = Directory::new(system);
    let mut all = [false; N];
    each! { channel in system.channels => {
        each! { destination in channel.destinations => {
            if destination.interrupt.is_some()
                && let Some(partition) = directory.find(destination.partition)
            {
                all[partition] = true;
            }
        }}
    }}
    all
}

/// Most partitions with several vCPUs or a doorbell: a CPU has as many software-generated interrupts
/// (Arm IHI 0069, table of INTIDs).
pub const MAX_KICKS: u32 = 16;

/// A software-generated interrupt of its own for each partition with several vCPUs or a doorbell: one
/// that comes late is then held back at the controller until the partition's next window.
///
/// # Panics
/// If there are more such partitions than such interrupts.
#[must_use]
pub const fn kicks<const N: usize>(system: &System) -> [Option<u32>; N] {
    let have_doorbells: [bool; N] = have_doorbells(system);
    let mut all = [None; N];
    let mut next = 0;
    each! { index below N => {
        if system.partitions[index].machine.vcpus > 1 || have_doorbells[index] {
            assert!(next < MAX_KICKS, "a CPU has 16 such interrupts");
            all[index] = Some(next);
            next += 1;
        }
    }}
    all
}

/// Most destinations of any channel.
#[must_use]
pub const fn most_destinations(system: &System) -> usize {
    let mut most = 0;
    each! { channel in system.channels => {
        let count = channel.destinations.len();
        most = if count > most { count } else { most };
    }}
    most
}

/// At which partition, and at which of its ports, a message of a channel rings for each of its
/// destinations.
#[must_use]
pub const fn to_ring<const DESTINATIONS: usize, const N: usize>(
    system: &System,
) -> [[Option<(usize, usize)>; DESTINATIONS]; N] {
    ports::ports_to_ring(system)
}
