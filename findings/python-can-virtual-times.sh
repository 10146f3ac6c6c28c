#!/bin/sh
# Logs of a virtual clock begin at 0, or 50 years before themselves (python-can 4.6.1, asammdf 8.8.28)
#
# Expected: messages stamped 1000.5 s and 1000.500001 s by a board's own clock have those stamps in
#   a BLF and in an MF4 file, for every reader.
# Seen: (1) BLF reads back 0 and 0.000000999: the start is gone, and a ns. (2) MF4 is read back by python-can as
#   1000.5 and 1000.50000095..., and asammdf shows both at minus 50 and more years.
# Why: (1) can/io/blf.py, timestamp_to_systemtime, writes no date for a start before 1990, while stamps are
#   differences to that start, cut to ns. (2) can/io/mf4.py takes the time of logging for the file's start and stores
#   each stamp's distance to it as a double: at 1.8e9 s that has steps of 2^-22 s, 0.24 us.
# Matters: simulated time begins at 0, and two logs of one run can't be lined up: one lost its start, one
#   depends on the day of logging and differs from run to run. Add a fixed date of the present to all
#   stamps before logging, and round to us when reading.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-can==4.6.1 asammdf==8.8.28
cd "$room"
venv/bin/python - <<'PY'
import asammdf, can

stamps = [1000.5, 1000.500001]
read = {}
for ending in ("blf", "mf4"):
    with can.Logger(f"bus.{ending}") as log:
        for stamp in stamps:
            log(can.Message(timestamp=stamp, arbitration_id=1, is_extended_id=False, data=[1], channel=0))
    read[ending] = [message.timestamp for message in can.LogReader(f"bus.{ending}")]
    print(f"{ending}: {stamps} -> {read[ending]}")
shown = asammdf.MDF("bus.mf4").get("CAN_DataFrame.ID").timestamps.tolist()
print(f"asammdf: {shown} s, {shown[0] / 31_557_600:.1f} years")
assert [round(stamp, 10) for stamp in read["blf"]] == [0.0, 0.000000999], read
assert read["mf4"] != stamps and [round(stamp, 6) for stamp in read["mf4"]] == stamps, read
assert all(stamp * 2**22 % 1 == 0 for stamp in shown) and shown[0] < -1.5e9, shown
PY
