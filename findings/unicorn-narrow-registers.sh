#!/bin/sh
# Writing W5 keeps the upper half of X5, as no instruction does (unicorn 2.1.4)
#
# Expected: reg_write(UC_ARM64_REG_W5, 1) has the effect of "mov w5, #1": X5 is 1, since a write to a W register
#   clears the upper 32 bits (Arm ARM DDI 0487, B1.2.1), and one to D0 or S0 clears the rest of V0.
# Seen: X5 keeps its upper 32 bits, V0 its upper 64 or 96. The instructions themselves, run by the same emulator,
#   clear them.
# Why: qemu/target/arm/unicorn_aarch64.c writes 32 bits into the register's field (and 64 or 32 into the vector's).
# Matters: a result that is put into W0 by a hook, as a call's return value for example, is read as X0 by the code
#   that follows, with what was above it: a length or an error code becomes a huge number, in that run alone.
#   Write the X register.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check unicorn==2.1.4
cd "$room"
venv/bin/python - <<'PY'
from unicorn import UC_ARCH_ARM64, UC_MODE_ARM, Uc
from unicorn.arm64_const import (
    UC_ARM64_REG_D0, UC_ARM64_REG_S0, UC_ARM64_REG_V0, UC_ARM64_REG_W5, UC_ARM64_REG_X5)

def after(register, full, value):
    emulator = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
    emulator.reg_write(full, 2**128 - 1 if full == UC_ARM64_REG_V0 else 2**64 - 1)
    emulator.reg_write(register, value)
    return emulator.reg_read(full)

def executed(code, full):
    emulator = Uc(UC_ARCH_ARM64, UC_MODE_ARM)
    emulator.mem_map(0x1000, 0x1000)
    emulator.mem_write(0x1000, code.to_bytes(4, "little"))
    emulator.reg_write(full, 2**128 - 1 if full == UC_ARM64_REG_V0 else 2**64 - 1)
    emulator.emu_start(0x1000, 0x1004)
    return emulator.reg_read(full)

w = after(UC_ARM64_REG_W5, UC_ARM64_REG_X5, 1)
d = after(UC_ARM64_REG_D0, UC_ARM64_REG_V0, 1)
s = after(UC_ARM64_REG_S0, UC_ARM64_REG_V0, 1)
print(f"written: X5 {w:#x}, V0 by D0 {d:#x}, V0 by S0 {s:#x}")
mov = executed(0x52800025, UC_ARM64_REG_X5)  # mov w5, #1
fmov = executed(0x9E6703E0, UC_ARM64_REG_V0)  # fmov d0, xzr
print(f"executed: X5 {mov:#x}, V0 {fmov:#x}")
assert (mov, fmov) == (1, 0), (mov, fmov)
assert w == 0xFFFFFFFF_00000001, hex(w)
assert d == (2**64 - 1 << 64) + 1 and s == (2**96 - 1 << 32) + 1, (hex(d), hex(s))
PY
