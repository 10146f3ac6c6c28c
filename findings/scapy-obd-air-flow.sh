#!/bin/sh
# 30 g/s of air are 0.11, and the value behind them is gone (scapy 2.8.0, obd 0.7.3)
#
# Expected: OBD's parameter 0x10, the mass air flow, has two bytes of 0.01 g/s, and the current of the oxygen sensors, 0x34
#   to 0x3B, lies between -128 and 128 mA (SAE J1979, parameters of service 0x01); both packages give the same.
# Seen: for 0x0BB8 obd says 30 g/s and scapy 0.11: it takes one byte. In a response with several parameters the second byte
#   is then the next parameter's number, and the engine speed behind it is raw bytes. The sensor's current of
#   0.25 mA is 128.25.
# Why: scapy/contrib/automotive/obd/pid/pids_00_1F.py: OBD_PID10 has no fmt="H", and a field's default is one byte;
#   pids_20_3F.py: _OBD_PID34_3B has no offset.
# Matters: air flow is what load and consumption are computed from, and a current that never changes its sign says "lean"
#   at all times. Nothing is refused. Build the field anew, or decode these parameters by hand.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check scapy==2.8.0 obd==0.7.3
cd "$room"
HOME=$room venv/bin/python - <<'PY'
import logging

logging.getLogger("scapy").setLevel(logging.CRITICAL)
import obd
from scapy.contrib.automotive.obd.obd import OBD

class Response:
    """What obd's decoders take: a message with its bytes."""

    def __init__(self, data):
        self.data = bytearray(data)

def by_obd(command, data):
    return command.decode([Response(data)]).magnitude

def by_scapy(data, name):
    """The named value of the first parameter, and what follows as the second."""
    first, *more = OBD(data).data_records
    value = first.payload.getfieldval(name)
    return value, [(record.pid, bytes(record.payload)) for record in more]

flow = bytes.fromhex("41100bb8")
flow_and_speed = bytes.fromhex("41100bb80c1af8")
speed = bytes.fromhex("410c1af8")
current = bytes.fromhex("413480008040")
seen = {
    "engine speed": (by_obd(obd.commands.RPM, speed), by_scapy(speed, "data")[0]),
    "air flow": (by_obd(obd.commands.MAF, flow), by_scapy(flow, "data")[0]),
    "sensor current": (by_obd(obd.commands.O2_S1_WR_CURRENT, current), by_scapy(current, "current")[0]),
}
for name, (one, other) in seen.items():
    print(f"{name}: obd {one}, scapy {other}")
behind = by_scapy(flow_and_speed, "data")[1]
print("air flow and engine speed in one response; behind the air flow:", behind)
assert seen["engine speed"] == (1726.0, 1726.0), seen
assert seen["air flow"] == (30.0, 0.11), seen
assert seen["sensor current"] == (0.25, 128.25), seen
assert behind == [(0xB8, bytes.fromhex("0c1af8"))], behind
PY
