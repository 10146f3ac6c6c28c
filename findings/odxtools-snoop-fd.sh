#!/bin/sh
# Whatever is longer than seven bytes on CAN FD is an empty message (odxtools 11.7.1, can-isotp 2.0.7)
#
# Expected: the observer of diagnostic messages, which reads candump's CAN FD lines, gives the messages that they carry: up to
#   62 bytes in one frame whose length stands in the second byte, and more than 4095 in frames of which the
#   first has a length of 32 bits (ISO 15765-2:2016, single and first frame with escape sequence).
# Seen: a single frame with 10 bytes is a message of 0 bytes. A message of 4097 bytes on classic CAN is 585 messages of 0
#   bytes, one for each frame behind the first. Short ones, and classic ones up to 4095, are right. The package can-isotp
#   gives both as they were sent.
# Why: odxtools/isotp_state_machine.py, decode_rx_frame(): the length is what stands in the first byte, or in the 12 bits
#   of a first frame; 0, the sign of the escape sequence, is taken for a length.
# Matters: the log of a download or of a long list of trouble codes shows empty requests, and no error: the tester seems
#   to have sent nothing. Put the frames together by another package, and give odxtools the messages.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check odxtools==11.7.1 can-isotp==2.0.7 python-can==4.6.1
"$room/venv/bin/python" - <<'PY'
import asyncio
import io
import time
import isotp
from odxtools.isotp_state_machine import IsoTpStateMachine


def by_odxtools(lines):
    async def read():
        log = io.StringIO("\n".join(lines) + "\n")
        return [bytes(message) async for _, message in IsoTpStateMachine([0x7E8]).read_telegrams(log)]
    return asyncio.run(read())


def by_isotp(frames, size):
    waiting = [isotp.CanMessage(arbitration_id=0x7E8, data=frame, is_fd=size > 8) for frame in frames]
    layer = isotp.TransportLayer(
        rxfn=lambda timeout: waiting.pop(0) if waiting else None, txfn=lambda message: None,
        address=isotp.Address(isotp.AddressingMode.Normal_11bits, rxid=0x7E8, txid=0x7E0),
        params={"max_frame_size": 8192, "blocksize": 0})
    end = time.monotonic() + 20
    layer.start()
    message = None
    while message is None and time.monotonic() < end:
        message = layer.recv(block=True, timeout=1)
    layer.stop()
    return bytes(message)


short, middle, long = b"\x62\xf1\x90", b"\x62\xf1\x90" + b"1234567", bytes(4097)
rest = [long[2 + 7 * number:][:7] for number in range(0, 585)]
for message, frames, size in (
        (short, [b"\x03" + short + bytes(4)], 8),
        (middle, [b"\x00" + bytes([len(middle)]) + middle], 64),
        (middle, [b"\x10" + bytes([len(middle)]) + middle[:6], b"\x21" + middle[6:] + bytes(3)], 8),
        (long, [b"\x10\x00" + len(long).to_bytes(4, "big") + long[:2]]
         + [bytes([0x20 | (number + 1) % 16]) + part for number, part in enumerate(rest)], 8)):
    mark = "##1" if size > 8 else "#"
    read = by_odxtools([f"(1.000000) can0 7E8{mark}{frame.hex().upper()}" for frame in frames])
    print(f"{len(message)} bytes in {len(frames)} frames of up to {size}: odxtools {len(read)} of "
          f"{sorted({len(one) for one in read})} bytes, can-isotp {len(by_isotp(frames, size))} bytes")
    assert by_isotp(frames, size) == message
    escaped = frames[0][0] == 0 or frames[0][:2] == b"\x10\x00"
    assert read == ([b""] * max(1, len(frames) - 1) if escaped else [message]), read[:3]
PY
