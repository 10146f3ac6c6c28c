//! A vCPU's context: every register a guest can see, and the table of those that switch.
//!
//! What isn't in this table is either constant for all guests or trapped (see
//! [`super::cpu::enable_traps`]). A register missing from both is a leak from one partition to
//! another, so the test `registers_do_not_leak` plants a value in each of them.

use core::arch::asm;
use core::mem::{offset_of, size_of};

use static_assertions::const_assert;

use crate::built::controllers::{self, VirtualState};

/// The context. The exit path's assembly relies on this layout; `SP_EL2` points to it whenever a
/// guest runs.
#[repr(C, align(16))]
pub struct Context {
    /// General registers `x0`-`x30`.
    pub x: [u64; 31],
    /// Where the guest goes on: `ELR_EL2` of its last exit, or its entry.
    pub elr: u64,
    /// Its processor state there: `SPSR_EL2`.
    pub spsr: u64,
    /// Top of the stack of the CPU that runs it, to which the vector moves.
    pub stack: u64,
    /// `FPCR`.
    pub fpcr: u64,
    /// `FPSR`.
    pub fpsr: u64,
    /// Its CPU interface; list registers are in no context: see [`crate::interrupts`].
    pub interface: VirtualState,
    /// FP and SIMD registers `q0`-`q31`.
    pub q: [u128; 32],
    /// EL1 and EL0 system registers.
    pub system: SystemRegisters,
}

/// Offsets that the assembly in [`crate::way::vectors`] uses.
pub const OFFSET_ELR: usize = offset_of!(Context, elr);
/// See [`OFFSET_ELR`].
pub const OFFSET_STACK: usize = offset_of!(Context, stack);
/// See [`OFFSET_ELR`].
pub const OFFSET_Q: usize = offset_of!(Context, q);
/// See [`OFFSET_ELR`].
pub const OFFSET_FPCR: usize = offset_of!(Context, fpcr);

// `ldp`/`stp` reach 504 bytes for x registers and 1008 for q registers; elr and spsr are a pair,
// fpcr and fpsr too.
const_assert!(offset_of!(Context, spsr) == OFFSET_ELR + 8);
const_assert!(offset_of!(Context, fpsr) == OFFSET_FPCR + 8 && OFFSET_FPCR <= 504);
const_assert!(OFFSET_Q.is_multiple_of(16) && OFFSET_Q + 31 * 16 <= 1008);
const_assert!(size_of::<Context>().is_multiple_of(16));

/// Declares the table of system registers: pairs of fields, saved and loaded in this order, two
/// registers and one memory access at a time.
macro_rules! system_registers {
    ($($first:ident = $first_register:literal, $second:ident = $second_register:literal;)+) => {
        /// The system registers that belong to a guest.
        #[derive(Clone, Copy)]
        #[repr(C)]
        pub struct SystemRegisters {
            $(
                #[doc = concat!("`", $first_register, "`")] pub $first: u64,
                #[doc = concat!("`", $second_register, "`")] pub $second: u64,
            )+
            /// `VDISR_EL2`, which a guest reads and writes as `DISR_EL1` on CPUs with RAS.
            pub vdisr: u64,
            /// `TPIDR2_EL0`, where it can't be trapped.
            pub tpidr2_el0: u64,
        }

        impl SystemRegisters {
            /// All zero.
            pub const ZERO: Self = Self { $($first: 0, $second: 0,)+ vdisr: 0, tpidr2_el0: 0 };

            /// Reads every register of the table.
            #[inline]
            pub fn save(&mut self) {
                let table = &raw mut *self;
                $(
                    // SAFETY: reading these registers at EL2 has no side effect, and the two
                    // fields lie side by side in the table that this has alone.
                    unsafe {
                        asm!(concat!("mrs {one}, ", $first_register),
                             concat!("mrs {two}, ", $second_register),
                             "stp {one}, {two}, [{table}, #{offset}]",
                             one = out(reg) _, two = out(reg) _, table = in(reg) table,
                             offset = const offset_of!(Self, $first),
                             options(nostack, preserves_flags));
                    }
                )+
            }

            /// Writes every register of the table.
            #[inline]
            pub fn load(&self) {
                let table = &raw const *self;
                $(
                    // SAFETY: these registers act on EL1 and EL0 only; no guest runs now, and the
                    // one that will run next owns these values. The fields lie side by side.
                    unsafe {
                        asm!("ldp {one}, {two}, [{table}, #{offset}]",
                             concat!("msr ", $first_register, ", {one}"),
                             concat!("msr ", $second_register, ", {two}"),
                             one = out(reg) _, two = out(reg) _, table = in(reg) table,
                             offset = const offset_of!(Self, $first),
                             options(nostack, preserves_flags, readonly));
                    }
                )+
            }
        }

        $(const_assert!(offset_of!(SystemRegisters, $second) == offset_of!(SystemRegisters, $first) + 8);)+
    };
}

system_registers! {
    sp_el0 = "sp_el0", sp_el1 = "sp_el1";
    elr_el1 = "elr_el1", spsr_el1 = "spsr_el1";
    sctlr_el1 = "sctlr_el1", cpacr_el1 = "cpacr_el1";
    ttbr0_el1 = "ttbr0_el1", ttbr1_el1 = "ttbr1_el1";
    tcr_el1 = "tcr_el1", mair_el1 = "mair_el1";
    amair_el1 = "amair_el1", vbar_el1 = "vbar_el1";
    contextidr_el1 = "contextidr_el1", esr_el1 = "esr_el1";
    // A verified kernel forgot PAR_EL1 for years.
    far_el1 = "far_el1", par_el1 = "par_el1";
    afsr0_el1 = "afsr0_el1", afsr1_el1 = "afsr1_el1";
    tpidr_el0 = "tpidr_el0", tpidrro_el0 = "tpidrro_el0";
    tpidr_el1 = "tpidr_el1", csselr_el1 = "csselr_el1";
    cntkctl_el1 = "cntkctl_el1", vmpidr_el2 = "vmpidr_el2";
    cntv_cval_el0 = "cntv_cval_el0", cntv_ctl_el0 = "cntv_ctl_el0";
}

/// `SCTLR_EL1` at a guest's entry: MMU and caches off, the bits that are RES1 on every CPU set (Arm
/// ARM DDI 0487, D19.2.118).
const SCTLR_EL1_RESET: u64 = 0x30D0_0800;
/// `SPSR_EL2` for a guest's entry: EL1 with its own stack pointer, all interrupts masked.
const SPSR_EL1H_MASKED: u64 = 0x3C5;

impl Context {
    /// All zero: never run, only overwritten.
    pub const ZERO: Self = Self {
        x: [0; 31],
        elr: 0,
        spsr: 0,
        stack: 0,
        fpcr: 0,
        fpsr: 0,
        interface: controllers::RESET,
        q: [0; 32],
        system: SystemRegisters::ZERO,
    };

    /// Makes this the context of a guest that was never run: at `entry`, with `arguments` in `x0`
    /// and up, everything else as after a reset.
    /// It is CPU `number` of its partition, with affinity 0.0.0.`number`.
    pub fn reset(&mut self, number: usize, entry: u64, arguments: [u64; 4]) {
        const MULTIPROCESSOR: u64 = 1 << 31;
        let stack = self.stack;
        *self = Self::ZERO;
        self.stack = stack;
        self.elr = entry;
        self.spsr = SPSR_EL1H_MASKED;
        self.x[..4].copy_from_slice(&arguments);
        self.system.sctlr_el1 = SCTLR_EL1_RESET;
        self.system.cpacr_el1 = super::cpu::access_control(0);
        self.system.vmpidr_el2 = MULTIPROCESSOR | number as u64;
    }
}
