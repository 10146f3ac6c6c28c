#!/bin/sh
# A decoded value with a name equals its text, not its number, and can't be hashed (cantools 45.1.0)
#
# Expected: with `VAL_ 291 Gear 3 "D"`, decoding gives something that compares with both 3 and "D", as
#   the type carries both, and that can be a key of a dictionary.
# Seen: gear == "D" is true, gear == 3 is false, and neither int nor str is its type; hash(gear)
#   raises TypeError, so no set, dictionary or groupby takes it. A value without a name in the table
#   is a plain int: one signal gives two types.
# Why: cantools/database/namedsignalvalue.py: __eq__ knows its own kind and str alone, and a class
#   that defines __eq__ without __hash__ has none (Python reference, 3.3.1).
# Matters: `if gear == 3` is silently never true, and a count of values per state works until the
#   first named one. Ask for decode_choices=False, or compare gear.value.
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
BO_ 291 Box: 1 ECU
 SG_ Gear : 0|3@1+ (1,0) [0|7] "" ECU
VAL_ 291 Gear 0 "P" 3 "D" ;
DBC
venv/bin/python - <<'PY'
import cantools

box = cantools.database.load_file("car.dbc").get_message_by_name("Box")
drive, five = (box.decode(bytes([raw]))["Gear"] for raw in (3, 5))
try:
    hashed = hash(drive)
except TypeError as error:
    hashed = str(error)
print(f"raw 3: {drive!r}, == 'D' {drive == 'D'}, == 3 {drive == 3}, .value {drive.value}, hash: {hashed}")
print(f"raw 5: {five!r}, == 5 {five == 5}")
seen = (drive == "D", drive == 3, drive.value, hashed, type(five))
assert seen == (True, False, 3, "unhashable type: 'NamedSignalValue'", int), seen
PY
