#!/bin/sh
# Two times in an ASC log are wrong by up to 0.9 s, and by the age of the epoch (python-can 4.6.1)
#
# Expected: (1) the file's start, 7 ms past a second, is written and read as that. (2) A message
#   stamped earlier than the first, as happens where two buses feed one log, gets "the timestamp that
#   was written for the last message", as the writer's docstring says.
# Seen: (1) 7 ms are read back as 700 ms. (2) The message 0.1 s before the first gets an offset of
#   1,700,000,000.9 s: some 54 years after its neighbours.
# Why: can/io/asc.py: (1) ASCWriter._format_header_datetime writes milliseconds without leading
#   zeros after a point, and ASCReader reads them by "%f", a fraction. (2) ASCWriter.log_event makes
#   a stamp relative only if it isn't before the first; the others are written as they are.
# Matters: logs that are lined up by their start are shifted by tenths of a second, and a plot of
#   the second kind ends 54 years later. Who writes several sources into one file sorts them first.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-can==4.6.1
cd "$room"
venv/bin/python - <<'PY'
import can

def log(*stamps):
    with can.ASCWriter("bus.asc") as writer:
        for stamp in stamps:
            writer(can.Message(timestamp=stamp, arbitration_id=1, is_extended_id=False, data=[1], channel=0))

starts = []
for milliseconds in (7, 70, 700):
    log(1_700_000_001 + milliseconds / 1000)
    (read,) = can.LogReader("bus.asc", relative_timestamp=False)
    starts.append(round(read.timestamp % 1, 3))
    print(f"started {milliseconds} ms past the second -> read as {starts[-1] * 1000:.0f} ms")
log(1_700_000_001.0, 1_700_000_000.9, 1_700_000_001.1)
offsets = [round(read.timestamp, 3) for read in can.LogReader("bus.asc")]
print(f"stamps +0.0, -0.1, +0.1 s -> {offsets}")
assert starts == [0.7, 0.7, 0.7], starts
assert offsets == [0.0, 1_700_000_000.9, 0.1], offsets
PY
