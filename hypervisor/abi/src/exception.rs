//! Exception classes: why an exception was taken, as `ESR_ELx.EC` says it (Arm ARM DDI 0487, D24.2.37 and
//! D24.2.39). A partition reports its own exceptions with such a syndrome; the hypervisor is entered with one.
//!
//! An abort has one class for exceptions from a lower exception level and one more for those from the
//! same level.

/// The lowest bit of the class in a syndrome.
pub const SHIFT: u32 = 26;

/// The class of a syndrome.
#[inline]
#[must_use]
pub const fn class(syndrome: u64) -> u64 {
    syndrome >> SHIFT & 0x3F
}

/// Makes a constant of each row's class, and [`name`] of them all.
macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident = $number:literal, $name:literal;)*) => {
        $($(#[$doc])* pub const $class: u64 = $number;)*

        /// A class in words, as for a sentence about what a program did; nothing for a class that no
        /// partition of Paratia's takes.
        #[must_use]
        pub const fn name(class: u64) -> Option<&'static str> {
            match class {
                $($class => Some($name),)*
                _ => None,
            }
        }
    };
}

classes! {
    /// No other class fits: mostly an instruction that doesn't exist here.
    UNKNOWN = 0x00, "undefined instruction";
    /// `WFI`, `WFE`, `WFIT` or `WFET` that is trapped.
    WAIT = 0x01, "trapped wait";
    /// Advanced SIMD and floating point without access to it.
    FLOATING_POINT = 0x07, "floating point access";
    /// `PSTATE.IL` was set.
    ILLEGAL_STATE = 0x0E, "illegal execution state";
    /// `SVC`.
    SUPERVISOR_CALL = 0x15, "SVC";
    /// `HVC`.
    HYPERVISOR_CALL = 0x16, "HVC";
    /// `SMC` that is trapped.
    MONITOR_CALL = 0x17, "SMC";
    /// `MSR`, `MRS` or a system instruction that is trapped.
    SYSTEM_REGISTER = 0x18, "system register access";
    /// SVE without access to it.
    SVE = 0x19, "SVE access";
    /// An instruction fetch of a lower exception level.
    INSTRUCTION_ABORT = 0x20, "instruction abort at EL0";
    /// An instruction fetch of the same exception level.
    OWN_INSTRUCTION_ABORT = 0x21, "instruction abort";
    /// The program counter isn't a multiple of 4.
    PROGRAM_COUNTER = 0x22, "misaligned program counter";
    /// A data access of a lower exception level.
    DATA_ABORT = 0x24, "data abort at EL0";
    /// A data access of the same exception level.
    OWN_DATA_ABORT = 0x25, "data abort";
    /// The stack pointer isn't a multiple of 16 in an access by it.
    STACK_POINTER = 0x26, "misaligned stack pointer";
    /// An interrupt by an error of the system.
    SYSTEM_ERROR = 0x2F, "SError";
    /// `BRK`.
    BREAKPOINT_INSTRUCTION = 0x3C, "breakpoint instruction";
}

/// The first class of those about debugging: a breakpoint at a lower exception level.
pub const FIRST_OF_DEBUG: u64 = 0x30;
/// The last of those that there are.
pub const LAST_OF_DEBUG: u64 = 0x3D;
