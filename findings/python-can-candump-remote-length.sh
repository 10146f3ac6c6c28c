#!/bin/sh
# The length that a remote frame asks for isn't written to a candump log (python-can 4.6.1)
#
# Expected: a remote frame with DLC 5 is written as "123#R5", as can-utils does, and read back so.
# Seen: it is written as "123#R", and read back with DLC 0. The reader does know "R5": the writer
#   alone drops the number. ASC, BLF and CSV keep it.
# Why: can/io/canutils.py, CanutilsLogWriter.on_message_received writes "R" and no length.
# Matters: a remote frame's DLC is that of the data frame which it asks for (Bosch CAN 2.0, part A,
#   3.1.2); two requests for one identifier that differ in it end in a bit error where they meet.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-can==4.6.1
cd "$room"
venv/bin/python - <<'PY'
import can

sent = can.Message(timestamp=1.0, arbitration_id=0x123, is_extended_id=False, is_remote_frame=True,
                   dlc=5, channel="can0", check=True)
seen = {}
for ending in ("log", "asc", "blf", "csv"):
    with can.Logger(f"bus.{ending}") as log:
        log(sent)
    (read,) = can.LogReader(f"bus.{ending}")
    seen[ending] = read.dlc
    print(f"{ending}: remote {read.is_remote_frame}, DLC {sent.dlc} -> {read.dlc}")
line = open("bus.log").read().strip()
open("other.log", "w").write(line.replace("#R", "#R5") + "\n")
(known,) = can.LogReader("other.log")
print(f"written: {line!r}; the reader makes DLC {known.dlc} of '#R5'")
assert seen == {"log": 0, "asc": 5, "blf": 5, "csv": 5} and "#R " in line and known.dlc == 5, (seen, line)
PY
