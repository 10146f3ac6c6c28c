//! Interrupts, by the system registers of GICv3.
//!
//! An interrupt that belongs to the partition is enabled from the start; what masks it are the
//! priority mask, `PSTATE.I` and the device itself. Outside the partition's windows the hypervisor
//! holds it back.

pub use arm_gic::IntId;
use arm_gic::InterruptGroup;
use arm_gic::gicv3::GicCpuInterface;
use cortex_a::asm;

unsafe extern "Rust" {
    safe fn partition_interrupt(interrupt: IntId);
}

/// Lets interrupts through to the handler that [`crate::entry!`] named.
pub fn enable() {
    GicCpuInterface::set_priority_mask(0xFF);
    GicCpuInterface::enable_group1(true);
    arm_gic::irq_enable();
}

/// Holds interrupts back at the CPU (`PSTATE.I`).
pub fn disable() {
    arm_gic::irq_disable();
}

/// Sleeps until an interrupt is pending, masked or not.
pub fn wait() {
    asm::wfi();
}

/// The handler of a partition that named none.
///
/// # Panics
/// Always.
pub fn unexpected(interrupt: IntId) {
    panic!("unexpected interrupt {interrupt:?}");
}

/// Acknowledges and handles what is pending. Called by the exception vector.
pub(crate) extern "C" fn handle() {
    GicCpuInterface::handle_interrupt(InterruptGroup::Group1, |interrupt| {
        partition_interrupt(interrupt);
    });
}
