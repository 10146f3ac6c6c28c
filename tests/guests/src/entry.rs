//! Pieces of assembly for guests that store what is in the registers at their entry, before anything else
//! runs: text for their own `global_asm!`, which says where it is stored.

/// Stores `x4` to `x30`. In: `x0` = where `x0` has its place, 8 bytes a register.
#[macro_export]
macro_rules! store_general {
    () => {
        r#"
    stp     x4, x5, [x0, #32]
    stp     x6, x7, [x0, #48]
    stp     x8, x9, [x0, #64]
    stp     x10, x11, [x0, #80]
    stp     x12, x13, [x0, #96]
    stp     x14, x15, [x0, #112]
    stp     x16, x17, [x0, #128]
    stp     x18, x19, [x0, #144]
    stp     x20, x21, [x0, #160]
    stp     x22, x23, [x0, #176]
    stp     x24, x25, [x0, #192]
    stp     x26, x27, [x0, #208]
    stp     x28, x29, [x0, #224]
    str     x30, [x0, #240]
"#
    };
}

/// Lets EL1 use FP and stores `q0` to `q31`. In: `x0` = the place, operand `q` = their offset in it.
/// Changes `x4`.
#[macro_export]
macro_rules! store_floating_point {
    () => {
        r#"
    mov     x4, #(3 << 20)
    msr     cpacr_el1, x4
    isb
    add     x4, x0, #{q}
    stp     q0, q1, [x4], #32
    stp     q2, q3, [x4], #32
    stp     q4, q5, [x4], #32
    stp     q6, q7, [x4], #32
    stp     q8, q9, [x4], #32
    stp     q10, q11, [x4], #32
    stp     q12, q13, [x4], #32
    stp     q14, q15, [x4], #32
    stp     q16, q17, [x4], #32
    stp     q18, q19, [x4], #32
    stp     q20, q21, [x4], #32
    stp     q22, q23, [x4], #32
    stp     q24, q25, [x4], #32
    stp     q26, q27, [x4], #32
    stp     q28, q29, [x4], #32
    stp     q30, q31, [x4], #32
"#
    };
}

/// Throws away the caches' lines of what was stored past them, for the time when the MMU is on. In: `x0` =
/// the place, operand `bytes` = how large it is. Changes `x4` and `x5`.
#[macro_export]
macro_rules! discard_lines {
    () => {
        r#"
    mov     x4, x0
    add     x5, x0, #{bytes}
1:  dc      civac, x4
    add     x4, x4, #16
    cmp     x4, x5
    b.lo    1b
    dsb     sy
"#
    };
}
