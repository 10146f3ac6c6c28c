#!/bin/sh
# Two letters are decoded as 16,706 zero characters (ldfparser 0.26.0)
#
# Expected: a LIN signal of two bytes whose encoding is ascii_value decodes the bytes of "AB" to "AB", and one with
#   bcd_value decodes 1, 2 to 12 (LIN 2.1, 9.2.6.1: the values of an LDF's encoding types).
# Seen: the text is a string of 16,706 NUL characters, 0x4142; one of four letters would be 1 GB. The BCD signal
#   raises TypeError, and with it the whole frame isn't decoded. Encoding "AB" raises TypeError, too.
# Why: ldfparser/frame.py makes one big-endian number of an array's bytes before it calls the decoder;
#   ldfparser/encoding.py, ASCIIValue and BCDValue, expect the bytes: bytes(16706) is that many zeros.
# Matters: part numbers and serial numbers come in such signals. Decode them from decode_raw(), which gives the
#   bytes, and give frames that hold BCD signals a table of encodings without these.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check ldfparser==0.26.0
cd "$room"
cat > door.ldf <<'LDF'
LIN_description_file;
LIN_protocol_version = "2.1";
LIN_language_version = "2.1";
LIN_speed = 19.2 kbps;
Nodes { Master: Body, 5 ms, 0.1 ms; Slaves: Door; }
Signals {
  Variant: 16, {0x41, 0x42}, Door, Body;
  Week: 16, {1, 2}, Door, Body;
  Fault: 1, 0, Door, Body;
}
Frames {
  Text: 16, Door, 3 { Variant, 0; Fault, 16; }
  Digits: 17, Door, 2 { Week, 0; }
}
Node_attributes {
  Door { LIN_protocol = "2.1"; configured_NAD = 1; product_id = 1, 2, 0; response_error = Fault;
    P2_min = 50 ms; ST_min = 0 ms; configurable_frames { Text; Digits; } }
}
Schedule_tables { Normal { Text delay 10 ms; Digits delay 10 ms; } }
Signal_encoding_types { Letters { ascii_value; } Packed { bcd_value; } }
Signal_representation { Letters: Variant; Packed: Week; }
LDF
venv/bin/python - <<'PY'
import ldfparser

def attempt(action):
    try:
        return action()
    except TypeError as error:
        return f"TypeError: {error}"

database = ldfparser.parse_ldf("door.ldf")
text, digits = (database.get_unconditional_frame(name) for name in ("Text", "Digits"))
raw = text.decode_raw(b"AB\0")["Variant"]
decoded = text.decode(b"AB\0")["Variant"]
print(f"raw {raw}; decoded: {len(decoded)} characters, all of {set(decoded)}")
week = attempt(lambda: digits.decode(bytes([1, 2])))
encoded = attempt(lambda: text.encode({"Variant": "AB"}))
print("BCD:", week)
print("encoding:", encoded)
assert raw == [0x41, 0x42] and decoded == "\0" * 0x4142, decoded[:20]
assert isinstance(week, str) and isinstance(encoded, str), (week, encoded)
PY
