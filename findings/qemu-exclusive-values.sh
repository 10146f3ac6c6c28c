#!/bin/sh
# A store-exclusive succeeds although another CPU has stored in between (QEMU's AArch64, tried with 10.0.2)
#
# Expected: LDXR by one CPU, two stores by another to the same word (of 5, and of 0 as before), STXR by the first: it fails,
#   since the monitor is cleared by another observer's store to the address, whatever the value (Arm ARM DDI 0487,
#   B2.9: global monitor).
# Seen: it succeeds, with one thread for all CPUs and with one for each, on Normal shareable memory. When the other CPU leaves
#   another value behind, it fails.
# Why: target/arm/tcg/translate-a64.c, gen_store_exclusive(): what was loaded is kept, and the store is a compare-and-swap
#   with that value; there is no monitor.
# Matters: lists and counters that rely on LDXR and STXR to see every change (the "ABA problem" is what they are chosen
#   against) are broken here and sound on the board; a loop that measures how often such stores fail finds too few.
#   With the instructions of LSE both behave alike.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > guest.S <<'S'
.macro hand_over to
    mov     w9, #\to
    stlr    w9, [x21]
.endm
.macro wait_for turn
1:  ldar    w9, [x21]
    cmp     w9, #\turn
    b.ne    1b
.endm
.macro normal_memory
    // The first GiB of RAM, where it is: Normal, write-back, inner shareable.
    mov     x9, #0xff
    msr     mair_el1, x9
    ldr     x9, =0x200803519
    msr     tcr_el1, x9
    ldr     x9, =table
    msr     ttbr0_el1, x9
    isb
    tlbi    vmalle1
    dsb     ish
    mrs     x9, sctlr_el1
    mov     x10, #0x1005
    orr     x9, x9, x10
    msr     sctlr_el1, x9
    isb
    ldr     x20, =word
    ldr     x21, =turn
.endm
.macro attempt
    stxr    w3, w2, [x20]
    str     w3, [x22], #4
.endm
.global _start
_start:
    normal_memory
    ldr     x22, =seen
    ldr     x0, =0xc4000003             // PSCI's CPU_ON
    mov     x1, #1
    ldr     x2, =second
    mov     x3, #0
    hvc     #0
    mov     w2, #7
    ldxr    w1, [x20]                   // nobody else stores
    attempt
    str     wzr, [x20]
    ldxr    w1, [x20]                   // the other stores 5
    hand_over 1
    wait_for 2
    attempt
    str     wzr, [x20]
    ldxr    w1, [x20]                   // the other stores 5, and 0 again
    hand_over 3
    wait_for 4
    attempt
    ldr     w1, [x20]
    str     w1, [x22], #4
    b       finish
second:
    normal_memory
    mov     w1, #5
    wait_for 1
    str     w1, [x20]
    hand_over 2
    wait_for 3
    str     w1, [x20]
    dmb     ish
    str     wzr, [x20]
    hand_over 4
1:  wfi
    b       1b
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
    .quad   0, seen, 16
ending:
    .quad   0x20026, 0
name:
    .asciz  "seen"
    .balign 4096
table:
    .quad   0, 0x40000701
    .balign 4096
word:
    .word   0
    .balign 64
turn:
    .word   0
    .balign 8
seen:
    .fill   4, 4, -1
S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext=0x40200000,-N,--no-warn-rwx-segments,--build-id=none -o guest guest.S
for threads in multi single; do
    timeout -k 5 30 qemu-system-aarch64 -M virt -cpu cortex-a53 -smp 2 -accel tcg,thread=$threads -nodefaults -display none \
        -semihosting -kernel guest
    python3 - $threads <<'PY'
import struct
import sys

alone, changed, restored, word = struct.unpack("<4I", open("seen", "rb").read())
print(f"thread={sys.argv[1]}: STXR gives (0: success) alone {alone}, after 5 {changed}, after 5 and 0 {restored}; word {word}")
assert (alone, changed, restored, word) == (0, 1, 0, 7)
PY
done
