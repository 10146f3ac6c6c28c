//! Barriers, which the host's tests don't need.

/// What was stored and maintained before is complete before anything behind (`DSB SY`).
#[inline]
pub(crate) fn synchronise() {
    #[cfg(target_os = "none")]
    cortex_a::asm::barrier::dsb(cortex_a::asm::barrier::SY);
}

/// Another CPU is waited for (`YIELD`; the standard library's hint is an `ISB`, after which QEMU lets
/// nobody else run).
#[inline]
pub(crate) fn yield_processor() {
    // SAFETY: a hint.
    #[cfg(target_os = "none")]
    unsafe {
        core::arch::asm!("yield", options(nomem, nostack, preserves_flags));
    }
    #[cfg(not(target_os = "none"))]
    core::hint::spin_loop();
}
