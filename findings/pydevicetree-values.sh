#!/bin/sh
# A board's "okay" isn't seen, and 010 is ten (pydevicetree 0.0.13)
#
# Expected: a source gives the values that dtc and Zephyr's dtlib give: the last definition of a property
#   counts, whichever part it is in; numbers are C's, by integer arithmetic (Devicetree Specification 0.4, 6).
# Seen: (1) after "&uart { status = "okay"; clock = <200>; };" the node's fields are still "disabled" and 100:
#   both stand in it, and the first is given. (2) 010 is 10 where C has 8, ((1 + 2) * 3) is 1, and 7 / 2
#   is 3.5. dtc and dtlib agree on all of them.
# Why: pydevicetree/ast/directive.py and node.py: merging appends properties, and get_field() takes the
#   first of that name; source/grammar.py and parser.py: a leading 0 isn't looked at, and an expression is
#   computed as Python's.
# Matters: linker scripts, memory maps and headers are generated from such readings: a device that the board
#   enables is left out, and a clock is the chip's default. Let dtc flatten the source first.
set -eu
command -v dtc >/dev/null || { echo "missing: apt-get install device-tree-compiler" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pydevicetree==0.0.13 devicetree==0.0.2
cd "$room"
cat > board.dts <<'DTS'
/dts-v1/;
/ {
	uart: uart {
		status = "disabled";
		clock = <100>;
		octal = <010>;
		nested = <((1 + 2) * 3)>;
		half = <(7 / 2)>;
		plain = <(2 + 3 * 4)>;
	};
};
&uart {
	status = "okay";
	clock = <200>;
};
DTS
dtc -q -O dtb -o board.dtb board.dts
timeout -k 5 60 venv/bin/python - <<'PY'
import subprocess

import pydevicetree
from devicetree import dtlib

numbers = ("clock", "octal", "nested", "half", "plain")

def by_dtc(name, kind):
    return subprocess.run(["fdtget", "-t", kind, "board.dtb", "/uart", name], capture_output=True, check=True, text=True).stdout.strip()

zephyr = dtlib.DT("board.dts").get_node("/uart").props
other = pydevicetree.Devicetree.from_dts(open("board.dts").read()).get_by_path("/uart")
seen = {
    "dtc": [by_dtc("status", "s"), *(int(by_dtc(name, "u")) for name in numbers)],
    "dtlib": [zephyr["status"].to_string(), *(zephyr[name].to_num() for name in numbers)],
    "pydevicetree": [other.get_field("status"), *(other.get_field(name) for name in numbers)],
}
for reader, values in seen.items():
    print(f"{reader}: {dict(zip(('status', *numbers), values))}")
assert seen["dtc"] == seen["dtlib"] == ["okay", 200, 8, 9, 3, 14], seen
assert seen["pydevicetree"] == ["disabled", 100, 10, 1, 3.5, 14], seen
PY
