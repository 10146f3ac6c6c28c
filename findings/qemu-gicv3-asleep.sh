#!/bin/sh
# A redistributor that sleeps delivers interrupts (QEMU's GICv3, tried with 10.0.2)
#
# Expected: after reset GICR_WAKER has ProcessorSleep and ChildrenAsleep, and the redistributor forwards nothing until software
#   clears the first and has waited for the second (GIC architecture, IHI 0069, 12.11, GICR_WAKER; Linux and
#   each boot firmware begin with it).
# Seen: GICR_WAKER reads 6, both bits are set, before and after; the virtual timer's interrupt 27 arrives nevertheless.
# Why: hw/intc/arm_gicv3_redist.c keeps the register, and arm_gicv3.c doesn't look at it when it chooses the next interrupt.
# Matters: an operating system or a hypervisor that forgets this step works on virt, on each CPU, and gets no interrupt
#   at all on a board, where nothing else is wrong. Assert that the bit is clear before the first wait.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > guest.S <<'S'
.macro report value
    str     \value, [x22], #4
.endm
.macro waker
    ldr     x0, =0x080a0000
    ldr     w1, [x0, #0x14]
    report  w1
.endm
.global _start
_start:
    ldr     x22, =seen
    ldr     x0, =vectors
    msr     vbar_el1, x0
    ldr     x0, =0x08000000             // GICD_CTLR: affinity routing, group 1
    mov     w1, #0x12
    str     w1, [x0]
    waker
    ldr     x0, =0x080b0000             // the redistributor's SGIs and PPIs: 27 is in group 1, and on
    mov     w1, #1 << 27
    str     w1, [x0, #0x80]
    str     w1, [x0, #0x100]
    mov     x1, #1
    msr     icc_sre_el1, x1
    isb
    mov     x1, #0xff
    msr     icc_pmr_el1, x1
    mov     x1, #1
    msr     icc_igrpen1_el1, x1
    mrs     x0, cntfrq_el0
    mov     x1, #100
    udiv    x0, x0, x1
    msr     cntv_tval_el0, x0
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    msr     daifclr, #2
    mrs     x2, cntvct_el0              // for half a second at most
    mrs     x3, cntfrq_el0
    add     x2, x2, x3, lsr #1
1:  mrs     x4, cntvct_el0
    cmp     x4, x2
    b.lo    1b
    mov     w1, #0
    b       2f
arrived:
    mrs     x1, icc_iar1_el1
2:  report  w1
    waker
    b       finish
    .balign 2048
vectors:
    .rept 16
    .balign 128
    b       arrived
    .endr
finish:
    ldr     x0, =name
    ldr     x1, =opening
    mov     w0, #1
    hlt     #0xf000
    ldr     x1, =writing
    str     x0, [x1]
    mov     w0, #5
    hlt     #0xf000
    ldr     x1, =ending
    mov     w0, #0x18
    hlt     #0xf000
    .ltorg
    .balign 8
opening:
    .quad   name, 5, 4
writing:
    .quad   0, seen, 12
ending:
    .quad   0x20026, 0
name:
    .asciz  "seen"
    .balign 8
seen:
    .fill   3, 4, -1
S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,-N,--no-warn-rwx-segments,--build-id=none -o guest guest.S
timeout -k 5 30 qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a53 -nodefaults -display none -semihosting -kernel guest
python3 - <<'PY'
import struct

before, interrupt, after = struct.unpack("<3I", open("seen", "rb").read())
print(f"GICR_WAKER {before:#x}; interrupt {interrupt} (0 is none); GICR_WAKER {after:#x}")
assert (before, interrupt, after) == (6, 27, 6)
PY
