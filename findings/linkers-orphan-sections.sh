#!/bin/sh
# A section that the script doesn't name: GNU ld loads it from flash, lld expects it in RAM at power-on (binutils, tried with
# 2.40; lld, tried with 14.0.6)
#
# Expected: both linkers give a section that the linker script doesn't name the same place: behind the section that it
#   follows, ".fast : { ... } > RAM AT> FLASH", and so a load address in flash, too. SIZEOF() of a section that isn't
#   there is one thing to both.
# Seen: the address is the same; the load address is 0x08000044 by GNU ld and 0x0a000004, in RAM, by lld. The raw image
#   that objcopy makes has 72 bytes, or 32 MiB. SIZEOF(.absent) is an error to one and 0 to the other.
# Why: an orphan has no region of its own. GNU ld goes on with the load region of the section before it (manual,
#   "Output Section LMA"); lld takes the address itself where the previous section has AT> (its page on linker
#   scripts, "Output section LMA").
# Matters: Rust links by lld and many C projects by GNU ld, with one script: a #[link_section] that it doesn't know is
#   garbage at power-on, or the image doesn't fit. Link with --orphan-handling=error, or name every section.
set -eu
for tool in gcc ld.bfd ld.lld objcopy readelf; do
    command -v $tool >/dev/null || { echo "missing: apt-get install gcc binutils lld" >&2; exit 1; }
done
ld.bfd --version | head -n 1
ld.lld --version
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > parts.S <<'S'
    .section .text, "ax"
    .fill 64, 1, 1
    .section .fast, "ax"
    .long 2
    .section .table, "a"
    .long 3
S
cat > board.ld <<'LD'
MEMORY {
    FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 64K
    RAM (rwx) : ORIGIN = 0x0A000000, LENGTH = 16K
}
SECTIONS {
    .text : { *(.text) } > FLASH
    .fast : { *(.fast) } > RAM AT> FLASH
    /DISCARD/ : { *(.note*) *(.comment) *(.data) *(.bss) }
}
LD
gcc -c -o parts.o parts.S
seen=
for linker in ld.bfd ld.lld; do
    $linker -z max-page-size=4096 --entry 0x08000000 -T board.ld -o $linker.elf parts.o
    objcopy -O binary $linker.elf $linker.bin
    bytes=$(stat -c %s $linker.bin)
    # The load address: the section's address by the segment that holds it.
    place=$(python3 - "$linker.elf" <<'PY'
import struct, sys

data = open(sys.argv[1], "rb").read()
segments, = struct.unpack_from("<Q", data, 32)
count, = struct.unpack_from("<H", data, 56)
for index in range(count):
    kind, _, offset, virtual, physical, size = struct.unpack_from("<IIQQQQ", data, segments + 56 * index)
    at = data.find(struct.pack("<I", 3), offset, offset + size)
    if kind == 1 and at >= 0 and virtual >= 0x0A00_0000:
        print(f"{virtual + at - offset:#010x} {physical + at - offset:#010x}")
PY
    )
    echo "$linker: .table at and loaded from: $place; raw image: $bytes bytes"
    seen="$seen$place $bytes|"
    echo "absent = SIZEOF(.absent);" | cat board.ld - > absent.ld
    if $linker --entry 0x08000000 -T absent.ld -o absent.elf parts.o 2>message; then
        echo "$linker: SIZEOF(.absent) is $(readelf -sW absent.elf | sed -n 's/.*: *\([0-9a-f]*\) .* absent$/\1/p')"
        seen="${seen}linked|"
    else
        sed "s/^/$linker: /" message
        seen="${seen}refused|"
    fi
done
test "$seen" = "0x0a000004 0x08000044 72|refused|0x0a000004 0x0a000004 33554440|linked|"
