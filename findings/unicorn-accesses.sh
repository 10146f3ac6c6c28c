#!/bin/sh
# A store that fails is reported as a write, and a register of 64 bits as two of 32 (unicorn 2.1.4)
#
# Expected: the hooks of memory tell what an instruction does: a store-exclusive that fails, because the word has changed, writes
#   nothing; one that succeeds writes once and reads nothing; DC ZVA writes each of its 64 bytes once. A region of mmio_map()
#   gets a 64-bit store as one of 8 bytes, as a bus does, since it is aligned (Arm ARM DDI 0487, B2.2.1, single-copy
#   atomicity).
# Seen: the failed one is reported as a read and a write of 8 bytes, with the value that is there already, and memory doesn't
#   change; the one that succeeds as a read and a write. DC ZVA is 66 writes, three of them to the first byte. The
#   64-bit store, and the load, are two calls of 4 bytes each to mmio_map()'s functions.
# Why: store-exclusives are QEMU's compare-and-swap, which unicorn hooks as a load and a store; DC ZVA probes by writing; MMIO
#   accesses are split to 4 bytes, the largest size that a region has unless it says otherwise.
# Matters: a race detector, a coverage of data or a model of a device on top of it sees accesses that never are: a timer's
#   compare value of 64 bits passes through a wrong one, and a FIFO is read by a store. Join halves; count STXR's by W.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check unicorn==2.1.4
"$room/venv/bin/python" - <<'PY'
import struct
from unicorn import UC_ARCH_ARM64, UC_HOOK_CODE, UC_HOOK_MEM_READ, UC_HOOK_MEM_WRITE, UC_MEM_READ, UC_MODE_ARM, Uc
from unicorn.arm64_const import UC_ARM64_REG_W2, UC_ARM64_REG_X0, UC_ARM64_REG_X3

NOP, LDXR, STXR, ZVA, STR, LDR = 0xD503201F, 0xC85F7C01, 0xC8027C03, 0xD50B7420, 0xF9000003, 0xF9400001
CODE, RAM, DEVICE = 0x1000, 0x8000, 0x9000


def run(*words, place=RAM, between=None):
    machine, seen = Uc(UC_ARCH_ARM64, UC_MODE_ARM), []
    machine.mem_map(CODE, 0x1000)
    machine.mem_map(RAM, 0x1000)

    def read(_, offset, size, __):
        seen.append(("R", offset, size))
        return 0

    machine.mmio_map(DEVICE, 0x1000, read, None, lambda _, offset, size, value, __: seen.append(("W", offset, size)), None)
    if place == RAM:
        machine.hook_add(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, lambda _, kind, address, size, value, __: seen.append(
            ("R" if kind == UC_MEM_READ else "W", address - RAM, size)))
    if between:
        machine.hook_add(UC_HOOK_CODE, lambda uc, at, *_: uc.mem_write(RAM, between) if at == CODE + 4 else None)
    program = b"".join(struct.pack("<I", word) for word in words)
    machine.mem_write(CODE, program)
    machine.reg_write(UC_ARM64_REG_X0, place)
    machine.reg_write(UC_ARM64_REG_X3, 0x1122_3344_5566_7788)
    machine.emu_start(CODE, CODE + len(program))
    return seen, machine.reg_read(UC_ARM64_REG_W2), bytes(machine.mem_read(RAM, 8))


fine, status, _ = run(LDXR, NOP, STXR)
print(f"LDXR, STXR, status {status}: {fine}")
assert (fine, status) == ([("R", 0, 8), ("R", 0, 8), ("W", 0, 8)], 0), (fine, status)
failed, status, memory = run(LDXR, NOP, STXR, between=b"\5" * 8)
print(f"changed in between, status {status}, memory {memory.hex()}: {failed}")
assert (failed, status, memory) == ([("R", 0, 8), ("R", 0, 8), ("W", 0, 8)], 1, b"\5" * 8), (failed, status, memory)
zva, _, _ = run(ZVA)
print(f"DC ZVA: {len(zva)} writes, {zva.count(('W', 0, 1))} to the first byte")
assert len(zva) == 66 and zva.count(("W", 0, 1)) == 3, zva
for name, word, kind in (("STR", STR, "W"), ("LDR", LDR, "R")):
    accesses, _, _ = run(word, place=DEVICE)
    print(f"{name} of 64 bits to a device: {accesses}")
    assert accesses == [(kind, 0, 4), (kind, 4, 4)], accesses
PY
