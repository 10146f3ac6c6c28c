#!/bin/sh
# A little-endian field of twelve bits lies where no C compiler has it (packed_struct 0.12.0, deku 0.20.3, gcc)
#
# Expected: with endian="lsb" and bit_numbering="lsb0" a field of bits 0 to 11 with 0xABC and one of bits 12 to 15 with 0xD are
#   BC DA, as C's bit-fields on a little-endian processor (AAPCS64, bit-fields) and as a DBC's 0|12@1; two of 16 bits, 0x1234
#   and -2, are 34 12 FE FF. A value that doesn't fit is refused.
# Seen: with "lsb0" they are DB CA and FE FF 34 12: bit 0 is in the last byte. With "msb0", fields at 0..=11 and 12..=15, they
#   are BC AD. 5000 in twelve bits is 0x388. deku has BC AD by default, too, BC DA with bit_order = "lsb", and refuses 5000.
# Why: packed_struct numbers the bits of the whole struct as of one big-endian number; endian="lsb" turns the bytes
#   within a field alone, and half a byte is moved to the left for that.
# Matters: each struct that has only whole bytes in the right order passes; the first status word with a field of 12 bits, or
#   the first register, doesn't. Compare the bytes with those of the C header, for one value of each struct.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
command -v gcc >/dev/null || { echo "missing: apt-get install gcc libc6-dev" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/src"
cd "$room"
cat > fields.c <<'C'
#include <stdint.h>
#include <stdio.h>

int main(void)
{
    union { struct { uint16_t low : 12, high : 4; } fields; uint8_t bytes[2]; } word = {{0xABC, 0xD}};
    printf("C, on this little-endian processor: [%02x, %02x]\n", word.bytes[0], word.bytes[1]);
    return word.bytes[0] == 0xBC && word.bytes[1] == 0xDA ? 0 : 1;
}
C
gcc -o fields fields.c
./fields
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
packed_struct = "=0.12.0"
deku = "=0.20.3"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use deku::prelude::*;
use packed_struct::prelude::*;

#[derive(PackedStruct)]
#[packed_struct(bit_numbering = "lsb0", size_bytes = "2", endian = "lsb")]
struct LowestFirst {
    #[packed_field(bits = "11..=0")]
    low: Integer<u16, packed_bits::Bits<12>>,
    #[packed_field(bits = "15..=12")]
    high: Integer<u8, packed_bits::Bits<4>>,
}

#[derive(PackedStruct)]
#[packed_struct(bit_numbering = "lsb0", size_bytes = "4", endian = "lsb")]
struct Halves {
    #[packed_field(bits = "15..=0")]
    low: u16,
    #[packed_field(bits = "31..=16")]
    high: i16,
}

#[derive(PackedStruct)]
#[packed_struct(bit_numbering = "msb0", endian = "lsb")]
struct HighestFirst {
    #[packed_field(bits = "0..=11")]
    low: Integer<u16, packed_bits::Bits<12>>,
    #[packed_field(bits = "12..=15")]
    high: Integer<u8, packed_bits::Bits<4>>,
}

#[derive(DekuWrite)]
#[deku(endian = "little")]
struct ByDeku {
    #[deku(bits = 12)]
    low: u16,
    #[deku(bits = 4)]
    high: u8,
}

#[derive(DekuWrite)]
#[deku(endian = "little", bit_order = "lsb")]
struct ByDekuLowest {
    #[deku(bits = 12)]
    low: u16,
    #[deku(bits = 4)]
    high: u8,
}

fn shown(what: &str, bytes: &[u8], expected: &[u8]) {
    println!("{what}: {bytes:02x?}");
    assert_eq!(bytes, expected, "{what}");
}

fn main() {
    let (low, high) = (0xABC.into(), 0xD.into());
    shown("packed_struct, lsb0", &LowestFirst { low, high }.pack().unwrap(), &[0xDB, 0xCA]);
    shown("packed_struct, lsb0, halves", &Halves { low: 0x1234, high: -2 }.pack().unwrap(), &[0xFE, 0xFF, 0x34, 0x12]);
    shown("packed_struct, msb0", &HighestFirst { low, high }.pack().unwrap(), &[0xBC, 0xAD]);
    shown("packed_struct, 5000", &HighestFirst { low: 5000.into(), high }.pack().unwrap(), &[0x88, 0x3D]);
    shown("deku", &ByDeku { low: 0xABC, high: 0xD }.to_bytes().unwrap(), &[0xBC, 0xAD]);
    shown("deku, lsb", &ByDekuLowest { low: 0xABC, high: 0xD }.to_bytes().unwrap(), &[0xBC, 0xDA]);
    assert!(ByDeku { low: 5000, high: 0xD }.to_bytes().is_err());
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 900 cargo run --quiet --jobs 1
