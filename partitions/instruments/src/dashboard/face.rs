//! Everything that never moves: ground, dial, scale, labels and unlit lamps. Painted once.

use embedded_graphics::{
    geometry::{Point, Size},
    pixelcolor::Rgb888,
    prelude::DrawTarget,
    primitives::Rectangle,
};

use super::canvas::{Canvas, Colour, alpha, blend};
use super::ink::Pen;
use super::layout::{
    ACCENT, CENTRE, DIAL_CENTRE, DIAL_RADIUS, GLOW, GROUND_BOTTOM, GROUND_TOP, HEIGHT, HUB_RADIUS,
    LABELS, MINOR_TICKS, NUMBERS, PLATE_EDGE, PLATE_LIGHT, SEGMENTS, UNLIT, WARNING, WIDTH,
    needle_angle,
};
use super::shapes::{Quadrangle, ring};
use super::trigonometry::{Position, radial};
use super::typeface::{self, CAPITAL};
use super::{lamps, layout, segments};
use crate::units::MillimetresPerSecond;

/// Paints the whole background.
pub(super) fn paint(canvas: &mut Canvas, cycle_name: &str) {
    ground(canvas);
    dial(canvas);
    for segment in 0..SEGMENTS {
        segments::paint_unlit(canvas, segment, UNLIT);
    }
    scale(canvas);
    hub(canvas);
    hairlines(canvas);
    labels(canvas, cycle_name);
    lamps::paint_unlit(canvas);
}

/// Every pixel once: the plain around the instruments, the dial's plate and the hub.
///
/// The plain is a dark slope from top to bottom with light around the dial; the plate is lighter
/// in its middle. Both go with the square of the distance, which takes no root. Their hard edges
/// vanish below the rims.
fn ground(canvas: &mut Canvas) {
    const PLATE: i32 = (DIAL_RADIUS - 4) * (DIAL_RADIUS - 4);
    const HUB: i32 = (HUB_RADIUS - 1) * (HUB_RADIUS - 1);
    let order = canvas.order();
    let (glow, plate, edge) = (Deep::of(GLOW), Deep::of(PLATE_LIGHT), Deep::of(PLATE_EDGE));
    for y in 0..HEIGHT as i32 {
        let rise = (y - DIAL_CENTRE.1) * (y - DIAL_CENTRE.1);
        let half_width = |square: i32| (square - rise).max(0).isqrt();
        let (plate_half, hub_half) = (half_width(PLATE), half_width(HUB));

        let dark = Deep::between(GROUND_TOP, GROUND_BOTTOM, y * 256 / HEIGHT as i32);
        let plain = |square: i32| {
            let light = (256 - (square >> 9)).max(0);
            dark.lit(glow, (light * light) >> 9)
        };
        slope(canvas, y, (0, DIAL_CENTRE.0 - plate_half), plain);
        slope(canvas, y, (DIAL_CENTRE.0 + plate_half, WIDTH as i32), plain);
        slope(
            canvas,
            y,
            (DIAL_CENTRE.0 - plate_half, DIAL_CENTRE.0 + plate_half),
            |square| edge.lit(plate, (PLATE - square).max(0) >> 8),
        );
        let (left, right) = (DIAL_CENTRE.0 - hub_half, DIAL_CENTRE.0 + hub_half);
        canvas.row(y, left, right).1.fill(order.word(layout::HUB));
    }
}

/// Paints columns `left` to `right` of a row by the square of the distance to the dial's centre.
/// Only each fourth pixel asks for its colour: the slopes are that gentle.
fn slope(canvas: &mut Canvas, y: i32, (left, right): (i32, i32), colour: impl Fn(i32) -> Deep) {
    let order = canvas.order();
    let rise = (y - DIAL_CENTRE.1) * (y - DIAL_CENTRE.1);
    let (first, row) = canvas.row(y, left, right);
    for (x, pixels) in (first..).step_by(4).zip(row.chunks_mut(4)) {
        let colour = colour((x - DIAL_CENTRE.0) * (x - DIAL_CENTRE.0) + rise);
        for (pixel, threshold) in pixels.iter_mut().zip(BAYER[(y & 3) as usize]) {
            *pixel = order.word(colour.dithered(threshold));
        }
    }
}

/// The thresholds of an ordered dither, in 1/256 of a channel's step.
const BAYER: [[u32; 4]; 4] = [
    [8, 136, 40, 168],
    [200, 72, 232, 104],
    [56, 184, 24, 152],
    [248, 120, 216, 88],
];

/// A colour with eight more bits a channel, so that slopes between near colours don't show
/// steps: an ordered dither spreads the rest over neighbouring pixels.
#[derive(Clone, Copy)]
struct Deep {
    red: u32,
    green: u32,
    blue: u32,
}

impl Deep {
    const fn of(colour: Colour) -> Self {
        Self {
            red: colour >> 8 & 0xFF00,
            green: colour & 0xFF00,
            blue: colour << 8 & 0xFF00,
        }
    }

    /// `part` of 256 on the way from one colour to another.
    fn between(from: Colour, to: Colour, part: i32) -> Self {
        let (from, to) = (Self::of(from), Self::of(to));
        let between = |from: u32, to: u32| (from * (256 - part as u32) + to * part as u32) >> 8;
        Self {
            red: between(from.red, to.red),
            green: between(from.green, to.green),
            blue: between(from.blue, to.blue),
        }
    }

    /// With `part` of 256 of a light added; together they must stay below white.
    fn lit(self, light: Self, part: i32) -> Self {
        let part = part as u32;
        Self {
            red: self.red + ((light.red * part) >> 8),
            green: self.green + ((light.green * part) >> 8),
            blue: self.blue + ((light.blue * part) >> 8),
        }
    }

    #[inline(always)]
    fn dithered(self, threshold: u32) -> Colour {
        let red = self.red.wrapping_add(threshold) & 0xFF00;
        let green = self.green.wrapping_add(threshold) & 0xFF00;
        red << 8 | green | self.blue.wrapping_add(threshold) >> 8
    }
}

/// The dial's metal rim, lit from above, its shadow, and the line below the ring of segments.
fn dial(canvas: &mut Canvas) {
    let radius = DIAL_RADIUS << 8;
    ring(canvas, DIAL_CENTRE, radius - 128, radius + 1536, |_, at| {
        (0, ((radius + 1536 - at) / 12).clamp(0, 128) as u32)
    });
    ring(
        canvas,
        DIAL_CENTRE,
        radius - 6 * 256,
        radius - 2 * 256,
        |y, _| (from_above(y, DIAL_RADIUS, 0x0B_0E13, 0x3A_4454), 256),
    );
    ring(canvas, DIAL_CENTRE, radius - 3 * 256, radius, |y, _| {
        (from_above(y, DIAL_RADIUS, 0x8A_97A8, 0x1A_202A), 256)
    });
    ring(canvas, DIAL_CENTRE, 195 * 256, 195 * 256 + 200, |_, _| {
        (0x33_4052, 200)
    });
}

/// The rim of the plate that the digits stand on, and its shadow. The plate itself is of one
/// colour, which a reader of screenshots counts on.
fn hub(canvas: &mut Canvas) {
    let radius = HUB_RADIUS << 8;
    ring(canvas, DIAL_CENTRE, radius - 128, radius + 2560, |_, at| {
        (0, ((radius + 2560 - at) / 14).clamp(0, 150) as u32)
    });
    ring(canvas, DIAL_CENTRE, radius - 640, radius, |y, _| {
        (from_above(y, HUB_RADIUS, 0x5E_7590, 0x1B_2430), 256)
    });
}

/// The colour at row `y` of a rim that goes from one colour at its top to another at its bottom.
fn from_above(y: i32, radius: i32, top: Colour, bottom: Colour) -> Colour {
    let part = (y - DIAL_CENTRE.1 + radius) * 128 / radius;
    blend(top, bottom, part.clamp(0, 256) as u32)
}

/// Ticks each 2, 10 and 20 km/h, and numbers at the long ones.
fn scale(canvas: &mut Canvas) {
    for speed in (0..=160).step_by(2) {
        let direction =
            needle_angle(MillimetresPerSecond::from_kilometres_per_hour(speed)).direction();
        let (reach, half, colour) = match speed {
            _ if speed % 20 == 0 => ((171, 191), 460, NUMBERS),
            _ if speed % 10 == 0 => ((178, 191), 300, NUMBERS),
            _ => ((184, 191), 180, MINOR_TICKS),
        };
        let colour = if speed >= 130 && speed % 10 == 0 {
            WARNING
        } else {
            colour
        };
        let corners = radial(
            CENTRE,
            direction,
            (reach.0 << 8, reach.1 << 8),
            (half, half),
        );
        Quadrangle::new(corners).fill(canvas, colour, 256);
        if speed % 20 == 0 {
            // Wide numbers need more room to their ticks.
            let radius = if speed < 100 { 150 } else { 144 };
            let middle = CENTRE.towards(direction, radius << 8, 0);
            let text = number_text(speed);
            let text = &text[text.iter().position(|byte| *byte != b' ').unwrap_or(0)..];
            text_at(
                canvas,
                middle,
                Align::Middle,
                text,
                Style {
                    height: 17,
                    pen: 300,
                    colour: NUMBERS,
                },
            );
        }
    }
}

fn number_text(number: u32) -> [u8; 3] {
    let (digits, count) = super::picture::digits(number);
    let mut text = [b' '; 3];
    for index in 0..count {
        text[3 - count + index] = b'0' + digits[index];
    }
    text
}

const LABEL: Style = Style {
    height: 10,
    pen: 170,
    colour: LABELS,
};
const UNIT: Style = Style {
    height: 13,
    pen: 200,
    colour: LABELS,
};
const KILOMETRES_PER_HOUR: Style = Style {
    height: 16,
    pen: 240,
    colour: LABELS,
};
const NAME: Style = Style {
    height: 20,
    pen: 330,
    colour: ACCENT,
};

fn labels(canvas: &mut Canvas, cycle_name: &str) {
    let mut label = |x, y, align, text: &str, style| {
        text_at(canvas, Position::pixel(x, y), align, text.as_bytes(), style);
    };
    let (x, y) = DIAL_CENTRE;
    label(x, y + 62, Align::Middle, "km/h", KILOMETRES_PER_HOUR);
    label(x, 378, Align::Middle, "ODOMETER", LABEL);
    label(x + 44, 404, Align::Left, "km", UNIT);

    label(28, 190, Align::Left, "DRIVE CYCLE", LABEL);
    label(28, 218, Align::Left, cycle_name, NAME);
    label(28, 273, Align::Left, "CYCLE TIME", LABEL);

    label(772, 190, Align::Right, "TRIP", LABEL);
    label(772, 220, Align::Right, "km", UNIT);
    label(772, 273, Align::Right, "TRIP TIME", LABEL);
}

/// Hairlines between the blocks of the side panels.
fn hairlines(canvas: &mut Canvas) {
    for (x, y) in [(28, 246), (650, 246)] {
        let line = Rectangle::new(Point::new(x, y), Size::new(122, 1));
        let Ok(()) = canvas.fill_solid(&line, Rgb888::new(0x26, 0x30, 0x3E));
    }
}

/// How a line of text looks: the height of its capitals in pixels, half the width of the pen in
/// 1/256 of a pixel, and the colour.
#[derive(Clone, Copy)]
struct Style {
    height: i32,
    pen: i32,
    colour: Colour,
}

/// Which point of a line of text is given; its height is always the middle of the capitals.
#[derive(Clone, Copy)]
enum Align {
    Left,
    Middle,
    Right,
}

/// Writes a line of text letter by letter, each through a small picture of coverage of its own.
fn text_at(canvas: &mut Canvas, at: Position, align: Align, text: &[u8], style: Style) {
    const CELL: i32 = 48;
    let scale = style.height * 25_600 / CAPITAL;
    let width = typeface::width(text) * scale / 100;
    let mut x = match align {
        Align::Left => at.x,
        Align::Middle => at.x - width / 2,
        Align::Right => at.x - width,
    };
    let y = at.y - style.height * 128;
    let word = canvas.order().word(style.colour);
    for letter in text {
        let mut coverage = [0; (CELL * CELL) as usize];
        let corner = ((x >> 8) - 6, (y >> 8) - 6);
        let pen = Pen {
            x: x - (corner.0 << 8),
            y: y - (corner.1 << 8),
            scale,
            radius: style.pen,
        };
        typeface::write(&mut coverage, CELL as usize, &[*letter], pen);
        for (y, row) in (corner.1..).zip(coverage.chunks_exact(CELL as usize)) {
            let (first, pixels) = canvas.row(y, corner.0, corner.0 + CELL);
            let row = &row[(first - corner.0) as usize..];
            for (pixel, coverage) in pixels.iter_mut().zip(row) {
                *pixel = blend(*pixel, word, alpha(*coverage));
            }
        }
        x += typeface::advance(*letter) * scale / 100;
    }
}
