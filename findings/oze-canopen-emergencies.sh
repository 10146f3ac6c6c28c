#!/bin/sh
# A lost heartbeat is a voltage, and a generic error is none (crate oze-canopen 0.1.0)
#
# Expected: an emergency message begins with its error code, 16 bits with the low byte first: 30 81 is 8130, life guard or
#   heartbeat error, class "monitoring, communication"; 00 10 is 1000, generic error; 00 00 is error reset (CiA 301,
#   7.2.7 and 7.1: little-endian). Each abort code of SDO is read.
# Seen: 30 81 is Voltage, with a "vendor code" of 81; 00 10 is NoError; 10 81, a CAN overrun, is GenericError; 40 82, a PDO of
#   a wrong length, is Temperature. 10 42, the device's temperature, is GenericError, too. Codes such as 11 80 aren't
#   parsed at all. Of the aborts 060A0023 (resource not available) and 08000024 (no data) are parse errors.
# Why: src/proto/emcy.rs takes the first byte for the class, and the second for the vendor's; sdo_abort.rs has no entries
#   for the two.
# Matters: a monitor reports a fault of another kind for each lost node, and "no error" for a generic one. Take the eight bytes
#   of the message, and read the code from the first two.
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
oze-canopen = "=0.1.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use oze_canopen::proto::emcy::{Emcy, EmcyCode};
use oze_canopen::proto::sdo::SdoResponse;
use oze_canopen::BinRead;
use std::io::Cursor;

fn class(code: u16) -> Option<EmcyCode> {
    let [low, high] = code.to_le_bytes();
    let read = Emcy::read(&mut Cursor::new([low, high, 0x11, 0, 0, 0, 0, 0])).ok();
    println!("emergency {code:04X}: {:?}, vendor {:02X?}", read.map(|it| it.code), read.map(|it| it.vendor_code));
    read.map(|it| it.code)
}

fn abort(code: u32) -> bool {
    let mut frame = [0x80, 0x00, 0x20, 0x01, 0, 0, 0, 0];
    frame[4..].copy_from_slice(&code.to_le_bytes());
    let read = SdoResponse::read(&mut Cursor::new(frame));
    println!("abort {code:08X}: {}", if read.is_ok() { "read" } else { "error" });
    read.is_ok()
}

fn main() {
    assert_eq!(class(0x0000), Some(EmcyCode::NoError));
    assert_eq!(class(0x8130), Some(EmcyCode::Voltage));
    assert_eq!(class(0x1000), Some(EmcyCode::NoError));
    assert_eq!(class(0x8110), Some(EmcyCode::GenericError));
    assert_eq!(class(0x8240), Some(EmcyCode::Temperature));
    assert_eq!(class(0x4210), Some(EmcyCode::GenericError));
    assert_eq!(class(0x8011), None);
    assert!(abort(0x0602_0000));
    assert!(!abort(0x060A_0023));
    assert!(!abort(0x0800_0024));
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 900 cargo run --quiet --jobs 1
