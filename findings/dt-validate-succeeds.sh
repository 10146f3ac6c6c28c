#!/bin/sh
# A tree that breaks its schema is reported, and the check succeeds (dtschema 2026.9; device-tree-compiler, tried with 1.6.1)
#
# Expected: dt-validate exits with a code other than 0 if a node breaks its schema, and says of which nodes it knows
#   no schema, as these aren't checked.
# Seen: an unknown property in /chosen is printed and the code is 0, as for a sound tree. A PL011 without clocks and
#   interrupts, and with a nonsensical property, passes without a line: its schema isn't part of the package. "-m" names
#   its compatible strings, with a code of 0 as well.
# Why: dtschema/dtb_validate.py, main(), ends without a code once the files are read; the package has the core schemas, and
#   the kernel's tree has those of the devices, which "-s" has to name.
# Matters: "dt-validate board.dtb && flash" flashes whatever the tree says, and a green check in CI says nothing. Test that
#   the output is empty, with -m and the kernel's schemas.
set -eu
command -v dtc >/dev/null || { echo "missing: apt-get install device-tree-compiler" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check dtschema==2026.9
cd "$room"
PATH=$room/venv/bin:$PATH
tree() {
    cat <<DTS
/dts-v1/;
/ {
	compatible = "example,board";
	model = "example";
	#address-cells = <1>;
	#size-cells = <1>;
	memory@40000000 {
		device_type = "memory";
		reg = <0x40000000 0x1000>;
	};
	chosen {
		$1
	};
	$2
};
DTS
}
tree "" "" > sound.dts
tree "console-colour = <1>;" "" > chosen.dts
tree "" 'serial@9000000 { compatible = "arm,pl011", "arm,primecell"; reg = <0x9000000 0x1000>; nonsense; };' > uart.dts
seen=
check() {
    name=$1
    shift
    dtc -q -o "$name.dtb" "$name.dts"
    if dt-validate "$@" "$name.dtb" > out 2>&1; then code=0; else code=$?; fi
    echo "dt-validate $* $name.dtb: code $code, $(wc -l < out) lines"
    sed 's/^/    /' out
    seen="$seen$code $(grep -c -e console-colour -e nonsense -e arm,pl011 out || true)|"
}
check sound
check chosen
check uart
check uart -m
test "$seen" = "0 0|0 2|0 0|0 2|"
