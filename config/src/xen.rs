//! What a guest that is built for Xen on Arm finds beside the rest of its machine: the pages by which it and
//! the hypervisor speak, the interrupt of its events, the ports that it is born with.
//!
//! A partition is such a guest if it has a region of kind [`RegionKind::Xen`]. The numbers are those that a
//! guest of Xen 4.17 without a toolstack is told; none of them has to be, for it asks.

use crate::address::PAGE_BYTES;
use crate::each;
use crate::system::{Partition, Region, RegionKind};

/// The private interrupt of a guest's events, a level: PPI 15, as Xen takes it.
pub const EVENT_INTERRUPT: u32 = 31;
/// Frames of the grant table, the first pages of the region. Linux takes no less than two (`gnttab_init`).
pub const GRANT_FRAMES: u64 = 2;
/// The page of the region with the ring of the console.
pub const CONSOLE_PAGE: u64 = GRANT_FRAMES;
/// Bytes of the region: all of these pages.
pub const REGION_BYTES: u64 = (CONSOLE_PAGE + 1) * PAGE_BYTES;
/// Event channels of a guest, the first of which is none.
pub const PORTS: usize = 64;
/// The event channel of the console.
pub const CONSOLE_PORT: usize = 2;
/// Bytes of the console's ring that one exit moves, in each direction.
pub const CONSOLE_STEP_BYTES: usize = 512;

/// The region by which a partition is a guest of Xen's, if it is one.
#[must_use]
pub const fn region(partition: &Partition) -> Option<&'static Region> {
    let regions = partition.regions;
    each! { region in regions => {
        if matches!(region.kind, RegionKind::Xen) {
            return Some(region);
        }
    }}
    None
}

/// Whether what is typed can be for a partition: it has a UART, or the console of Xen's guests.
#[must_use]
pub const fn hears(partition: &Partition) -> bool {
    partition.machine.uart.is_some() || region(partition).is_some()
}
