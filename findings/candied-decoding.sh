#!/bin/sh
# No big-endian signal is right, and what isn't available is at its maximum (npm package candied 2.2.0, cantools 45.1.0)
#
# Expected: decode() gives what cantools gives: of a big-endian signal (@0) the start bit is its highest one; the value is the
#   raw one by factor and offset, whatever the limits are; names (VAL_) are those of raw values; of multiplexed signals there
#   are those of one page; SIG_VALTYPE_ 1 is an IEEE number; an extended message has its 29-bit identifier.
# Seen: (1) Bytes 12 34 as 7|16@0+ are NaN, and 89 AB as 47|16@0+ is 0F13: each ends where it should begin.
#   (2) A speed of FFFF, "not available" by convention, is 8031 rpm, the limit. (3) A pedal of raw 254, factor 0.4, is 100 %,
#   not "error", and raw 100 has the name of 40. (4) Both pages' signals are there. (5) 1.0 Nm is 1065353216. (6) An
#   extended message is found by its identifier plus 80000000 alone.
# Why: lib/can/BitUtils.js, extractBitRange(): the start bit is taken for the lowest; Can.js, applyPropsToSignalValue(), cuts at
#   the limits, then looks up the name; multiplexers and SIG_VALTYPE_ aren't used.
# Matters: a dashboard of a car with big-endian messages, as many are, shows numbers that nobody sent, and for a failed sensor
#   the highest one. Compare with another decoder, at the ends of each range.
set -eu
command -v npm >/dev/null || { echo "missing: apt-get install nodejs npm" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check cantools==45.1.0
cd "$room"
npm install --silent --no-audit --no-fund candied@2.2.0
cat > table.dbc <<'DBC'
VERSION ""
BU_: ECU GW
BO_ 256 Engine: 8 ECU
 SG_ speed : 0|16@1+ (0.125,0) [0|8031] "rpm" GW
 SG_ pedal : 16|8@1+ (0.4,0) [0|100] "%" GW
 SG_ torque : 32|32@1- (1,0) [0|0] "Nm" GW
BO_ 2566844416 Pages: 8 ECU
 SG_ page M : 0|4@1+ (1,0) [0|15] "" GW
 SG_ first m0 : 8|16@1+ (1,0) [0|0] "" GW
 SG_ second m1 : 8|16@1+ (1,0) [0|0] "" GW
BO_ 512 Big: 8 ECU
 SG_ top : 7|16@0+ (1,0) [0|0] "" GW
 SG_ middle : 47|16@0+ (1,0) [0|0] "" GW
 SG_ byte : 23|8@0+ (1,0) [0|0] "" GW
VAL_ 256 pedal 40 "forty" 254 "error" 255 "not available" ;
SIG_VALTYPE_ 256 torque : 1;
DBC
cat > decode.mjs <<'JS'
import fs from "node:fs";
import candied from "candied";

const table = new candied.Dbc();
table.load(fs.readFileSync("table.dbc", "utf8"));
const can = new candied.Can();
can.database = table.data;
const seen = [];
for (const [identifier, bytes] of JSON.parse(fs.readFileSync("frames.json"))) {
    const message = can.decode(can.createFrame(identifier, bytes));
    seen.push(message ? Object.fromEntries([...message.boundSignals].map(([name, it]) => [name, it.physValue])) : null);
}
fs.writeFileSync("seen.json", JSON.stringify(seen));
JS
cat > compare.py <<'PY'
import json
import subprocess
import cantools

frames = [(256, [0xE8, 0x03, 50, 0, 0, 0, 0x80, 0x3F]), (256, [0xFF, 0xFF, 254, 0, 0, 0, 0, 0]),
          (256, [0, 0, 100, 0, 0, 0, 0, 0]), (0x18FEF000, [1, 0x34, 0x12, 0, 0, 0, 0, 0]),
          (0x98FEF000, [1, 0x34, 0x12, 0, 0, 0, 0, 0]), (512, [0x12, 0x34, 0x56, 0x07, 0x89, 0xAB, 0xCD, 0xFE])]
json.dump(frames, open("frames.json", "w"))
subprocess.run(["node", "decode.mjs"], check=True)
seen = json.load(open("seen.json"))
table = cantools.database.load_file("table.dbc")
for (identifier, data), by_candied in zip(frames, seen, strict=True):
    by_cantools = table.decode_message(identifier & 0x1FFF_FFFF, bytes(data))
    print(f"{identifier:08X} {bytes(data).hex(' ')}\n  cantools {dict(by_cantools)}\n  candied  {by_candied}")
assert seen[0] == {"speed": "125 rpm", "pedal": "20 %", "torque": "1065353216 Nm"}, seen[0]
assert (seen[1]["speed"], seen[1]["pedal"], seen[2]["pedal"]) == ("8031 rpm", "100 %", "forty"), seen
assert seen[3] is None and seen[4] == {"page": "1", "first": "4660", "second": "4660"}, seen
assert seen[5]["top"].strip() == "NaN" and int(seen[5]["middle"]) != 0x89AB and int(seen[5]["byte"]) != 0x56, seen[5]
PY
venv/bin/python compare.py
