//! Data caches, for memory that a bus master without coherency reads or writes.

/// Writes what the caches hold of `bytes` to memory, and forgets it (`DC CIVAC`, Arm ARM DDI 0487,
/// D7.5): before a master reads it, and again before the CPU reads what a master wrote.
pub(crate) fn clean_and_invalidate<T>(value: &mut T) {
    #[cfg(target_os = "none")]
    {
        let start = (&raw mut *value) as usize;
        let line = least_line_bytes();
        let mut address = start & !(line - 1);
        while address < start + size_of::<T>() {
            // SAFETY: maintenance by address of memory that this CPU may write changes no content.
            unsafe { core::arch::asm!("dc civac, {}", in(reg) address, options(nostack)) };
            address += line;
        }
        crate::barrier::synchronise();
    }
    #[cfg(not(target_os = "none"))]
    let _ = value;
}

/// Bytes of the smallest line of all data caches (`CTR_EL0.DminLine`).
#[cfg(target_os = "none")]
fn least_line_bytes() -> usize {
    use cortex_a::registers::{CTR_EL0, Readable};

    let words_log2 = CTR_EL0.get() >> 16 & 0xF;
    4 << words_log2
}
