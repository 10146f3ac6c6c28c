//! A call as guests of Xen's make it.

use core::arch::asm;

/// The calls' numbers (`xen/include/public/xen.h`).
pub const MEMORY: u64 = 12;
pub const VERSION: u64 = 17;
pub const CONSOLE: u64 = 18;
pub const GRANT_TABLE: u64 = 20;
pub const ASSIST: u64 = 21;
pub const VCPU: u64 = 24;
pub const SCHEDULE: u64 = 29;
pub const EVENT_CHANNEL: u64 = 32;
pub const HVM: u64 = 34;

/// A guest's name for itself.
pub const SELF: u64 = 0x7FF0;

/// Makes call `number`: `x0` to `x4` afterwards.
pub fn registers(number: u64, arguments: [u64; 5]) -> [u64; 5] {
    let [x0, x1, x2, x3, x4] = arguments;
    let mut after = [0; 5];
    // SAFETY: the hypervisor changes x0, and memory that the guest names: words of `scratch`, by which no Rust
    // object lies. Of a call that is taken in parts it changes x1 and x2, too.
    unsafe {
        asm!(
            "hvc #0xEA1",
            inlateout("x0") x0 => after[0],
            inlateout("x1") x1 => after[1],
            inlateout("x2") x2 => after[2],
            inlateout("x3") x3 => after[3],
            inlateout("x4") x4 => after[4],
            in("x16") number,
            options(nostack),
        );
    }
    after
}

/// The answer to call `number`.
pub fn call(number: u64, arguments: [u64; 3]) -> i64 {
    let [x0, x1, x2] = arguments;
    let [answer, ..] = registers(number, [x0, x1, x2, 0, 0]);
    answer.cast_signed()
}
