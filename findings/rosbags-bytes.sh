#!/bin/sh
# A byte of 200 is -56, or can't be written (rosbags 0.11.9)
#
# Expected: in ROS 2 a "byte" is an octet without a sign, 0 to 255 (ROS 2 interface definition: byte is C++'s uint8_t and
#   IDL's octet); it was a signed one in ROS 1 (an alias of int8). A sequence with a bound, uint16[<=2], has two elements
#   at most.
# Seen: with the types of ROS 2 200 raises struct.error, and a message of another node that has it is read as -56; arrays of
#   bytes have the element type int8. Three elements are written to the sequence and read from it; DDS refuses them.
# Why: rosbags/serde/primitives.py has "byte" as a signed one for both, while the generated type hints say uint8; the bound is
#   parsed, and not looked at when a message is written or read.
# Matters: status and quality bytes of devices are above 127 when something is wrong, and compare as smaller than each limit
#   then. Use uint8 in definitions; of foreign ones take value & 0xFF.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check rosbags==0.11.9
"$room/venv/bin/python" - <<'PY'
import struct
import numpy
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

store = get_typestore(Stores.ROS2_HUMBLE)
store.register(get_types_from_msg("byte status\nuint8 plain\nbyte[] all\nuint16[<=2] two\n", "probe/msg/Status"))
Status = store.types["probe/msg/Status"]


def message(status, two):
    return Status(status=status, plain=200, all=numpy.array([1], dtype=numpy.int8), two=numpy.array(two, dtype=numpy.uint16))


try:
    store.serialize_cdr(message(200, []), "probe/msg/Status")
except struct.error as error:
    print("200 written:", error)
else:
    raise AssertionError("200 was written")

wire = bytearray(store.serialize_cdr(message(1, [1, 2, 3]), "probe/msg/Status"))
wire[4] = 200  # behind the four bytes of the header: what another node sends
read = store.deserialize_cdr(bytes(wire), "probe/msg/Status")
print(f"200 read: {read.status}, as uint8: {read.plain}, arrays: {read.all.dtype}, elements of two: {len(read.two)}")
assert (read.status, read.plain, read.all.dtype, len(read.two)) == (-56, 200, numpy.int8, 3)
PY
