#!/bin/sh
# A negative value comes back as 524188, and its failure flag is gone (arinc429 0.1.7, Python)
#
# Expected: what the package encodes, it decodes. A BNR value is two's complement with its sign in bit 29;
#   bits 30 and 31 are its status (ARINC 429 part 1: 00 is "failure warning", 01 "no computed data").
# Seen: (1) -100 is decoded as 524188, the field without its sign; with fewer bits it is 8092. (2) A
#   negative value sets bit 30: "failure warning" is sent as "no computed data", "functional test" (10) as
#   "normal operation" (11). (3) The encoder's own `word`, given to the decoder as that integer, is read
#   backwards: label 203 becomes 7.
# Why: arinc429/encoder.py, _encode_bnr(): the highest byte takes six bits of the value, the sixth being the
#   status field's; decoder.py, _decode_bnr() never looks at a sign, and decode() unpacks an integer in the
#   order of its bytes in memory and takes the last one for the label.
# Matters: a test bench shows 524,188 ft below sea level, and a unit that warns of its failure is taken for
#   one without data. Set the status after the value, and decode by hand.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check arinc429==0.1.7
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
from arinc429 import Decoder, Encoder

def passage(value, lowest_bit, status):
    """The word, and what its own package reads in it, by bytes and by number."""
    encoder = Encoder()
    encoder.encode(value=value, msb=28, lsb=lowest_bit, label=0o203, ssm=status, encoding="BNR")
    by_bytes = Decoder().decode(encoder.bword, "BNR", msb=28, lsb=lowest_bit)
    by_number = Decoder().decode(encoder.word, "BNR", msb=28, lsb=lowest_bit)
    return encoder.word, by_bytes.value, by_bytes.ssm, by_bytes.label, by_number.label

cases = [(value, bit, status) for value in (100, -100) for bit in (11, 17) for status in (0b00, 0b10, 0b11)]
seen = {case: passage(*case) for case in cases}
for (value, bit, status), (word, read, read_status, label, other) in seen.items():
    print(f"{value} from bit {bit}, status {status:02b}: {word:08x} is {read}, status {read_status:02b}, label {label:o} or {other:o}")
for (value, bit, status), (word, read, read_status, label, other) in seen.items():
    assert label == 0o203 and other != 0o203, (label, other)
    if value > 0:
        assert (read, read_status) == (value, status), (value, read)
    else:
        assert read == {11: 524188, 17: 8092}[bit], read
        assert read_status == {0b00: 0b01, 0b10: 0b11, 0b11: 0b11}[status], read_status
        assert word >> 28 & 1 == 1, "bit 29, the sign, is sent"
PY
