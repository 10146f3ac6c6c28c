#!/bin/sh
# The segments of a long message aren't marked as segments (opensomeip 0.2.0)
#
# Expected: TpManager.send() of 3,072 bytes sends three messages with the TP flag in their type (22 for a
#   notification), each with four bytes of offset and "more" before its part of the payload (AUTOSAR SOME/IP
#   protocol specification, "SOME/IP-TP"); a receiver puts them together.
# Seen: four messages of the plain type 02: three have a whole SOME/IP header, with the length and the TP
#   flag, as the first bytes of their payload, and the fourth has no payload at all.
# Why: opensomeip/tp.py, send(): the C++ part's finished segments, header included, are wrapped into new
#   messages of the original's type; the loop's bound is one more than there are segments, and the call
#   after the last one succeeds with an empty one.
# Matters: each of these is a complete, valid notification to any other stack: a receiver decodes a header
#   as its data, and then an empty event. Only short messages pass. Send the inner bytes as they are.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check opensomeip==0.2.0
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
from opensomeip.message import Message
from opensomeip.tp import TpManager
from opensomeip.types import MessageId, MessageType, RequestId

class Wire:
    """A transport that keeps what it is given."""

    def __init__(self):
        self.sent = []

    def send(self, message, endpoint=None):
        self.sent.append(message)

def sent(length):
    wire = Wire()
    manager = TpManager(wire)
    manager.start()
    manager.send(Message(message_id=MessageId(0x1234, 0x8001), request_id=RequestId(1, 2),
                         message_type=MessageType.NOTIFICATION, payload=b"\xaa" * length))
    manager.stop()
    return [(int(message.message_type), bytes(message.payload)) for message in wire.sent]

short = sent(1000)
long = sent(3072)
for kind, payload in short + long:
    print(f"type {kind:02x}, {len(payload)} bytes of payload: {payload[:20].hex(' ', 4)}")
assert [(kind, len(payload)) for kind, payload in short] == [(2, 1000)], short
assert [(kind, len(payload)) for kind, payload in long] == [(2, 1412), (2, 1412), (2, 308), (2, 0)], long
for _, payload in long[:3]:
    assert payload[:4] == bytes.fromhex("12348001") and payload[14] == 0x22, payload[:20]
PY
