#!/bin/sh
# A result that FMPy has written is another one when FMPy reads it (FMPy 0.3.32)
#
# Expected: read_csv() gives what write_csv() was given; names are in quotation marks, since those of Modelica's
#   arrays have commas: "x[1,2]".
# Seen: (1) such a name is two, and all values behind it move to the name before: speed has those of torque, and
#   the last name is gone. (2) A result with a Boolean can't be read at all: "True" is no number. (3) Whole
#   numbers are read as floating-point ones: 9007199254740993 is 9007199254740992.
# Why: fmpy/util.py, read_csv(): the first line is split at each comma, whatever the quotation marks, and paired
#   with values until one of both ends; each value goes through float().
# Matters: a unit's recorded outputs are the next one's inputs, by --output-file and --input-file: an input that is
#   named x[1,2] is missing, and others are wrong. Keep results as NumPy's files (numpy.save).
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check fmpy==0.3.32
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
import numpy as np
from fmpy.util import read_csv, write_csv

def passed_on(columns):
    """The columns, by name, after they were written and read."""
    names, values = zip(*columns.items())
    kinds = [(name, np.array(value).dtype) for name, value in columns.items()]
    write_csv("result.csv", np.array(list(zip(*values)), dtype=kinds))
    try:
        read = read_csv("result.csv")
    except ValueError as refusal:
        return str(refusal)
    return {name: read[name].tolist() for name in read.dtype.names}

plain = passed_on({"time": [0.0, 1.0], "x": [1.0, 2.0], "speed": [10.0, 20.0], "torque": [0.1, 0.2]})
array = passed_on({"time": [0.0, 1.0], "x[1,2]": [1.0, 2.0], "speed": [10.0, 20.0], "torque": [0.1, 0.2]})
boolean = passed_on({"time": [0.0, 1.0], "on": [True, False]})
whole = passed_on({"time": [0.0, 1.0], "count": [2**53 + 1, 7]})
print("with x:     ", plain)
print("with x[1,2]:", array)
print("with a Boolean:", boolean)
print("with 2^53 + 1: ", whole)
assert plain == {"time": [0, 1], "x": [1, 2], "speed": [10, 20], "torque": [0.1, 0.2]}, plain
assert array == {"time": [0, 1], "x[1": [1, 2], "2]": [10, 20], "speed": [0.1, 0.2]}, array
assert boolean == "could not convert string to float: 'True'", boolean
assert whole == {"time": [0, 1], "count": [2**53, 7]}, whole
PY
