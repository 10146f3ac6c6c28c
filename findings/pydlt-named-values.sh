#!/bin/sh
# A logged value that has a name is the length of its name (pydlt 0.3.5)
#
# Expected: of a log message with a named value ("speed", "m/s", 1234) pydlt gives 1234, or refuses it, as
#   its documentation says of types that it doesn't support (variable info and fixed point are among them).
# Seen: 262150, the lengths of name and unit in one word. A speed of 27.5 as a float is 3.7e-40, a named
#   "false" is true, and 6000 in fixed point (20 by its factor and offset) is 1008981770, the factor's
#   bits. dlt-core 0.20.2 reads all four as they were written.
# Why: pydlt/payload.py: MASK_BASE_TYPE leaves out the bits VARI and FIXP (AUTOSAR log and trace protocol,
#   type info), so that such an argument looks like a plain one, whose value is what comes next.
# Matters: names and units are what a logging unit adds to be understood. With several values the next one
#   is refused at best. Look at the type info's bits 11 and 12 before the payload is taken apart.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pydlt==0.3.5
mkdir "$room/src"
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
import struct

from pydlt.payload import VerbosePayload

UNSIGNED, FLOAT, BOOLEAN, NAMED, FIXED = 0x43, 0x83, 0x11, 0x800, 0x1000
name, unit = b"speed\0", b"m/s\0"
label = struct.pack("<HH", len(name), len(unit)) + name + unit
arguments = [
    struct.pack("<II", UNSIGNED, 1234),
    struct.pack("<I", UNSIGNED | NAMED) + label + struct.pack("<I", 1234),
    struct.pack("<I", FLOAT | NAMED) + label + struct.pack("<f", 27.5),
    struct.pack("<IH", BOOLEAN | NAMED, len(name)) + name + b"\0",
    struct.pack("<IfiI", UNSIGNED | FIXED, 0.01, -40, 6000),
]
values = [VerbosePayload.create_from_bytes(argument, False, 1).arguments[0].data for argument in arguments]
print("pydlt:", values)
with open("messages.bin", "wb") as log:
    for argument in arguments:
        log.write(struct.pack(">BBH", 0x21, 0, 14 + len(argument)) + b"\x41\x01APP1CTX1" + argument)
assert values[0] == 1234 and values[1] == 6 | 4 << 16 and values[3] is True and values[4] == 0x3C23D70A, values
assert 0 < values[2] < 1e-39, values
PY
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
dlt-core = "=0.20.2"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use dlt_core::dlt::{PayloadContent, Value};
use dlt_core::parse::{dlt_message, ParsedMessage};

fn main() {
    let log = std::fs::read("messages.bin").unwrap();
    let mut rest = log.as_slice();
    let mut values = Vec::new();
    while !rest.is_empty() {
        let (behind, parsed) = dlt_message(rest, None, false).unwrap();
        let ParsedMessage::Item(message) = parsed else { panic!("no message") };
        let PayloadContent::Verbose(arguments) = message.payload else { panic!("no arguments") };
        for argument in &arguments {
            let shown = (argument.name.as_deref(), argument.unit.as_deref(), &argument.value);
            println!("dlt-core: {shown:?}, fixed point {:?}", argument.fixed_point);
            values.push(argument.value.clone());
        }
        rest = behind;
    }
    assert_eq!(values, [Value::U32(1234), Value::U32(1234), Value::F32(27.5), Value::Bool(0), Value::U32(6000)]);
}
RUST
CARGO_TARGET_DIR="$room/target" timeout -k 5 600 cargo run --quiet --jobs 1
