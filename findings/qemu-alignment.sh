#!/bin/sh
# A crooked stack pointer, and clearing memory before there is any, both work (QEMU's AArch64, tried with 10.0.2)
#
# Expected: with SCTLR_EL1.SA set, a load by a stack pointer that isn't a multiple of 16 is an SP alignment fault, EC 0x26
#   (Arm ARM DDI 0487, D1.8.2). With the MMU off all data is Device memory (D8.2.12), where an unaligned load and
#   DC ZVA are alignment faults, EC 0x25 (B2.5.2, C6.2 DC ZVA).
# Seen: the unaligned load does fault, by EC 0x25. The load and the store by SP = 8 mod 16 don't, with SCTLR_EL1.SA read
#   back as set; DC ZVA clears its 64 bytes.
# Why: target/arm/tcg/translate-a64.c, gen_check_sp_alignment, is empty; helper-a64.c, dc_zva, probes for a write
#   and doesn't look at the memory's type, as loads and stores do since QEMU 9.0.
# Matters: start-up code whose stack top isn't rounded, or whose memset clears .bss by DC ZVA before the MMU is on, runs
#   in every test and stops at once on the board. Assert on the stack pointer, and on the MMU, in the code itself.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
# Each attempt leaves the exception's class, or 0, in the next word of what the host reads.
cat > guest.S <<'S'
.macro attempt
    str     wzr, [x20]
.endm
.macro result
    add     x20, x20, #4
.endm
.global _start
_start:
    adr     x0, vectors
    msr     vbar_el1, x0
    mrs     x0, sctlr_el1
    orr     x0, x0, #8
    msr     sctlr_el1, x0
    isb
    adr     x20, seen
    adr     x21, memory
    mrs     x0, sctlr_el1
    and     x0, x0, #8
    str     w0, [x20], #4
    attempt
    add     x0, x21, #512
    mov     sp, x0
    ldr     x1, [sp]
    result
    attempt
    add     x0, x21, #520
    mov     sp, x0
    ldr     x1, [sp]
    result
    attempt
    stp     x1, x1, [sp, #-16]
    result
    attempt
    ldr     x1, [x21, #1]
    result
    attempt
    dc      zva, x21
    result
    ldr     x1, [x21]
    str     w1, [x20], #4
    adr     x0, name
    adr     x1, opening
    mov     w0, #1
    hlt     #0xf000
    adr     x1, writing
    str     x0, [x1]
    mov     w0, #5
    hlt     #0xf000
    adr     x1, ending
    mov     w0, #0x18
    hlt     #0xf000
    .balign 2048
vectors:
    .rept 16
    .balign 128
    mrs     x10, esr_el1
    lsr     x10, x10, #26
    str     w10, [x20]
    mrs     x10, elr_el1
    add     x10, x10, #4
    msr     elr_el1, x10
    eret
    .endr
    .balign 8
opening:
    .quad   name, 5, 4
writing:
    .quad   0, seen, 28
ending:
    .quad   0x20026, 0
name:
    .asciz  "seen"
    .balign 8
seen:
    .fill   7, 4, 0
    .balign 64
memory:
    .fill   128, 8, -1
S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40080000,-N,--build-id=none -o guest guest.S
timeout -k 5 30 qemu-system-aarch64 -M virt -cpu cortex-a53 -nodefaults -display none -semihosting -kernel guest
python3 - <<'PY'
import struct

sa, aligned, load, store, unaligned, zva, first = struct.unpack("<7I", open("seen", "rb").read())
print(f"SCTLR_EL1.SA {sa:#x}; class of the exception, 0 is none:")
print(f"  load, SP aligned {aligned:#x}; load, SP at 8 {load:#x}; store, SP at 8 {store:#x}")
print(f"  unaligned load, MMU off {unaligned:#x}; DC ZVA, MMU off {zva:#x}, first word then {first:#x}")
assert (sa, aligned, unaligned) == (8, 0, 0x25)
assert (load, store, zva, first) == (0, 0, 0, 0)
PY
