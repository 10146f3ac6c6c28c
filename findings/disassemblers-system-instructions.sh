#!/bin/sh
# Three disassemblers, three vocabularies for what a hypervisor executes (capstone 5.0.9, disarm64 0.2.0,
# yaxpeax-arm 0.5.0)
#
# Expected: HCR_EL2, TLBI VMALLS12E1IS, DC CVADP, BTI C and MSR ALLINT, #1 have Arm's names in all three,
#   as in the manual's alias tables (Arm ARM DDI 0487, C6.2).
# Seen: disarm64 names registers and hints and prints every TLBI, DC and AT as SYS; yaxpeax-arm names
#   neither; capstone names all but some: DC CVADP is SYS, and MSR ALLINT, #1, which sets a bit, is shown as
#   "msr s0_1_c4_c1_0, xzr", which reads as writing 0 to some register.
# Why: aliases and system registers come from tables. yaxpeax-arm has none; disarm64's are of instructions
#   and registers, not of SYS operands; capstone's are older than ALLINT's immediate form.
# Matters: a check that searches a listing for "tlbi" or "hcr_el2" finds none and passes. Check encodings:
#   op0, op1, CRn, CRm and op2 of the instruction word.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check capstone==5.0.9
mkdir "$room/src"
cd "$room"
cat > words <<'WORDS'
d51c1100 msr hcr_el2, x0
d50c83df tlbi vmalls12e1is
d50b7d20 dc cvadp, x0
d503245f bti c
d501411f msr allint, #1
WORDS
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
disarm64 = "=0.2.0"
yaxpeax-arm = "=0.5.0"
yaxpeax-arch = { version = "=0.3.3", default-features = false }
[workspace]
TOML
cat > src/main.rs <<'RUST'
use yaxpeax_arch::{Decoder, U8Reader};

fn main() {
    for line in std::fs::read_to_string("words").unwrap().lines() {
        let word = u32::from_str_radix(&line[..8], 16).unwrap();
        let bytes = word.to_le_bytes();
        let by_yaxpeax = yaxpeax_arm::armv8::a64::InstDecoder::default()
            .decode(&mut U8Reader::new(&bytes))
            .map_or("-".to_string(), |instruction| instruction.to_string());
        let by_disarm64 = disarm64::decoder::decode(word).map_or("-".to_string(), |opcode| opcode.to_string());
        println!("{}|{}", by_disarm64.replace("\t\t", " "), by_yaxpeax);
    }
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1 > by-rust
venv/bin/python - <<'PY'
import capstone

decoder = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
seen = []
for line, by_rust in zip(open("words"), open("by-rust"), strict=True):
    word, name = line.strip().split(" ", 1)
    (_, _, mnemonic, operands), = decoder.disasm_lite(int(word, 16).to_bytes(4, "little"), 0)
    row = (f"{mnemonic} {operands}".strip(), *by_rust.strip().split("|"))
    print(f"{word} {name:20} capstone: {row[0]:26} disarm64: {row[1]:24} yaxpeax-arm: {row[2]}")
    seen.append(row)
squeezed = [tuple(text.replace("#0x", "#").replace(",", "").split() for text in row) for row in seen]
assert squeezed == [tuple(text.split() for text in row) for row in [
    ("msr hcr_el2 x0", "msr hcr_el2 x0", "msr s3_4_c1_c1_0 x0"),
    ("tlbi vmalls12e1is", "sys #4 c8 c3 #6 xzr", "sys #4 c8 c3 #6 xzr"),
    ("sys #3 c7 c13 #1 x0", "sys #3 c7 c13 #1 x0", "sys #3 c7 c13 #1 x0"),
    ("bti c", "bti c", "hint #22"),
    ("msr s0_1_c4_c1_0 xzr", "msr allint #1", "msr pstate.0x8 #1"),
]], squeezed
PY
