#!/bin/sh
# An arc that sweeps nothing draws two dots, one of them on the far side (embedded-graphics 0.8.2)
#
# Expected: an Arc with an angle_sweep of 0 degrees draws nothing, or the one pixel at its start.
# Seen: with an even diameter it draws nothing; with an odd one it draws two pixels, one at the start and
#   one opposite, where the arc wouldn't be before it has swept 180 degrees.
# Why: the arc is the part of a circle between two half planes (primitives/common/plane_sector.rs). With
#   no sweep both have one line as their edge; pixels on the line belong to both, and an odd diameter
#   has pixels exactly on it, on either side of the middle.
# Matters: a gauge drawn as an arc from 0 to the value shows, at exactly 0, a dot at the place of half its
#   scale and more. Don't draw an arc for a value of 0, or use an even diameter.
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
use embedded_graphics::{pixelcolor::BinaryColor, prelude::*, primitives::{Arc, PrimitiveStyle}};

fn pixels(diameter: u32, sweep: f32) -> Vec<(i32, i32)> {
    let style = PrimitiveStyle::with_stroke(BinaryColor::On, 1);
    let arc = Arc::new(Point::zero(), diameter, 0.0.deg(), sweep.deg());
    arc.into_styled(style).pixels().map(|pixel| (pixel.0.x, pixel.0.y)).collect()
}

fn main() {
    for diameter in [20, 21, 100, 101] {
        let none = pixels(diameter, 0.0);
        let left = pixels(diameter, 90.0).iter().filter(|pixel| pixel.0 < diameter as i32 / 4).count();
        println!("diameter {diameter}: a sweep of 0 degrees draws {none:?}; 90 degrees have {left} pixels on the far side");
        let (middle, last) = (diameter as i32 / 2, diameter as i32 - 1);
        let expected = if diameter % 2 == 0 { vec![] } else { vec![(0, middle), (last, middle)] };
        assert_eq!(none, expected);
        assert_eq!(left, 0);
    }
}
RUST
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
