//! The exceptions that the guest takes: counted, and gone on after.

use core::arch::global_asm;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

/// What the vector leaves: how many there were; `ESR_EL1`, `FAR_EL1`, `ELR_EL1` and `SPSR_EL1` of the
/// last; and where it goes on, if not after the instruction.
static CAUGHT: [AtomicU64; 6] = [const { AtomicU64::new(0) }; 6];

/// What was caught.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Caught {
    pub count: u64,
    pub esr: u64,
    pub far: u64,
    #[allow(dead_code, reason = "not all guests that share this look at it")]
    pub elr: u64,
    pub spsr: u64,
}

/// What `attempt` leads to.
pub fn during(attempt: impl FnOnce()) -> Caught {
    CAUGHT[0].store(0, Ordering::Relaxed);
    attempt();
    let [count, esr, far, elr, spsr] =
        core::array::from_fn(|index| CAUGHT[index].load(Ordering::Relaxed));
    Caught {
        count,
        esr,
        far,
        elr,
        spsr,
    }
}

/// Where the address lies at which the next exception goes on, for once.
#[allow(dead_code, reason = "not all guests that share this need it")]
pub fn place_of_next() -> *const AtomicU64 {
    &raw const CAUGHT[5]
}

impl fmt::Display for Caught {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match (self.count, self.esr) {
            (0, _) => formatter.write_str("runs"),
            (1, 0x0200_0000) => formatter.write_str("undefined"),
            (1, esr) => write!(formatter, "{esr:#x}"),
            (count, esr) => write!(formatter, "{count} times, {esr:#x} last"),
        }
    }
}

// The vectors (Arm ARM DDI 0487, D1.3.1.5): a synchronous exception of this level is noted, everything
// else is the end.
//
// A software step goes on stepping, three times in all, and notes the address after each.
global_asm!(
    r#"
    .pushsection .text.vectors, "ax"
    .balign 0x800
    .global exception_vectors
exception_vectors:
    .rept   4
    b       .
    .balign 0x80
    .endr
    b       caught
    .balign 0x80
    .rept   11
    b       .
    .balign 0x80
    .endr

caught:
    sub     sp, sp, #32
    stp     x0, x1, [sp]
    str     x2, [sp, #16]
    adrp    x1, {caught}
    add     x1, x1, :lo12:{caught}
    ldr     x0, [x1]
    add     x0, x0, #1
    str     x0, [x1]
    mrs     x0, esr_el1
    str     x0, [x1, #8]
    mrs     x2, far_el1
    str     x2, [x1, #16]
    mrs     x2, spsr_el1
    str     x2, [x1, #32]
    lsr     x0, x0, #26
    cmp     x0, #0x33
    b.eq    2f
    mrs     x2, elr_el1
    str     x2, [x1, #24]
    add     x2, x2, #4
    ldr     x0, [x1, #40]
    str     xzr, [x1, #40]
    cmp     x0, #0
    csel    x2, x2, x0, eq
    msr     elr_el1, x2
1:  ldr     x2, [sp, #16]
    ldp     x0, x1, [sp]
    add     sp, sp, #32
    eret

// A step: the low bytes of the addresses, one after the other.
2:  ldr     x0, [x1, #24]
    mrs     x2, elr_el1
    and     x2, x2, #0xff
    orr     x0, x2, x0, lsl #8
    str     x0, [x1, #24]
    ldr     x0, [x1]
    mrs     x2, spsr_el1
    orr     x2, x2, #(1 << 21)
    cmp     x0, #3
    b.lo    3f
    msr     mdscr_el1, xzr
    isb
    bic     x2, x2, #(1 << 21)
3:  msr     spsr_el1, x2
    b       1b
    .popsection
"#,
    caught = sym CAUGHT,
);
