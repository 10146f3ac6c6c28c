#!/bin/sh
# A controller's error report becomes a data frame when a candump log is read (python-can 4.6.1)
#
# Expected: SocketCAN marks error frames by bit 29 of the identifier (CAN_ERR_FLAG, linux/can.h);
#   whatever the class of error, a reader of candump's log format says is_error_frame.
# Seen: only those with the class "bus error" are. "Controller problems" (error passive, error
#   warning, overflow) and "bus off" arrive as ordinary extended data frames with the identifiers
#   4 and 0x40, 8 bytes long. Of those that are recognised, class and data are dropped.
# Why: can/io/canutils.py, CanutilsLogReader.__iter__: an error frame must have CAN_ERR_FLAG and
#   CAN_ERR_BUSERROR (0x80); else the identifier is masked with 0x1FFFFFFF, which takes the mark off.
# Matters: a replay of a bus that went off sends two frames that nobody sent, and an evaluation
#   that counts error frames finds none.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check python-can==4.6.1
cd "$room"
cat > bus.log <<'LOG'
(1.000000) can0 123#11
(2.000000) can0 20000004#0010000000000000
(3.000000) can0 20000040#0000000000000000
(4.000000) can0 20000088#0000020000000000
LOG
venv/bin/python - <<'PY'
import can

names = ["a data frame", "controller problem: error passive", "bus off", "bus error, a wrong form"]
seen = []
for name, read in zip(names, can.LogReader("bus.log"), strict=True):
    print(f"{name:34} -> error frame {read.is_error_frame!s:5} extended {read.is_extended_id!s:5} "
          f"identifier {read.arbitration_id:#x} data {read.data.hex()!r}")
    seen.append((read.is_error_frame, read.arbitration_id, read.dlc))
assert seen == [(False, 0x123, 1), (False, 4, 8), (False, 0x40, 8), (True, 0, 0)], seen
PY
