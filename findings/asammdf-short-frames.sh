#!/bin/sh
# Signals that a short frame doesn't carry get a value nevertheless (asammdf 8.8.28, python-can 4.6.1)
#
# Expected: where a frame has 3 of the 8 bytes that its DBC message has, the signals in the other five
#   have no sample at that time (cantools 45.1.0 refuses such a frame unless told otherwise).
# Seen: extract_bus_logging() gives each of them a sample of raw 0: a temperature of -40 degrees, a
#   gear "P", while the frame before said 21 degrees and "D". Nothing marks it.
# Why: MDF keeps frames in a byte array of one length beside a DataLength; asammdf cuts signals out of
#   the array (asammdf/blocks/bus_logging_utils.py) and doesn't look at the length.
# Matters: any length up to 8 is valid on CAN, and an older ECU may send less than a newer DBC file
#   lists. The plot shows plausible values that were never sent. Filter by DataLength first.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check asammdf==8.8.28 python-can==4.6.1 cantools==45.1.0
cd "$room"
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 291 State: 8 ECU
 SG_ Speed : 0|16@1+ (0.1,0) [0|6553.5] "km/h" ECU
 SG_ Temperature : 24|8@1+ (1,-40) [-40|215] "C" ECU
 SG_ Gear : 32|3@1+ (1,0) [0|7] "" ECU
VAL_ 291 Gear 0 "P" 3 "D" ;
DBC
venv/bin/python - <<'PY'
import asammdf, can, cantools

frames = [bytes([100, 0, 0, 61, 3, 0, 0, 0]), bytes([110, 0, 0])]
with can.Logger("bus.mf4") as log:
    for number, data in enumerate(frames):
        log(can.Message(timestamp=1000.0 + number, arbitration_id=291, is_extended_id=False, data=data, channel=0))
logged = asammdf.MDF("bus.mf4").extract_bus_logging({"CAN": [("car.dbc", 0)]})
seen = {name: logged.get(name).samples.tolist() for name in ("Speed", "Temperature", "Gear")}
for name, samples in seen.items():
    print(f"asammdf: {name} {samples}")
state = cantools.database.load_file("car.dbc").get_message_by_name("State")
print("cantools, as much as there is:", state.decode(frames[1], allow_truncated=True))
assert seen == {"Speed": [10.0, 11.0], "Temperature": [21, -40], "Gear": [b"D", b"P"]}, seen
assert state.decode(frames[1], allow_truncated=True) == {"Speed": 11.0}
PY
