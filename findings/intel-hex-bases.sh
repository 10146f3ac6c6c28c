#!/bin/sh
# One Intel HEX file is two images to six readers (intelhex 2.3.0, hexrec 0.5.1, bincopy 20.1.1; binutils, tried with 2.40;
# llvm, tried with 14.0.6; srecord, tried with 1.64)
#
# Expected: a segment base (record type 02) that follows a linear base (04) takes its place: data go to 0x10000, not to
#   0x08010000. A record that passes the end of a 64 KiB segment goes on at the segment's start (Intel's Hexadecimal
#   Object File Format Specification of 1988, extended segment and extended linear address records).
# Seen: intelhex, hexrec and srec_cat do the first; bincopy, GNU objcopy and llvm-objcopy add both bases. srec_cat alone does
#   the second; the others pass 0x1FFFF and go on at 0x20000.
# Why: the former have one base, that of the record seen last; the latter keep one of each kind and add them (bincopy.py,
#   add_ihex; binutils' bfd/ihex.c; LLVM's IHexReader). Nobody but srecord takes a record's address modulo 64 KiB.
# Matters: a boot loader of a 16-bit tool and an application of a 32-bit one, merged into one file, are flashed to different
#   addresses by two programmers, and a CRC that a script computes is another image's. Convert each part first.
set -eu
for tool in objcopy llvm-objcopy srec_cat; do
    command -v $tool >/dev/null || { echo "missing: apt-get install binutils llvm srecord" >&2; exit 1; }
done
objcopy --version | head -n 1
llvm-objcopy --version | sed -n 's/.*LLVM version/LLVM/p'
srec_cat --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check intelhex==2.3.0 hexrec==0.5.1 bincopy==20.1.1
cd "$room"
venv/bin/python - <<'PY'
import struct, subprocess
import bincopy, hexrec, intelhex

def write(name, *records):
    """Records of (type, address, data), with their checksums, and the end's."""
    with open(name, "w") as file:
        for kind, address, data in (*records, (1, 0, b"")):
            record = struct.pack(">BHB", len(data), address, kind) + data
            file.write(f":{record.hex().upper()}{-sum(record) & 0xFF:02X}\n")

def by_intelhex(name):
    image = intelhex.IntelHex(name)
    return {address: image[address] for address in image.addresses()}

def by_hexrec(name):
    blocks = hexrec.IhexFile.load(name).memory.to_blocks()
    return {start + index: byte for start, data in blocks for index, byte in enumerate(data)}

def by_bincopy(name):
    image = bincopy.BinFile()
    image.add_ihex_file(name)
    return {segment.address + index: byte for segment in image.segments for index, byte in enumerate(segment.data)}

def by_srecords(*command):
    """What a tool writes as S-records is read by their definition: S1 to S3 have addresses of two to four bytes."""
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    image = {}
    for line in open("out.srec"):
        if line[1] in "123":
            body = bytes.fromhex(line[4:].strip())[:-1]
            width = int(line[1]) + 1
            start = int.from_bytes(body[:width], "big")
            image |= {start + index: byte for index, byte in enumerate(body[width:])}
    return image

def by_llvm(name):
    subprocess.run(["llvm-objcopy", "-I", "ihex", "-O", "elf64-x86-64", name, "out.elf"], check=True)
    return by_srecords("objcopy", "-O", "srec", "out.elf", "out.srec")

readers = {
    "intelhex": by_intelhex, "hexrec": by_hexrec, "bincopy": by_bincopy, "llvm-objcopy": by_llvm,
    "objcopy": lambda name: by_srecords("objcopy", "-I", "ihex", "-O", "srec", name, "out.srec"),
    "srec_cat": lambda name: by_srecords("srec_cat", name, "-intel", "-o", "out.srec", "-motorola"),
}
write("bases.hex", (4, 0, b"\x08\x00"), (0, 0, b"\x01"), (2, 0, b"\x10\x00"), (0, 0, b"\x02"))
write("passing.hex", (2, 0, b"\x10\x00"), (0, 0xFFFE, b"\x01\x02\x03\x04"))
second, third = {}, {}
for reader, read in readers.items():
    second[reader] = next(address for address, byte in read("bases.hex").items() if byte == 2)
    third[reader] = next(address for address, byte in read("passing.hex").items() if byte == 3)
    print(f"{reader:13} behind both bases {second[reader]:#010x}, past the segment's end {third[reader]:#x}")
assert {reader for reader, address in second.items() if address == 0x10000} == {"intelhex", "hexrec", "srec_cat"}, second
assert {reader for reader, address in second.items() if address == 0x08010000} == {"bincopy", "objcopy", "llvm-objcopy"}
assert {reader for reader, address in third.items() if address == 0x10000} == {"srec_cat"}, third
assert all(address == 0x20000 for reader, address in third.items() if reader != "srec_cat"), third
PY
