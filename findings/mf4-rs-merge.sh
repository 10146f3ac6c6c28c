#!/bin/sh
# A recording of nine o'clock happens at eight, when two are merged (mf4-rs 3.7.0, asammdf 8.8.28)
#
# Expected: merge_files() of a log that starts at 8:00 and one that starts at 9:00 has the second's samples at 9:00, 3600 s behind
#   the first's (ASAM MDF 4: times are relative to the header's start time, and don't go back within a group), as
#   asammdf's concatenate() has.
# Seen: channel groups of the same layout are put behind each other with the times that they had: 0, 0.1, 0.2, 0, 0.1, 0.2 s,
#   in a file that starts at 8:00. Groups of different layouts stand side by side, both from 8:00 on. In the
#   other order both start at 9:00.
# Why: the records are copied as they are, and the first file's header; the start times aren't compared (src/merge.rs).
# Matters: causes come after their effects, a cut by time finds two places, and resampling draws lines back. Merge by a
#   package that shifts times, or keep the files apart.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check asammdf==8.8.28 mf4-rs==3.7.0
cd "$room"
venv/bin/python - <<'PY' 2> log || { cat log >&2; exit 1; }
import datetime
import mf4_rs
import numpy
from asammdf import MDF, Signal


def write(name, hour, signal):
    with MDF(version="4.10") as log:
        log.append([Signal(numpy.array([1, 2, 3], dtype="uint8"), numpy.array([0, 0.1, 0.2]), name=signal)])
        log.start_time = datetime.datetime(2024, 1, 1, hour, tzinfo=datetime.timezone.utc)
        log.save(name, overwrite=True)


def read(name):
    with MDF(name) as log:
        groups = [[float(time) for time in log.get(group=number, index=1).timestamps] for number in range(len(log.groups))]
        print(f"{name:16} starts at {log.start_time.hour}:00, times {groups}")
        return log.start_time.hour, groups


write("eight.mf4", 8, "speed")
write("nine.mf4", 9, "speed")
write("torque.mf4", 9, "torque of the engine")
mf4_rs.merge_files("merged.mf4", "eight.mf4", "nine.mf4")
mf4_rs.merge_files("turned.mf4", "nine.mf4", "eight.mf4")
mf4_rs.merge_files("different.mf4", "eight.mf4", "torque.mf4")
once = [0.0, 0.1, 0.2]
assert read("merged.mf4") == (8, [once + once])
assert read("turned.mf4") == (9, [once + once])
assert read("different.mf4") == (8, [once, once])
with MDF.concatenate(["eight.mf4", "nine.mf4"]) as both:
    both.save("concatenated.mf4", overwrite=True)
hour, (times,) = read("concatenated.mf4")
assert hour == 8 and times[:3] == once and times[3:] == [3600.0, 3600.1, 3600.2], times
PY
