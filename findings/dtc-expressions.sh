#!/bin/sh
# -1 isn't less than 0, and fdtput keeps half of an address (device-tree-compiler, tried with 1.6.1)
#
# Expected: operators in a device tree's source are C's (Devicetree Specification 0.4, 6.3), on cells of 32 bits: (-1 < 0)
#   is true, (~0 == 0xffffffff) is true as both make the same cell, ((0 - 7) % 4) is -3. fdtput refuses a number that
#   doesn't fit into a cell, as dtc does.
# Seen: (-1 < 0) and (~0 == 0xffffffff) are 0, (5 - 6 > 0) and ((0 - 7) % 4) are 1, while <(-1)>, <(~0)> and <0xffffffff> are
#   equal. "fdtput -t x ... 140000000" writes 0x40000000, and "-t i ... 12abc" writes 12, both with success.
# Why: dtc-parser.y computes in unsigned 64 bits and cuts at the end, if what is cut off is all 0 or all 1; fdtput.c
#   reads a number by sscanf() into an int, which keeps the lower bits and stops at the first other character.
# Matters: a source that picks a value by a macro's difference picks the wrong one; a memory node that a script writes
#   has its base 4 GiB too low, where there is RAM as well. Compare without differences; give fdtput two cells.
set -eu
for tool in dtc fdtput fdtget; do
    command -v $tool >/dev/null || { echo "missing: apt-get install device-tree-compiler" >&2; exit 1; }
done
dtc --version
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > values.dts <<'DTS'
/dts-v1/;
/ {
	cells = <(-1)>, <(~0)>, <0xffffffff>;
	less = <(-1 < 0)>;
	equal = <(~0 == 0xffffffff)>;
	more = <(5 - 6 > 0)>;
	rest = <((0 - 7) % 4)>;
};
DTS
dtc -o values.dtb values.dts
seen=
for property in cells less equal more rest; do
    value=$(fdtget -t x values.dtb / $property)
    echo "$property: $value"
    seen="$seen$value|"
done
fdtput -t x values.dtb / base 140000000
fdtput -t i values.dtb / count 12abc
seen="$seen$(fdtget -t x values.dtb / base)|$(fdtget -t i values.dtb / count)"
echo "base and count: ${seen##*1|}"
test "$seen" = "ffffffff ffffffff ffffffff|0|0|1|1|40000000|12"
