//! Reset: from the first instruction of a CPU to Rust's `boot`, and what is said where a CPU isn't entered
//! as it should be. Assembly only.

use core::arch::global_asm;

use paratia_config::address::PAGE_BYTES;
use paratia_config::board::UartKind;
use paratia_config::each;
use paratia_config::layout::{CPU_STACK_AREA_BYTES, EMERGENCY_STACK_BYTES};

use crate::built::chosen::{self, BOARD, CPU_COUNT, EL2_ROOT, LAYOUT};

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
    mair = const chosen::MAIR_EL2,
    tcr = const chosen::TCR_EL2,
    root = const EL2_ROOT.0,
    sctlr = const SCTLR_EL2,
    cpus = const CPU_COUNT,
    stacks = const LAYOUT.stacks.base.0,
    share = const CPU_STACK_AREA_BYTES,
    boot = sym crate::boot::first::boot,
    boot_secondary = sym crate::boot::others::boot_secondary,
);

/// A CPU that starts knows nothing but its affinity.
const _: () = {
    each! { cpu below BOARD.cpus.len() => {
        assert!(
            BOARD.cpus[cpu] == cpu as u64,
            "a CPU's affinity isn't its index"
        );
    }}
};

const _: () = assert!(2 * PAGE_BYTES + EMERGENCY_STACK_BYTES < CPU_STACK_AREA_BYTES);

unsafe extern "C" {
    fn _start_secondary();
}

/// The physical address at which other CPUs start; EL2's map is the identity.
#[must_use]
pub fn secondary_start() -> u64 {
    _start_secondary as *const () as u64
}
