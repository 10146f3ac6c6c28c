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
pub enum DebugRegister {
    /// `DBGBVR<n>_EL1`.
    BreakpointValue,
    /// `DBGBCR<n>_EL1`.
    BreakpointControl,
    /// `DBGWVR<n>_EL1`.
    WatchpointValue,
    /// `DBGWCR<n>_EL1`.
    WatchpointControl,
}

impl DebugRegister {
    const ALL: [Self; 4] = [
        Self::BreakpointValue,
        Self::BreakpointControl,
        Self::WatchpointValue,
        Self::WatchpointControl,
    ];

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

/// `MDSCR_EL1`, of the guest that is loaded.
#[must_use]
pub fn control() -> u64 {
    read_register!("mdscr_el1") & CONTROL
}

/// Writes `MDSCR_EL1` for it.
pub fn set_control(value: u64) {
    write_control(value & CONTROL);
}

/// A breakpoint's or watchpoint's register, of the guest that is loaded; nothing if the CPU has none of
/// that number.
#[must_use]
pub fn register(kind: DebugRegister, number: usize) -> Option<u64> {
    (number < kind.count()).then(|| read(kind, number))
}

/// Writes one for it. Whether there is one of that number.
#[must_use]
pub fn set_register(kind: DebugRegister, number: usize, value: u64) -> bool {
    if number < kind.count() {
        write(kind, number, value);
    }
    number < kind.count()
}

/// All that a guest can read or write of them, while it isn't loaded.
pub struct Debug {
    control: u64,
    /// By kind and number.
    registers: [[u64; MOST]; 4],
}

impl Debug {
    /// As after a reset: off, all zero.
    pub const RESET: Self = Self {
        control: 0,
        registers: [[0; MOST]; 4],
    };

    /// Takes what is there, and turns it off: nothing of it acts on who runs next.
    pub fn leave(&mut self) {
        self.control = control();
        write_control(0);
        for (kind, registers) in DebugRegister::ALL.into_iter().zip(&mut self.registers) {
            for (number, register) in registers.iter_mut().take(kind.count()).enumerate() {
                *register = read(kind, number);
                write(kind, number, 0);
            }
        }
    }

    /// Puts everything into the CPU.
    pub fn enter(&self) {
        // SAFETY: opens the OS lock (OSLAR_EL1), without which nothing of this takes effect; guests
        // can't reach it.
        unsafe { write_register!("oslar_el1", 0_u64) };
        for (kind, registers) in DebugRegister::ALL.into_iter().zip(&self.registers) {
            for (number, value) in registers.iter().take(kind.count()).enumerate() {
                write(kind, number, *value);
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
                (DebugRegister::BreakpointValue, $n) => $action!(concat!("dbgbvr", $n, "_el1")),
                (DebugRegister::BreakpointControl, $n) => $action!(concat!("dbgbcr", $n, "_el1")),
                (DebugRegister::WatchpointValue, $n) => $action!(concat!("dbgwvr", $n, "_el1")),
                (DebugRegister::WatchpointControl, $n) => $action!(concat!("dbgwcr", $n, "_el1")),
            )+
            _ => {}
        }
    };
}

/// Reads a register of the CPU; the caller has seen that it has one of that number.
fn read(kind: DebugRegister, number: usize) -> u64 {
    let mut value = 0;
    macro_rules! read_it {
        ($name:expr) => {{
            // SAFETY: reading a breakpoint's or a watchpoint's register has no side effect.
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
fn write(kind: DebugRegister, number: usize, value: u64) {
    macro_rules! write_it {
        ($name:expr) => {{
            // SAFETY: debug exceptions go to EL1 (MDCR_EL2.TDE is zero), where only the guest whose value
            // this is runs; a breakpoint or watchpoint has no effect at EL2.
            unsafe {
                core::arch::asm!(concat!("msr ", $name, ", {}"), in(reg) value,
                    options(nostack, preserves_flags));
            }
        }};
    }
    with_name!(write_it, kind, number; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}
