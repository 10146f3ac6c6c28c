#!/bin/sh
# A value that decays from -100 never gets to 0, one from 100 does (fixed 1.31.0)
#
# Expected: a product of two fixed-point numbers is rounded to the nearest or towards zero, as a quotient and a parsed text
#   are; in either case -a * b is -(a * b).
# Seen: x *= 0.9 from 100 ends at 0, from -100 at -0.00014, nine counts of I16F16, and stays there. The smallest number times
#   0.5 is 0, its negative times 0.5 is itself; divided by 2 both are 0. from_num() of an f64 rounds to the nearest, of
#   a fixed-point number with more bits towards minus infinity.
# Why: a product is shifted right, which rounds down (src/arith.rs, overflowing_mul); quotients come from the integers'
#   division, which cuts towards zero. The crate's page describes the rounding of texts alone.
# Matters: a filter or a controller's decay leaves an offset to one side, and symmetric inputs give outputs that
#   aren't. Add half a count before a product is narrowed, or divide.
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
fixed = "=1.31.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use fixed::types::{I16F16, I32F32};

/// What is left after a thousand steps of 0.9, in counts.
fn decayed(start: i32) -> i32 {
    let factor = I16F16::from_num(0.9);
    (0..1000).fold(I16F16::from_num(start), |value, _| value * factor).to_bits()
}

fn main() {
    let ends = (decayed(100), decayed(-100));
    println!("0.9 times 0.9 ...: from 100 to {} counts, from -100 to {}", ends.0, ends.1);
    let (smallest, half) = (I16F16::DELTA, I16F16::from_num(0.5));
    let products = ((smallest * half).to_bits(), (-smallest * half).to_bits());
    let quotients = ((smallest / 2).to_bits(), (-smallest / 2).to_bits());
    println!("a count times 0.5, and minus one: {products:?}; divided by 2: {quotients:?}");
    let from_float = I16F16::from_num(0.3).to_bits();
    let from_fixed = I16F16::from_num(I32F32::from_num(0.3)).to_bits();
    println!("0.3 from f64: {from_float} counts, by way of I32F32: {from_fixed}");
    assert_eq!(ends, (0, -9));
    assert_eq!((products, quotients), ((0, -1), (0, 0)));
    assert_eq!((from_float, from_fixed), (19661, 19660));
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
