#!/bin/sh
# What stands behind an array is read four bytes too late, and a list of lists says that it is shorter (someip-py 0.1.5)
#
# Expected: what the package serialises, it reads back; the length field of an array is the number of bytes that follow it
#   (AUTOSAR SOME/IP protocol specification, "Arrays": length fields), whatever its elements are.
# Seen: (1) behind an array of fixed size with a length field, a speed of 0x1234 is read as 0x0203, the next field's bytes,
#   and the message ends too early for the last one. Without the length field all is right. (2) A list of two structs
#   that have a list of two numbers each is 18 bytes long, and its length field says 10: what stands behind the list is
#   read from the middle of its second element.
# Why: someip_py/codec.py, SomeIpPayload.deserialize(): four bytes are skipped for a length field, and the array's own
#   len(), which has them, is added; SomeIpDynamicSizeArray.serialize(): number of elements times the length of
#   an empty one.
# Matters: a receiver of another make reads the wrong field, or refuses the message; a simulation with this package on
#   both ends has other values than were sent. Set lengths by hand, and look at the bytes.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check someip-py==0.1.5
"$room/venv/bin/python" - <<'PY'
import struct
from someip_py.codec import SomeIpDynamicSizeArray, SomeIpFixedSizeArray, SomeIpPayload, Uint8, Uint16


class Wheels(SomeIpPayload):
    def __init__(self, with_length):
        self.pressures = SomeIpFixedSizeArray(Uint8, 4, include_array_len=with_length)
        self.speed = Uint16()
        self.times = Uint16()
        self.count = Uint16()


class Leg(SomeIpPayload):
    def __init__(self):
        self.number = Uint8()
        self.points = SomeIpDynamicSizeArray(Uint16)


class Route(SomeIpPayload):
    def __init__(self):
        self.legs = SomeIpDynamicSizeArray(Leg)
        self.check = Uint16()


seen = []
for with_length in (False, True):
    sent, received = Wheels(with_length), Wheels(with_length)
    sent.setValues({"pressures": [1, 2, 3, 4], "speed": 0x1234, "times": 1, "count": 0x0203})
    try:
        received.deserialize(sent.serialize())
        end = "read to its end"
    except struct.error as error:
        end = f"struct.error: {error}"
    print(f"length field {with_length}: {sent.serialize().hex(' ')}, speed {received.speed.value:#06x}, {end}")
    seen.append((received.speed.value, end[:4]))
assert seen == [(0x1234, "read"), (0x0203, "stru")], seen

sent, received = Route(), Route()
sent.setValues({"legs": [{"number": 1, "points": [10, 11]}, {"number": 2, "points": [20, 21]}], "check": 0xABCD})
wire = sent.serialize()
received.deserialize(wire)
stated, present = int.from_bytes(wire[:4], "big"), len(wire) - 4 - 2
print(f"list of lists: {wire.hex(' ')}, stated {stated}, present {present}, check {received.check.value:#06x}")
assert (stated, present) == (10, 18)
assert received.check.value != 0xABCD
PY
