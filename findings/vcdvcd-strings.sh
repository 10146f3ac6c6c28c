#!/bin/sh
# Text in a waveform file vanishes on reading (pyvcd 0.5.1 writes, vcdvcd 2.6.0 reads)
#
# Expected: a variable of type "string", as pyvcd writes it and GTKWave shows it, has its values in
#   vcdvcd, or is refused.
# Seen: the variable is listed, with no values at all; reals, vectors and events of the same file are there.
# Why: vcdvcd/vcdvcd.py: lines that begin with a bit, "b" or "r" are taken for changes; what begins with "s"
#   isn't in IEEE 1364 (18.2) but in GTKWave's extension of it, and is passed over.
# Matters: text is the natural type for "which partition runs" or "which state": a check over such a file
#   finds no change and no error. Write numbers, and their names beside them.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pyvcd==0.5.1 vcdvcd==2.6.0
cd "$room"
venv/bin/python - <<'PY'
import vcd
from vcdvcd import VCDVCD

with open("run.vcd", "w") as file, vcd.VCDWriter(file, timescale="1 ns") as writer:
    running = writer.register_var("cpu0", "running", "string", init="idle")
    window = writer.register_var("cpu0", "window", "integer", size=8, init=0)
    speed = writer.register_var("cpu0", "speed", "real", init=0.0)
    writer.change(running, 10, "speedometer")
    writer.change(window, 10, 3)
    writer.change(speed, 10, 1.5)
written = [line.strip() for line in open("run.vcd") if line.startswith("s")]
read = {name: VCDVCD("run.vcd")[name].tv for name in ("cpu0.running", "cpu0.window", "cpu0.speed")}
print("text in the file:", written)
for name, changes in read.items():
    print(f"{name}: {changes}")
assert len(written) == 2, written
assert read == {"cpu0.running": [], "cpu0.window": [(0, "0"), (10, "11")], "cpu0.speed": [(0, "0"), (10, "1.5")]}, read
PY
