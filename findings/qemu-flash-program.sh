#!/bin/sh
# A flash word is written again and again without an erase (QEMU's CFI flash, tried with 10.0.2)
#
# Expected: programming NOR flash only clears bits; to set one, its whole block is erased first. What is
#   programmed over a word that isn't erased is the AND of both, as in every part of this command set.
# Seen: on virt's flash banks a word of F0F0 that is programmed with 0F0F reads 0F0F, and one of 0 that is
#   programmed with FFFF reads FFFF. The status is "ready, no error" (80) each time. QEMU's SPI flash
#   (hw/block/m25p80.c) does clear bits only.
# Why: hw/block/pflash_cfi01.c, pflash_data_write(): the new word is stored, not ANDed with the old.
# Matters: an updater, an environment in two copies or a flash file system that forgets to erase works on
#   every run in QEMU and destroys its data on a board. A test has to look at the commands, or erase and
#   compare by a model of its own.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess

BANK = 0x0400_0000  # the second bank: two parts of 16 bits side by side
SECTOR = 0x4_0000

qemu = subprocess.Popen(
    ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-S", "-nodefaults", "-display", "none", "-monitor", "none",
     "-serial", "null", "-qtest", "stdio", "-M", "virt", "-cpu", "cortex-a53"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

def ask(command):
    qemu.stdin.write(command + "\n")
    qemu.stdin.flush()
    answer = qemu.stdout.readline().split()
    assert answer and answer[0] == "OK", answer
    return answer[1:]

def read(address):
    return int(ask(f"readl {address:#x}")[0], 16)

def write(address, value):
    ask(f"writel {address:#x} {value:#x}")

def command(address, first, second):
    """Both parts get a command and its second word; the answer is their status, and what stands there then."""
    write(address, first << 16 | first)
    write(address, second)
    status = read(address)
    write(BANK, 0x00FF_00FF)
    return f"{status:08x}", f"{read(address):08x}"

word = BANK + SECTOR
seen = {}
seen["erase"] = command(word, 0x20, 0x00D0_00D0)
seen["program f0f0f0f0"] = command(word, 0x40, 0xF0F0_F0F0)
seen["program 0f0f0f0f"] = command(word, 0x40, 0x0F0F_0F0F)
seen["program 00000000"] = command(word, 0x40, 0)
seen["program ffffffff"] = command(word, 0x40, 0xFFFF_FFFF)
qemu.stdin.close()
qemu.terminate()
qemu.wait()
for step, (status, value) in seen.items():
    print(f"{step}: status {status}, then the word is {value}")
values = [value for _, value in seen.values()]
assert values == ["ffffffff", "f0f0f0f0", "0f0f0f0f", "00000000", "ffffffff"], values
assert {status for status, _ in seen.values()} == {"00800080"}, seen
PY
