#!/bin/sh
# An altitude of 10,000 feet is 20,000, and the pitch is a roll (crate arinc429 0.1.0)
#
# Expected: a BNR value's highest bit (28) is half of its label's range, the sign is bit 29, and what lies below its
#   resolution is padding (ARINC 429 part 1, attachment 2: label 203 has a range of 131072 feet, 210 of 2048
#   knots, 211 of 512 degrees, 324 is the pitch angle and 325 the roll angle, both of 180 degrees).
# Seen: to_physical() takes all 19 bits for a whole number of units of its own: the same altitude is 20,000
#   feet, -100 feet are -200, 250 knots are 32,000 and 20 degrees of temperature 2,560. Label 324 is named
#   "Roll Angle", and 90 degrees of it are 1310.72; label 325 is unknown.
# Why: src/lib.rs, ArincWord::to_physical(): one factor for each label, without its number of significant bits.
# Matters: against itself all is right, so that a simulation passes, and the first word of a real air data
#   computer is wrong by a factor of 2 to 128. Take data, and scale it by your equipment's table.
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
arinc429 = "=0.1.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use arinc429::{decode, encode, Label};

/// What the crate makes of a value as equipment sends it: a share of the range in two's complement.
fn shown(label: u8, value: f64, range: f64) -> Option<f64> {
    let field = (value / range * f64::from(1 << 18)).round() as i32 as u32 & 0x7_FFFF;
    let word = decode(encode(label, 0, field, 3).unwrap()).unwrap();
    println!("label {label:o}, {:?}: {value} of {range} is {:?} {}", word.label, word.to_physical(), word.label.units());
    word.to_physical()
}

fn main() {
    assert_eq!(shown(0o203, 10_000.0, 131_072.0), Some(20_000.0));
    assert_eq!(shown(0o203, -100.0, 131_072.0), Some(-200.0));
    assert_eq!(shown(0o210, 250.0, 2_048.0), Some(32_000.0));
    assert_eq!(shown(0o211, 20.0, 512.0), Some(2_560.0));
    assert_eq!(shown(0o324, 90.0, 180.0), Some(1_310.72));
    assert_eq!(Label::from_u8(0o324), Label::RollAngle);
    assert_eq!(shown(0o325, 90.0, 180.0), None);
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 600 cargo run --quiet --jobs 1
