//! The ways from the tender to the unikernel and back.

use core::arch::{asm, global_asm};
use core::cell::UnsafeCell;

use paratia_runtime::mmu;
use paratia_tender::{boot, page};

use crate::answer::Tender;

/// What a call finds of the unikernel, and what that goes on with.
#[derive(Debug)]
#[repr(C)]
pub struct Frame {
    /// `x0` to `x30`.
    pub general: [u64; 31],
    /// The instruction by which it called.
    pub return_address: u64,
    /// Its processor state.
    pub state: u64,
    control: u64,
    status: u64,
    padding: u64,
    vectors: [u128; 32],
}

// The tender's first instruction, and the one at which it goes on for a call (`CALL_ENTRY` in Paratia's
// configuration: 0x80 behind the first).
//
// In:  all registers but PC and PSTATE as the unikernel had them; ELR_EL1 = the store by which it called,
//      SPSR_EL1 = its state, ESR_EL1 = the access as the CPU describes it, FAR_EL1 = its guest-physical address.
//      SPSel = 0, and SP_EL0 is the tender's; all is masked.
// Out: to the unikernel as the frame says.
//
// The unikernel may use floating point and keeps none of it for a store, so all of it is saved.
global_asm!(
    r#"
    .pushsection .text.before_start, "ax"
    .global before_start
before_start:
    b       _start
    .balign 0x80
    sub     sp, sp, #{frame_bytes}
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x0, elr_el1
    stp     x30, x0, [sp, #240]
    mrs     x0, spsr_el1
    mrs     x1, fpcr
    stp     x0, x1, [sp, #256]
    mrs     x0, fpsr
    str     x0, [sp, #272]
    add     x0, sp, #288
    st1     {{v0.2d-v3.2d}}, [x0], #64
    st1     {{v4.2d-v7.2d}}, [x0], #64
    st1     {{v8.2d-v11.2d}}, [x0], #64
    st1     {{v12.2d-v15.2d}}, [x0], #64
    st1     {{v16.2d-v19.2d}}, [x0], #64
    st1     {{v20.2d-v23.2d}}, [x0], #64
    st1     {{v24.2d-v27.2d}}, [x0], #64
    st1     {{v28.2d-v31.2d}}, [x0], #64

    mov     x0, sp
    mrs     x1, esr_el1
    mrs     x2, far_el1
    mov     x29, xzr                    // end of the chain of frames
    mov     x30, xzr
    bl      {called}

    add     x0, sp, #288
    ld1     {{v0.2d-v3.2d}}, [x0], #64
    ld1     {{v4.2d-v7.2d}}, [x0], #64
    ld1     {{v8.2d-v11.2d}}, [x0], #64
    ld1     {{v12.2d-v15.2d}}, [x0], #64
    ld1     {{v16.2d-v19.2d}}, [x0], #64
    ld1     {{v20.2d-v23.2d}}, [x0], #64
    ld1     {{v24.2d-v27.2d}}, [x0], #64
    ld1     {{v28.2d-v31.2d}}, [x0], #64
    ldr     x0, [sp, #272]
    msr     fpsr, x0
    ldp     x0, x1, [sp, #256]
    msr     spsr_el1, x0
    msr     fpcr, x1
    ldp     x30, x0, [sp, #240]
    msr     elr_el1, x0
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    add     sp, sp, #{frame_bytes}
    eret
    .popsection
"#,
    frame_bytes = const size_of::<Frame>(),
    called = sym called,
);

const _: () = assert!(
    core::mem::offset_of!(Frame, return_address) == 248
        && core::mem::offset_of!(Frame, status) == 272
        && core::mem::offset_of!(Frame, vectors) == 288
);

/// The one tender. Only [`answer_by`] and [`called`] touch it, which never interrupt each other: the unikernel, whose
/// calls these are, begins when the first is through, and no call is made within one.
struct One(UnsafeCell<Option<Tender>>);

// SAFETY: a partition with a tender has one vCPU, and interrupts stay masked.
unsafe impl Sync for One {}

static ONE: One = One(UnsafeCell::new(None));

/// Says who answers calls from now on.
pub fn answer_by(tender: Tender) {
    // SAFETY: nobody else looks at it yet (see `One`).
    unsafe { *ONE.0.get() = Some(tender) };
}

extern "C" fn called(frame: &mut Frame, syndrome: u64, address: u64) {
    // SAFETY: it was filled before the unikernel began, and no call is within another (see `One`).
    let tender = unsafe { (*ONE.0.get()).as_mut() };
    tender
        .expect("who answers is said before the unikernel begins")
        .answer(frame, syndrome, address);
}

/// `SCTLR_EL1.SA`: a stack pointer that isn't a multiple of 16 is a fault. Solo5's tender leaves it off.
const STACK_ALIGNMENT: u64 = 1 << 3;

/// Translates by the tables that the tool has made for the unikernel: the tender lies there as it does here. Writes
/// the counter's frequency for the unikernel, to memory that isn't writable from then on.
pub fn use_tables_of_unikernel() {
    // SAFETY: what is executed and the stack lie at their guest-physical addresses in both tables and without any, and
    // nothing else is touched while translation is off, which makes every change of block sizes right (Arm ARM
    // DDI 0487, D8.16.1). The frequency's place is the partition's own memory, and nobody reads it yet; it isn't in
    // any cache, as the hypervisor has cleaned and invalidated it.
    unsafe {
        asm!(
            "dsb    sy",
            "mrs    {old}, sctlr_el1",
            "bic    {new}, {old}, #1",
            "msr    sctlr_el1, {new}",
            "isb",
            "mrs    {new}, cntfrq_el0",
            "str    {new}, [{place}]",
            "msr    ttbr0_el1, {tables}",
            "tlbi   vmalle1",
            "dsb    sy",
            "isb",
            "bic    {old}, {old}, #{alignment}",
            "msr    sctlr_el1, {old}",
            "isb",
            old = out(reg) _,
            new = out(reg) _,
            place = in(reg) page::BOOT_INFORMATION + boot::FREQUENCY,
            tables = in(reg) page::TABLES,
            alignment = const STACK_ALIGNMENT,
            options(nostack),
        );
    }
}

/// Enters the unikernel as its tender has to: EL1 on `SP_EL1`, which is 16 below the end of its memory; all masked;
/// the boot information's address in `x0`. What was on the tender's stack is over.
pub fn begin_unikernel(entry: u64, memory_bytes: u64) -> ! {
    // SAFETY: whatever the unikernel does is done with this partition's memory and rights alone, and nothing
    // of the tender's is in use but `ONE`, until a call begins at the stack's end.
    unsafe {
        asm!(
            "msr    daifset, #0xF",
            "adrp   x2, stack_end",
            "mov    sp, x2",
            "msr    spsel, #1",
            "mov    sp, x1",
            "mov    x30, xzr",
            "mov    x29, xzr",
            "isb",
            "br     x3",
            in("x0") page::BOOT_INFORMATION,
            in("x1") memory_bytes - 16,
            in("x3") entry,
            options(noreturn),
        );
    }
}

const _: () = assert!(mmu::PAGE_BYTES == 4096);
