//! Sees a GICv2, and tries the registers that a GICv3's CPU interface has: on a CPU without one each of
//! them is an undefined instruction.
//!
//! `ICC_SRE_EL1` isn't among them: QEMU lets it through whatever the hypervisor says
//! (`ICC_SRE_EL2.Enable`).

#![no_std]
#![no_main]

use core::arch::{asm, global_asm};

use paratia_runtime::{Context, call, entry, println};

entry!(main);

global_asm!(
    r#"
    .pushsection .text.vectors, "ax"
    .balign 2048
    .global skipping_vectors
skipping_vectors:                // every exception: x10 = 1, and on behind the instruction
    .rept 16
    .balign 128
    mrs     x9, elr_el1
    add     x9, x9, #4
    msr     elr_el1, x9
    mov     x10, #1
    eret
    .endr
    .popsection
"#
);

unsafe extern "C" {
    static skipping_vectors: u8;
}

/// Reads a register; whether it was there.
macro_rules! read {
    ($name:literal) => {{
        let undefined: u64;
        // SAFETY: changes nothing but what the vector says.
        unsafe {
            asm!("mov x10, #0", concat!("mrs x11, ", $name), "nop",
                out("x9") _, lateout("x10") undefined, out("x11") _, options(nomem, nostack));
        }
        say($name, undefined != 0);
    }};
}

/// Writes a register that can't be read; whether it was there.
macro_rules! write {
    ($name:literal) => {{
        let undefined: u64;
        // SAFETY: changes nothing but what the vector says and the register: nothing is in hand, enabled, or
        // listening.
        unsafe {
            asm!("mov x10, #0", concat!("msr ", $name, ", x11"), "nop",
                out("x9") _, lateout("x10") undefined, inout("x11") 0x3FF_u64 => _,
                options(nomem, nostack));
        }
        say($name, undefined != 0);
    }};
}

fn say(name: &str, undefined: bool) {
    let what = if undefined { "undefined" } else { "answers" };
    println!("{name} {what}");
    let _ = call::wait_for_window();
}

fn main(_: Context) -> ! {
    // SAFETY: the vectors lie there, and nothing else is to be told of exceptions.
    unsafe {
        asm!("msr vbar_el1, {}", "isb", in(reg) &raw const skipping_vectors, options(nostack));
    }
    read!("icc_pmr_el1");
    read!("icc_ctlr_el1");
    read!("icc_rpr_el1");
    read!("icc_iar0_el1");
    read!("icc_hppir0_el1");
    read!("icc_bpr0_el1");
    read!("icc_igrpen0_el1");
    read!("icc_ap0r0_el1");
    read!("icc_iar1_el1");
    read!("icc_hppir1_el1");
    read!("icc_bpr1_el1");
    read!("icc_igrpen1_el1");
    read!("icc_ap1r0_el1");
    write!("icc_eoir0_el1");
    write!("icc_eoir1_el1");
    write!("icc_dir_el1");
    write!("icc_sgi0r_el1");
    write!("icc_sgi1r_el1");
    write!("icc_asgi1r_el1");
    println!("tried all");
    loop {
        let _ = call::wait_for_window();
    }
}
