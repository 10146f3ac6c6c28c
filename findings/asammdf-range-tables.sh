#!/bin/sh
# A value's meaning depends on how many samples the log has (asammdf 8.8.28)
#
# Expected: a conversion by ranges gives a raw value the row in whose range it lies; of whole numbers both ends
#   belong to it, of floating-point ones the upper end doesn't (ASAM MDF 4, channel conversions).
# Seen: (1) Ranges to numbers, whole raw values: with 0 to 1 as 100 and 2 to 4 as 200, what lies in a range
#   gets the default, except for its upper end, and -1 and 5 to 9, in none, get 200. (2) Ranges to text,
#   floating-point raw values: 1.0 is the default in a log of 99 samples, and "low" in one of 100.
# Why: asammdf/blocks/v4_blocks.py, convert(): for whole numbers the place of the upper end is looked for with
#   side="right", less 1, and agrees with the lower one's only behind the range; for text there are two
#   ways, by less than 100 samples or not, and only the first tells floating-point values apart.
# Matters: states, gears and modes of measurement files are such tables. A cut of a file shows another state
#   than the whole. Take raw values (raw=True), and convert them by the table yourself.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check asammdf==8.8.28
cd "$room"
timeout -k 5 120 venv/bin/python - <<'PY'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import numpy as np
from asammdf import MDF, Signal

numbers = {"lower_0": 0, "upper_0": 1, "phys_0": 100, "lower_1": 2, "upper_1": 4, "phys_1": 200, "default": -1}
texts = {"lower_0": 0, "upper_0": 1, "text_0": b"low", "lower_1": 2, "upper_1": 4, "text_1": b"high", "default_addr": b"none"}

def read_back(raw, conversion):
    """The values that a file with these raw ones gives."""
    with MDF() as log:
        log.append([Signal(raw, np.arange(len(raw), dtype="f8"), name="state", conversion=conversion)])
        log.save("log.mf4", overwrite=True)
    with MDF("log.mf4") as log:
        return log.get("state").samples.tolist()

whole = np.arange(-1, 10)
by_number = dict(zip(whole.tolist(), read_back(whole, numbers)))
print("whole numbers to numbers:", by_number)
assert by_number == {-1: 200, 0: -1, 1: 100, 2: -1, 3: -1, 4: 200, 5: 200, 6: 200, 7: 200, 8: 200, 9: 200}, by_number
halves = read_back(whole + 0.5, numbers)
assert halves == [-1, 100, -1, 200, 200, -1, -1, -1, -1, -1, -1], halves
assert read_back(whole, texts)[:7] == [b"none", b"low", b"low", b"high", b"high", b"high", b"none"]
ends = [0.5, 1.0, 3.5, 4.0]
by_length = {}
for length in (99, 100):
    raw = np.array((ends * length)[:length])
    by_length[length] = read_back(raw, texts)[:4]
    print(f"{ends} to text, of {length} samples:", by_length[length])
assert by_length == {99: [b"low", b"none", b"high", b"none"], 100: [b"low", b"low", b"high", b"high"]}, by_length
PY
