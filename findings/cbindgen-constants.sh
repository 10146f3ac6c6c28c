#!/bin/sh
# Constants that C computes to other values than Rust (cbindgen 0.29.4, gcc)
#
# Expected: `pub const PERIOD: u64 = 10 * 1_000_000_000;` gives a C constant of the same value and, where the value
#   needs it, of the same width.
# Seen: a macro with the expression's text and without the type: (10 * 1000000000), which C computes in int to
#   1410065408; (1 << 40) is 0 or what the processor makes of it; !0 >> 4 of a u32 is -1; !0xF of a u16 is -16 and
#   never equals a uint16_t. 0xFFFF_FFFF_FFFF_FFFF and 1u64 << 40 are right: literals with a suffix, or too
#   large for an int by themselves, keep it. The generator succeeds in silence.
# Why: src/bindgen/ir/constant.rs prints the tree of the expression; the constant's declared type isn't given to the
#   literals inside (mozilla/cbindgen#464). The first two overflow in C, which is undefined (C11, 6.5).
# Matters: time limits, masks and sizes are what an interface between partitions in Rust and C consists of. Write suffixes
#   in the Rust source, or compare every constant by a static assertion on both sides.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
command -v gcc >/dev/null || { echo "missing: apt-get install gcc libc6-dev" >&2; exit 1; }
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
cbindgen = { version = "=0.29.4", default-features = false }
[workspace]
TOML
cat > src/constants.rs <<'RUST'
pub const PERIOD: u64 = 10 * 1_000_000_000;
pub const WINDOW: u64 = 1 << 40;
pub const MASK: u32 = !0 >> 4;
pub const PAGE: u16 = !0xF;
pub const SUFFIX: u64 = 1u64 << 40;
pub const ALL: u64 = 0xFFFF_FFFF_FFFF_FFFF;
RUST
cat > src/main.rs <<'RUST'
mod constants;
use constants::*;

fn main() {
    let config = cbindgen::Config { language: cbindgen::Language::C, ..Default::default() };
    let builder = cbindgen::Builder::new().with_config(config).with_src("src/constants.rs");
    builder.generate().unwrap().write_to_file("constants.h");
    for value in [PERIOD, WINDOW, MASK.into(), PAGE.into(), SUFFIX, ALL] {
        println!("{value:#x}");
    }
}
RUST
cat > main.c <<'C'
#include <stdio.h>
#include "constants.h"

#define SHOW(name) \
    printf("%s %s %d\n", #name, (unsigned long long)(name) == wanted[n] ? "equal" : "other", (int)sizeof(name)), n++

int main(void)
{
    unsigned long long wanted[6];
    int n = 0;
    for (int i = 0; i < 6; i++)
        if (scanf("%llx", &wanted[i]) != 1)
            return 1;
    SHOW(PERIOD);
    SHOW(WINDOW);
    SHOW(MASK);
    SHOW(PAGE);
    SHOW(SUFFIX);
    SHOW(ALL);
    return 0;
}
C
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1 > wanted
grep define constants.h
gcc -w -o main main.c
./main < wanted > seen
cat seen
printf '%s\n' 'PERIOD other 4' 'WINDOW other 4' 'MASK other 4' 'PAGE other 4' 'SUFFIX equal 8' 'ALL equal 8' | cmp - seen
