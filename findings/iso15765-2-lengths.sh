#!/bin/sh
# Seven bytes are sent as a message that receivers ignore, and 4097 as another length (crate iso15765-2 0.1.0)
#
# Expected: with the feature std2016 on classic CAN, up to seven bytes go into a single frame, and the first frame of more
#   than 4095 has 10 00 and a length of 32 bits, then two bytes of data (ISO 15765-2:2016, single and first frame; a
#   first frame whose length would fit into a single one is ignored by receivers); what is encoded is decoded.
# Seen: seven bytes are a first frame with length 7 and a consecutive frame with one byte. The first frame of 4097 bytes is
#   10 00 00 10 01 and three bytes of data, and is decoded to a length of 1048960 and two. With the feature std2004,
#   the default, seven bytes are a single frame, and up to 4095 all is right in both.
# Why: src/can/constants.rs: a single frame of 2016 has the size of a frame less 2, which holds for CAN FD's long ones;
#   src/can/standard/std2016.rs, encode_first(): the byte behind 10 is left out.
# Matters: a request of seven bytes, such as a write of four to an identifier, gets no answer, while those of six and eight
#   do; a download ends in a time-out. Take std2004, and send seven bytes and 4096 before you rely on either.
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
[features]
std2016 = ["iso15765-2/std2016"]
std2004 = ["iso15765-2/std2004"]
[dependencies]
iso15765-2 = { version = "=0.1.0", default-features = false, features = ["can"] }
rs-can = "=0.4.1"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use iso15765_2::IsoTpFrame;

/// The frames of a message as they are sent, and the length that the first of them is decoded to.
fn frames(length: usize) -> (Vec<Vec<u8>>, usize) {
    let message: Vec<u8> = (0..length).map(|byte| byte as u8 | 0x80).collect();
    let sent: Vec<Vec<u8>> = IsoTpFrame::from_data(&message).unwrap().into_iter().map(|f| f.encode(Some(0xCC))).collect();
    let decoded = match IsoTpFrame::decode(&sent[0]).unwrap() {
        IsoTpFrame::SingleFrame { data } => data.len(),
        IsoTpFrame::FirstFrame { length, .. } => length as usize,
        other => panic!("{other:?}"),
    };
    println!("{length} bytes: {} frames, first {:02x?}, decoded length {decoded}", sent.len(), sent[0]);
    (sent, decoded)
}

fn main() {
    let (seven, _) = frames(7);
    if cfg!(feature = "std2004") {
        assert_eq!(seven, [[0x07, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86]]);
        return;
    }
    assert_eq!(seven.len(), 2);
    assert_eq!(seven[0], [0x10, 0x07, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85]);
    assert_eq!(frames(6).0.len(), 1);
    assert_eq!(frames(8).1, 8);
    assert_eq!(frames(4095).1, 4095);
    let (long, decoded) = frames(4097);
    assert_eq!(long[0], [0x10, 0, 0, 0x10, 0x01, 0x80, 0x81, 0x82]);
    assert_eq!(decoded, 0x0010_0180); // four bytes, from the third on
}
RUST
for year in 2004 2016; do
    echo "std$year:"
    CARGO_TARGET_DIR="$room/target" timeout -k 5 900 cargo run --quiet --jobs 1 --features "std$year"
done
