#!/bin/sh
# A CAN FD frame comes back as a classic frame of 64 bytes (python-can 4.6.1)
#
# Expected: a log in SQLite or CSV either keeps what a frame is, or refuses it, as TRC does (it warns that CAN FD
#   isn't implemented).
# Seen: of an FD frame with 64 bytes and bit rate switch, sent on channel 1, both give a classic frame of 64
#   bytes, received, on no channel. Nothing is said. BLF and MF4 keep all of it.
# Why: can/io/sqlite.py and csv.py have columns for the identifier, extended, remote, error, length and data,
#   and no others.
# Matters: such a log can't be replayed (a classic frame has 8 bytes at most), and two channels become one bus
#   with identifiers that mean two things. Log to BLF or MF4, and convert from there.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-can==4.6.1 asammdf==8.8.28
cd "$room"
timeout -k 5 120 venv/bin/python - <<'PY'
import can

frame = can.Message(timestamp=1.0, arbitration_id=0x123, is_extended_id=False, is_fd=True, bitrate_switch=True,
                    is_rx=False, channel=1, data=bytes(range(64)))

def facts(message):
    return message.is_fd, message.bitrate_switch, message.is_rx, message.channel, len(message.data)

seen = {}
for name, writer, reader in (
    ("BLF", can.BLFWriter, can.BLFReader), ("MF4", can.MF4Writer, can.MF4Reader),
    ("SQLite", can.SqliteWriter, can.SqliteReader), ("CSV", can.CSVWriter, can.CSVReader)):
    path = f"log-{name}" + {"MF4": ".mf4"}.get(name, "")
    log = writer(path)
    log.on_message_received(frame)
    log.stop()
    (seen[name],) = [facts(message) for message in reader(path)]
    print(f"{name}: FD, bit rate switch, received, channel, bytes: {seen[name]}")
assert seen["BLF"] == seen["MF4"] == facts(frame) == (True, True, False, 1, 64), seen
assert seen["SQLite"] == seen["CSV"] == (False, False, True, None, 64), seen
PY
