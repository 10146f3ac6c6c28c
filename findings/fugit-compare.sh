#!/bin/sh
# 72 minutes are neither more nor less than 1 us, and 71 minutes are more (fugit 0.6.0)
#
# Expected: durations of different ticks compare by their length: `d1 > d2` is how the crate's first page shows it, for u32
#   in ms and us.
# Seen: 4,294 s in ms are more than 1 us. One ms later, `>`, `<`, `==`, `>=` and `<=` are all false, and `!=` is true.
#   Nothing panics, and with u64 ticks it is right.
# Why: src/duration.rs: both sides are multiplied to a common tick in their own 32 bits; if that overflows, partial_cmp
#   gives None (const_partial_cmp's documentation says so) and == gives false.
# Matters: `while elapsed < limit` ends at once and `if elapsed > limit` never fires, after 72 minutes of ms against us.
#   Compare durations of one type, or of 64 bits.
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
fugit = "=0.6.0"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use fugit::Duration;

fn main() {
    let us = Duration::<u32, 1, 1_000_000>::from_ticks(1);
    let mut seen = Vec::new();
    for ticks in [4_294_967, 4_294_968] {
        let ms = Duration::<u32, 1, 1_000>::from_ticks(ticks);
        let answers = (ms > us, ms < us, ms == us, ms >= us, ms <= us, us < ms);
        println!("{ticks} ms and 1 us: >, <, ==, >=, <=, turned round: {answers:?}");
        seen.push(answers);
    }
    let long = Duration::<u64, 1, 1_000>::from_ticks(4_294_968);
    assert!(long > Duration::<u64, 1, 1_000_000>::from_ticks(1));
    assert_eq!(seen, [(true, false, false, true, false, true), (false, false, false, false, false, false)]);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
