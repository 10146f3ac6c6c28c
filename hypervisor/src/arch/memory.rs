//! Physical memory of partitions, as the hypervisor touches it: scrub, copy, words of message
//! windows; and the maintenance of TLBs and caches that goes with it.

use core::arch::asm;

use paratia_config::address::PAGE_BYTES;

/// Instructions without operands, none of which the compiler moves memory accesses past.
macro_rules! instructions {
    ($($instruction:literal),+) => {
        asm!($($instruction,)+ options(nostack, preserves_flags))
    };
}

/// The smallest line of any data cache in bytes, for maintenance loops (`CTR_EL0`.DminLine is at
/// least this on every Armv8-A core that the boards have).
const CACHE_LINE_BYTES: u64 = 64;

/// Fills `size_bytes` from `base` with zeros and cleans them to the point of coherency, so that a
/// guest whose caches are off sees them too.
///
/// # Safety
/// Both are multiples of a page, and the memory is a partition's that doesn't run now.
pub unsafe fn zero(base: u64, size_bytes: u64) {
    let end = base.saturating_add(size_bytes);
    let mut at = base;
    while at < end {
        // SAFETY: the caller promises whole pages of a partition that doesn't run, and `at` is a line of 64
        // bytes within them, which nobody else touches. Plain stores rather than `dc zva`, whose block
        // size and availability differ between CPUs.
        unsafe {
            asm!(
                "stp xzr, xzr, [{at}]",
                "stp xzr, xzr, [{at}, #16]",
                "stp xzr, xzr, [{at}, #32]",
                "stp xzr, xzr, [{at}, #48]",
                "dc civac, {at}",
                at = in(reg) at, options(nostack, preserves_flags)
            );
        }
        // No memory ends within a line of the last address.
        at = at.wrapping_add(CACHE_LINE_BYTES);
    }
    barrier();
}

/// Cleans and invalidates `size_bytes` of memory from `base` to the point of coherency.
///
/// # Safety
/// `base` is a multiple of a page, and the memory is a partition's.
#[inline(never)]
pub unsafe fn clean(base: u64, size_bytes: u64) {
    let end = base.saturating_add(size_bytes);
    let mut at = base;
    while at < end {
        // SAFETY: the caller promises that this is a partition's memory, which EL2's map covers; maintenance by
        // address changes no content.
        unsafe { asm!("dc civac, {}", in(reg) at, options(nostack, preserves_flags)) };
        at = at.wrapping_add(CACHE_LINE_BYTES);
    }
    barrier();
}

/// Copies a piece of a partition's image to its place and makes it visible to instruction fetches.
///
/// # Safety
/// `destination` is page-aligned memory of a partition that doesn't run now, with room for `source`
/// rounded up to a page.
pub unsafe fn copy_image(destination: u64, source: &[u8]) {
    // SAFETY: the caller promises memory of a partition that doesn't run, with room for the source; that is
    // in the hypervisor's read-only section, so the two can't overlap.
    unsafe {
        core::ptr::copy_nonoverlapping(source.as_ptr(), destination as *mut u8, source.len());
    }
    // SAFETY: the caller promises that this is page-aligned memory of a partition; cleaning changes no
    // content.
    unsafe { clean(destination, source.len() as u64) };
}

/// Forgets every instruction and translation that CPUs may still hold of the partition whose stage
/// 2 is loaded on this CPU.
pub fn forget_guest() {
    // SAFETY: invalidation only makes the CPUs read instructions and translations from memory again, and
    // what is there is as it should be.
    unsafe {
        instructions!(
            "isb", // the VMID that was just set is the one to forget
            "dsb ishst",
            "tlbi vmalls12e1is",
            "ic ialluis",
            "dsb ish",
            "isb"
        );
    }
}

/// Forgets, on this CPU, every instruction and translation of the partition whose stage 2 was just
/// set: another of its vCPUs ran here.
pub fn forget_siblings() {
    // SAFETY: invalidation only makes this CPU read instructions and translations from memory again.
    unsafe {
        instructions!("isb", "tlbi vmalle1", "ic iallu", "dsb nsh", "isb");
    }
}

/// Forgets every translation of every partition: once, at boot.
pub fn forget_all_guests() {
    // SAFETY: invalidation only makes this CPU read instructions and translations from memory again.
    unsafe {
        instructions!("tlbi alle1", "ic iallu", "dsb nsh", "isb");
    }
}

/// Waits until all memory accesses and maintenance before it are done.
pub fn barrier() {
    // SAFETY: a barrier only waits.
    unsafe { asm!("dsb sy", options(nostack, preserves_flags)) };
}

/// A word of a message window.
///
/// # Safety
/// `address` is a multiple of 8 in a partition's memory, as the configuration fixes it.
#[must_use]
pub unsafe fn read_word(address: u64) -> u64 {
    // SAFETY: the caller promises an aligned word of a partition's memory, which EL2's map covers. Volatile,
    // because the partition may write it on another CPU.
    unsafe { (address as *const u64).read_volatile() }
}

/// Writes a word of a message window.
///
/// # Safety
/// `address` is a multiple of 8 in a partition's memory, or in a page that the hypervisor shows it, as the
/// configuration fixes it.
pub unsafe fn write_word(address: u64, word: u64) {
    // SAFETY: the caller promises an aligned word that EL2's map covers and that no reference of the
    // hypervisor's is to. Volatile, because the partition may read it on another CPU.
    unsafe { (address as *mut u64).write_volatile(word) };
}

const _: () = assert!(PAGE_BYTES.is_multiple_of(CACHE_LINE_BYTES));
