//! The system registers that a guest can write, each with two values that tell whose it is.

use core::arch::asm;

use cortex_a::registers::{ID_AA64PFR0_EL1, Readable};

/// A register, or the part of it that can hold a value of one's own.
pub struct Register {
    /// Arm's name for it.
    pub name: &'static str,
    /// The bits that take part; the others stay as they are.
    pub mask: u64,
    /// What `plant` puts there and `look` puts there: different, and different from a reset.
    values: [u64; 2],
    read: fn() -> u64,
    write: fn(u64),
}

/// Whose values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `plant`.
    Plant,
    /// `look`.
    Look,
}

impl Side {
    /// Who shares the CPU.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Plant => Self::Look,
            Self::Look => Self::Plant,
        }
    }
}

impl Register {
    /// What `side` puts there.
    #[must_use]
    pub const fn value(&self, side: Side) -> u64 {
        self.values[side as usize] & self.mask
    }

    /// What is there now, of the bits that take part.
    #[must_use]
    pub fn read(&self) -> u64 {
        (self.read)() & self.mask
    }

    /// Changes the bits that take part.
    pub fn write(&self, value: u64) {
        (self.write)((self.read)() & !self.mask | value & self.mask);
    }
}

/// A value of `plant`'s, for a register that holds any.
const SECRET: u64 = 0x5EC2_E75E_C2E7_5EC2;
/// A value of `look`'s, likewise.
const GLANCE: u64 = 0x71A0_C371_A0C3_71A0;

const ALL: u64 = u64::MAX;
const LOW_WORD: u64 = 0xFFFF_FFFF;

/// A row for a register that `mrs` and `msr` know by name.
macro_rules! row {
    ($name:literal, $mask:expr, $plant:expr, $look:expr) => {
        row!($name as $name, $mask, $plant, $look)
    };
    ($name:literal as $assembler:literal, $mask:expr, $plant:expr, $look:expr) => {
        Register {
            name: $name,
            mask: $mask,
            values: [$plant, $look],
            read: || {
                let value: u64;
                // SAFETY: reading has no side effect.
                unsafe { asm!(concat!("mrs {}, ", $assembler), out(reg) value, options(nostack)) };
                value
            },
            write: |value| {
                // SAFETY: the table's masks leave alone what running code depends on; exceptions,
                // which depend on the rest, don't happen while values are planted.
                unsafe { asm!(concat!("msr ", $assembler, ", {}"), "isb", in(reg) value, options(nostack)) };
            },
        }
    };
}

/// Registers that every CPU has. Those whose bits are fixed on a CPU show it by not keeping a value.
pub static REGISTERS: [Register; 34] = [
    row!("TPIDR_EL0", ALL, SECRET, GLANCE),
    row!("TPIDRRO_EL0", ALL, SECRET + 1, GLANCE + 1),
    row!("TPIDR_EL1", ALL, SECRET + 2, GLANCE + 2),
    row!("ELR_EL1", ALL, SECRET + 4, GLANCE + 4),
    // Condition flags, interrupt masks, mode.
    row!("SPSR_EL1", 0xF000_03CF, 0x5000_0245, 0xA000_0184),
    row!("ESR_EL1", LOW_WORD, SECRET, GLANCE),
    row!("FAR_EL1", ALL, SECRET + 8, GLANCE + 8),
    row!("AFSR0_EL1", LOW_WORD, SECRET + 1, GLANCE + 1),
    row!("AFSR1_EL1", LOW_WORD, SECRET + 2, GLANCE + 2),
    row!("CONTEXTIDR_EL1", LOW_WORD, SECRET + 3, GLANCE + 3),
    // The physical address.
    row!("PAR_EL1", 0xFFFF_FFFF_F000, SECRET, GLANCE),
    row!("VBAR_EL1", 0xFFFF_FFFF_F800, SECRET, GLANCE),
    // What a running MMU doesn't use: the ASID, the upper half's table and size, types 3 and up.
    row!("TTBR0_EL1", 0xFFFF << 48, SECRET, GLANCE),
    row!("TTBR1_EL1", 0xFFFF_FFFF_FFFF_F000, SECRET, GLANCE),
    row!("TCR_EL1", 0x3F << 16, 0x2A << 16, 0x15 << 16),
    row!("MAIR_EL1", ALL << 24, SECRET, GLANCE),
    row!("AMAIR_EL1", LOW_WORD, SECRET, GLANCE),
    // Rights of EL0, which nobody uses: UMA, UCT, UCI; DZE, nTWI, nTWE.
    row!("SCTLR_EL1", 0x0405_C200, 0x0400_8200, 0x0005_4000),
    // FPEN: trapped at EL0 only; not at all.
    row!("CPACR_EL1", 3 << 20, 1 << 20, 3 << 20),
    row!("CSSELR_EL1", 0xF, 2, 1),
    row!("CNTKCTL_EL1", 0x303, 0x201, 0x102),
    // Far in the future; masked in both cases.
    row!("CNTV_CVAL_EL0", ALL, SECRET, GLANCE),
    row!("CNTV_CTL_EL0", 0b11, 0b11, 0b10),
    row!("DAIF", 0xF << 6, 0xE << 6, 0xF << 6),
    // The virtual interrupt interface: priorities, binary points, active interrupts, groups.
    row!("ICC_PMR_EL1", 0xF8, 0xA8, 0x98),
    row!("ICC_BPR0_EL1", 7, 4, 5),
    row!("ICC_BPR1_EL1", 7, 5, 6),
    row!("ICC_AP0R0_EL1", LOW_WORD, 1 << 10, 1 << 18),
    row!("ICC_AP1R0_EL1", LOW_WORD, 1 << 20, 1 << 12),
    // EOImode.
    row!("ICC_CTLR_EL1", 0b10, 0b10, 0),
    row!("ICC_IGRPEN0_EL1", 1, 1, 0),
    row!("ICC_IGRPEN1_EL1", 1, 1, 0),
    OTHER_STACK_POINTER,
    PENDING_INTERRUPT,
];

/// On CPUs with the RAS extension: the deferred error, whose A bit a guest can write.
pub static DEFERRED_ERROR: Register = row!("DISR_EL1" as "s3_0_c12_c1_1", 1 << 31, 1 << 31, 0);

/// Every register of this CPU. A GICv2's are no system registers, and aren't looked at.
pub fn registers() -> impl Iterator<Item = &'static Register> {
    let with_ras = ID_AA64PFR0_EL1.get() >> 28 & 0xF != 0;
    let with_gic_v3 = paratia_runtime::passport::own().gic_version == 3;
    REGISTERS
        .iter()
        .filter(move |register| with_gic_v3 || !register.name.starts_with("ICC_"))
        .chain(with_ras.then_some(&DEFERRED_ERROR))
}

/// The stack pointer that isn't in use: guests run on `SP_EL0`. (That one carries the crossing.)
const OTHER_STACK_POINTER: Register = Register {
    name: "SP_EL1",
    mask: !0xF,
    values: [SECRET, GLANCE],
    read: || {
        let value: u64;
        // SAFETY: the stack pointer in use is back before anything can use it.
        unsafe {
            asm!("msr spsel, #1", "mov {}, sp", "msr spsel, #0", out(reg) value, options(nostack));
        }
        value
    },
    write: |value| {
        // SAFETY: as above; exceptions, which use this stack, don't happen meanwhile.
        unsafe {
            asm!("msr spsel, #1", "mov sp, {}", "msr spsel, #0", in(reg) value, options(nostack));
        }
    },
};

/// A list register: `plant` has software-generated interrupt 7 pending, `look` none (1023).
const PENDING_INTERRUPT: Register = Register {
    name: "ICC_HPPIR1_EL1",
    mask: 0xFF_FFFF,
    values: [7, 1023],
    read: || {
        let (group, pending): (u64, u64);
        // SAFETY: interrupts are masked; group 1 is enabled for as long as it takes to look.
        unsafe {
            asm!(
                "mrs {group}, icc_igrpen1_el1",
                "msr icc_igrpen1_el1, {one}",
                "isb",
                "mrs {pending}, icc_hppir1_el1",
                "msr icc_igrpen1_el1, {group}",
                "isb",
                one = in(reg) 1_u64, group = out(reg) group, pending = out(reg) pending,
                options(nostack),
            );
        }
        let _ = group;
        pending
    },
    write: |interrupt| {
        if interrupt < 16 {
            // SAFETY: an interrupt to this CPU itself, which stays pending: they are masked.
            unsafe {
                asm!("msr icc_sgi1r_el1, {}", "isb", in(reg) interrupt << 24 | 1, options(nostack));
            }
        }
    },
};

/// The value of every register of [`registers`], in its order.
pub struct Values([u64; REGISTERS.len() + 1]);

impl Values {
    /// What is there now.
    #[must_use]
    pub fn read() -> Self {
        let mut values = [0; REGISTERS.len() + 1];
        for (value, register) in values.iter_mut().zip(registers()) {
            *value = register.read();
        }
        Self(values)
    }

    /// What `side` puts there.
    #[must_use]
    pub fn of(side: Side) -> Self {
        let mut values = [0; REGISTERS.len() + 1];
        for (value, register) in values.iter_mut().zip(registers()) {
            *value = register.value(side);
        }
        Self(values)
    }

    /// Puts these there.
    pub fn write(&self) {
        for (register, value) in self.iter() {
            register.write(value);
        }
    }

    /// Each register and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Register, u64)> {
        registers().zip(self.0)
    }
}
