#!/bin/sh
# A resolution of 0.01 is 0 in an ARXML file, and one of 0.125 is 0.1 (canmatrix 1.3.3, cantools 45.1.0)
#
# Expected: a DBC file that is converted to ARXML describes the same physical values: factors, signs, limits and multiplexed
#   signals (AUTOSAR system template: COMPU-RATIONAL-COEFFS, base types, MULTIPLEXED-I-PDU), or is refused.
# Seen: factors have one digit behind the point: 0.125 is written as 0.1, 0.05 as 0.1, and 0.01 as 0.0, which canmatrix itself
#   reads as 1. A signal with named values has no factor at all. Signed signals are unsigned when the file is read back, and
#   multiplexed ones are permanent, on the same bits. cantools refuses the file: a base type has no encoding.
# Why: canmatrix/formats/arxml.py, dump(): "%.1f" of factor and offset; SCALE_LINEAR is written without a base type's
#   sign (BASE-TYPE-ENCODING), which load() asks for; multiplexers aren't written.
# Matters: this is the step from a network's table to an AUTOSAR project: a pressure in steps of 0.01 bar is 0 for all
#   raw values, or 100 times as high. Nothing is said. Compare decoded values after it, and write the factors by hand.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check 'canmatrix[arxml,dbc]==1.3.3' cantools==45.1.0
cd "$room"
cat > table.dbc <<'DBC'
VERSION ""
BU_: ECU GW
BO_ 256 Engine: 8 ECU
 SG_ speed : 0|16@1+ (0.125,0) [0|8031] "rpm" GW
 SG_ temperature : 16|8@1- (1,0) [-128|127] "degC" GW
 SG_ pressure : 24|16@1+ (0.01,0) [0|655] "bar" GW
 SG_ pedal : 40|8@1+ (0.4,0) [0|100] "%" GW
 SG_ slope : 48|8@1+ (0.05,0) [0|12] "%" GW
BO_ 512 Pages: 8 ECU
 SG_ page M : 0|4@1+ (1,0) [0|15] "" GW
 SG_ first m0 : 8|16@1+ (1,0) [0|65535] "" GW
 SG_ second m1 : 8|16@1+ (1,0) [0|65535] "" GW
VAL_ 256 pedal 254 "error" 255 "not available" ;
DBC
venv/bin/python - <<'PY' 2> log || { cat log >&2; exit 1; }
from xml.etree import ElementTree
import cantools
from canmatrix import formats

table = formats.loadp_flat("table.dbc")
formats.dumpp({"": table}, "table.arxml")
back = formats.loadp_flat("table.arxml")
written = {}
for method in ElementTree.parse("table.arxml").iter("{http://autosar.org/schema/r4.0}COMPU-METHOD"):
    values = [value.text for value in method.iter("{http://autosar.org/schema/r4.0}V")]
    written[method[0].text] = values[1] if len(values) == 3 else None
    print(f"in the file: {method[0].text:12} factor {written[method[0].text]}")
assert [written[name] for name in ("speed", "pressure", "pedal", "slope")] == ["0.1", "0.0", None, "0.1"], written
seen = {}
for name, matrix in (("DBC", table), ("ARXML", back)):
    for frame in matrix.frames:
        for signal in frame.signals:
            seen[name, signal.name] = (float(signal.factor), signal.is_signed, signal.multiplex)
            print(f"{name:5} {signal.name:12} factor {signal.factor!s:6} signed {signal.is_signed!s:5} page {signal.multiplex}")
try:
    cantools.database.load_file("table.arxml")
except cantools.database.UnsupportedDatabaseFormatError as error:
    print("cantools:", error)
else:
    raise AssertionError("cantools reads it")
before = [seen["DBC", name] for name in ("speed", "pressure", "pedal", "slope")]
after = [seen["ARXML", name] for name in ("speed", "pressure", "pedal", "slope")]
assert [factor for factor, _, _ in before] == [0.125, 0.01, 0.4, 0.05], before
assert [factor for factor, _, _ in after] == [0.1, 1.0, 1.0, 0.1], after
assert seen["DBC", "temperature"][1] and not seen["ARXML", "temperature"][1]
assert [seen["DBC", name][2] for name in ("page", "first", "second")] == ["Multiplexor", 0, 1]
assert [seen["ARXML", name][2] for name in ("page", "first", "second")] == [None, None, None]
PY
