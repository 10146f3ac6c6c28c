#!/bin/sh
# A clock that can't be set, and an alarm that never comes (QEMU's Zynq UltraScale+ RTC, tried with 10.0.2)
#
# Expected: as on the board (UG1087, RTC): SET_TIME_WRITE sets the time, an ALARM sets bit 1 of RTC_INT_STATUS
#   when its second comes, and bit 0 is set each second.
# Seen: CURRENT_TIME goes on with the host's time whatever is written, and SET_TIME_READ gives that, too; two
#   seconds after the alarm's time the status is 0, and so it stays. All registers can be written and read
#   back, and the enables work. PL031 on the machine virt takes the time, and its alarm comes.
# Why: hw/rtc/xlnx-zynqmp-rtc.c: CURRENT_TIME is computed from the host's clock at start; no timer exists, and
#   nothing but a guest's own writes changes the status.
# Matters: a system that sets its clock reads another one back, and one that sleeps until its alarm sleeps on.
#   A test of wake-up or of time synchronisation has to run on another board or timer.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess
import time

class Board:
    """A board whose CPUs stand still; its registers are read and written by QEMU's test protocol."""

    def __init__(self, machine):
        self.qemu = subprocess.Popen(
            ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-S", "-nodefaults", "-display", "none", "-monitor", "none",
             "-serial", "null", "-audio", "none", "-qtest", "stdio", "-M", machine],
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

EARLY = 1000  # seconds since 1970
zynqmp, virt = Board("xlnx-zcu102"), Board("virt")
set_time, set_time_read, current, alarm, status, enable, control = (0xFFA6_0000 + at for at in (0x00, 0x04, 0x10, 0x18, 0x20, 0x28, 0x40))
data, match, load, mask, raw = (0x0901_0000 + at for at in (0x00, 0x04, 0x08, 0x10, 0x14))
start = zynqmp.read(current)
zynqmp.write(control, 0x8100_0000)
zynqmp.write(status, 3)
zynqmp.write(enable, 3)
zynqmp.write(set_time, EARLY)
zynqmp.write(alarm, start + 2)
virt.write(load, EARLY)
virt.write(mask, 1)
virt.write(match, EARLY + 2)
time.sleep(4)
clock, told, pending = zynqmp.read(current) - start, zynqmp.read(set_time_read) - start, zynqmp.read(status)
other, other_pending = virt.read(data) - EARLY, virt.read(raw)
zynqmp.end()
virt.end()
print(f"Zynq: after 4 s from {EARLY}, set to it: {start + clock}; SET_TIME_READ {start + told}; alarm and second: {pending:#x}")
print(f"PL031: after 4 s from {EARLY}, set to it: {EARLY + other}; alarm: {other_pending:#x}")
assert 3 <= other <= 8, other
assert 3 <= clock <= 8 and 3 <= told <= 8 and start > EARLY + 1_000_000, (start, clock, told)
assert (pending, other_pending) == (0, 1), (pending, other_pending)
PY
