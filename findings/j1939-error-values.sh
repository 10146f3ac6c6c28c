#!/bin/sh
# A failed sensor shows the highest value there is (crate j1939 0.3.0)
#
# Expected: a parameter of FE (FE00 to FEFF in two bytes) says "error", one of FF "not available" (SAE J1939-71,
#   5.1.4); a decoder that gives an Option has None for both, or names the error. The engine's coolant goes
#   to 210 degrees (SPN 110), its oil to 1735 (SPN 175), and the pedal has 0.4 % per bit from 0 (SPN 91).
# Seen: only FF is None. An engine speed of FE00 is 8031 rpm, a coolant of FE is 127 degrees. A coolant of 150
#   degrees is 127, too, and an oil of 800 degrees is -273. A pedal half down (7D) is 0 %, and all the way
#   down (FA) 125 %. An engine that brakes with -50 % of its torque has 0 %. All values are whole numbers:
#   1499.875 rpm are 1499, and go out again as that.
# Why: src/slots.rs: dec() compares with FF alone, and clamps all else to the range; temperature2 goes by an i8,
#   and temperature reads its two bytes as an i16. src/spn.rs decodes the pedal by the slot of torques,
#   1 % per bit from -125, and a torque by way of an u8.
# Matters: a broken wire looks like an engine at its limit, and an overheated one like 127 degrees for ever. Look
#   at the raw bytes before: above FA (FAFF) it isn't a value.
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
j1939 = "=0.3.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use j1939::spn::{ElectronicEngineController1Message, ElectronicEngineController2Message, EngineTemperature1Message};

fn speed(raw: u16) -> Option<u16> {
    let [low, high] = raw.to_le_bytes();
    ElectronicEngineController1Message::from_pdu(&[0xFF, 0xFF, 0xFF, low, high, 0xFF, 0xFF, 0xFF]).rpm
}

fn torque(raw: u8) -> Option<u8> {
    ElectronicEngineController1Message::from_pdu(&[0xFF, 0xFF, raw, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).actual_engine
}

fn pedal(raw: u8) -> Option<u8> {
    let data = [0xFF, raw, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    ElectronicEngineController2Message::from_pdu(&data).accelerator_pedal_position1
}

fn temperatures(coolant: u8, oil: u16) -> (Option<i8>, Option<i16>) {
    let [low, high] = oil.to_le_bytes();
    let message = EngineTemperature1Message::from_pdu(&[coolant, 0xFF, low, high, 0xFF, 0xFF, 0xFF, 0xFF]);
    (message.engine_coolant_temperature, message.engine_oil_temperature)
}

fn main() {
    let speeds = [0x2EDF, 0xFE00, 0xFFFF].map(speed);
    println!("engine speed of 1499.875 rpm, error, not available: {speeds:?}");
    let pedals = [0x00, 0x7D, 0xFA, 0xFF].map(pedal);
    println!("pedal at 0, 50, 100 %, not available: {pedals:?}");
    let torques = [175, 125, 75].map(torque);
    println!("torque of 50, 0, -50 %: {torques:?}");
    let hot = temperatures(150 + 40, (800 + 273) * 32);
    let warm = temperatures(90 + 40, (95 + 273) * 32);
    let failed = temperatures(0xFE, 0xFE00);
    println!("coolant and oil of 90 and 95 degrees: {warm:?}, of 150 and 800: {hot:?}, error: {failed:?}");
    assert_eq!(speeds, [Some(1499), Some(8031), None]);
    assert_eq!(pedals, [Some(0), Some(0), Some(125), None]);
    assert_eq!(torques, [Some(50), Some(0), Some(0)]);
    assert_eq!((warm, hot), ((Some(90), Some(95)), (Some(127), Some(-273))));
    assert_eq!(failed, (Some(127), Some(-273)));
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 600 cargo run --quiet --jobs 1
