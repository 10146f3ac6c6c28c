//! The interrupt controller, a GICv3, as far as the figures need it (Arm IHI 0069, chapter 12).

use core::arch::asm;

/// Offsets of registers of the distributor.
const GICD_CTLR: usize = 0x0;
/// Type register.
pub const GICD_TYPER: usize = 0x4;
/// Enables of shared interrupts, 32 a register.
const GICD_ISENABLER: usize = 0x100;
/// Those of 32 to 63.
pub const GICD_ISENABLER1: usize = GICD_ISENABLER + 4;
/// Edge or level, 16 a register.
const GICD_ICFGR: usize = 0xC00;
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

/// Lets a shared interrupt of the second block come by its edge, to this CPU as after reset.
pub fn enable_edge(bases: Option<[usize; 2]>, id: u32) {
    let Some([distributor, _]) = bases else {
        return;
    };
    let configuration = distributor + GICD_ICFGR + 4 * (id / 16) as usize;
    let enables = distributor + GICD_ISENABLER + 4 * (id / 32) as usize;
    // SAFETY: the place has a GICv3 there, which is this guest's own.
    unsafe {
        write(configuration, 2 << (id % 16 * 2));
        write(enables, 1 << (id % 32));
    }
}

/// # Safety
/// There is a GICv3 at these addresses.
unsafe fn enable_distributor(distributor: usize, redistributor: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        write(distributor + GICD_CTLR, CTLR_GROUP_1_AND_ROUTING);
        while read(distributor + GICD_CTLR) & CTLR_WRITE_PENDING != 0 {}
        write(
            redistributor + GICR_WAKER,
            read(redistributor + GICR_WAKER) & !WAKER_SLEEP,
        );
        while read(redistributor + GICR_WAKER) & WAKER_ASLEEP != 0 {}
        write(redistributor + GICR_IGROUPR0, u32::MAX);
        for word in 0..8 {
            write(redistributor + GICR_IPRIORITYR + 4 * word, PRIORITY);
        }
        write(redistributor + GICR_ISENABLER0, USED);
    }
}

/// Reads a register: by a plain load, for an emulated one can't be read by a load that also changes
/// its address.
///
/// # Safety
/// There is a register at this address.
unsafe fn read(address: usize) -> u32 {
    let value: u32;
    // SAFETY: the caller's promise.
    unsafe {
        asm!("ldr {:w}, [{}]", out(reg) value, in(reg) address, options(nostack, preserves_flags));
    }
    value
}

/// Writes a register: by a plain store, as [`read`].
///
/// # Safety
/// There is a register at this address.
unsafe fn write(address: usize, value: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!("str {:w}, [{}]", in(reg) value, in(reg) address, options(nostack, preserves_flags));
    }
}
