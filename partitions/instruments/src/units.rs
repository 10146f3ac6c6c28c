//! Speeds and distances as whole numbers whose unit is in the type.
//!
//! Sender, display and test must agree to the digit on what a speed looks like, so there are no
//! floats: they would round differently on the host and in a guest.

use core::time::Duration;

/// A speed in millimetres a second, 0 and up. The car of this demo never reverses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MillimetresPerSecond(pub u32);

impl MillimetresPerSecond {
    /// The speed that is exactly `speed` kilometres an hour, rounded to the nearest mm/s.
    /// Meant for speeds up to 10 000 km/h; larger ones saturate there.
    #[must_use]
    pub const fn from_kilometres_per_hour(speed: u32) -> Self {
        let speed = if speed > 10_000 { 10_000 } else { speed };
        Self((speed * 10_000 + 18) / 36)
    }

    /// The speed as the digits show it: whole kilometres an hour, rounded to the nearest, and
    /// half a kilometre rounds up.
    ///
    /// This is the one place that rounds. The dashboard draws this number and a test that reads
    /// a screenshot expects it. (1 mm/s = 0.0036 km/h.)
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "u32::MAX mm/s is 15 461 882 km/h, which fits"
    )]
    pub const fn to_whole_kilometres_per_hour(self) -> u32 {
        ((self.0 as u64 * 36 + 5_000) / 10_000) as u32
    }
}

/// A distance in millimetres. 64 bits last for 1.8 * 10^13 km.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millimetres(pub u64);

impl Millimetres {
    /// A distance of whole kilometres, for an odometer's first reading.
    #[must_use]
    pub const fn from_kilometres(kilometres: u32) -> Self {
        Self(kilometres as u64 * 1_000_000)
    }

    /// The sum of two distances; saturates.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What this distance is beyond `other`; zero if it is not.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// A span of time in whole milliseconds, as it travels in a message. 32 bits last for 49 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Milliseconds(pub u32);

impl Milliseconds {
    /// The whole milliseconds of `time`; what is left over is dropped, and more than
    /// `u32::MAX` saturates.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the branch above keeps it in range"
    )]
    pub const fn from_duration(time: Duration) -> Self {
        let milliseconds = time.as_millis();
        if milliseconds > u32::MAX as u128 {
            Self(u32::MAX)
        } else {
            Self(milliseconds as u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_round_to_the_nearest_and_half_goes_up() {
        // 10.5 km/h = 2916.67 mm/s.
        assert_eq!(
            MillimetresPerSecond(2916).to_whole_kilometres_per_hour(),
            10
        );
        assert_eq!(
            MillimetresPerSecond(2917).to_whole_kilometres_per_hour(),
            11
        );
        // 12.5 km/h lies between 3472 and 3473; 4.5 km/h is exactly 1250 mm/s.
        assert_eq!(MillimetresPerSecond(1249).to_whole_kilometres_per_hour(), 4);
        assert_eq!(MillimetresPerSecond(1250).to_whole_kilometres_per_hour(), 5);
        assert_eq!(
            MillimetresPerSecond(u32::MAX).to_whole_kilometres_per_hour(),
            15_461_882
        );
    }

    #[test]
    fn whole_kilometres_per_hour_survive_the_way_there_and_back() {
        for speed in 0..=10_000 {
            let there = MillimetresPerSecond::from_kilometres_per_hour(speed);
            assert_eq!(there.to_whole_kilometres_per_hour(), speed);
        }
    }

    #[test]
    fn times_are_cut_to_whole_milliseconds() {
        assert_eq!(
            Milliseconds::from_duration(Duration::from_micros(1_999)),
            Milliseconds(1)
        );
        assert_eq!(
            Milliseconds::from_duration(Duration::MAX),
            Milliseconds(u32::MAX)
        );
    }
}
