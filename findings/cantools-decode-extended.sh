#!/bin/sh
# The command line decodes an extended frame as the standard message of that number (cantools 45.1.0)
#
# Expected: in candump's formats an identifier of eight digits is an extended one, so that `cantools decode`
#   finds the DBC file's extended message for 00000123 and the standard one for 123.
# Seen: both are decoded by the standard message: a counter of 85 is shown as 8.5 km/h.
# Why: the log reader knows the difference (cantools/logreader.py, is_extended_frame), and
#   cantools/subparsers/decode.py hands on the number alone; a number up to 0x7FF is looked up as a standard
#   identifier unless force_extended_id says otherwise.
# Matters: a plausible speed that nobody sent. Give extended messages numbers above 0x7FF, or decode in
#   Python with force_extended_id.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check cantools==45.1.0
cd "$room"
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 291 Motion: 2 ECU
 SG_ Speed : 0|16@1+ (0.1,0) [0|6553.5] "km/h" ECU
BO_ 2147483939 Service: 2 ECU
 SG_ Counter : 0|16@1+ (1,0) [0|65535] "" ECU
DBC
cat > bus.log <<'LOG'
(1.000000) can0 123#6400
(2.000000) can0 00000123#5500
LOG
venv/bin/cantools decode --single-line car.dbc < bus.log | tee decoded
venv/bin/python - <<'PY'
import cantools

service = cantools.database.load_file("car.dbc").decode_message(0x123, b"\x55\0", force_extended_id=True)
print("in Python, with force_extended_id:", service)
shown = [line.split(" :: ")[1].strip() for line in open("decoded")]
assert shown == ["Motion(Speed: 10.0 km/h)", "Motion(Speed: 8.5 km/h)"], shown
assert service == {"Counter": 85}, service
PY
