//! Angles of the dial and their sines, in whole numbers.
//!
//! `core` has no sine, and the host and a guest must paint the same pixels; a table of 91
//! entries, built at compile time, gives both in one go. (Between its entries the error is below
//! 4 * 10^-5: a hundredth of a pixel at the dial's edge.)

/// A direction from the dial's centre in hundredths of a degree, clockwise from straight up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Angle(pub i32);

/// Fixed-point one for [`Angle::sine`].
pub(super) const ONE: i64 = 1 << 16;

impl Angle {
    /// So many whole degrees clockwise from straight up.
    #[must_use]
    pub const fn from_degrees(degrees: i32) -> Self {
        Self(degrees * 100)
    }

    /// The sine, times 65 536.
    #[must_use]
    pub const fn sine(self) -> i64 {
        let angle = self.0.rem_euclid(36_000);
        let (angle, sign) = if angle < 18_000 {
            (angle, 1)
        } else {
            (angle - 18_000, -1)
        };
        let angle = if angle <= 9_000 {
            angle
        } else {
            18_000 - angle
        };
        let (degree, rest) = ((angle / 100) as usize, (angle % 100) as i64);
        let next = if degree < 90 { degree + 1 } else { 90 };
        sign * (SINES[degree] * (100 - rest) + SINES[next] * rest) / 100
    }

    /// The cosine, times 65 536.
    #[must_use]
    pub const fn cosine(self) -> i64 {
        Self(self.0 + 9_000).sine()
    }
}

/// The sines of 0 to 90 degrees, times 65 536.
static SINES: [i64; 91] = {
    let mut sines = [0; 91];
    let mut degree = 0;
    while degree <= 90 {
        let x = degree as f64 * core::f64::consts::PI / 180.0;
        // The Taylor series; ten terms are exact beyond f64 for a quarter turn.
        let (mut term, mut sum, mut n) = (x, x, 1.0);
        while n < 20.0 {
            term *= -x * x / ((n + 1.0) * (n + 2.0));
            sum += term;
            n += 2.0;
        }
        sines[degree] = (sum * ONE as f64 + 0.5) as i64;
        degree += 1;
    }
    sines
};

/// An angle with its sine and cosine worked out, for when many places lie in its direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Direction {
    sine: i64,
    cosine: i64,
}

impl Angle {
    pub(super) const fn direction(self) -> Direction {
        Direction {
            sine: self.sine(),
            cosine: self.cosine(),
        }
    }
}

/// A place on the canvas in 1/256 of a pixel; the middle of the top left pixel is (128, 128).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub x: i32,
    pub y: i32,
}

impl Position {
    /// The top left corner of a pixel.
    pub const fn pixel(x: i32, y: i32) -> Self {
        Self {
            x: x << 8,
            y: y << 8,
        }
    }

    /// The place `ahead` from here in a direction and then `aside` to the right of that way, both
    /// in 1/256 of a pixel.
    pub const fn towards(self, direction: Direction, ahead: i32, aside: i32) -> Self {
        let Direction { sine, cosine } = direction;
        let (ahead, aside) = (ahead as i64, aside as i64);
        Self {
            x: self.x + ((ahead * sine + aside * cosine) / ONE) as i32,
            y: self.y + ((aside * sine - ahead * cosine) / ONE) as i32,
        }
    }
}

/// The corners of a tapered bar that lies along a radius: between which distances from `centre`,
/// and how far it reaches to either side at its near and its far end (1/256 of a pixel).
pub(super) const fn radial(
    centre: Position,
    direction: Direction,
    (near, far): (i32, i32),
    (near_half, far_half): (i32, i32),
) -> [Position; 4] {
    [
        centre.towards(direction, near, -near_half),
        centre.towards(direction, far, -far_half),
        centre.towards(direction, far, far_half),
        centre.towards(direction, near, near_half),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_agree_with_the_hosts() {
        for angle in -40_000..40_000 {
            let expected = (f64::from(angle) / 100.0).to_radians().sin_cos();
            let found = (Angle(angle).sine() as f64, Angle(angle).cosine() as f64);
            assert!((found.0 / 65_536.0 - expected.0).abs() < 6e-5, "{angle}");
            assert!((found.1 / 65_536.0 - expected.1).abs() < 6e-5, "{angle}");
        }
    }

    #[test]
    fn right_of_up_is_right() {
        let centre = Position::pixel(100, 100);
        assert_eq!(
            centre.towards(Angle(0).direction(), 2560, 0),
            Position::pixel(100, 90)
        );
        assert_eq!(
            centre.towards(Angle(0).direction(), 0, 2560),
            Position::pixel(110, 100)
        );
        assert_eq!(
            centre.towards(Angle::from_degrees(90).direction(), 2560, 0),
            Position::pixel(110, 100)
        );
    }
}
