#!/bin/sh
# No value at all is rounded to 0 (micromath 2.1.0)
#
# Expected: floor, ceil, round and trunc are exact, also in a library whose sines and roots are approximate: what
#   is whole stays as it is, and NaN and infinity stay what they are, as in core and libm.
# Seen: floor and round of NaN are 0, trunc of NaN is infinity, of infinity floor is 2^31; so it is of
#   3e9 and of all above. round of 8388609 is 8388610 and of 0.49999997 is 1.
# Why: src/float/floor.rs and ceil.rs go by way of an i32, round.rs adds 0.5 before that, and trunc.rs shifts
#   bits by the exponent, whatever it is.
# Matters: "no value" of a sensor is NaN, and a gauge then shows a plain 0; milliseconds and micrometres as f32
#   pass 2^23 after two hours and eight metres. Ask is_nan() before, or take core's or libm's.
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
libm = "=0.2.16"
micromath = { version = "=2.1.0", default-features = false }
[workspace]
TOML
cat > src/main.rs <<'RUST'
use micromath::F32;

fn four(value: f32) -> [f32; 4] {
    let value = F32::from(value);
    [value.floor(), value.ceil(), value.round(), value.trunc()].map(|rounded| rounded.0)
}

fn exact(value: f32) -> [f32; 4] {
    [libm::floorf(value), libm::ceilf(value), libm::roundf(value), libm::truncf(value)]
}

fn main() {
    for value in [-2.5, 0.5, 8_388_609.0, 0.499_999_97, 3e9, f32::INFINITY, f32::NAN] {
        println!("{value}: floor, ceil, round, trunc: micromath {:?}, libm {:?}", four(value), exact(value));
    }
    assert_eq!(four(-2.5), exact(-2.5));
    assert_eq!(four(0.5), exact(0.5));
    assert_eq!(four(8_388_609.0), [8_388_609.0, 8_388_609.0, 8_388_610.0, 8_388_609.0]);
    assert_eq!(four(0.499_999_97), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!(four(3e9), [2_147_483_648.0, 2_147_483_648.0, 2_147_483_648.0, 3e9]);
    assert_eq!(four(f32::INFINITY), [2_147_483_648.0, 2_147_483_648.0, 2_147_483_648.0, f32::INFINITY]);
    assert_eq!(four(f32::NAN), [0.0, 0.0, 0.0, f32::INFINITY]);
    assert!(exact(f32::NAN).iter().all(|rounded| rounded.is_nan()));
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 600 cargo run --quiet --jobs 1
