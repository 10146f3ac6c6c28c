#!/bin/sh
# Signed signals of 8 bits are unsigned if they don't begin at a byte (asammdf 8.8.28)
#
# Expected: a signed signal's values are negative wherever it lies in the frame, as cantools decodes them.
# Seen: of signals with 7, 8, 9, 16 and 32 bits at each of eight places, those of exactly 8 bits that lie
#   across two bytes lose their sign: -1 is 255, with the factor and offset put on top. All others are
#   right, in both byte orders.
# Why: asammdf/blocks/bus_logging_utils.py, extract_signal(): 8 bits across two bytes are read as a u2,
#   masked to 8 bits and then viewed as i2, whose sign bit is never set; only lengths other than 8, 16, 32
#   and 64 take the way that extends a sign (longer ones across a byte take it too, since 3 and 5 bytes
#   aren't a word's size).
# Matters: temperatures, torques and rates of change are of that kind, and a value near 0 jumps by 256
#   steps. Nothing is said. Compare a database's extremes with another decoder before use.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check asammdf==8.8.28 cantools==45.1.0 python-can==4.6.1
cd "$room"
timeout -k 5 120 venv/bin/python - <<'PY'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import can
import cantools
from asammdf import MDF

LITTLE, BIG = 1, 0
layouts = [(order, length, first) for order in (LITTLE, BIG) for length in (7, 8, 9, 16, 32) for first in range(8)]
with open("car.dbc", "w") as text:
    text.write('VERSION ""\nBS_:\nBU_: ECU\n')
    for number, (order, length, first) in enumerate(layouts):
        start = first if order == LITTLE else 7 - first  # a big-endian signal is named by its highest bit
        text.write(f'BO_ {number + 1} M{number}: 8 ECU\n SG_ S{number} : {start}|{length}@{order}- (1,0) [0|0] "" ECU\n\n')
database = cantools.database.load_file("car.dbc")
with can.MF4Writer("car.mf4") as log:
    for number in range(len(layouts)):
        log.on_message_received(can.Message(timestamp=number + 1, arbitration_id=number + 1, is_extended_id=False, data=b"\xff" * 8))
signals = MDF("car.mf4").extract_bus_logging({"CAN": [("car.dbc", 0)]})
wrong = []
for number, (order, length, first) in enumerate(layouts):
    assert database.decode_message(number + 1, b"\xff" * 8) == {f"S{number}": -1}
    (value,) = signals.get(f"S{number}").samples
    if value != -1:
        wrong.append((order, length, first, int(value)))
print("of", len(layouts), "signals that are -1, these aren't (byte order, bits, first bit, value):")
for row in wrong:
    print("  ", *row)
expected = [(order, 8, first, 255) for order in (LITTLE, BIG) for first in range(1, 8)]
assert wrong == expected, wrong
PY
