//! The way in and out of EL2: reset, exception vectors, switch, return. Assembly only; what is
//! decided is decided in Rust.
//!
//! While a guest runs, `SP_EL2` points to its [`Context`], so that the vector can store registers
//! before it knows anything else. The exit function returns what to do in two registers:
//!
//! - `x0` = 0: the same guest, at `x1`, goes on;
//! - `x1` = 0: the exit needs the rest of the general registers in the context at `x0`;
//! - else: save the rest of what is in the CPU to the context at `x0`, then load the context at
//!   `x1` and release it at its tick.
//!
//! Only what Rust may clobber is stored on every exit; FP and system registers move on a switch only,
//! callee-saved registers on a switch and where an exit is about one of them.

use core::arch::global_asm;

use paratia_config::address::PAGE_BYTES;
use paratia_config::board::UartKind;
use paratia_config::layout::{CPU_STACK_AREA_BYTES, EMERGENCY_STACK_BYTES};

use super::context::{Context, OFFSET_ELR, OFFSET_FPCR, OFFSET_Q, OFFSET_STACK};
use super::registers::read_register;
use crate::exit::Next;
use crate::selected::{self, BOARD, CPU_COUNT, EL2_ROOT, LAYOUT};

/// SCTLR_EL2 with MMU, caches, stack alignment check and write-implies-execute-never on; the rest
/// is RES1 (Arm ARM DDI 0487, D19.2.119).
const SCTLR_EL2: u64 = 0x30C5_0830 | 1 | 1 << 2 | 1 << 3 | 1 << 12 | 1 << 19;

/// What the first instructions know of the debug UART: offsets of registers, what enables its transmitter,
/// and the bit that says that it takes no more.
struct FirstWords {
    control: u32,
    enable: u32,
    status: u32,
    full: u32,
    data: u32,
}

const UART: FirstWords = match BOARD.uart_kind {
    // UARTCR.UARTEN and TXE, UARTFR.TXFF (Arm DDI 0183, 3.3).
    UartKind::Pl011 { .. } => FirstWords {
        control: 0x30,
        enable: 0x101,
        status: 0x18,
        full: 5,
        data: 0,
    },
    // Control.TXEN and RXEN, Channel_sts.TFUL (UG1087, "UART module").
    UartKind::Cadence { .. } => FirstWords {
        control: 0,
        enable: 0x14,
        status: 0x2C,
        full: 4,
        data: 0x30,
    },
};

global_asm!(
    r#"
// Reset. In: x0 = device tree (CPU 0), nothing (others: a spin table hands over nothing).
// Out: Rust's `boot` with the same x0 or `boot_secondary` with the CPU's index, on this CPU's stack,
// MMU on.
    .section .text.start, "ax"
    .global _start
_start:
    mov     x19, x0
    mov     x20, #0                 // CPU index
    b       1f
    .global _start_secondary
_start_secondary:
    mrs     x20, mpidr_el1
    and     x20, x20, #0xff         // a CPU's index is its affinity 0, as asserted below
    mov     x19, x20
1:  msr     daifset, #15
    cmp     x20, #{cpus}
    b.hs    9f                      // nobody needs it: it parks

// What every boot protocol promises: EL2, and the MMU off, for the registers below may be changed
// only then (Arm ARM DDI 0487, D8.17.1). With the MMU off, data accesses are to Device memory whatever
// SCTLR_EL2.C says (D8.2.12), and instructions may be cached (SCTLR_EL2.I): the loader has cleaned
// what it wrote, and `ic iallu` comes before the MMU is on. Where it isn't so, a word says why.
    mrs     x0, CurrentEL
    adr     x1, entered_at_el1
    cmp     x0, #(1 << 2)
    b.eq    refuse_entry
    adr     x1, entered_at_el3
    cmp     x0, #(2 << 2)
    b.ne    refuse_entry
    msr     spsel, #1
    mrs     x0, sctlr_el2
    adr     x1, entered_with_mmu
    tbnz    x0, #0, refuse_entry

// E2H, which a boot loader may have left set, changes the layout of TCR_EL2 and of other registers below
// and which translations EL2 has, so it goes first; a CPU may have it for good (FEAT_E2H0 not
// implemented). The rest of HCR_EL2 acts on EL1 and EL0, where nothing runs yet.
    mov     x0, #(1 << 31)          // RW: EL1 is AArch64
    msr     hcr_el2, x0
    isb
    mrs     x0, hcr_el2
    adr     x1, entered_for_good
    tbnz    x0, #34, refuse_entry

    msr     tpidr_el2, xzr          // a fault before this CPU has its anchor just stops
    adr     x0, vectors
    msr     vbar_el2, x0

// Variables that start as zero, by CPU 0 while its data cache is off: the memory is cleaned of old
// lines first, 64 bytes each, so that none overwrites it later.
    cbnz    x20, 3f
    ldr     x0, =__bss_start
    ldr     x1, =__bss_end
2:  cmp     x0, x1
    b.hs    3f
    dc      ivac, x0
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    b       2b

// MMU on with the constant tables.
3:  dsb     sy
    ldr     x0, ={mair}
    msr     mair_el2, x0
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #0xf
    cmp     x1, #5
    mov     x2, #5
    csel    x1, x1, x2, ls          // at most 48 bits
    ldr     x0, ={tcr}
    orr     x0, x0, x1, lsl #16
    msr     tcr_el2, x0
    ldr     x0, ={root}
    msr     ttbr0_el2, x0
    isb
    tlbi    alle2
    ic      iallu
    dsb     nsh
    isb
    ldr     x0, ={sctlr}
    msr     sctlr_el2, x0
    isb

// This CPU's stack: the top of its share of the area.
    ldr     x0, ={stacks}
    mov     x1, #{share}
    add     x2, x20, #1
    madd    x0, x1, x2, x0
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x19
    cbnz    x20, 4f
    b       {boot}
4:  b       {boot_secondary}

// This CPU hasn't been entered as it should. In: x1 = why, a line that ends in 0. CPU 0 alone says it at the
// debug UART, at the rate that the firmware set; then it parks. At any level, without a stack or a variable.
refuse_entry:
    mrs     x0, mpidr_el1
    tst     x0, #0xffffff
    b.ne    9f
    ldr     x2, ={uart}
    mov     w3, #{enable}
    str     w3, [x2, #{control}]    // transmitter on
6:  ldrb    w3, [x1], #1
    cbz     w3, 9f
    mov     w4, #0x100000           // a transmitter that doesn't move has nobody to read it
7:  ldr     w0, [x2, #{status}]
    tbz     w0, #{full}, 8f
    subs    w4, w4, #1
    b.ne    7b
8:  str     w3, [x2, #{data}]
    b       6b
9:  wfi
    b       9b

// As `crash::refuse` says it.
entered_at_el1:
    .asciz  "paratia| refused reason=EntryLevel a=1\r\n"
entered_at_el3:
    .asciz  "paratia| refused reason=EntryLevel a=3\r\n"
entered_with_mmu:
    .asciz  "paratia| refused reason=EntryMmu\r\n"
entered_for_good:
    .asciz  "paratia| refused reason=EntryHost\r\n"
    .balign 4
"#,
    uart = const BOARD.uart.base.0,
    control = const UART.control,
    enable = const UART.enable,
    status = const UART.status,
    full = const UART.full,
    data = const UART.data,
    mair = const selected::MAIR_EL2,
    tcr = const selected::TCR_EL2,
    root = const EL2_ROOT.0,
    sctlr = const SCTLR_EL2,
    cpus = const CPU_COUNT,
    stacks = const LAYOUT.stacks.base.0,
    share = const CPU_STACK_AREA_BYTES,
    boot = sym crate::boot::boot,
    boot_secondary = sym crate::bring_up::boot_secondary,
);

/// A CPU that starts knows nothing but its affinity.
const _: () = {
    let mut cpu = 0;
    while cpu < BOARD.cpus.len() {
        assert!(
            BOARD.cpus[cpu] == cpu as u64,
            "a CPU's affinity isn't its index"
        );
        cpu += 1;
    }
};

const _: () = assert!(2 * PAGE_BYTES + EMERGENCY_STACK_BYTES < CPU_STACK_AREA_BYTES);

global_asm!(
    r#"
// A fault of the hypervisor itself, in a vector. In: nothing to rely on but TPIDR_EL2.
// Goes to Rust's `exception` on the emergency stack; doesn't come back.
    .macro  own_fault, kind
    mov     x3, sp
    mrs     x1, tpidr_el2
    cbz     x1, 9f                  // before this CPU has its anchor: stop
    ldr     x2, [x1]                // CpuAnchor::emergency_stack
    mov     sp, x2
    mov     x0, #\kind
    mov     x1, x3
    b       {own_exception}
9:  wfi
    b       9b
    .endm

// Registers of a context at `at`, stored and loaded in the same places: those that Rust may clobber but
// for x0 and x1, those that it keeps, and those of FP.
    .macro  clobbered, pair, at
    \pair   x2, x3, [\at, #16]
    \pair   x4, x5, [\at, #32]
    \pair   x6, x7, [\at, #48]
    \pair   x8, x9, [\at, #64]
    \pair   x10, x11, [\at, #80]
    \pair   x12, x13, [\at, #96]
    \pair   x14, x15, [\at, #112]
    \pair   x16, x17, [\at, #128]
    \pair   x18, x19, [\at, #144]
    \pair   x29, x30, [\at, #232]
    .endm
    .macro  kept, pair, one, at
    \pair   x20, x21, [\at, #160]
    \pair   x22, x23, [\at, #176]
    \pair   x24, x25, [\at, #192]
    \pair   x26, x27, [\at, #208]
    \one    x28, [\at, #224]
    .endm
    .macro  floating, pair, at
    \pair   q0, q1, [\at, #{q} + 0]
    \pair   q2, q3, [\at, #{q} + 32]
    \pair   q4, q5, [\at, #{q} + 64]
    \pair   q6, q7, [\at, #{q} + 96]
    \pair   q8, q9, [\at, #{q} + 128]
    \pair   q10, q11, [\at, #{q} + 160]
    \pair   q12, q13, [\at, #{q} + 192]
    \pair   q14, q15, [\at, #{q} + 224]
    \pair   q16, q17, [\at, #{q} + 256]
    \pair   q18, q19, [\at, #{q} + 288]
    \pair   q20, q21, [\at, #{q} + 320]
    \pair   q22, q23, [\at, #{q} + 352]
    \pair   q24, q25, [\at, #{q} + 384]
    \pair   q26, q27, [\at, #{q} + 416]
    \pair   q28, q29, [\at, #{q} + 448]
    \pair   q30, q31, [\at, #{q} + 480]
    .endm

// An exit of a guest. In: SP = its context. Stores what Rust may clobber, moves to this CPU's
// stack, and asks Rust, with the guest's x0 and its context.
    .macro  guest_exit, handler
    .balign 128
    stp     x0, x1, [sp, #0]
    clobbered stp, sp
    mov     x1, sp
    ldr     x2, [sp, #{stack}]
    mov     sp, x2
    bl      \handler
    cbz     x0, resume
    cbnz    x1, switch
    b       long_way
    .endm

    .section .text.vectors, "ax"
    .balign 2048
    .global vectors
vectors:
    .irp    kind, 0, 1, 2, 3, 4, 5, 6
    .balign 128
    own_fault \kind
    .endr
// An SError at EL2: one that is waited for goes back with its syndrome in x0.
    .balign 128
    adr     x0, awaited
    mrs     x1, elr_el2
    sub     x1, x1, x0
    cmp     x1, #4
    b.hi    1f
    mrs     x1, spsr_el2
    orr     x1, x1, #(1 << 8)       // SPSR_EL2.A: no other is taken there
    msr     spsr_el2, x1
    mrs     x0, esr_el2
    eret
1:  own_fault 7
    guest_exit {synchronous}
    guest_exit {interrupt}
    guest_exit {interrupt}
    guest_exit {system_error}
    guest_exit {foreign_state}
    guest_exit {interrupt}
    guest_exit {interrupt}
    guest_exit {system_error}
    .balign 128

// An exit about one of the registers that Rust keeps. In: x0 = the guest's context, x20-x28 the guest's.
long_way:
    mov     x19, x0                 // the guest's is in its context
    mov     x1, x0
    kept    stp, str, x0
    mrs     x2, esr_el2
    tbnz    x2, #31, 1f             // EC is 0x24, else 0x18
    bl      {system_register}
    b       2f
1:  bl      {abort}
2:  cbnz    x0, switch
    kept    ldp, ldr, x19
    b       resume

// From one guest to the next. In: x0 = context to save the CPU's state to, x1 = context to load.
// Goes on at `resume`.
switch:
    kept    stp, str, x0
    mrs     x2, elr_el2
    mrs     x3, spsr_el2
    stp     x2, x3, [x0, #{elr}]
    .arch_extension fp
    floating stp, x0
    mrs     x3, fpcr
    mrs     x4, fpsr
    stp     x3, x4, [x0, #{fpcr}]

    mov     x19, x1
    bl      {switch_system}

    floating ldp, x19
    ldp     x3, x4, [x19, #{fpcr}]
    msr     fpcr, x3
    msr     fpsr, x4
    ldp     x2, x3, [x19, #{elr}]
    msr     elr_el2, x2
    msr     spsr_el2, x3
    kept    ldp, ldr, x19

    mov     x0, x19
    bl      {release}               // waits for the tick; keeps x19-x28
    mov     x1, x19

// Back to a guest. In: x1 = its context, whose callee-saved registers are in the CPU.
resume:
    mov     sp, x1
    clobbered ldp, sp
    ldp     x0, x1, [sp, #0]
    eret
    // No speculation past the return (Arm ARM DDI 0487, C5.1).
    dsb     nsh
    isb

// Takes the SError that is pending, while no other part of EL2 can be interrupted by one. Out: x0 = its
// syndrome, 0 if none came. Where the guest goes on is kept: taking it overwrites both registers.
    .global take_system_error
take_system_error:
    mrs     x2, elr_el2
    mrs     x3, spsr_el2
    mov     x0, #0
    msr     daifclr, #4
awaited:
    isb                             // it is taken before this or before the next
    msr     daifset, #4
    msr     elr_el2, x2
    msr     spsr_el2, x3
    ret

// The first guest of this CPU. In: x0 = a context that nobody needs, x1 = the one to load.
    .global enter_first_guest
enter_first_guest:
    b       switch
"#,
    stack = const OFFSET_STACK,
    elr = const OFFSET_ELR,
    q = const OFFSET_Q,
    fpcr = const OFFSET_FPCR,
    own_exception = sym crate::crash::own_exception,
    synchronous = sym crate::exit::synchronous,
    abort = sym crate::exit::abort,
    system_register = sym crate::exit::system_register,
    interrupt = sym crate::exit::interrupt,
    system_error = sym crate::exit::system_error,
    foreign_state = sym crate::exit::foreign_state,
    switch_system = sym crate::switch::switch_system,
    release = sym crate::switch::release,
);

unsafe extern "C" {
    fn _start_secondary();
    fn enter_first_guest(save: *mut Context, load: *mut Context) -> !;
    safe fn take_system_error() -> u64;
}

/// The syndrome of an SError that the guest whose window ends has left, if there is one: it is taken here,
/// before it could be taken for the next one's.
///
/// Before this, `DSB` completes the guest's accesses to devices and to memory that isn't cached, and `ISB`
/// keeps `ISR_EL1` from being read before that (Arm ARM DDI 0487, B2.3.12, "Data Synchronization
/// Barrier"): their errors are pending then. One that comes of a cached line which is written back later
/// is nobody's any more.
#[inline]
#[must_use]
pub fn left_system_error() -> Option<u64> {
    const PENDING: u64 = 1 << 8;
    if read_register!("isr_el1") & PENDING == 0 {
        return None;
    }
    taken_system_error()
}

#[cold]
fn taken_system_error() -> Option<u64> {
    Some(take_system_error()).filter(|syndrome| *syndrome != 0)
}

/// The physical address at which other CPUs start; EL2's map is the identity.
#[must_use]
pub fn secondary_start() -> u64 {
    _start_secondary as *const () as u64
}

/// Enters the first guest of this CPU.
pub fn enter_first(Next { save, load }: Next) -> ! {
    // SAFETY: both are contexts in statics; the assembly leaves this stack for good.
    unsafe { enter_first_guest(save, load) }
}
