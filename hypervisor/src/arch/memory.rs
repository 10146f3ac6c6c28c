//! Physical memory of partitions, as the hypervisor touches it: scrub, copy, words of message
//! windows; and the maintenance of TLBs and caches that goes with it.

use core::arch::asm;
use core::sync::atomic::{AtomicU64, Ordering};

use paratia_config::address::PAGE_BYTES;

use crate::machine::vgic::low;
use crate::machine::xen::memory::{Memory, Word};

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
/// `base` is a multiple of a line, and the memory is a partition's.
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

/// Puts `source` to its place and cleans it to the point of coherency, so that a guest whose caches are off sees
/// it.
///
/// # Safety
/// The place is memory of a partition that doesn't run now, with room for `source`.
pub unsafe fn put(destination: u64, source: &[u8]) {
    // SAFETY: the caller promises memory of a partition that doesn't run, with room for the source; what is
    // the hypervisor's own isn't there, so the two can't overlap.
    unsafe {
        core::ptr::copy_nonoverlapping(source.as_ptr(), destination as *mut u8, source.len());
    }
    let line = destination & !(CACHE_LINE_BYTES - 1);
    let size_bytes = (source.len() as u64).wrapping_add(destination.wrapping_sub(line));
    // SAFETY: the caller promises that this is a partition's memory, which is whole pages, so whole lines too;
    // cleaning changes no content.
    unsafe { clean(line, size_bytes) };
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

/// Copies the 64-bit words of a message from the first to that of its byte number `last`, each read once and
/// written once: two by two, which takes half the instructions. Each word is moved whole, as by a load and a store
/// of its own (Arm ARM DDI 0487, B2.2.1: a pair is two single-copy atomic accesses where both are aligned); another
/// CPU may write there meanwhile.
///
/// # Safety
/// Both are multiples of 8, and the words from there to that of byte number `last` are such as either the hypervisor
/// holds in atomics or a partition's memory has, as the configuration fixes it.
#[inline(always)]
pub unsafe fn copy_words(from: u64, to: u64, last: u64) {
    // SAFETY: the caller promises aligned words at both places, which EL2's map covers, and that those of the
    // hypervisor are atomics: to the compiler, this is a row of relaxed accesses.
    unsafe {
        asm!(
            // Eight times the words left less four, and what of the last word is behind its first byte: that
            // changes neither a borrow nor a bit from the fourth on.
            "subs   {left}, {left}, #24",
            "b.lo   3f",
            "2:",
            "ldp    {a}, {b}, [{from}], #32",
            "ldp    {c}, {d}, [{from}, #-16]",
            "stp    {a}, {b}, [{to}], #32",
            "stp    {c}, {d}, [{to}, #-16]",
            "subs   {left}, {left}, #32",
            "b.hs   2b",
            // Of the words that are left, fewer than four, the two bits are as they were.
            "3:",
            "tbz    {left}, #4, 4f",
            "ldp    {a}, {b}, [{from}], #16",
            "stp    {a}, {b}, [{to}], #16",
            "4:",
            "tbz    {left}, #3, 5f",
            "ldr    {a}, [{from}]",
            "str    {a}, [{to}]",
            "5:",
            from = inout(reg) from => _,
            to = inout(reg) to => _,
            left = inout(reg) last => _,
            a = out(reg) _,
            b = out(reg) _,
            c = out(reg) _,
            d = out(reg) _,
            options(nostack),
        );
    }
}

/// The same place, by an address of its own: what the compiler knows as a part of something large it reaches
/// from that one's beginning, and pairs of loads and stores don't reach far.
#[inline(always)]
pub fn by_itself<T>(place: &mut T) -> &mut T {
    let mut address = core::ptr::from_mut(place).expose_provenance();
    // SAFETY: no instruction at all: the address stays what it is.
    unsafe {
        asm!("/* {} */", inout(reg) address, options(pure, nomem, nostack, preserves_flags));
    }
    // SAFETY: it is the place's address, which is borrowed as long as what is returned.
    unsafe { &mut *core::ptr::with_exposed_provenance_mut(address) }
}

/// Writes a word of a page that a partition is shown.
///
/// # Safety
/// `address` is a multiple of 8 in a partition's memory, or in a page that the hypervisor shows it, as the
/// configuration fixes it.
pub unsafe fn write_word(address: u64, word: u64) {
    // SAFETY: the caller promises an aligned word that EL2's map covers and that no reference of the
    // hypervisor's is to. Volatile, because the partition may read it on another CPU.
    unsafe { (address as *mut u64).write_volatile(word) };
}

/// Words of a guest's memory, at their physical addresses.
#[derive(Clone, Copy, Debug)]
pub struct Physical;

/// How often a word is tried to be changed that a guest on another CPU may change all the time.
const MOST_TRIES: usize = 16;

impl Memory for Physical {
    fn read(&self, word: Word) -> u64 {
        // SAFETY: whoever has a `Word` has it of a page in a partition's regions, which EL2's map covers. Volatile,
        // because the guest may write it on another CPU.
        unsafe { (word.address() as *const u64).read_volatile() }
    }

    fn write(&mut self, word: Word, value: u64, mask: u8) {
        let address = word.address();
        let [low, high] = [low(value), low(value >> 32)];
        // SAFETY: a `Word` is an aligned word of a page in a partition's regions, which EL2's map covers and no
        // reference of the hypervisor's is to; so are its parts. Volatile, because the guest may look at any time.
        unsafe {
            match mask {
                u8::MAX => (address as *mut u64).write_volatile(value),
                0x0F => (address as *mut u32).write_volatile(low),
                0xF0 => ((address | 4) as *mut u32).write_volatile(high),
                _ => {
                    for (lane, byte) in (0..).zip(value.to_le_bytes()) {
                        if mask >> lane & 1 != 0 {
                            ((address | lane) as *mut u8).write_volatile(byte);
                        }
                    }
                }
            }
        }
    }

    fn change(&mut self, word: Word, clear: u64, set: u64) -> Option<u64> {
        // SAFETY: a `Word` is an aligned word of a page in a partition's regions, which EL2's map covers for good;
        // the guest changes it as atomically as this does.
        let place = unsafe { AtomicU64::from_ptr(word.address() as *mut u64) };
        let mut before = place.load(Ordering::Relaxed);
        for _ in 0..MOST_TRIES {
            let after = before & !clear | set;
            match place.compare_exchange_weak(before, after, Ordering::SeqCst, Ordering::Relaxed) {
                Ok(before) => return Some(before),
                Err(now) => before = now,
            }
        }
        None
    }
}

const _: () = assert!(PAGE_BYTES.is_multiple_of(CACHE_LINE_BYTES));
