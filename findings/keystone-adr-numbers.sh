#!/bin/sh
# ADR with a number goes to twice the address, less one byte for each 4 KiB (keystone-engine 0.9.2, capstone 5.0.9)
#
# Expected: at 0x1000, "adr x0, 0x1008" gives the address 0x1008, as "b 0x1008", "cbz", "tbz" and "ldr x0, 0x1008" do:
#   the number is the target.
# Seen: assembled at 0 it is right; at 0x1000 it gives 0x2007, at 0x2000 0x4006, and from 1 MiB on it is refused
#   as an unknown error, while the branches go on working. A label, and ".+8", are right at every address.
# Why: keystone makes a number relative to the instruction for the branches and the literal load; for ADR it takes
#   away the number of the instruction's page, which is ADRP's rule, and keeps the rest as the distance.
# Matters: code that is assembled to be patched into an image, or to feed an emulator with it, reads its data from
#   a wrong and odd address. Use labels, or distances from ".".
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check keystone-engine==0.9.2 capstone==5.0.9
cd "$room"
venv/bin/python - <<'PY'
from capstone import CS_ARCH_ARM64, CS_MODE_ARM, Cs
from keystone import KS_ARCH_ARM64, KS_MODE_LITTLE_ENDIAN, Ks, KsError

assembler, disassembler = Ks(KS_ARCH_ARM64, KS_MODE_LITTLE_ENDIAN), Cs(CS_ARCH_ARM64, CS_MODE_ARM)

def target(text, address):
    """The address that the one instruction refers to, as another package reads it."""
    try:
        code, _ = assembler.asm(text, address)
    except KsError:
        return "refused"
    instruction = next(disassembler.disasm(bytes(code), address))
    return int(instruction.op_str.split("#")[-1], 16)

seen = {}
for address in (0, 0x1000, 0x2000, 0x20_0000):
    for form in ("b {}", "cbz x0, {}", "tbz x0, #1, {}", "ldr x0, {}", "adr x0, .+8", "adr x0, {}"):
        seen[form, address] = got = target(form.format(address + 8), address)
        print(f"at {address:#8x}: {form:16} {got if got == 'refused' else hex(got)}")
for (form, address), got in seen.items():
    wanted = address + 8
    if form == "adr x0, {}":
        wanted = {0: 8, 0x1000: 0x2007, 0x2000: 0x4006, 0x20_0000: "refused"}[address]
    assert got == wanted, (form, address, got)
PY
