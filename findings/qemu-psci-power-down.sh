#!/bin/sh
# A CPU that asks to be powered down goes on behind its call (QEMU's PSCI, tried with 10.0.2)
#
# Expected: CPU_SUSPEND with StateType 1, power down, doesn't return: when the timer wakes the CPU 10 ms later, it starts
#   at entry_point_address with context_id in X0, its MMU off and its registers lost (PSCI, DEN0022, CPU_SUSPEND: only
#   standby returns; and a request that meets an interrupt which is pending already).
# Seen: the call returns 0, SUCCESS, with all registers and system registers as they were, as from standby. PSCI_FEATURES
#   and PSCI_VERSION, 1.1, say nothing of it. An entry point isn't needed: none is ever jumped to.
# Why: target/arm/tcg/psci.c: power down isn't supported, and is a WFI.
# Matters: the code that saves a CPU, and the code that brings it back, is never run: a forgotten register, a stack that
#   isn't there, a cache that isn't cleaned, are found on the board. Try that path by CPU_OFF and CPU_ON, which do
#   start at their entry.
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
    ldr     x0, =0x84000000             // PSCI_VERSION
    hvc     #0
    report  w0
    mrs     x0, cntfrq_el0
    mov     x1, #100
    udiv    x0, x0, x1
    msr     cntv_tval_el0, x0
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    mov     x0, #0x77
    msr     tpidr_el1, x0
    mov     x19, #0x55
    ldr     x0, =0xc4000001             // CPU_SUSPEND
    mov     x1, #0x10000                // power down
    ldr     x2, =resumed
    mov     x3, #0x1234
    hvc     #0
    mov     w1, #0
    b       1f
resumed:
    ldr     x22, =seen + 4
    mov     w1, #1
1:  report  w0
    report  w1
    report  w19
    mrs     x0, tpidr_el1
    report  w0
    mrs     x0, cntv_ctl_el0
    report  w0
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
    .fill   6, 4, -1
S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,-N,--no-warn-rwx-segments,--build-id=none -o guest guest.S
timeout -k 5 30 qemu-system-aarch64 -M virt,gic-version=2 -cpu cortex-a53 -nodefaults -display none -semihosting -kernel guest
python3 - <<'PY'
import struct

version, result, at_entry, x19, tpidr, timer = struct.unpack("<6I", open("seen", "rb").read())
print(f"PSCI {version >> 16}.{version & 0xFFFF}; X0 {result:#x}, at the entry point {bool(at_entry)}, X19 {x19:#x}, "
      f"TPIDR_EL1 {tpidr:#x}, timer has fired {bool(timer & 4)}")
assert (result, at_entry, x19, tpidr) == (0, 0, 0x55, 0x77)
assert timer & 4, timer
PY
