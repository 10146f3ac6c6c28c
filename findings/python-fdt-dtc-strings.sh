#!/bin/sh
# What dtc writes as a list of strings, the Python package reads as one (dtc, tried with 1.6.1; fdt 0.3.3)
#
# Expected: source text printed by `dtc -O dts` and read by fdt.parse_dts() gives the same tree.
# Seen: a compatible of two strings is printed as "arm,pl011\0arm,primecell", one literal with the zero
#   byte as an escape. dtc reads that back as two strings; the package keeps the backslash and the 0 as
#   characters, so that the blob has one long string that no driver matches. From the blob itself
#   (fdt.parse_dtb) it reads two.
# Why: dtc's writer escapes zero bytes within a value that looks like text; fdt's parser of source text
#   takes strings as they stand and knows no escapes, which dtc reads as C does.
# Matters: the tree looks the same to the eye, and a UART is gone. Exchange blobs, not decompiled text.
set -eu
command -v dtc >/dev/null || { echo "missing: apt-get install device-tree-compiler" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check fdt==0.3.3
cd "$room"
dtc -q -O dtb -o board.dtb - <<'DTS'
/dts-v1/;
/ {
	uart { compatible = "arm,pl011", "arm,primecell"; };
};
DTS
dtc -q -I dtb -O dts -o printed.dts board.dtb
dtc -q -O dtb -o by-dtc.dtb printed.dts
venv/bin/python - <<'PY'
import fdt

def compatible(tree):
    return list(tree.get_property("compatible", "uart"))

text = open("printed.dts").read()
seen = {
    "the blob": compatible(fdt.parse_dtb(open("board.dtb", "rb").read())),
    "dtc's text, by dtc": compatible(fdt.parse_dtb(open("by-dtc.dtb", "rb").read())),
    "dtc's text, by the package": compatible(fdt.parse_dtb(fdt.parse_dts(text).to_dtb(version=17))),
}
print("dtc prints:", next(line.strip() for line in text.splitlines() if "compatible" in line))
for source, strings in seen.items():
    print(f"{source}: {strings}")
two = ["arm,pl011", "arm,primecell"]
assert list(seen.values()) == [two, two, ["arm,pl011\\0arm,primecell"]], seen
PY
