#!/bin/sh
# Most of a multiplexed signal's samples are left out (asammdf 8.8.28)
#
# Expected: a signal that is there for several values of its multiplexer (SG_MUL_VAL_ with "2-3, 5-5", extended
#   multiplexing of the DBC format) is extracted from each frame with one of them, as cantools decodes it.
# Seen: only the one value behind the "m" counts, which stands there for readers that don't know ranges: of six
#   frames with 1 to 6, the signal of "2-3, 5-5" has the sample of 2, and that of "1-1, 6-6" the one of 1.
#   Nothing is said.
# Why: asammdf/blocks/bus_logging_utils.py: of a signal without mux_val_min and mux_val_max both are set to its
#   "m" value, and extract_mux() selects frames by this pair; the list of ranges isn't looked at.
# Matters: a value stops to change while the car is in the other mode, and looks valid in between: plots and
#   resampling connect what is left. Count a signal's samples against the frames.
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
 SG_ Mode M : 0|8@1+ (1,0) [0|0] "" ECU
 SG_ Ascending m2 : 8|8@1+ (1,0) [0|0] "" ECU
 SG_ Descending m5 : 16|8@1+ (1,0) [0|0] "" ECU
 SG_ Ends m1 : 24|8@1+ (1,0) [0|0] "" ECU
 SG_ Single m4 : 32|8@1+ (1,0) [0|0] "" ECU
SG_MUL_VAL_ 256 Ascending Mode 2-3, 5-5;
SG_MUL_VAL_ 256 Descending Mode 5-5, 2-3;
SG_MUL_VAL_ 256 Ends Mode 1-1, 6-6;
SG_MUL_VAL_ 256 Single Mode 4-4;
DBC
timeout -k 5 120 venv/bin/python - <<'PY'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import can
import cantools
from asammdf import MDF

names = ("Ascending", "Descending", "Ends", "Single")
frames = [bytes([mode]) + bytes([10 * mode] * 7) for mode in range(1, 7)]
with can.MF4Writer("car.mf4") as log:
    for second, data in enumerate(frames):
        log.on_message_received(can.Message(timestamp=second + 1, arbitration_id=256, is_extended_id=False, data=data))
database = cantools.database.load_file("car.dbc")
decoded = [database.decode_message(256, data) for data in frames]
by_cantools = {name: [values[name] for values in decoded if name in values] for name in names}
signals = MDF("car.mf4").extract_bus_logging({"CAN": [("car.dbc", 0)]})
by_asammdf = {name: signals.get(name).samples.tolist() for name in names}
print("cantools:", by_cantools)
print("asammdf: ", by_asammdf)
assert by_cantools == {"Ascending": [20, 30, 50], "Descending": [20, 30, 50], "Ends": [10, 60], "Single": [40]}, by_cantools
assert by_asammdf == {"Ascending": [20], "Descending": [50], "Ends": [10], "Single": [40]}, by_asammdf
PY
