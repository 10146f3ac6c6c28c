#!/bin/sh
# A SYM file of version 6 has no signals, and one of version 5 no floats (canmatrix 1.3.3)
#
# Expected: a symbol file (PEAK's SYM) of the current version 6, as cantools and PCAN-Explorer write it, is read,
#   or refused by its version in the first line; a float signal that is exported is a float when it is read.
# Seen: (1) all messages of such a file are there, with a length of 0 and no signals; the conversion succeeds.
#   (2) canmatrix's own export, of version 5, has floats as signed whole numbers: 1.5 comes back as 1069547520.
#   cantools refuses that version by name.
# Why: canmatrix/formats/sym.py: the reader knows DLC= and Var=, and passes over Len= and Sig=, which version 6
#   has instead; create_signal() writes "signed" or "unsigned".
# Matters: a bench decodes nothing and reports nothing wrong, or shows a torque of a billion. Use DBC or KCD
#   between the two, and compare decoded values.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check canmatrix==1.3.3 cantools==45.1.0 lxml==6.1.3
cd "$room"
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 291 Engine: 8 ECU
 SG_ Speed : 0|16@1+ (0.25,0) [0|0] "rpm" ECU
 SG_ Torque : 32|32@1- (1,0) [0|0] "Nm" ECU
SIG_VALTYPE_ 291 Torque : 1;
DBC
# Each line: what a file's message is, and what it decodes from the same bytes.
cat > read.py <<'PY'
import struct
import sys

import cantools

data = struct.pack("<HHf", 4000, 0, 1.5)
for name in sys.argv[1:]:
    database = cantools.database.load_file(name, strict=False)
    (message,) = database.messages
    values = message.decode(data, decode_choices=False, allow_excess=True)
    print(f"{name} {message.length} {values}")
PY
venv/bin/python -c 'import cantools; cantools.database.dump_file(cantools.database.load_file("car.dbc"), "six.sym")'
timeout -k 5 60 venv/bin/canconvert six.sym from-six.dbc >log 2>&1
timeout -k 5 60 venv/bin/canconvert car.dbc five.sym >log 2>&1
timeout -k 5 60 venv/bin/canconvert five.sym from-five.dbc >log 2>&1
head -n 1 six.sym five.sym | grep Format
timeout -k 5 60 venv/bin/python read.py car.dbc six.sym from-six.dbc from-five.dbc | tee seen
grep -qx "car.dbc 8 {'Speed': 1000.0, 'Torque': 1.5}" seen
grep -qx "six.sym 8 {'Speed': 1000.0, 'Torque': 1.5}" seen
grep -qx "from-six.dbc 0 {}" seen
grep -qx "from-five.dbc 8 {'Speed': 1000.0, 'Torque': 1069547520}" seen
if venv/bin/python read.py five.sym >log 2>&1; then echo "cantools reads version 5"; exit 1; fi
