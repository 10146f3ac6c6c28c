//! The performance monitors (Arm ARM DDI 0487, chapter "The Performance Monitors Extension"), for a
//! vCPU that was granted them: saved and stopped when it leaves, loaded before it comes back, and
//! counting again only when its window has begun.

use super::registers::{read_register, write_register};
use super::timer::isb;

/// Most event counters that a CPU can have (`PMCR_EL0.N`).
const MOST_COUNTERS: usize = 31;
/// `PMCR_EL0.E`.
const ENABLE: u64 = 1;
/// Every counter, in registers of a bit each.
const ALL: u64 = 0xFFFF_FFFF;
/// `MDCR_EL2.TPM` and `TPMCR`.
const TRAPS: u64 = 1 << 6 | 1 << 5;
/// `MDCR_EL2.HPMD`: event counters stand still at EL2.
const NO_EVENTS_AT_EL2: u64 = 1 << 17;
/// `MDCR_EL2.HCCD`: the cycle counter, too.
const NO_CYCLES_AT_EL2: u64 = 1 << 23;

/// All that a guest can read or write of them.
pub struct Performance {
    /// `PMCR_EL0`, until they go on.
    control: u64,
    selected: u64,
    enabled: u64,
    interrupts: u64,
    overflows: u64,
    users: u64,
    cycles: u64,
    cycles_type: u64,
    /// Count and type of each event counter.
    counters: [[u64; 2]; MOST_COUNTERS],
}

/// `ID_AA64DFR0_EL1.PMUVer`; 0 without the architecture's monitors.
fn version() -> u64 {
    match read_register!("id_aa64dfr0_el1") >> 8 & 0xF {
        0xF => 0,
        version => version,
    }
}

/// How many event counters the CPU has.
fn counters() -> usize {
    (read_register!("pmcr_el0") >> 11 & 0x1F) as usize
}

/// What `MDCR_EL2` says of them on this CPU besides its traps: every event counter is for guests, and
/// none counts at EL2 where that can be forbidden (from PMUv3p1 on; the cycle counter from PMUv3p5
/// on).
#[must_use]
pub fn control_at_el2() -> u64 {
    let version = version();
    if version == 0 {
        return 0;
    }
    let events = if version >= 4 { NO_EVENTS_AT_EL2 } else { 0 };
    let cycles = if version >= 6 { NO_CYCLES_AT_EL2 } else { 0 };
    counters() as u64 | events | cycles
}

impl Performance {
    /// As after a reset: off, all zero.
    pub const RESET: Self = Self {
        control: 0,
        selected: 0,
        enabled: 0,
        interrupts: 0,
        overflows: 0,
        users: 0,
        cycles: 0,
        cycles_type: 0,
        counters: [[0; 2]; MOST_COUNTERS],
    };

    /// Stops everything, takes what is there, and traps the registers: nothing counts any more,
    /// nothing interrupts, and nobody can read.
    pub fn leave(&mut self) {
        if version() == 0 {
            return;
        }
        self.control = read_register!("pmcr_el0");
        // SAFETY: the monitors are those of the guest that leaves. What is written to PMCR_EL0 was
        // read from it, and its bits that reset something read as zero.
        unsafe { write_register!("pmcr_el0", self.control & !ENABLE) };
        isb();
        self.selected = read_register!("pmselr_el0");
        self.enabled = read_register!("pmcntenset_el0");
        self.interrupts = read_register!("pmintenset_el1");
        self.overflows = read_register!("pmovsset_el0");
        self.users = read_register!("pmuserenr_el0");
        self.cycles = read_register!("pmccntr_el0");
        self.cycles_type = read_register!("pmccfiltr_el0");
        for (number, [count, kind]) in self.counters.iter_mut().take(counters()).enumerate() {
            select(number);
            *count = read_register!("pmxevcntr_el0");
            *kind = read_register!("pmxevtyper_el0");
        }
        clear();
        let traps = read_register!("mdcr_el2") | TRAPS;
        // SAFETY: guests reach less than before; EL2 itself isn't trapped.
        unsafe { write_register!("mdcr_el2", traps) };
    }

    /// Puts everything where it was, still stopped, and lets the guest use it.
    pub fn enter(&self) {
        if version() == 0 {
            return;
        }
        clear();
        for (number, [count, kind]) in self.counters.iter().take(counters()).enumerate() {
            select(number);
            // SAFETY: these are values of the guest that runs next, whose monitors were granted to it; the
            // counters stand still.
            unsafe {
                write_register!("pmxevcntr_el0", *count);
                write_register!("pmxevtyper_el0", *kind);
            }
        }
        let traps = read_register!("mdcr_el2") & !TRAPS;
        // SAFETY: these are values of the guest that runs next, whose monitors were granted to it, so it may
        // reach them; EL2 uses none.
        unsafe {
            write_register!("pmcr_el0", self.control & !ENABLE);
            write_register!("pmccntr_el0", self.cycles);
            write_register!("pmccfiltr_el0", self.cycles_type);
            write_register!("pmuserenr_el0", self.users);
            write_register!("pmovsset_el0", self.overflows);
            write_register!("pmintenset_el1", self.interrupts);
            write_register!("pmcntenset_el0", self.enabled);
            write_register!("pmselr_el0", self.selected);
            write_register!("mdcr_el2", traps);
        }
    }

    /// Lets the counters go on: the guest's window has begun.
    pub fn go_on(&mut self) {
        let control = core::mem::take(&mut self.control);
        if control & ENABLE != 0 {
            // SAFETY: a bit that the guest had set itself, on a CPU that has the register.
            unsafe { write_register!("pmcr_el0", control) };
        }
    }

    /// Whether the monitors, which are in the CPU, raise their interrupt, or will when they go on
    /// (`AArch64.CheckForPMUOverflow`).
    #[must_use]
    pub fn has_overflow(&self) -> bool {
        if version() == 0 {
            return false;
        }
        let enabled = (read_register!("pmcr_el0") | self.control) & ENABLE != 0;
        let raised = read_register!("pmovsset_el0") & read_register!("pmintenset_el1");
        enabled && raised != 0
    }
}

/// Chooses the event counter behind `PMXEVCNTR_EL0` and `PMXEVTYPER_EL0`.
fn select(number: usize) {
    // SAFETY: the register is loaded for the guest that runs next, or was saved.
    unsafe { write_register!("pmselr_el0", number as u64) };
    isb();
}

/// No counter enabled, no interrupt enabled, no overflow.
fn clear() {
    // SAFETY: the guest whose state that was doesn't run, and its state is saved.
    unsafe {
        write_register!("pmcntenclr_el0", ALL);
        write_register!("pmintenclr_el1", ALL);
        write_register!("pmovsclr_el0", ALL);
        write_register!("pmuserenr_el0", 0_u64);
    }
}
