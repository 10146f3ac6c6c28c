//! Memory at any guest-physical address: an access to nothing is an abort, which is noted and passed by.

use core::arch::{asm, global_asm};
use core::ops::Range;

/// Bytes of a page.
const PAGE: usize = 4096;
/// Where there may be anything: devices, and what else a machine shows below its RAM; RAM; the passport;
/// the frame buffer. Every page is tried.
const PLACES: [Range<usize>; 4] = [
    0..0x1000_0000,
    0x4000_0000..0x4080_0000,
    0x6FF0_0000..0x7010_0000,
    0x8000_0000..0x8040_0000,
];

// The vectors while memory is tried: a synchronous exception goes on after the instruction, with x16 = 1.
global_asm!(
    r#"
    .pushsection .text.tried, "ax"
    .balign 0x800
tried_vectors:
    mrs     x17, elr_el1
    add     x17, x17, #4
    msr     elr_el1, x17
    mov     x16, #1
    eret
    .balign 0x80
    .rept   15
    b       .
    .balign 0x80
    .endr

// In: x0 = address of a page, x1 = the complement of the word that is looked for. Out: x0 = how many there
// are, x1 = whether the page can't be read. Interrupts are masked.
    .global tried_page
tried_page:
    mrs     x9, vbar_el1
    adr     x10, tried_vectors
    msr     vbar_el1, x10
    isb
    mov     x11, x0
    mov     x12, #512
    mov     x0, #0
    mov     x16, #0
    ldr     x10, [x11]
    cbnz    x16, 2f
1:  mov     x10, #0
    ldr     x10, [x11]
    eor     x10, x10, x1
    cmn     x10, #1
    cinc    x0, x0, eq
    add     x11, x11, #8
    subs    x12, x12, #1
    b.ne    1b
    mov     x16, #0
2:  mov     x1, x16
    msr     vbar_el1, x9
    isb
    ret
    .popsection
"#
);

/// How often the word is in a page; nothing if the page can't be read.
fn try_page(address: usize, complement: u64) -> Option<u64> {
    let (count, fault): (u64, u64);
    // SAFETY: reads alone; what goes wrong is caught. The registers that change are named.
    unsafe {
        asm!("bl tried_page", inout("x0") address => count, inout("x1") complement => fault,
            out("x9") _, out("x10") _, out("x11") _, out("x12") _, out("x16") _, out("x17") _,
            out("x30") _, options(nostack));
    }
    (fault == 0).then_some(count)
}

/// Whether there is anything at an address.
pub fn is_mapped(address: usize) -> bool {
    try_page(address & !(PAGE - 1), 0).is_some()
}

/// Looks for a word in everything that can be read, and tells where it is and how often.
pub fn search(complement: u64, found: impl Fn(usize, u64)) {
    for address in PLACES.into_iter().flat_map(|place| place.step_by(PAGE)) {
        if let Some(count @ 1..) = try_page(address, complement) {
            found(address, count);
        }
    }
}

/// A word of a device of this partition's.
pub fn read(address: usize) -> u32 {
    // SAFETY: a register of this partition's.
    unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

/// Writes one.
pub fn write(address: usize, value: u32) {
    // SAFETY: a register of this partition's.
    unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value) };
}
