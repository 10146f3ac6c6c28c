//! The interrupt controller, a GICv3, as far as the figures need it (Arm IHI 0069, chapter 12).

use core::arch::asm;

/// Offsets of registers of the distributor.
const GICD_CTLR: usize = 0x0;
/// Type register.
pub const GICD_TYPER: usize = 0x4;
/// Enables of SPIs 32 to 63.
pub const GICD_ISENABLER1: usize = 0x104;
/// Offsets of registers of the redistributor; from `GICR_IGROUPR0` on in its second frame.
const GICR_WAKER: usize = 0x14;
const GICR_IGROUPR0: usize = 0x1_0080;
/// Enables of private interrupts.
pub const GICR_ISENABLER0: usize = 0x1_0100;
const GICR_IPRIORITYR: usize = 0x1_0400;

/// Group 1 on, affinity routing.
const CTLR_GROUP_1_AND_ROUTING: u32 = 1 << 4 | 1 << 1;
const CTLR_WRITE_PENDING: u32 = 1 << 31;
const WAKER_SLEEP: u32 = 1 << 1;
const WAKER_ASLEEP: u32 = 1 << 2;
const PRIORITY: u32 = 0xA0A0_A0A0;

/// The private interrupts in use: the virtual timer and the SGI of the figures.
pub const USED: u32 = 1 << TIMER | 1 << SGI;
/// The virtual timer: PPI 11.
pub const TIMER: u32 = 27;
/// The software-generated interrupt of the figures.
pub const SGI: u32 = 1;

/// Turns on the CPU interface, and what there is of a distributor.
pub fn enable(bases: Option<[usize; 2]>) {
    if let Some([distributor, redistributor]) = bases {
        // SAFETY: the place has a GICv3 there, which is this guest's own.
        unsafe { enable_distributor(distributor, redistributor) };
    }
    // SAFETY: interrupts are masked at the CPU, and unmasked only where one is expected.
    unsafe {
        asm!(
            "msr icc_sre_el1, {on}",
            "isb",
            "msr icc_pmr_el1, {all}",
            "msr icc_ctlr_el1, xzr",
            "msr icc_igrpen1_el1, {on}",
            "isb",
            on = in(reg) 1_u64,
            all = in(reg) 0xFF_u64,
            options(nostack, nomem),
        );
    }
}

/// # Safety
/// There is a GICv3 at these addresses.
unsafe fn enable_distributor(distributor: usize, redistributor: usize) {
    let register = core::ptr::with_exposed_provenance_mut::<u32>;
    // SAFETY: the caller's promise.
    unsafe {
        register(distributor + GICD_CTLR).write_volatile(CTLR_GROUP_1_AND_ROUTING);
        while register(distributor + GICD_CTLR).read_volatile() & CTLR_WRITE_PENDING != 0 {}
        let waker = register(redistributor + GICR_WAKER);
        waker.write_volatile(waker.read_volatile() & !WAKER_SLEEP);
        while waker.read_volatile() & WAKER_ASLEEP != 0 {}
        register(redistributor + GICR_IGROUPR0).write_volatile(u32::MAX);
        for word in 0..8 {
            register(redistributor + GICR_IPRIORITYR + 4 * word).write_volatile(PRIORITY);
        }
        register(redistributor + GICR_ISENABLER0).write_volatile(USED);
    }
}
