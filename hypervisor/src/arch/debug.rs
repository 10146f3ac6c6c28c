//! Breakpoints, watchpoints and single steps (Arm ARM DDI 0487, chapter "AArch64 Self-hosted Debug"),
//! for a vCPU that was granted them.
//!
//! Its accesses are trapped all the same and written through to the CPU: where one register can't be
//! trapped alone, letting them pass would also hand out the channel to an external debugger and the
//! claim tags, which are shared by all that run on the CPU and can't be saved on every CPU. What is
//! here is therefore always what the CPU has while the guest runs.

use super::registers::{read_register, write_register};

/// Most registers of a kind.
const MOST: usize = 16;
/// `MDSCR_EL1`: `SS`, `TDCC`, `KDE`, `MDE`. The rest belongs to an external debugger.
const CONTROL: u64 = 1 | 1 << 12 | 1 << 13 | 1 << 15;

/// Registers that there are several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `DBGBVR<n>_EL1`.
    BreakpointValue,
    /// `DBGBCR<n>_EL1`.
    BreakpointControl,
    /// `DBGWVR<n>_EL1`.
    WatchpointValue,
    /// `DBGWCR<n>_EL1`.
    WatchpointControl,
}

/// Both registers of each breakpoint or watchpoint.
const PAIRS: [[Kind; 2]; 2] = [
    [Kind::BreakpointValue, Kind::BreakpointControl],
    [Kind::WatchpointValue, Kind::WatchpointControl],
];

impl Kind {
    /// How many the CPU has.
    #[must_use]
    pub fn count(self) -> usize {
        let features = read_register!("id_aa64dfr0_el1");
        let highest = match self {
            Self::BreakpointValue | Self::BreakpointControl => features >> 12,
            Self::WatchpointValue | Self::WatchpointControl => features >> 20,
        };
        (highest & 0xF) as usize + 1
    }
}

/// All that a guest can read or write of them.
pub struct Debug {
    control: u64,
    registers: [[u64; MOST]; 4],
}

impl Debug {
    /// As after a reset: off, all zero.
    pub const RESET: Self = Self {
        control: 0,
        registers: [[0; MOST]; 4],
    };

    /// `MDSCR_EL1`.
    #[must_use]
    pub const fn control(&self) -> u64 {
        self.control
    }

    /// Writes `MDSCR_EL1`, here and in the CPU.
    pub fn set_control(&mut self, value: u64) {
        self.control = value & CONTROL;
        write_control(self.control);
    }

    /// A breakpoint's or watchpoint's register; nothing if the CPU has none of that number.
    #[must_use]
    pub fn register(&self, kind: Kind, number: usize) -> Option<u64> {
        let registers = self.registers[kind as usize].iter();
        registers.take(kind.count()).nth(number).copied()
    }

    /// Writes one, here and in the CPU. Whether there is one of that number.
    pub fn set_register(&mut self, kind: Kind, number: usize, value: u64) -> bool {
        let registers = self.registers[kind as usize].iter_mut();
        let Some(register) = registers.take(kind.count()).nth(number) else {
            return false;
        };
        write(kind, number, value);
        // Not every bit exists on every CPU.
        *register = read(kind, number);
        true
    }

    /// Turns everything off in the CPU: nothing of it acts on who runs next.
    pub fn leave(&self) {
        write_control(0);
        for [_, control] in PAIRS {
            for number in 0..control.count().min(MOST) {
                write(control, number, 0);
            }
        }
    }

    /// Puts everything into the CPU.
    pub fn enter(&self) {
        // SAFETY: opens the OS lock (OSLAR_EL1), without which nothing of this takes effect; guests
        // can't reach it.
        unsafe { write_register!("oslar_el1", 0_u64) };
        for kind in PAIRS.as_flattened() {
            let registers = self.registers[*kind as usize].iter();
            for (number, value) in registers.take(kind.count()).enumerate() {
                write(*kind, number, *value);
            }
        }
        write_control(self.control);
    }
}

/// Writes `MDSCR_EL1`, of which EL2 uses nothing.
fn write_control(value: u64) {
    // SAFETY: debug exceptions go to EL1 (MDCR_EL2.TDE is zero), where only the guest whose value
    // this is runs.
    unsafe { write_register!("mdscr_el1", value) };
}

/// Does `$action` with the name of register `$number` of a kind.
macro_rules! with_name {
    ($action:ident, $kind:expr, $number:expr; $($n:literal)+) => {
        match ($kind, $number) {
            $(
                (Kind::BreakpointValue, $n) => $action!(concat!("dbgbvr", $n, "_el1")),
                (Kind::BreakpointControl, $n) => $action!(concat!("dbgbcr", $n, "_el1")),
                (Kind::WatchpointValue, $n) => $action!(concat!("dbgwvr", $n, "_el1")),
                (Kind::WatchpointControl, $n) => $action!(concat!("dbgwcr", $n, "_el1")),
            )+
            _ => {}
        }
    };
}

/// Reads a register of the CPU; the caller has seen that it has one of that number.
fn read(kind: Kind, number: usize) -> u64 {
    let mut value = 0;
    macro_rules! read_it {
        ($name:expr) => {{
            // SAFETY: reading has no side effect.
            unsafe {
                core::arch::asm!(concat!("mrs {}, ", $name), out(reg) value,
                    options(nomem, nostack, preserves_flags));
            }
        }};
    }
    with_name!(read_it, kind, number; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    value
}

/// Writes a register of the CPU; the caller has seen that it has one of that number.
fn write(kind: Kind, number: usize, value: u64) {
    macro_rules! write_it {
        ($name:expr) => {{
            // SAFETY: as for `write_control`; it has no effect at EL2 either.
            unsafe {
                core::arch::asm!(concat!("msr ", $name, ", {}"), in(reg) value,
                    options(nostack, preserves_flags));
            }
        }};
    }
    with_name!(write_it, kind, number; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}
