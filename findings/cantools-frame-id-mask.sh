#!/bin/sh
# A database's identifier mask finds a message, but doesn't decode it (cantools 45.1.0)
#
# Expected: a DBC file loaded with frame_id_mask=0x1FFFFF00, so that J1939's source address doesn't
#   count, decodes the engine's message from whichever address it comes.
# Seen: get_message_by_frame_id() finds it from every address; decode_message() raises KeyError for
#   all but those whose identifier is already masked.
# Why: cantools/database/can/database.py: messages are stored under their masked identifier;
#   get_message_by_frame_id() masks what it is asked for, decode_message() and encode_message() don't.
# Matters: a decoder that skips unknown identifiers shows silence from every ECU but one. Fetch the
#   message by get_message_by_frame_id() and call its own decode().
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check cantools==45.1.0
cd "$room"
cat > engine.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 2566844672 EEC1: 8 ECU
 SG_ Speed : 24|16@1+ (0.125,0) [0|8031.875] "rpm" ECU
DBC
venv/bin/python - <<'PY'
import cantools

database = cantools.database.load_file("engine.dbc", frame_id_mask=0x1FFFFF00)
data = bytes([0, 0, 0, 0x80, 0x0C, 0, 0, 0])
seen = []
for source in (0x00, 0x17):
    identifier = 0x18FEF100 | source
    found = database.get_message_by_frame_id(identifier)
    try:
        decoded = database.decode_message(identifier, data)
    except KeyError:
        decoded = "KeyError"
    print(f"{identifier:#x}: found {found.name}, found.decode() {found.decode(data)}, decode_message() {decoded}")
    seen.append((found.decode(data), decoded))
assert seen == [({"Speed": 400.0}, {"Speed": 400.0}), ({"Speed": 400.0}, "KeyError")], seen
PY
