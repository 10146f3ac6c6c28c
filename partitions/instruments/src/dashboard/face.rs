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
    ACCENT, CENTRE, DIAL_CENTRE, DIAL_RADIUS, GLOW, GROUND_BOTTOM, GROUND_TOP, HEIGHT, HUB,
    HUB_RADIUS, LABELS, MINOR_TICKS, NUMBERS, SEGMENTS, UNLIT, WARNING, WIDTH, needle_angle,
};
use super::shapes::{Convex, ring};
use super::trigonometry::{Position, radial};
use super::typeface::{self, CAPITAL};
use super::{lamps, segments};
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

/// A dark slope from top to bottom, and light around the dial that fades with the square of the
/// distance.
fn ground(canvas: &mut Canvas) {
    for y in 0..HEIGHT as i32 {
        let row_colour = Deep::between(GROUND_TOP, GROUND_BOTTOM, y * 256 / HEIGHT as i32);
        for x in 0..WIDTH as i32 {
            let (dx, dy) = (x - DIAL_CENTRE.0, y - DIAL_CENTRE.1);
            let faded = (dx * dx + dy * dy) / 400;
            let light = (256 - faded).max(0);
            canvas.blend(
                x,
                y,
                row_colour.lit(GLOW, light * light >> 9).dithered(x, y),
                256,
            );
        }
    }
}

/// A colour with eight more bits a channel, so that slopes between near colours don't show
/// steps: an ordered dither spreads the rest over neighbouring pixels.
#[derive(Clone, Copy)]
struct Deep([i32; 3]);

impl Deep {
    fn of(colour: Colour) -> Self {
        Self([16, 8, 0].map(|shift| ((colour >> shift & 0xFF) << 8) as i32))
    }

    /// `part` of 256 on the way from one colour to another.
    fn between(from: Colour, to: Colour, part: i32) -> Self {
        let (from, to) = (Self::of(from).0, Self::of(to).0);
        Self(core::array::from_fn(|i| {
            from[i] + (to[i] - from[i]) * part / 256
        }))
    }

    /// With `part` of 256 of the light added.
    fn lit(self, light: Colour, part: i32) -> Self {
        let light = Self::of(light).0;
        Self(core::array::from_fn(|i| {
            (self.0[i] + light[i] * part / 256).min(0xFF00)
        }))
    }

    fn dithered(self, x: i32, y: i32) -> Colour {
        const BAYER: [[i32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
        let threshold = BAYER[(y & 3) as usize][(x & 3) as usize] * 16 + 8;
        let [r, g, b] = self
            .0
            .map(|channel| ((channel + threshold) >> 8).min(255) as u32);
        r << 16 | g << 8 | b
    }
}

/// The dial's plate and its metal rim, lit from above.
fn dial(canvas: &mut Canvas) {
    let radius = DIAL_RADIUS << 8;
    let top = DIAL_CENTRE.1 - DIAL_RADIUS;
    // A shadow around the rim, the rim, its inner edge, and the plate.
    ring(canvas, DIAL_CENTRE, radius, radius + 1536, |_, at| {
        (0, ((radius + 1536 - at) / 12).clamp(0, 128) as u32)
    });
    ring(canvas, DIAL_CENTRE, -256, radius, |y, _| {
        (
            blend(
                0x8A_97A8,
                0x1A_202A,
                ((y - top) * 256 / (2 * DIAL_RADIUS)).clamp(0, 256) as u32,
            ),
            256,
        )
    });
    ring(canvas, DIAL_CENTRE, -256, radius - 3 * 256, |y, _| {
        (
            blend(
                0x0B_0E13,
                0x3A_4454,
                ((y - top) * 256 / (2 * DIAL_RADIUS)).clamp(0, 256) as u32,
            ),
            256,
        )
    });
    ring(canvas, DIAL_CENTRE, -256, radius - 6 * 256, |_, at| {
        let part = (at * 200 / radius).clamp(0, 256) as u32;
        (blend(0x17_2130, 0x06_080C, part), 256)
    });
    // The line between the ring of segments and the scale.
    ring(canvas, DIAL_CENTRE, 195 * 256, 195 * 256 + 200, |_, _| {
        (0x33_4052, 200)
    });
}

/// Ticks each 2, 10 and 20 km/h, and numbers at the long ones.
fn scale(canvas: &mut Canvas) {
    for speed in (0..=160).step_by(2) {
        let angle = needle_angle(MillimetresPerSecond::from_kilometres_per_hour(speed));
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
        let corners = radial(CENTRE, angle, (reach.0 << 8, reach.1 << 8), (half, half));
        Convex::new(corners).fill(canvas, colour, 256);
        if speed % 20 == 0 {
            let middle = CENTRE.towards(angle, 149 << 8, 0);
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

/// The plate that the digits stand on. Its middle is of one colour, which a reader of
/// screenshots counts on.
fn hub(canvas: &mut Canvas) {
    let radius = HUB_RADIUS << 8;
    ring(canvas, DIAL_CENTRE, radius - 512, radius + 2560, |_, at| {
        (0, ((radius + 2560 - at) / 14).clamp(0, 150) as u32)
    });
    ring(canvas, DIAL_CENTRE, -256, radius, |_, _| (HUB, 256));
    ring(canvas, DIAL_CENTRE, radius - 640, radius, |y, _| {
        let part = ((y - DIAL_CENTRE.1 + HUB_RADIUS) * 256 / (2 * HUB_RADIUS)).clamp(0, 256);
        (blend(0x5E_7590, 0x1B_2430, part as u32), 256)
    });
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

fn labels(canvas: &mut Canvas, cycle_name: &str) {
    let mut label = |x, y, align, text: &str, style| {
        text_at(canvas, Position::pixel(x, y), align, text.as_bytes(), style);
    };
    let (x, y) = DIAL_CENTRE;
    label(
        x,
        y + 62,
        Align::Middle,
        "km/h",
        Style {
            height: 16,
            pen: 240,
            ..LABEL
        },
    );
    label(x, 378, Align::Middle, "ODOMETER", LABEL);
    label(x + 58, 404, Align::Left, "km", UNIT);

    label(28, 118, Align::Left, "DRIVE CYCLE", LABEL);
    label(
        28,
        146,
        Align::Left,
        cycle_name,
        Style {
            height: 20,
            pen: 330,
            colour: ACCENT,
        },
    );
    label(28, 196, Align::Left, "CYCLE TIME", LABEL);

    label(772, 172, Align::Right, "TRIP", LABEL);
    label(772, 200, Align::Right, "km", UNIT);
    label(772, 250, Align::Right, "TRIP TIME", LABEL);
}

/// Hairlines between the blocks of the side panels.
fn hairlines(canvas: &mut Canvas) {
    for (x, y) in [(28, 172), (640, 228)] {
        let line = Rectangle::new(Point::new(x, y), Size::new(132, 1));
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
