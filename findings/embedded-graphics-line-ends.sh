#!/bin/sh
# A line of even width lies elsewhere when it is drawn from its other end (embedded-graphics 0.8.2)
#
# Expected: Line::new(a, b) and Line::new(b, a) with the same stroke set the same pixels.
# Seen: for odd widths they do on level and upright lines; for widths 2 and 4 the line from (0, 0) to
#   (10, 0) covers rows -1 and 0, or -2 to 1, and back rows 0 and 1, or -1 to 2. On the diagonal even
#   width 3 differs.
# Why: a stroke of even width has no middle row; primitives/line/thick_points.rs adds parallel lines to
#   one side and the other in turns, and which side is first follows from the direction.
# Matters: a needle that is drawn from its tip and wiped out from its pivot leaves a trace; a frame
#   drawn as four lines is thinner at two sides. Keep one direction, and odd widths.
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
embedded-graphics = "=0.8.2"
[workspace]
TOML
cat > src/main.rs <<'RUST'
use embedded_graphics::{pixelcolor::BinaryColor, prelude::*, primitives::{Line, PrimitiveStyle}};
use std::collections::BTreeSet;

fn pixels(from: Point, to: Point, width: u32) -> BTreeSet<(i32, i32)> {
    let style = PrimitiveStyle::with_stroke(BinaryColor::On, width);
    Line::new(from, to).into_styled(style).pixels().map(|pixel| (pixel.0.y, pixel.0.x)).collect()
}

fn rows(pixels: &BTreeSet<(i32, i32)>) -> (i32, i32) {
    (pixels.first().unwrap().0, pixels.last().unwrap().0)
}

fn main() {
    let (origin, level, diagonal) = (Point::zero(), Point::new(10, 0), Point::new(7, 7));
    let mut seen = Vec::new();
    for width in 1..=4 {
        let (there, back) = (pixels(origin, level, width), pixels(level, origin, width));
        println!("width {width}: rows {:?} there, {:?} back", rows(&there), rows(&back));
        seen.push((rows(&there), rows(&back)));
    }
    assert_eq!(seen, [((0, 0), (0, 0)), ((-1, 0), (0, 1)), ((-1, 1), (-1, 1)), ((-2, 1), (-1, 2))]);
    let differs: Vec<u32> =
        (1..=4).filter(|&width| pixels(origin, diagonal, width) != pixels(diagonal, origin, width)).collect();
    println!("diagonal: widths {differs:?} differ");
    assert_eq!(differs, [2, 3]);
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
