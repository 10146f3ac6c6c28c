#!/bin/sh
# A watchdog of sixteen seconds bites at once (QEMU's Raspberry Pi, tried with 10.0.2)
#
# Expected: PM_WDOG takes a time in units of 1/65536 s, PM_RSTC with "full reset" starts it, and each new PM_WDOG starts it
#   anew (the register block that Linux' bcm2835_wdt drives: its heartbeat is up to 15 s); the lower bits of PM_WDOG
#   count down.
# Seen: with FFFFF, 16 s, the machine is reset as soon as PM_RSTC is written, on raspi3b and raspi4b. Before that PM_WDOG
#   keeps what was written, and doesn't count.
# Why: hw/misc/bcm2835_powermgt.c asks for the reset when PM_RSTC is written, for this is also how software reboots;
#   the time is a register like any other.
# Matters: who arms the board's watchdog sees a loop of resets here, and takes it for a fault of its own; who doesn't because
#   of that has none on the board. Arm it on boards only, and test the heartbeat by another timer.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess
import time

RSTC, WDOG, PASSWORD, FULL_RESET = 0x1C, 0x24, 0x5A00_0000, 0x20
for machine, block in (("raspi3b", 0x3F10_0000), ("raspi4b", 0xFE10_0000)):
    # The password and the time; with -no-reboot a reset ends the machine.
    qemu = subprocess.Popen(
        ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-nodefaults", "-display", "none", "-monitor", "none",
         "-serial", "null", "-audio", "none", "-qtest", "stdio", "-M", machine, "-no-reboot"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(command):
        qemu.stdin.write(command + "\n")
        qemu.stdin.flush()
        answer = qemu.stdout.readline().split()
        assert answer and answer[0] == "OK", answer
        return answer[1:]

    ask(f"writel {block + WDOG:#x} {PASSWORD | 0xFFFFF:#x}")
    time.sleep(0.5)
    left = int(ask(f"readl {block + WDOG:#x}")[0], 16)
    start = time.monotonic()
    ask(f"writel {block + RSTC:#x} {PASSWORD | FULL_RESET:#x}")
    code = qemu.wait(timeout=50)
    took = time.monotonic() - start
    print(f"{machine}: PM_WDOG {left:#x} after half a second; reset {took:.1f} s after its start, code {code}")
    assert left == 0xFFFFF, left
    assert code == 0 and took < 8, (code, took)
PY
