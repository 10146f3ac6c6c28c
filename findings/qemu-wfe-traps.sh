#!/bin/sh
# A guest that spins politely is never noticed (QEMU's HCR_EL2.TWE, tried with 10.0.2)
#
# Expected: with HCR_EL2.TWE set, WFE at EL1 is trapped to EL2 unless the event register is set (Arm ARM DDI 0487, HCR_EL2,
#   WFE): after a first WFE, which clears it, each further one is trapped, with EC 1; so is WFI by TWI.
# Seen: of ten WFE none is trapped; of ten WFI each is.
# Why: target/arm/tcg/translate-a64.c, trans_WFE(), gives another CPU its turn and goes on; it neither waits nor looks at
#   the traps, which op_helper.c does for WFI.
# Matters: a hypervisor that takes a guest's WFE for a hint to run another vCPU (a lock's holder, most often) never does so
#   here: that code is untried, and the time that the waiting guest takes is that of an endless loop. Count WFI's exits,
#   and try the path by other means.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > guest.S <<'S'
.global _start
_start:
    ldr     x0, =vectors
    msr     vbar_el2, x0
    mov     x20, #0                     // traps of WFI, and of WFE
    mov     x21, #0
    ldr     x0, =0x80006000             // HCR_EL2.RW, TWE and TWI
    msr     hcr_el2, x0
    mov     x0, #0x3c5
    msr     spsr_el2, x0
    ldr     x0, =el1
    msr     elr_el2, x0
    eret
el1:
    .rept   10
    wfe
    .endr
    .rept   10
    wfi
    .endr
    hvc     #0
    .balign 2048
vectors:
    .rept   8
    .balign 128
    b       .
    .endr
    .balign 128                         // from EL1: an instruction
    mrs     x0, esr_el2
    lsr     x1, x0, #26
    cmp     x1, #1
    b.ne    1f
    and     x0, x0, #1
    add     x21, x21, x0
    eor     x0, x0, #1
    add     x20, x20, x0
    mrs     x0, elr_el2
    add     x0, x0, #4
    msr     elr_el2, x0
    eret
1:  ldr     x22, =seen
    stp     w20, w21, [x22]
    str     w1, [x22, #8]
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
timeout -k 5 30 qemu-system-aarch64 -M virt,virtualization=on -cpu cortex-a53 -nodefaults -display none -semihosting -kernel guest
python3 - <<'PY'
import struct

wfi, wfe, last = struct.unpack("<3I", open("seen", "rb").read())
print(f"of ten each: WFI trapped {wfi}, WFE trapped {wfe}; then class {last:#x}, 0x16 is HVC")
assert (wfi, wfe, last) == (10, 0, 0x16)
PY
