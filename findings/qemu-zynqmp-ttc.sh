#!/bin/sh
# A timer of 32 bits has 16 (QEMU's triple timer counter on xlnx-zcu102, tried with 10.0.2)
#
# Expected: the Zynq UltraScale+ has timers of 32 bits (UG1085, triple timer counters; Linux' device tree for it
#   says timer-width = <32>), so that an interval or match of 12345678 (hexadecimal) is one.
# Seen: interval and match keep 16 bits: 5678 is read back, and the counter, which should run up to FFFFFFFF,
#   never passes FFFF. It's the timer of the older Zynq-7000.
# Why: hw/timer/cadence_ttc.c: the registers are uint16_t, and xlnx-zynqmp.c uses the model as it is.
# Matters: an interval of 10 ms at 100 MHz is 1,000,000, and becomes 16,960, 0.17 ms; a clock that counts 32 bits
#   goes back every 65,536 ticks. With a prescaler and 16 bits both work alike.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess
import time

# Its first CPU starts at 0, and waits for interrupts, for ever: wfi, and a branch back to it.
qemu = subprocess.Popen(
    ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-nodefaults", "-display", "none", "-monitor", "none", "-serial", "null",
     "-audio", "none", "-qtest", "stdio", "-M", "xlnx-zcu102",
     "-device", "loader,addr=0x0,data=0x17ffffffd503207f,data-len=8"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

def ask(command):
    qemu.stdin.write(command + "\n")
    qemu.stdin.flush()
    answer = qemu.stdout.readline().split()
    assert answer and answer[0] == "OK", answer
    return answer[1:]

def read(register):
    return int(ask(f"readl {register:#x}")[0], 16)

def write(register, value):
    ask(f"writel {register:#x} {value:#x}")

control, counter, interval, match = (0xFF11_0000 + at for at in (0x0C, 0x18, 0x24, 0x30))
write(interval, 0x1234_5678)
write(match, 0x1234_5678)
kept = [read(interval), read(match)]
write(control, 0x10)  # it counts on from 0, without an interval
values = []
for _ in range(200):
    values.append(read(counter))
    time.sleep(0.001)
qemu.stdin.close()
qemu.terminate()
qemu.wait()
print("interval and match after 12345678:", [f"{value:x}" for value in kept])
print(f"the counter in 0.2 s: {len(set(values))} values up to {max(values):x}, and {sum(b < a for a, b in zip(values, values[1:]))} times back")
assert kept == [0x5678, 0x5678], kept
assert len(set(values)) > 100 and max(values) <= 0xFFFF, max(values)
assert any(after < before for before, after in zip(values, values[1:])), values
PY
