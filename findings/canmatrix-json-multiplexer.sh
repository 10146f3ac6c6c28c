#!/bin/sh
# Multiplexed signals come back from JSON as always present (canmatrix 1.3.3)
#
# Expected: a DBC file that goes to JSON and back describes the same frames; the JSON file has each
#   signal's multiplexer value.
# Seen: in the new DBC file no signal has one; two signals claim the same bits at the same time.
# Why: canmatrix/formats/json.py, load(), fills Signal.multiplex and not Signal.mux_val, which the
#   writer of DBC files looks at (canmatrix/formats/dbc.py); a value of 0 isn't even taken over into the
#   first, as `if signal.get("multiplex", False)` skips it like a missing one.
# Matters: a decoder that allows overlaps reads one page's bytes as another page's signal; others refuse
#   the file. Convert by way of KCD, which keeps it.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check canmatrix==1.3.3 cantools==45.1.0
cd "$room"
cat > pages.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 300 Pages: 8 ECU
 SG_ Page M : 0|8@1+ (1,0) [0|255] "" ECU
 SG_ First m0 : 8|16@1+ (1,0) [0|65535] "" ECU
 SG_ Second m1 : 8|16@1+ (1,0) [0|65535] "" ECU
DBC
venv/bin/canconvert --jsonExportAll pages.dbc pages.json >/dev/null 2>&1
venv/bin/canconvert pages.json again.dbc >/dev/null 2>&1
venv/bin/python - <<'PY'
import json
import cantools

written = {signal["name"]: signal.get("multiplex") for signal in json.load(open("pages.json"))["messages"][0]["signals"]}
again = [line.split()[1:3] for line in open("again.dbc") if line.startswith(" SG_ ")]
kinds = {name: kind.rstrip(":") for name, kind in again}
try:
    cantools.database.load_file("again.dbc")
    verdict = "accepted"
except cantools.database.UnsupportedDatabaseFormatError as error:
    verdict = str(error)
print("in JSON:", written)
print("in the new DBC file:", kinds)
print("cantools says:", verdict)
assert written == {"Page": "Multiplexor", "First": 0, "Second": 1}, written
assert kinds == {"Page": "M", "First": "", "Second": ""}, kinds
assert "overlapping" in verdict, verdict
PY
