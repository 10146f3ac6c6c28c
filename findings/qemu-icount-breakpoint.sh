#!/bin/sh
# A breakpoint moves the board's clock to the next timer's deadline (QEMU's -icount sleep=off, tried with 10.0.2)
#
# Expected: board time stands still while a debugger holds the machine, so two readings of the counter with
#   nothing but a breakpoint between them differ by as much as without it: the manual of -icount says that the
#   virtual clock counts instructions, and of sleep=off that time is moved on when there is nothing to run.
# Seen: with sleep=off they differ by all the time that a timer had left to run. With sleep=on, or without
#   -icount, they don't.
# Why: a CPU that has met a breakpoint counts as idle (accel/tcg, cpu_thread_is_idle) before the machine is
#   marked as stopped; the main loop sees nothing that could run and warps to the next deadline
#   (icount_start_warp_timer).
# Matters: who debugs one task of a deterministic board loses the rest of its time slice at every stop, and
#   sees deadlines missed that never are without the debugger.
set -eu
command -v qemu-system-aarch64 >/dev/null || { echo "missing: apt-get install qemu-system-arm" >&2; exit 1; }
qemu-system-aarch64 --version | head -n 1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 - "$place" <<'PY'
import socket, struct, subprocess, sys, time

START, FAR = 0x4020_0000, 0x10_0000
PROGRAM = [
    0xD2A00201,  # mov x1, #0x100000
    0xD51BE301,  # msr cntv_tval_el0, x1
    0xD2800022,  # mov x2, #1
    0xD51BE322,  # msr cntv_ctl_el0, x2
    0xD5033FDF,  # isb
    0xD53BE044,  # mrs x4, cntvct_el0
    0xD503201F,  # nop
    0xD53BE045,  # mrs x5, cntvct_el0
    0x14000000,  # b .
]
BETWEEN, END = START + 6 * 4, START + 8 * 4
program, port = sys.argv[1] + "/program", sys.argv[1] + "/gdb"
with open(program, "wb") as file:
    file.write(struct.pack(f"<{len(PROGRAM)}I", *PROGRAM))

class Debugger:
    """gdb's remote protocol, as far as it is needed here."""

    def __init__(self):
        for _ in range(200):
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(port)
                break
            except OSError:
                time.sleep(0.05)
        self.socket.settimeout(40)
        self.file = self.socket.makefile("rwb", 0)

    def ask(self, text):
        self.file.write(b"$%s#%02x" % (text.encode(), sum(text.encode()) % 256))
        while self.file.read(1) != b"$":
            pass
        answer = b""
        while not answer.endswith(b"#"):
            answer += self.file.read(1)
        self.file.read(2)
        self.file.write(b"+")
        return answer[:-1].decode()

def ticks_between(options, stops):
    qemu = subprocess.Popen(
        ["timeout", "-k", "5", "60", "qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-nodefaults",
         "-display", "none", "-monitor", "none", "-serial", "null", "-S", "-gdb", f"unix:{port},server=on,wait=off",
         "-device", f"loader,file={program},addr={START:#x},cpu-num=0,force-raw=on", *options],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    gdb = Debugger()
    for stop in ([BETWEEN] if stops else []) + [END]:
        assert gdb.ask(f"Z0,{stop:x},4") == "OK"
        assert gdb.ask("c").startswith("T05")
        assert gdb.ask(f"z0,{stop:x},4") == "OK"
    words = gdb.ask("g")
    before, after = (int.from_bytes(bytes.fromhex(words[16 * n:16 * n + 16]), "little") for n in (4, 5))
    qemu.terminate()
    qemu.wait()
    return after - before

print(f"ticks of the counter over one instruction; a timer has some {FAR} left")
seen = {}
for name, options in (("sleep=off", ["-icount", "shift=0,sleep=off"]), ("sleep=on", ["-icount", "shift=0,sleep=on"])):
    seen[name] = [ticks_between(options, stops) for stops in (False, True)]
    print(f"- {name}: {seen[name][0]} without a stop, {seen[name][1]} with one")
assert seen["sleep=off"][0] < 100 and seen["sleep=on"][0] < 100, seen
assert FAR * 0.9 < seen["sleep=off"][1] <= FAR, seen
assert seen["sleep=on"][1] < FAR * 0.5, seen
PY
