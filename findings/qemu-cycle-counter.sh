#!/bin/sh
# A CPU that waits for 50 ms has used 50 million cycles (QEMU's AArch64 PMU, tried with 10.0.2)
#
# Expected: PMCCNTR_EL0 counts the CPU's clock cycles (Arm ARM DDI 0487, PMCCNTR_EL0), and a Cortex-A53's clock stops in WFI
#   (its manual, DDI 0500: standby mode): a wait of 50 ms adds next to nothing, and a loop takes the same number each time.
# Seen: the wait adds 50 million and more, one for each ns that passes; under -icount, too. Without -icount a loop of two
#   million instructions takes another number at each run, the host's ns; with -icount shift=0 it takes one per
#   instruction.
# Why: target/arm/helper.c, cycles_get_count(): the count is the virtual clock in units of 1 GHz, and is never stopped.
# Matters: the share of cycles in the time is a usual measure of a CPU's load, and is 100 % here for one that sleeps. Measure
#   idle time around the WFI itself, by the generic timer.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > guest.S <<'S'
.macro since_x5
    isb
    mrs     x6, pmccntr_el0
    sub     x6, x6, x5
    str     x6, [x22], #8
.endm
.global _start
_start:
    ldr     x22, =seen
    ldr     x0, =0x08000000             // the distributor: the virtual timer's interrupt is on
    mov     w1, #1
    str     w1, [x0]
    mov     w2, #1 << 27
    str     w2, [x0, #0x100]
    ldr     x0, =0x08010000             // the CPU's interface
    str     w1, [x0]
    mov     w2, #0xff
    str     w2, [x0, #4]
    mov     x0, #0x41                   // PMCR_EL0.E and LC
    msr     pmcr_el0, x0
    mov     x0, #1 << 31
    msr     pmcntenset_el0, x0
    mrs     x0, cntfrq_el0
    mov     x1, #20
    udiv    x0, x0, x1
    msr     cntv_tval_el0, x0
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    isb
    mrs     x5, pmccntr_el0
    wfi
    since_x5
    mov     x7, #0x100000
    mrs     x5, pmccntr_el0
1:  subs    x7, x7, #1
    b.ne    1b
    since_x5
    mrs     x0, cntv_ctl_el0
    str     x0, [x22], #8
    b       finish
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
    .quad   0, seen, 24
ending:
    .quad   0x20026, 0
name:
    .asciz  "seen"
    .balign 8
seen:
    .fill   3, 8, -1
S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,-N,--no-warn-rwx-segments,--build-id=none -o guest guest.S
for options in "" "" "-icount shift=0"; do
    timeout -k 5 30 qemu-system-aarch64 -M virt,gic-version=2 -cpu cortex-a53 $options -nodefaults -display none -semihosting \
        -kernel guest
    python3 - "$options" <<'PY'
import struct
import sys

wait, loop, timer = struct.unpack("<3Q", open("seen", "rb").read())
print(f"{sys.argv[1] or 'without -icount':16} waiting {wait} cycles, loop {loop}, timer has fired {bool(timer & 4)}")
assert 49_000_000 < wait < 2_000_000_000 and timer & 4, (wait, timer)
assert not sys.argv[1] or 2_097_000 < loop < 2_098_000, loop
PY
done
