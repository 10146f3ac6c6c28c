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
    let cache_type: usize;
    // SAFETY: reading `CTR_EL0` has no side effect.
    unsafe {
        core::arch::asm!("mrs {}, ctr_el0", out(reg) cache_type,
            options(nomem, nostack, preserves_flags));
    }
    4 << (cache_type >> 16 & 0xF)
}
