#!/bin/sh
# One character fills a FIFO of sixteen to seven eighths (QEMU's PL011, tried with 10.0.2)
#
# Expected: with FIFOs on and UARTIFLS set to seven eighths, one received character raises no receive interrupt (RXRIS), but
#   the time-out (RTRIS) 32 bit periods later; of 20 characters the first 16 are kept and OE, overrun, is set (PL011
#   manual, DDI 0183, UARTIFLS, UARTRSR and "Receive timeout interrupt").
# Seen: RXRIS is set by the first character, whatever UARTIFLS says; RTRIS isn't, in half a second. Of 20 characters in
#   loopback 16 are there: the last four, then those from the fifth on, without OE.
# Why: hw/char/pl011.c, pl011_set_read_trigger(), has the threshold fixed to one character, for Linux' sake; no time-out is
#   modelled; pl011_fifo_rx_put() counts to the depth, and goes on writing round the ring.
# Matters: a driver that enables the receive interrupt and forgets the time-out gets each key here, and on a board only
#   the fourteenth; one that asks for the time-out alone gets none here. Enable both, and try it with less than a FIFO.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess
import time

DR, RSR, IBRD, LCR, CR, IFLS, RIS, ICR = (0x0900_0000 + at for at in (0x00, 0x04, 0x24, 0x2C, 0x30, 0x34, 0x3C, 0x44))
RX, RT, OE = 1 << 4, 1 << 6, 1 << 10
qemu = subprocess.Popen(
    ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-nodefaults", "-display", "none", "-monitor", "none", "-serial", "null",
     "-qtest", "stdio", "-M", "virt"],
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


# 115,200 baud at 24 MHz, eight bits, FIFOs, loopback, receiver and transmitter on, seven eighths.
for register, value in ((CR, 0), (IBRD, 13), (LCR, 0x70), (IFLS, 0x24), (ICR, 0x7FF), (CR, 0x381)):
    write(register, value)
threshold = read(IFLS)
write(DR, 0x41)
first = read(RIS)
time.sleep(0.5)
later = read(RIS)
print(f"IFLS {threshold:#x}; after one character RX {bool(first & RX)}, half a second later RT {bool(later & RT)}")
assert threshold == 0x24 and read(DR) & 0xFF == 0x41
assert first & RX and not later & RT, (first, later)

for character in range(20):
    write(DR, character)
got = [read(DR) for _ in range(16)]
errors = read(RSR)
print(f"of 0 to 19: {[word & 0xFF for word in got]}, overrun {any(word & OE for word in got) or bool(errors & 8)}")
qemu.stdin.close()
qemu.terminate()
qemu.wait()
start = [word & 0xFF for word in got].index(4)
assert sorted(word & 0xFF for word in got) == list(range(4, 20)) and not any(word & OE for word in got) and not errors & 8, got
assert start == 4, got
PY
