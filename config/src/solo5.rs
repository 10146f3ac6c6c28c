//! Unikernels of Solo5's tender `hvt`, as its ABI 2 has them on AArch64: `include/hvt_abi.h`, `include/mft_abi.h` and
//! `tenders/hvt/hvt_cpu_aarch64.h` of its sources.
//!
//! A unikernel calls by a store to the page of calls, where there is no memory, of a pointer to what it asks.
//! Who answers is the *tender*: a program in the unikernel's own partition, at EL1 as the unikernel is. The
//! hypervisor lets it go on in place of the store, and does nothing else; what a pointer names, the tender
//! reaches, or stage 2 says no. A partition is such if it has a region of kind [`RegionKind::Tender`].

use crate::address::{Ipa, PAGE_BYTES, mib};
use crate::each;
use crate::system::{Partition, Region, RegionKind};

/// The page of calls: call `n` is a store of 32 bits to 8 times `n` in it.
pub const CALLS: Ipa = Ipa(0x1_0000_0000);
/// Where a tender goes on for a call, in its region.
pub const CALL_ENTRY: u64 = 0x80;
/// Bytes of a tender's region: what its stage 1 maps by one entry.
pub const TENDER_BYTES: u64 = mib(2);

/// Where the tender and all that is its own begin; a unikernel's memory ends below.
pub const MEMORY_END: Ipa = Ipa(0x4000_0000);
/// Where the tables of stage 1 begin, a page each.
pub const TABLES: Ipa = Ipa(0x1000);
/// Where the boot information lies: the first address that the unikernel sees.
pub const BOOT_INFORMATION: Ipa = Ipa(0x1_0000);
/// Where what the tool tells the tender lies: two pages that the unikernel sees, too, and only reads.
pub const TENDER_PAGE: Ipa = Ipa(0x1_E000);
/// The lowest address of a unikernel's segments.
pub const LOWEST_SEGMENT: Ipa = Ipa(0x10_0000);

/// Most segments of a unikernel: instructions, constants, variables, and one more.
pub const MAX_SEGMENTS: usize = 4;
/// Longest command line in bytes, without the zero at its end.
pub const MAX_COMMAND_LINE_BYTES: usize = 8191;

/// The region with a partition's tender, if it runs a unikernel.
#[must_use]
pub const fn tender(partition: &Partition) -> Option<&'static Region> {
    let regions = partition.regions;
    each! { region in regions => {
        if matches!(region.kind, RegionKind::Tender) {
            return Some(region);
        }
    }}
    None
}

/// Whether a guest-physical address is in the page of calls.
#[must_use]
pub const fn is_call(ipa: u64) -> bool {
    ipa.wrapping_sub(CALLS.0) < PAGE_BYTES
}
