//! The telltales: where each one is, its symbol and its colour (ISO 2575: red warns, amber
//! cautions, green and blue only inform).

use super::canvas::{Canvas, Colour};
use super::dirty::DirtyRectangles;
use super::layout::{BEAM, CONTROL, LAMP_HEIGHT, LAMP_WIDTH, UNLIT_LAMP, WARNING, WIDTH};
use super::masks::{self, Mask};
use super::picture::COMMUNICATION;
use super::rectangle;
use crate::message::Telltales;

struct Lamp {
    bit: u16,
    corner: (i32, i32),
    symbol: &'static Mask,
    colour: Colour,
}

/// The lamps, at the corners around the dial.
#[rustfmt::skip]
static LAMPS: [Lamp; 6] = [
    Lamp { bit: Telltales::TURN_LEFT.bits(), corner: (150, 34), symbol: &masks::TURN_LEFT, colour: CONTROL },
    Lamp { bit: Telltales::TURN_RIGHT.bits(), corner: (610, 34), symbol: &masks::TURN_RIGHT, colour: CONTROL },
    Lamp { bit: Telltales::SEAT_BELT.bits(), corner: (30, 414), symbol: &masks::SEAT_BELT, colour: WARNING },
    Lamp { bit: Telltales::BATTERY.bits(), corner: (92, 414), symbol: &masks::BATTERY, colour: WARNING },
    Lamp { bit: Telltales::HIGH_BEAM.bits(), corner: (668, 414), symbol: &masks::HIGH_BEAM, colour: BEAM },
    Lamp { bit: COMMUNICATION, corner: (730, 414), symbol: &masks::NO_COMMUNICATION, colour: WARNING },
];

/// Paints all symbols as they are without light.
pub(super) fn paint_unlit(canvas: &mut Canvas) {
    for lamp in &LAMPS {
        lamp.symbol.stamp(canvas, lamp.corner, UNLIT_LAMP);
    }
}

/// Lights and darkens what differs between the bits `before` and `after`.
pub(super) fn draw(
    canvas: &mut Canvas,
    background: &[u32],
    dirty: &mut DirtyRectangles,
    before: u16,
    after: u16,
) {
    for lamp in LAMPS.iter().filter(|lamp| (before ^ after) & lamp.bit != 0) {
        if after & lamp.bit != 0 {
            lamp.symbol
                .stamp_over(canvas, background, lamp.corner, lamp.colour);
        } else {
            lamp.symbol.restore(canvas, background, lamp.corner);
        }
        dirty.add(rectangle(lamp.corner, LAMP_WIDTH, LAMP_HEIGHT));
    }
}

/// Whether the lamp with this bit is lit in a screenshot: whether all pixels that its symbol
/// covers fully have its colour.
pub(super) fn is_lit(pixels: &[u32], bit: u16) -> bool {
    let Some(lamp) = LAMPS.iter().find(|lamp| lamp.bit == bit) else {
        return false;
    };
    let (x, y) = (lamp.corner.0 as usize, lamp.corner.1 as usize);
    (y..).zip(lamp.symbol.rows()).all(|(y, row)| {
        let pixels = &pixels[y * WIDTH + x..][..row.len()];
        row.iter()
            .zip(pixels)
            .all(|(coverage, pixel)| *coverage < 255 || *pixel == lamp.colour)
    })
}
