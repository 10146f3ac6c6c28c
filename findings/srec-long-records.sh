#!/bin/sh
# A record of 256 bytes says that it has five (crate srec 0.2.0)
#
# Expected: generate_srec_file() refuses what a record can't hold: more than 250 bytes behind an address of 32 bits, as the count
#   has one byte and counts address, data and checksum; an address that doesn't fit into the 24 bits of an S2, of which
#   the type, Address24(u32), takes any. What it writes, read_records() reads.
# Seen: 256 bytes are written whole, with a count of 05 for 261, and the crate's own reader refuses the line. 0x0800_1000 as an
#   Address24 is written as 001000, and read so.
# Why: src/writer.rs, make_record(): the length is cast to u8, and the address's first byte dropped.
# Matters: a flash page has 256 bytes, and the flash of many microcontrollers begins at 0x0800_0000: the tool that cuts an
#   image by pages writes a file that can't be read, or one that goes to address 0. Cut at 32 bytes, and take S3.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/src"
cd "$room"
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
srec = "=0.2.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use srec::{generate_srec_file, reader::read_records, Address24, Address32, Data, Record};

fn passed(record: Record) -> (String, Option<Record>) {
    let text = generate_srec_file(&[record]);
    let read = read_records(&text).collect::<Result<Vec<_>, _>>();
    println!("{}...: read {:?}", &text[..14], read.as_ref().map(|records| records.len()));
    (text, read.ok().and_then(|mut records| records.pop()))
}

fn main() {
    let page = |length| Record::S3(Data { address: Address32(0x0800_1000), data: vec![0xAA; length] });
    assert_eq!(passed(page(250)).1, Some(page(250)));
    let (text, read) = passed(page(256));
    assert!(text.starts_with("S30508001000AA"), "{text}");
    assert_eq!(text.trim().len(), 2 + 2 * 262);
    assert_eq!(read, None);

    let (text, read) = passed(Record::S2(Data { address: Address24(0x0800_1000), data: vec![0xAA] }));
    assert!(text.starts_with("S205001000AA"), "{text}");
    assert_eq!(read, Some(Record::S2(Data { address: Address24(0x1000), data: vec![0xAA] })));
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 600 cargo run --quiet --jobs 1
