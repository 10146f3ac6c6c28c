#!/bin/sh
# A frame that nobody acknowledges was sent, and a bit rate of any kind fits (QEMU's xlnx-zynqmp-can, tried with 10.0.2)
#
# Expected: as on a bus (ISO 11898-1): a controller alone gets no acknowledgement, raises ERROR, counts its transmit
#   errors up to 128, and never says TXOK; one at 500 kbit/s doesn't understand one at 5 kbit/s (UG1085, CAN controllers:
#   BRPR is the prescaler, BTR the segments).
# Seen: alone, with a bus or without one, TXOK is set at once, ERROR isn't, and ECR is 0. With prescalers of 2 and of 201
#   the other controller has RXOK, the identifier and all four bytes, and no errors either.
# Why: hw/net/can/xlnx-zynqmp-can.c hands whole frames to the bus (net/can); BRPR and BTR are kept, and used by nobody; ECR
#   and ESR are never written by the model.
# Matters: a driver with a wrong clock, prescaler or sampling point, and one without handling of "error passive" and "bus
#   off", pass each test here, and are silent on the board. Compute the rate from the registers in a test of its own.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
python3 - <<'PY'
import subprocess

FIRST, SECOND = 0xFF06_0000, 0xFF07_0000
SRR, BRPR, BTR, ECR, ESR, ISR, TX, RX = 0x00, 0x08, 0x0C, 0x10, 0x14, 0x1C, 0x30, 0x50
TXOK, RXOK, ERROR = 1 << 1, 1 << 4, 1 << 8


class Board:
    def __init__(self, *options):
        self.qemu = subprocess.Popen(
            ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-nodefaults", "-display", "none", "-monitor", "none",
             "-serial", "null", "-audio", "none", "-qtest", "stdio", "-M", "xlnx-zcu102", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, command):
        self.qemu.stdin.write(command + "\n")
        self.qemu.stdin.flush()
        answer = self.qemu.stdout.readline().split()
        assert answer and answer[0] == "OK", answer
        return answer[1:]

    def read(self, register):
        return int(self.ask(f"readl {register:#x}")[0], 16)

    def start(self, controller, prescaler):
        for register, value in ((SRR, 0), (BRPR, prescaler), (BTR, 0x1C9), (SRR, 2)):
            self.ask(f"writel {controller + register:#x} {value:#x}")

    def send(self, controller):
        for place, word in enumerate((0x123 << 21, 4 << 28, 0xAABBCCDD, 0)):
            self.ask(f"writel {controller + TX + 4 * place:#x} {word:#x}")

    def end(self):
        self.qemu.stdin.close()
        self.qemu.terminate()
        self.qemu.wait()


for name, options in (("no bus", []), ("a bus, alone", ["-object", "can-bus,id=bus", "-machine", "canbus0=bus"])):
    board = Board(*options)
    board.start(FIRST, 1)
    board.send(FIRST)
    events, counts, errors = (board.read(FIRST + register) for register in (ISR, ECR, ESR))
    board.end()
    print(f"{name}: TXOK {bool(events & TXOK)}, ERROR {bool(events & ERROR)}, counts {counts:#x}, errors {errors:#x}")
    assert events & (TXOK | ERROR) == TXOK and counts == errors == 0, (events, counts, errors)

board = Board("-object", "can-bus,id=bus", "-machine", "canbus0=bus,canbus1=bus")
board.start(FIRST, 1)
board.start(SECOND, 200)
rates = [board.read(controller + BRPR) for controller in (FIRST, SECOND)]
board.send(FIRST)
events, errors = board.read(SECOND + ISR), board.read(SECOND + ESR)
identifier, length, data = (board.read(SECOND + RX + 4 * place) for place in range(3))
board.end()
print(f"prescalers {rates}: RXOK {bool(events & RXOK)}, identifier {identifier >> 21:#x}, {length >> 28} bytes, {data:#x}")
assert rates == [1, 200], rates
assert events & (RXOK | ERROR) == RXOK and errors == 0, (events, errors)
assert (identifier >> 21, length >> 28, data) == (0x123, 4, 0xAABBCCDD), (identifier, length, data)
PY
