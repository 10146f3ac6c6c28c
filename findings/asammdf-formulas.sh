#!/bin/sh
# A formula that isn't understood is left out, and a square is an exclusive or (asammdf 8.8.28, sympy 1.14.0)
#
# Expected: a conversion's formula (ASAM MDF 4, algebraic conversion, in the notation of ASAM MCD-2 MC's FORMULA) is computed,
#   or the signal is refused; what comes out depends on the formula and the value, not on what else is installed.
# Seen: pow(X1,2), ln(X1+1), atan(X1) and max(X1,2) give the raw values, without an error; sqrt, log and X1*X1 are computed.
#   With sympy installed the first three are, and the fourth raises NameError. X1^2 of 0, 1, 2, 3 is 2, 3, 0, 1 where
#   the raw values are whole numbers, with or without sympy, and 0, 1, 4, 9 where they are floating-point ones and sympy
#   is there; mf4-rs 3.7.0 gives 0, 1, 4, 9 for both.
# Why: asammdf/blocks/v4_blocks.py, convert(): numexpr computes it, to which ^ is Python's; whatever it raises is caught, and
#   sympy asked, which takes ^ for a power. sympy belongs to the extra "symbolic-math"; without it nothing is done.
# Matters: two engineers with one package and one file see a pressure and its raw count under one name and one unit. Compute
#   one value of each formula by hand, and install sympy in any case.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check asammdf==8.8.28 mf4-rs==3.7.0
cd "$room"
cat > probe.py <<'PY'
import sys
import mf4_rs
import numpy
from asammdf import MDF, Signal
from asammdf.blocks.conversion_utils import from_dict

formulas = ["pow(X1,2)", "ln(X1+1)", "atan(X1)", "max(X1,2)", "X1^2", "X1*X1"]
signals = [Signal(numpy.arange(4, dtype=kind), numpy.arange(4.0), name=f"{formula} of {kind}",
                  conversion=from_dict({"formula": formula})) for formula in formulas for kind in ("uint8", "float64")]
with MDF(version="4.10") as log:
    log.append(signals)
    log.save("log.mf4", overwrite=True)
seen = {}
with MDF("log.mf4") as log:
    for signal in signals:
        try:
            seen[signal.name] = [round(float(value), 1) for value in log.get(signal.name).samples]
        except NameError as error:
            seen[signal.name] = type(error).__name__
        print(f"{signal.name:21} {seen[signal.name]}")
raw, squares = [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 4.0, 9.0]
for kind in ("uint8", "float64"):
    assert seen[f"X1*X1 of {kind}"] == squares, seen
    assert list(mf4_rs.Mdf("log.mf4").read(f"X1^2 of {kind}")) == squares
    if sys.argv[1] == "without":
        for formula in ("pow(X1,2)", "ln(X1+1)", "atan(X1)", "max(X1,2)"):
            assert seen[f"{formula} of {kind}"] == raw, seen
    else:
        assert seen[f"pow(X1,2) of {kind}"] == squares, seen
        assert seen[f"ln(X1+1) of {kind}"] == [0.0, 0.7, 1.1, 1.4], seen
        assert seen[f"max(X1,2) of {kind}"] == "NameError", seen
assert seen["X1^2 of uint8"] == [2.0, 3.0, 0.0, 1.0], seen
assert seen["X1^2 of float64"] == (raw if sys.argv[1] == "without" else squares), seen
PY
echo "without sympy:"
venv/bin/python probe.py without 2> without.log || { cat without.log >&2; exit 1; }
"$room/venv/bin/pip" install --quiet --disable-pip-version-check sympy==1.14.0
echo "with sympy:"
venv/bin/python probe.py with > with.out 2> with.log || { cat with.out with.log >&2; exit 1; }
grep -v '^ *$' with.out | grep ' of uint8\| of float64' | grep '^[a-zX]'
