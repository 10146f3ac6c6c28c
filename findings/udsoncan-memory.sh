#!/bin/sh
# A read above 4 GiB goes to the RAM below, and address 0 isn't an address (udsoncan 1.26.1)
#
# Expected: with server_address_format=32, the client refuses an address of 33 bits, and with server_memorysize_format=16
#   a size of 0x10000; without a format it takes the fewest bytes that are needed, one for address 0 (ISO 14229-1,
#   addressAndLengthFormatIdentifier: at least one byte each). Formats go up to 64 bits, and so do addresses.
# Seen: ReadMemoryByAddress of 0x140200000 is sent as 40200000, and RequestDownload of 0x10000 bytes as one of 0 bytes. Address
#   0 is refused as a wrong format. 0xFFFF800000000000, with 64 bits, is struct.error, and MemoryLocation.from_bytes() refuses
#   six bytes of an address, which get_address_bytes() gives.
# Why: udsoncan/common/MemoryLocation.py: the last bytes of a signed 64-bit number are taken, as many as the format says;
#   the size in bytes is (bits + 7) / 8, which is 0 for 0.
# Matters: on a 64-bit ECU the tester reads, or overwrites, other memory than it was told, and the answer is a positive one.
#   Compare the address with its format before each call, and give both formats for what may be 0.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check udsoncan==1.26.1
"$room/venv/bin/python" - <<'PY'
import logging
import struct
from udsoncan import MemoryLocation
from udsoncan.client import Client
from udsoncan.connections import BaseConnection

logging.disable()
sent = []


class Ecu(BaseConnection):
    """Says yes to everything."""

    def open(self):
        return self

    def close(self):
        pass

    def is_open(self):
        return True

    def empty_rxqueue(self):
        pass

    def specific_send(self, payload, timeout=None):
        sent.append(payload)

    def specific_wait_frame(self, timeout=None):
        return bytes([sent[-1][0] + 0x40]) + (bytes(16) if sent[-1][0] == 0x23 else b"\x20\x0f\xff")


config = {"server_address_format": 32, "server_memorysize_format": 16}
with Client(Ecu(), config=config) as client:
    client.read_memory_by_address(MemoryLocation(0x1_4020_0000, 16))
    client.request_download(MemoryLocation(0x4020_0000, 0x1_0000))
for request in sent:
    print("sent:", request.hex(" "))
assert sent == [bytes.fromhex("23 24 40200000 0010"), bytes.fromhex("34 00 24 40200000 0000")], sent

refused = {}
for what, make in (("address 0", lambda: MemoryLocation(0, 16)),
                   ("64 bits", lambda: MemoryLocation(0xFFFF_8000_0000_0000, 16, 64, 8).get_address_bytes()),
                   ("six bytes", lambda: MemoryLocation.from_bytes(MemoryLocation(1 << 40, 16).get_address_bytes(), b"\x10"))):
    try:
        refused[what] = make()
    except (ValueError, struct.error) as error:
        refused[what] = type(error)
        print(f"{what}: {type(error).__name__}: {error}")
assert refused == {"address 0": ValueError, "64 bits": struct.error, "six bytes": ValueError}, refused
PY
