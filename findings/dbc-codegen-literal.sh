#!/bin/sh
# A generated setter that accepts nothing but 0, and a float that is read as an integer (dbc-codegen 0.4.0)
#
# Expected: "[0|0]" in a DBC file means that no range is given, and SIG_VALTYPE_ 1 that the signal's 32
#   bits are an IEEE 754 number, as cantools and others have it.
# Seen: (1) set_speed() for a signal with [0|0] gives ParameterOutOfRange for every speed but 0.
#   (2) A float signal is an i32: the bytes of 1.0 are read as 1065353216.
# Why: the generated code compares with the file's two numbers as they stand, and the kind of a signal
#   comes from its sign and factor; SIG_VALTYPE_ isn't looked at, though can-dbc, which parses the file for it, has it.
# Matters: [0|0] is what many tools write for new signals, so code that compiles refuses all data;
#   check_ranges can be switched off. A float signal needs its raw value and f32::from_bits.
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
bitvec = { version = "=1.0.1", default-features = false }
embedded-can = "=0.4.1"
[build-dependencies]
dbc-codegen = "=0.4.0"
[workspace]
TOML
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 291 Motion: 2 ECU
 SG_ Speed : 0|16@1+ (0.1,0) [0|0] "km/h" ECU
BO_ 292 Engine: 4 ECU
 SG_ Load : 0|32@1- (1,0) [0|0] "" ECU
SIG_VALTYPE_ 292 Load : 1;
DBC
cat > build.rs <<'RUST'
fn main() {
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("messages.rs");
    let dbc = std::fs::read_to_string("car.dbc").unwrap();
    dbc_codegen::Config::builder().dbc_name("car").dbc_content(&dbc).build().write_to_file(out).unwrap();
}
RUST
cat > src/main.rs <<'RUST'
#[allow(warnings)]
mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}
fn main() {
    let mut motion = messages::Motion::new(0.0).ok().unwrap();
    let accepted: Vec<bool> = [0.0, 0.1, 50.0].iter().map(|speed| motion.set_speed(*speed).is_ok()).collect();
    let engine = messages::Engine::try_from(&1.0f32.to_le_bytes()[..]).ok().unwrap();
    println!("speeds 0, 0.1 and 50 km/h accepted: {accepted:?}");
    println!("a load of 1.0 is read as {}", engine.load());
    assert_eq!(accepted, [true, false, false]);
    assert_eq!(engine.load(), 1_065_353_216_i32);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
