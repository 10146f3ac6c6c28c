#!/bin/sh
# The square root of -0.0 is 2.8e19 (micromath 2.1.0)
#
# Expected: an approximation within the 5 % that the documentation names: about 0 for 0.0 and for -0.0
#   (IEEE 754-2019, 5.4.1: the square root of -0 is -0).
# Seen: sqrt(-0.0) is 2.767e19, sqrt(0.0) is 8e-20. floor(), ceil() and round() of 3e9 give
#   2147483648, while 3e9 is a whole number already.
# Why: src/float/sqrt.rs halves the bits of a number after the test `self >= 0`, which -0.0 passes with
#   its sign bit set; that bit lands in the exponent. The others go by way of i32 (src/float/floor.rs ...),
#   a conversion that saturates.
# Matters: -0.0 is what -1.0 * 0.0 gives, and so the product of a reversed direction and no speed. Add
#   0.0 before taking a root, or take the absolute value.
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
micromath = "=2.1.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use micromath::F32;

fn main() {
    let sped = std::hint::black_box(0.0f32);
    let product = -1.0 * sped;
    let roots = [F32(sped).sqrt().0, F32(product).sqrt().0];
    println!("sqrt(0.0) = {:e}, sqrt({product:?}) = {:e}", roots[0], roots[1]);
    let large = [F32(3e9).floor().0, F32(3e9).ceil().0, F32(3e9).round().0];
    println!("floor, ceil and round of 3e9: {large:?}; trunc: {:?}", F32(3e9).trunc().0);
    assert!(roots[0] > 0.0 && roots[0] < 1e-19 && roots[1] > 2.7e19, "{roots:?}");
    assert_eq!(large, [2_147_483_648.0; 3]);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
