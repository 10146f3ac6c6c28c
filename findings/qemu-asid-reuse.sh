#!/bin/sh
# An ASID that is used again needs no TLB maintenance (QEMU's AArch64, tried with 10.0.2)
#
# Expected: an address space with ASID 1 is replaced by another one with ASID 1, without a TLBI: what the TLB holds of the first
#   may go on to be used, so a test on an emulated TLB finds the old page, at least where nothing else has been used in
#   between (Arm ARM DDI 0487, D8.14: a change of the table needs TLB maintenance; ASIDs are there so that a change of
#   address space doesn't).
# Seen: if only the table's address changes, the old page is read, as on hardware. If ASID 2 was set in between, the new one is.
# Why: target/arm/helper.c, vmsa_ttbr_write(): a write that changes the ASID flushes all of the TLB, since its entries have no
#   ASID; vttbr_write() does so for VMIDs.
# Matters: a scheduler that reuses an ASID, or a hypervisor a VMID, without TLBI is sound here in all tests, and on a chip one
#   task reads another's memory. Count the TLBI instructions instead, per reuse.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > guest.S <<'S'
.macro address_space table, asid
    ldr     x9, =\table
    mov     x10, #\asid
    orr     x9, x9, x10, lsl #48
    msr     ttbr0_el1, x9
    isb
.endm
.macro look
    ldr     w1, [x20]
    str     w1, [x22], #4
.endm
.global _start
_start:
    ldr     x22, =seen
    ldr     x20, =0x80000000 + word     // in the last GiB, where the tables differ: RAM's first one, or its second
    ldr     x1, =0x40000000 + word      // the same place in RAM's second GiB
    mov     w2, #0xb
    str     w2, [x1]
    mov     x9, #0xff
    msr     mair_el1, x9
    ldr     x9, =0x200803519
    msr     tcr_el1, x9
    address_space first, 1
    tlbi    vmalle1
    dsb     ish
    isb
    mrs     x9, sctlr_el1
    mov     x10, #0x1005
    orr     x9, x9, x10
    msr     sctlr_el1, x9
    isb
    look                                // the first space: a
    address_space second, 1
    look                                // another table, no TLBI
    tlbi    vmalle1
    dsb     ish
    isb
    look                                // with TLBI: b
    address_space first, 1
    tlbi    vmalle1
    dsb     ish
    isb
    look
    address_space first, 2              // another ASID for a moment
    address_space second, 1
    look                                // another table, no TLBI
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
    .quad   0, seen, 20
ending:
    .quad   0x20026, 0
name:
    .asciz  "seen"
    .balign 4096
first:                                  // entries aren't global
    .quad   0, 0x40000f01, 0x80000f01, 0x40000f01
    .balign 4096
second:
    .quad   0, 0x40000f01, 0x80000f01, 0x80000f01
    .balign 64
word:
    .word   0xa
    .balign 8
seen:
    .fill   5, 4, -1
S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,-N,--no-warn-rwx-segments,--build-id=none -o guest guest.S
timeout -k 5 30 qemu-system-aarch64 -M virt -m 2G -cpu cortex-a53 -nodefaults -display none -semihosting -kernel guest
python3 - <<'PY'
import struct

a, kept, b, again, through_other = struct.unpack("<5I", open("seen", "rb").read())
print(f"first space {a:x}, second {b:x}; second without TLBI: {kept:x}, and by way of another ASID: {through_other:x}")
assert (a, b, again) == (0xA, 0xB, 0xA)
assert (kept, through_other) == (0xA, 0xB)
PY
