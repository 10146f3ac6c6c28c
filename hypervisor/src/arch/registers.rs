//! Reading and writing single system registers by name, for those that `cortex-a` has no type for
//! and for the hot path.

/// The value of a system register whose reading has no side effect.
macro_rules! read_register {
    ($name:literal) => {{
        let value: u64;
        // SAFETY: only registers without side effects on reading are named.
        unsafe {
            core::arch::asm!(concat!("mrs {}, ", $name), out(reg) value,
                options(nomem, nostack, preserves_flags));
        }
        value
    }};
}

/// Writes a system register. `unsafe` at its place of use, where the reason can be given.
macro_rules! write_register {
    ($name:literal, $value:expr) => {
        core::arch::asm!(concat!("msr ", $name, ", {}"), in(reg) $value as u64,
            options(nostack, preserves_flags))
    };
}

pub(crate) use {read_register, write_register};
