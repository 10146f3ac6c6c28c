#!/bin/sh
# An overlay that deletes takes nothing away, and nobody says so (device-tree-compiler, tried with 1.6.1)
#
# Expected: dtc refuses or warns of /delete-property/ and /delete-node/ in an overlay, if they can't work.
# Seen: the overlay compiles in silence and fdtoverlay applies it; the property and the node are still in
#   the result. The same two lines in a source that is compiled as a whole do delete.
# Why: both are orders to dtc about the tree that it compiles; an overlay's fragment has neither the
#   property nor the node, and the blob's format has no tag for "delete" (Devicetree Specification 0.4,
#   5.4; libfdt/fdt_overlay.c merges properties and nodes, and nothing else).
# Matters: whoever hands a guest the board's tree less one device by such an overlay hands it the device.
#   Take away by status = "disabled" at the most, better build the guest's tree from what it owns.
set -eu
if ! command -v dtc >/dev/null || ! command -v fdtoverlay >/dev/null || ! command -v fdtget >/dev/null; then
    echo "missing: apt-get install device-tree-compiler" >&2
    exit 1
fi
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > board.dts <<'DTS'
/dts-v1/;
/ {
	soc: soc {
		watchdog { compatible = "acme,watchdog"; };
		uart: uart { compatible = "acme,uart"; width = <8>; };
	};
};
DTS
cat > without.dts <<'DTS'
/dts-v1/;
/plugin/;
&uart { /delete-property/ width; };
&soc { /delete-node/ watchdog; };
DTS
dtc -@ -O dtb -o board.dtb board.dts
dtc -@ -O dtb -o without.dtbo without.dts 2> said
fdtoverlay -i board.dtb -o result.dtb without.dtbo 2>> said
sed -e '1,2d' without.dts | cat board.dts - | dtc -q -O dtb -o whole.dtb -
left() {
    printf '%s' "$(fdtget "$1" /soc/uart width 2>/dev/null || echo none), $(fdtget -l "$1" /soc | tr '\n' ' ')"
}
echo "warnings: $(wc -l < said)"
echo "before:                      width $(left board.dtb)"
echo "after the overlay:           width $(left result.dtb)"
echo "compiled as a whole instead: width $(left whole.dtb)"
[ ! -s said ]
[ "$(left result.dtb)" = "8, watchdog uart " ]
[ "$(left whole.dtb)" = "none, uart " ]
