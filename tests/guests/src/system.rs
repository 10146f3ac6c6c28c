//! The system registers that a guest can write, each with two values that tell whose it is.

use core::arch::asm;

use cortex_a::registers::{ID_AA64DFR0_EL1, ID_AA64PFR0_EL1, Readable};

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

/// A row for a register of a GICv2's CPU interface (Arm IHI 0048, 4.4), which lies in memory.
macro_rules! in_memory {
    ($name:literal, $offset:expr, $mask:expr, $plant:expr, $look:expr) => {
        Register {
            name: $name,
            mask: $mask,
            values: [$plant, $look],
            read: || read_interface($offset),
            write: |value| write_interface($offset, value),
        }
    };
}

/// `GICC_CTLR`, `GICC_HPPIR`; and of the distributor `GICD_SGIR`, whose filter names the sender.
const CONTROL: usize = 0x00;
const HIGHEST_PENDING: usize = 0x18;
const SEND: usize = 0xF00;
const TO_SELF: u64 = 2 << 24;

/// Where the interrupt controller is a GICv2. The distributor may keep what it has of the partition's;
/// the CPU interface is one for all.
static IN_MEMORY: [Register; 6] = [
    in_memory!("GICC_PMR", 0x04, 0xF8, 0xA8, 0x98),
    in_memory!("GICC_BPR", 0x08, 7, 4, 5),
    in_memory!("GICC_ABPR", 0x1C, 7, 5, 6),
    in_memory!("GICC_APR0", 0xD0, LOW_WORD, 1 << 20, 1 << 12),
    // EOImode, CBPR, Group 0; FIQEn, AckCtl, Group 1. Only `look` holds back FIQs.
    in_memory!("GICC_CTLR", CONTROL, 0x21F, 0x211, 0x00E),
    Register {
        name: "GICC_HPPIR",
        mask: 0x1FFF,
        values: PENDING_INTERRUPT.values,
        read: || {
            let control = read_interface(CONTROL);
            write_interface(CONTROL, control | 1);
            let pending = read_interface(HIGHEST_PENDING);
            write_interface(CONTROL, control);
            pending
        },
        write: |interrupt| {
            if interrupt < 16 {
                let [distributor, _] = paratia_runtime::passport::own().gic_bases;
                write_at(distributor, SEND, TO_SELF | interrupt);
            }
        },
    },
];

fn read_interface(offset: usize) -> u64 {
    let [_, interface] = paratia_runtime::passport::own().gic_bases;
    let register = core::ptr::with_exposed_provenance::<u32>(place(interface, offset));
    // SAFETY: a register of this partition's CPU interface that nothing happens by reading.
    u64::from(unsafe { register.read_volatile() })
}

fn write_interface(offset: usize, value: u64) {
    let [_, interface] = paratia_runtime::passport::own().gic_bases;
    write_at(interface, offset, value);
}

fn write_at(base: u64, offset: usize, value: u64) {
    let register = core::ptr::with_exposed_provenance_mut::<u32>(place(base, offset));
    // SAFETY: a register of this partition's interrupt controller; interrupts are masked. The barrier
    // waits for its effect.
    unsafe {
        register.write_volatile((value & LOW_WORD) as u32);
        asm!("dsb sy", "isb", options(nostack));
    }
}

fn place(base: u64, offset: usize) -> usize {
    usize::try_from(base).unwrap_or(0) + offset
}

/// A row for a counter, by its number.
macro_rules! counter {
    ($name:literal, $number:literal, $assembler:literal, $mask:expr, $plant:expr, $look:expr) => {
        Register {
            name: $name,
            mask: $mask,
            values: [$plant + $number, $look + $number],
            read: || {
                let value: u64;
                // SAFETY: reading has no side effect; which counter is chosen is put back.
                unsafe {
                    asm!("mrs {before}, pmselr_el0", concat!("mov {value}, #", $number),
                        "msr pmselr_el0, {value}", "isb", concat!("mrs {value}, ", $assembler),
                        "msr pmselr_el0, {before}", "isb",
                        before = out(reg) _, value = out(reg) value, options(nostack));
                }
                value
            },
            write: |value| {
                // SAFETY: counters stand still while values are planted.
                unsafe {
                    asm!("mrs {before}, pmselr_el0", concat!("mov {number}, #", $number),
                        "msr pmselr_el0, {number}", "isb", concat!("msr ", $assembler, ", {value}"),
                        "msr pmselr_el0, {before}", "isb",
                        before = out(reg) _, number = out(reg) _, value = in(reg) value,
                        options(nostack));
                }
            },
        }
    };
}

/// A row for a register in which one name sets bits and another clears them.
macro_rules! set_and_clear {
    ($set:literal, $clear:literal, $mask:expr, $plant:expr, $look:expr) => {
        Register {
            write: |value| {
                // SAFETY: nothing counts and no interrupt is let through while values are planted.
                unsafe {
                    asm!(concat!("msr ", $clear, ", {all}"), concat!("msr ", $set, ", {value}"), "isb",
                        all = in(reg) LOW_WORD, value = in(reg) value, options(nostack));
                }
            },
            ..row!($set, $mask, $plant, $look)
        }
    };
}

/// Where performance monitors and debug registers were granted: those that every CPU with them has,
/// and of several as many as most have. Counters stand still all the while (`PMCR_EL0.E` is zero).
pub static MONITORS: [Register; 33] = [
    // X and D.
    row!("PMCR_EL0", 0x18, 0x10, 0x08),
    row!("PMSELR_EL0", 0x1F, 2, 1),
    row!("PMCCNTR_EL0", ALL, SECRET, GLANCE),
    row!("PMCCFILTR_EL0", 3 << 30, 1 << 30, 2 << 30),
    row!("PMUSERENR_EL0", 0xF, 0x5, 0xA),
    set_and_clear!(
        "PMCNTENSET_EL0",
        "PMCNTENCLR_EL0",
        1 << 31 | 0xF,
        1 << 31 | 0x5,
        0xA
    ),
    set_and_clear!(
        "PMINTENSET_EL1",
        "PMINTENCLR_EL1",
        1 << 31 | 0xF,
        1 << 31 | 0x6,
        0x9
    ),
    set_and_clear!(
        "PMOVSSET_EL0",
        "PMOVSCLR_EL0",
        1 << 31 | 0xF,
        1 << 31 | 0xC,
        0x3
    ),
    counter!(
        "PMEVCNTR0_EL0",
        0,
        "pmxevcntr_el0",
        LOW_WORD,
        0x5EC2_E700,
        0x71A0_C300
    ),
    counter!(
        "PMEVCNTR1_EL0",
        1,
        "pmxevcntr_el0",
        LOW_WORD,
        0x5EC2_E700,
        0x71A0_C300
    ),
    counter!(
        "PMEVCNTR2_EL0",
        2,
        "pmxevcntr_el0",
        LOW_WORD,
        0x5EC2_E700,
        0x71A0_C300
    ),
    counter!(
        "PMEVCNTR3_EL0",
        3,
        "pmxevcntr_el0",
        LOW_WORD,
        0x5EC2_E700,
        0x71A0_C300
    ),
    counter!(
        "PMEVTYPER0_EL0",
        0,
        "pmxevtyper_el0",
        0xC000_03FF,
        1 << 30 | 0x08,
        2 << 30 | 0x10
    ),
    counter!(
        "PMEVTYPER1_EL0",
        1,
        "pmxevtyper_el0",
        0xC000_03FF,
        1 << 30 | 0x08,
        2 << 30 | 0x10
    ),
    counter!(
        "PMEVTYPER2_EL0",
        2,
        "pmxevtyper_el0",
        0xC000_03FF,
        1 << 30 | 0x08,
        2 << 30 | 0x10
    ),
    counter!(
        "PMEVTYPER3_EL0",
        3,
        "pmxevtyper_el0",
        0xC000_03FF,
        1 << 30 | 0x08,
        2 << 30 | 0x10
    ),
    // MDE and TDCC; KDE. Debug exceptions are masked.
    row!("MDSCR_EL1", 0xB << 12, 0x9 << 12, 0x2 << 12),
    row!("DBGBVR0_EL1", 0xFFFF_FFFF_FFFC, SECRET, GLANCE),
    row!("DBGBVR1_EL1", 0xFFFF_FFFF_FFFC, SECRET + 4, GLANCE + 4),
    row!("DBGBVR2_EL1", 0xFFFF_FFFF_FFFC, SECRET + 8, GLANCE + 8),
    row!("DBGBVR5_EL1", 0xFFFF_FFFF_FFFC, SECRET + 12, GLANCE + 12),
    // Enabled for EL0, of which there is nothing; not enabled, for EL1.
    row!("DBGBCR0_EL1", 7, 0b101, 0b010),
    row!("DBGBCR1_EL1", 7, 0b101, 0b010),
    row!("DBGBCR2_EL1", 7, 0b101, 0b010),
    row!("DBGBCR5_EL1", 7, 0b101, 0b010),
    row!("DBGWVR0_EL1", 0xFFFF_FFFF_FFFC, SECRET, GLANCE),
    row!("DBGWVR1_EL1", 0xFFFF_FFFF_FFFC, SECRET + 4, GLANCE + 4),
    row!("DBGWVR2_EL1", 0xFFFF_FFFF_FFFC, SECRET + 8, GLANCE + 8),
    row!("DBGWVR3_EL1", 0xFFFF_FFFF_FFFC, SECRET + 12, GLANCE + 12),
    row!("DBGWCR0_EL1", 7, 0b101, 0b010),
    row!("DBGWCR1_EL1", 7, 0b101, 0b010),
    row!("DBGWCR2_EL1", 7, 0b101, 0b010),
    row!("DBGWCR3_EL1", 7, 0b101, 0b010),
];

/// Most registers that there can be.
const MOST: usize = REGISTERS.len() + IN_MEMORY.len() + MONITORS.len() + 1;

/// Every register of this CPU that the partition was given, with those of its interrupt controller's
/// version.
pub fn registers() -> impl Iterator<Item = &'static Register> {
    let with_ras = ID_AA64PFR0_EL1.get() >> 28 & 0xF != 0;
    let with_gic_v3 = paratia_runtime::passport::own().gic_version == 3;
    // Performance monitors and debug registers are granted together in these tests.
    let with_monitors = ID_AA64DFR0_EL1.get() >> 8 & 0xF != 0;
    let monitors: &[Register] = if with_monitors { &MONITORS } else { &[] };
    let in_memory: &[Register] = if with_gic_v3 { &[] } else { &IN_MEMORY };
    REGISTERS
        .iter()
        .filter(move |register| with_gic_v3 || !register.name.starts_with("ICC_"))
        .chain(in_memory)
        .chain(monitors)
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
        // SAFETY: the stack pointer in use is back before anything can use it; exceptions, which use the other
        // one, don't happen meanwhile.
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
pub struct Values([u64; MOST]);

impl Values {
    /// What is there now.
    #[must_use]
    pub fn read() -> Self {
        let mut values = [0; MOST];
        for (value, register) in values.iter_mut().zip(registers()) {
            *value = register.read();
        }
        Self(values)
    }

    /// What `side` puts there.
    #[must_use]
    pub fn of(side: Side) -> Self {
        let mut values = [0; MOST];
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
