//! Attacks by addresses that aren't the partition's.
//!
//! Stage 1 lets them all through ([`mmu::open_everything`]), so that stage 2 is what says no.

use core::hint::black_box;

use paratia_runtime::{Context, mmu};

/// The frame buffer, where the speedometer sees it.
const FRAME_BUFFER: usize = 0x8000_0000;
/// The vehicle's message window, its first page, the frame buffer and the speedometer's RAM: their
/// physical addresses on QEMU's virt.
const OTHER_PARTITIONS: [usize; 4] = [0x481F_F000, 0x4800_0000, 0x4840_0000, 0x4880_0000];
/// `GICD_CTLR`, `GICR_WAKER` and `GICR_ICENABLER0` of CPU 0, and those of CPU 1, at their physical
/// addresses on QEMU's virt. At the first three the partition has a controller of its own.
const INTERRUPT_CONTROLLER: [usize; 5] = [
    0x0800_0000,
    0x080A_0014,
    0x080B_0180,
    0x080C_0014,
    0x080D_0180,
];
/// 3 GiB: nothing is there on any board.
const NOWHERE: usize = 0xC000_0000;

/// Writes a word to each page from the image's end, through all of RAM, until something says no.
pub fn write_beyond(_: &Context) {
    mmu::open_everything();
    let mut address = mmu::image().end;
    while address < 1 << 39 {
        write(address);
        address += mmu::PAGE_BYTES;
    }
}

/// Calls a function that isn't there.
pub fn jump_to_nowhere(_: &Context) {
    mmu::open_everything();
    // SAFETY: an address is a valid function pointer; stage 2 has nothing there, so the fetch
    // traps, and the hypervisor doesn't return from that.
    let nowhere: extern "C" fn() = unsafe { core::mem::transmute(black_box(NOWHERE)) };
    nowhere();
}

/// Uses up the stack, down to the guard page below it.
pub fn stack_overflow(_: &Context) {
    #[allow(unconditional_recursion, reason = "this is the attack")]
    fn deeper(depth: u64) -> u64 {
        let frame = black_box([depth; 64]);
        frame[0] + deeper(depth + 1) + frame[63]
    }
    black_box(deeper(0));
}

/// Draws a white pixel into a picture that isn't its own.
pub fn write_frame_buffer(_: &Context) {
    write(FRAME_BUFFER);
}

/// Forges messages and code of the critical partitions.
pub fn write_partitions(_: &Context) {
    OTHER_PARTITIONS.into_iter().for_each(write);
}

/// Switches all interrupts off, and the CPU's own.
pub fn write_interrupt_controller(_: &Context) {
    INTERRUPT_CONTROLLER.into_iter().for_each(write);
}

fn write(address: usize) {
    // SAFETY: the address is beyond this partition's image and stacks, so no Rust object is there;
    // what isn't the partition's traps, and the hypervisor doesn't return from that.
    unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(u32::MAX) };
}
