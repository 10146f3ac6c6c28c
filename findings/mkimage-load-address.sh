#!/bin/sh
# A load address above 4 GiB loses its upper half in a U-Boot image (mkimage, tried with 2023.01)
#
# Expected: mkimage -A arm64 refuses -a 0x140200000 for the old image format, whose header has 32 bits
#   for the load address and for the entry, or says what it writes.
# Seen: it succeeds without a warning; the header says 0x40200000 for both. The same addresses in a FIT,
#   as two cells, are kept.
# Why: tools/mkimage.c reads -a and -e with 64 bits; the header's fields (include/image.h, struct
#   legacy_img_hdr: ih_load, ih_ep) are uint32_t, and the assignment cuts.
# Matters: boards with RAM above 4 GiB are usual, and the wrong address is RAM as well: the image is copied
#   over whatever lies there, 4 GiB lower. Use a FIT for such a board, and read the header back.
set -eu
if ! command -v mkimage >/dev/null || ! command -v dtc >/dev/null; then
    echo "missing: apt-get install u-boot-tools device-tree-compiler" >&2
    exit 1
fi
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
mkimage -V
head -c 4096 /dev/zero > program.bin
mkimage -A arm64 -O linux -T kernel -C none -a 0x140200000 -e 0x140200000 -n old -d program.bin old.img > said 2>&1
cat > new.its <<'ITS'
/dts-v1/;
/ {
	description = "new";
	#address-cells = <1>;
	images {
		program {
			description = "program";
			data = /incbin/("program.bin");
			type = "kernel";
			arch = "arm64";
			os = "linux";
			compression = "none";
			load = <0x1 0x40200000>;
			entry = <0x1 0x40200000>;
		};
	};
	configurations {
		default = "only";
		only { kernel = "program"; };
	};
};
ITS
mkimage -f new.its new.itb > /dev/null 2>&1
# Load address and entry, in hexadecimal without 0x.
addresses() {
    mkimage -l "$1" | awk -F': *' '/Load Address|Entry Point/ { sub("^0x", "", $2); printf "%s ", $2 }'
}
echo "asked for 140200000; old format: $(addresses old.img); FIT: $(addresses new.itb)"
echo "lines with a warning: $(grep -ci 'warn\|error\|trunc\|range' said || true)"
[ "$(addresses old.img)" = "40200000 40200000 " ]
[ "$(addresses new.itb)" = "140200000 140200000 " ]
! grep -qi 'warn\|error\|trunc\|range' said
