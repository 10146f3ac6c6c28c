#!/bin/sh
# An empty CAN FD frame becomes a remote frame in an ASC log (python-can 4.6.1)
#
# Expected: a CAN FD frame without data is written to an ASC file and read back as what it was.
# Seen: it comes back with is_remote_frame set, and still as CAN FD. Frames with data, classic
#   empty ones and remote ones come back right; BLF keeps the same frame.
# Why: can/io/asc.py, ASCReader._process_fd_can_frame: a data length of 0 is taken for a remote
#   frame. CAN FD has no remote frames (ISO 11898-1: the bit is RRS and always dominant), but a
#   data length of 0 is one of its sixteen.
# Matters: heartbeats and wake-up frames are often empty. A replayed log then asks for data that
#   the recorded bus had sent, and a monitor that ignores remote frames misses them.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-can==4.6.1
cd "$room"
venv/bin/python - <<'PY'
import can

def frame(**kind):
    return can.Message(timestamp=1.0, arbitration_id=0x123, is_extended_id=False, channel=0,
                       check=True, **kind)

frames = {
    "FD, 0 bytes": frame(is_fd=True),
    "FD, 1 byte": frame(is_fd=True, data=[7]),
    "classic, 0 bytes": frame(),
    "classic remote, 5 bytes": frame(is_remote_frame=True, dlc=5),
}
changed = []
for ending in ("asc", "blf"):
    for name, sent in frames.items():
        with can.Logger(f"log.{ending}") as log:
            log(sent)
        (read,) = can.LogReader(f"log.{ending}")
        same = (read.is_fd, read.is_remote_frame, read.dlc) == (sent.is_fd, sent.is_remote_frame, sent.dlc)
        print(f"{ending}: {name:24} FD {read.is_fd!s:5} remote {read.is_remote_frame!s:5} length {read.dlc}"
              + ("" if same else "   <- changed"))
        if not same:
            changed.append((ending, name, read.is_fd, read.is_remote_frame))
assert changed == [("asc", "FD, 0 bytes", True, True)], changed
PY
