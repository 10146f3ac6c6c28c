//! Barriers, which the host's tests don't need.

/// What was stored and maintained before is complete before anything behind (`DSB SY`).
#[inline]
pub(crate) fn synchronise() {
    #[cfg(target_os = "none")]
    cortex_a::asm::barrier::dsb(cortex_a::asm::barrier::SY);
}
