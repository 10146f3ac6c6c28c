#!/bin/sh
# A message description that passes through a spreadsheet means other values (canmatrix 1.3.3)
#
# Expected: a DBC file that goes to XLSX and back gives the same physical values, and has all messages.
# Seen: (1) A signed signal comes back unsigned, with its minimum as its offset: bytes of 0 mean 0
#   before and -32768 after. (2) Of a standard and an extended message with the same number one is
#   gone. Neither step says anything.
# Why: canmatrix/formats/xlsx.py: load() sets is_signed to False, since the sheet has no column for it,
#   and takes the lower end of "Name / Phys. Range" for the offset; dump() collects frames in a
#   dictionary by number, without the bit that tells the two kinds of identifier apart.
# Matters: spreadsheets are how departments exchange such tables. Convert DBC to DBC or KCD, and
#   compare decoded values, not files.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check canmatrix==1.3.3 cantools==45.1.0 openpyxl==3.1.5
cd "$room"
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 291 Standard: 2 ECU
 SG_ Torque : 0|16@1- (1,0) [-32768|32767] "Nm" ECU
BO_ 300 Other: 2 ECU
 SG_ Angle : 0|16@1- (1,0) [-32768|32767] "deg" ECU
BO_ 2147483939 Extended: 2 ECU
 SG_ Count : 0|16@1+ (1,0) [0|65535] "x" ECU
DBC
venv/bin/canconvert car.dbc car.xlsx >/dev/null 2>&1
venv/bin/canconvert car.xlsx again.dbc >/dev/null 2>&1
venv/bin/python - <<'PY'
import cantools

seen = []
for name in ("car.dbc", "again.dbc"):
    database = cantools.database.load_file(name)
    messages = sorted(message.name for message in database.messages)
    angles = [database.decode_message("Other", data)["Angle"] for data in (b"\0" * 8, b"\xff" * 8)]
    print(f"{name}: messages {messages}, angle of bytes 00 and ff: {angles}")
    seen.append((messages, angles))
assert seen[0] == (["Extended", "Other", "Standard"], [0, -1]), seen
assert seen[1] == (["Extended", "Other"], [-32768, 32767]), seen
PY
