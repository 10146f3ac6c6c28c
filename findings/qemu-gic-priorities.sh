#!/bin/sh
# Two priorities that are one on the chip interrupt each other (QEMU's GICv2, tried with 10.0.2)
#
# Expected: the GIC-400 of the Raspberry Pi 4 and of the Zynq UltraScale+ has 32 priorities: of 81 (hexadecimal) 80 is kept, of
#   FF F8, in GICD_IPRIORITYR and in GICC_PMR, and the binary point is at least 2 (GIC-400 manual, DDI 0471:
#   priority levels; GIC architecture, IHI 0048, 3.3: bits that aren't implemented are zero).
# Seen: on raspi4b, xlnx-zcu102 and virt all eight bits are kept, and the binary point can be 0.
# Why: hw/intc/arm_gic_common.c has the property num-priority-bits with 8 as its default, and no board sets it
#   for this controller.
# Matters: a plan of priorities such as 80, 81, 82 works here: each preempts the next. On the chip they are equal and none
#   preempts another; a mask of 81, which lets 80 through here, is 80 there, and doesn't. Write FF, read it back, and
#   refuse a plan that needs more bits than are left.
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
    ldr     x22, =seen
    ldr     x0, =DISTRIBUTOR
    ldr     x2, =INTERFACE
    mov     w1, #-1                     // interrupts 32 to 35
    str     w1, [x0, #0x420]
    ldr     w1, [x0, #0x420]
    str     w1, [x22], #4
    ldr     w1, =0x83828180
    str     w1, [x0, #0x420]
    ldr     w1, [x0, #0x420]
    str     w1, [x22], #4
    mov     w1, #0x81                   // the mask
    str     w1, [x2, #4]
    ldr     w1, [x2, #4]
    str     w1, [x22], #4
    str     wzr, [x2, #8]               // the binary point
    ldr     w1, [x2, #8]
    str     w1, [x22], #4
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
    .quad   0, seen, 16
ending:
    .quad   0x20026, 0
name:
    .asciz  "seen"
    .balign 8
seen:
    .fill   4, 4, -1
S
attempt() {
    aarch64-linux-gnu-gcc -DDISTRIBUTOR=$3 -DINTERFACE=$4 -nostdlib -static \
        -Wl,-Ttext=$2,-N,--no-warn-rwx-segments,--build-id=none -o guest guest.S
    machine=$1
    shift 4
    rm -f seen
    timeout -k 5 30 qemu-system-aarch64 -M $machine "$@" -nodefaults -display none -audio none -semihosting -kernel guest \
        2> log || { cat log >&2; exit 1; }
    python3 - $machine <<'PY'
import struct
import sys

ones, several, mask, point = struct.unpack("<4I", open("seen", "rb").read())
print(f"{sys.argv[1]:18} of FFFFFFFF {ones:08X}, of 83828180 {several:08X}, mask of 81 {mask:02X}, binary point of 0 {point}")
assert (ones, several, mask, point) == (0xFFFFFFFF, 0x83828180, 0x81, 0)
PY
}
attempt raspi4b 0x200000 0xff841000 0xff842000
attempt xlnx-zcu102 0x200000 0xf9010000 0xf9020000
attempt virt,gic-version=2 0x40200000 0x08000000 0x08010000 -cpu cortex-a53
