#!/bin/sh
# A message whose length is a multiple of the segment size ends in a segment without data (scapy 2.8.0)
#
# Expected: SOMEIP.fragment() cuts 2,784 bytes into two segments of 1,392, the second with the "more segments" flag
#   clear (AUTOSAR SOME/IP Protocol Specification, SOME/IP-TP: as few segments as possible).
# Seen: three: the second says that more follows, the third has offset 2784, no data and ends the message. A message
#   of exactly 1,392 bytes, which needs no segments, is two. Other lengths are right.
# Why: scapy/contrib/automotive/someip.py, fragment(): the count is (length + size) // size, one too many if the size
#   divides the length.
# Matters: a receiver that reserves its buffer from the segments' lengths, or doesn't accept an empty one, loses
#   the message: a test bench finds a fault of the ECU that is its own, at one length in 1,392.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check scapy==2.8.0
cd "$room"
HOME=$room venv/bin/python - <<'PY'
import logging

logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.contrib.automotive.someip import SOMEIP
from scapy.packet import Raw

def segments(length):
    message = SOMEIP(srv_id=0x1234, sub_id=1, msg_type=0x20)
    message.data = [Raw(bytes(length))]
    return [(packet.offset, packet.len - 12, packet.more_seg) for packet in message.fragment()]

seen = {length: segments(length) for length in (1391, 1392, 1393, 2784)}
for length, parts in seen.items():
    print(f"{length} bytes: (offset, bytes, more) {parts}")
assert seen == {
    1391: [(0, 1391, 0)],
    1392: [(0, 1392, 1), (1392, 0, 0)],
    1393: [(0, 1392, 1), (1392, 1, 0)],
    2784: [(0, 1392, 1), (1392, 1392, 1), (2784, 0, 0)],
}, seen
PY
