#!/bin/sh
# A value that has a name isn't a number any more (asammdf 8.8.28)
#
# Expected: of a signal whose description names some values (0 "R", 1 "N") the extracted samples are numbers by
#   default (ignore_value2text_conversion=True), and names, where there are some, with False.
# Seen: the named ones are NaN, with True and with False alike, and the others are numbers: 0 and 1 are gone.
#   Where all values that occur have names, they come as text; raw=True gives all numbers.
# Why: asammdf/blocks/v4_blocks.py, convert(): a table to text with a conversion as its default tries to make
#   one array of numbers of what came out, and a text that isn't a number is NaN there.
# Matters: a description names reverse, neutral, "error" or "not available", and these alone vanish from plots
#   and from exports, as if nothing had been sent. Take raw=True where a signal has names.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check asammdf==8.8.28 cantools==45.1.0 python-can==4.6.1
cd "$room"
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 256 Status: 8 ECU
 SG_ Gear : 0|8@1+ (1,0) [0|7] "" ECU
 SG_ Ignition : 8|8@1+ (1,0) [0|1] "" ECU
VAL_ 256 Gear 0 "R" 1 "N" ;
VAL_ 256 Ignition 0 "off" 1 "on" ;
DBC
timeout -k 5 120 venv/bin/python - <<'PY'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import can
import cantools
from asammdf import MDF

frames = [bytes([gear, gear & 1]) + bytes(6) for gear in range(5)]
with can.MF4Writer("car.mf4") as log:
    for second, data in enumerate(frames):
        log.on_message_received(can.Message(timestamp=second + 1, arbitration_id=256, is_extended_id=False, data=data))
database = cantools.database.load_file("car.dbc")
print("cantools:", [str(database.decode_message(256, data)["Gear"]) for data in frames])
seen = {}
for ignored in (True, False):
    signals = MDF("car.mf4").extract_bus_logging({"CAN": [("car.dbc", 0)]}, ignore_value2text_conversion=ignored)
    for name in ("Gear", "Ignition"):
        seen[name, ignored] = [str(value) for value in signals.get(name).samples.tolist()]
    seen["raw", ignored] = signals.get("Gear", raw=True).samples.tolist()
for (name, ignored), values in seen.items():
    print(f"asammdf, ignore_value2text_conversion={ignored}, {name}: {values}")
for ignored in (True, False):
    assert seen["Gear", ignored] == ["nan", "nan", "2.0", "3.0", "4.0"], seen
    assert seen["raw", ignored] == [0, 1, 2, 3, 4], seen
    assert seen["Ignition", ignored] == [str(text) for text in (b"off", b"on", b"off", b"on", b"off")], seen
PY
