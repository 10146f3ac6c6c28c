#!/bin/sh
# An input that nothing drives reads what was last put out (QEMU's PL061 and BCM2835 GPIO, tried with 7.2.22)
#
# Expected: a GPIO line that was an output at 1 and becomes an input shows the level of the line, with
#   nothing attached the pull's, as a register of what comes in should; writing GPCLR0 doesn't change it
#   as long as the line is an input (BCM2835 ARM Peripherals, 6.1: the value is ignored, and kept for when
#   the line becomes an output).
# Seen: on virt's PL061 and raspi3b's GPIO such a line goes on reading 1, and on raspi3b GPCLR0 turns it
#   to 0 at once: the driver reads itself. PL061's raw interrupt status for a level stays set after the
#   level is gone, until GPIOIC is written, which on hardware concerns edges alone (PL061 manual, DDI 0190: GPIOIC).
# Why: hw/gpio/pl061.c and hw/gpio/bcm2835_gpio.c keep one word for what was written and what comes in.
# Matters: "set, turn round, read back" succeeds here with a broken wire, a missing pull or a wrong pin.
#   A test of a line needs something on its other end, outside of the controller.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess

class Board:
    """A board whose CPUs stand still; its registers are read and written by QEMU's test protocol."""

    def __init__(self, *machine):
        self.qemu = subprocess.Popen(
            ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-S", "-nodefaults", "-display", "none", "-monitor", "none",
             "-serial", "null", "-qtest", "stdio", *machine],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, command):
        self.qemu.stdin.write(command + "\n")
        self.qemu.stdin.flush()
        answer = self.qemu.stdout.readline().split()
        assert answer and answer[0] == "OK", answer
        return answer[1:]

    def read(self, address):
        return int(self.ask(f"readl {address:#x}")[0], 16)

    def write(self, address, value):
        self.ask(f"writel {address:#x} {value:#x}")

    def end(self):
        self.qemu.stdin.close()
        self.qemu.terminate()
        self.qemu.wait()

virt = Board("-M", "virt", "-cpu", "cortex-a53")
data, direction, sense, event, raw, clear = (0x0903_0000 + offset for offset in (0x3FC, 0x400, 0x404, 0x40C, 0x414, 0x41C))
pl061 = [virt.read(data)]
virt.write(direction, 0x80)
virt.write(data, 0x80)
virt.write(direction, 0)
pl061.append(virt.read(data))
virt.write(sense, 0x80)
virt.write(event, 0x80)
level = [virt.read(raw) & 0x80]
virt.write(direction, 0x80)
virt.write(data, 0)
virt.write(direction, 0)
level.append(virt.read(raw) & 0x80)
virt.write(clear, 0x80)
level.append(virt.read(raw) & 0x80)
virt.end()
print("PL061, line 7: at reset, then as an input after it was an output at 1:", [f"{word:#x}" for word in pl061])
print("PL061, raw status for a high level: high, low, low and cleared:", [f"{word:#x}" for word in level])

pi = Board("-M", "raspi3b")
function, high, low, now = (0x3F20_0000 + offset for offset in (0x00, 0x1C, 0x28, 0x34))
bcm = [pi.read(now) & 0x20]
pi.write(function, 1 << 15)
pi.write(high, 0x20)
pi.write(function, 0)
bcm.append(pi.read(now) & 0x20)
pi.write(low, 0x20)
bcm.append(pi.read(now) & 0x20)
pi.end()
print("BCM2835, GPIO 5: at reset, as an input after an output at 1, after GPCLR0:", [f"{word:#x}" for word in bcm])
assert pl061 == [0, 0x80], pl061
assert level == [0x80, 0x80, 0], level
assert bcm == [0, 0x20, 0], bcm
PY
