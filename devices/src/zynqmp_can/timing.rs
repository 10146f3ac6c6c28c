//! How long a bit is.

/// Time quanta before and after the sample point that the controller can count (UG1087, `CAN`, `BTR`:
/// `TS1` has 4 bits, `TS2` has 3, each one less).
const MOST_BEFORE: u32 = 16;
const MOST_AFTER: u32 = 8;
/// Clock cycles in a time quantum (`BRPR` has 8 bits, one less).
const MOST_CYCLES: u32 = 256;
/// Quanta of a bit: the first, which synchronises, is none of those above (ISO 11898-1, 11.3.1.1).
const MOST_QUANTA: u32 = 1 + MOST_BEFORE + MOST_AFTER;
const LEAST_QUANTA: u32 = 8;

/// The length of a bit in cycles of the controller's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitTiming {
    /// Cycles in a time quantum, 1 to 256.
    cycles: u32,
    /// Quanta between the first and the sample point, 1 to 16.
    before: u32,
    /// Quanta from there to the bit's end, 1 to 8.
    after: u32,
}

impl BitTiming {
    /// The timing for a bit rate in bit/s of a controller whose reference clock has `clock_hz`: exact, with
    /// the sample point at four fifths of the bit or a little later, and as many quanta as there can be.
    /// Nothing if there is none.
    #[must_use]
    pub const fn new(clock_hz: u32, bit_rate: u32) -> Option<Self> {
        let mut quanta = MOST_QUANTA;
        while quanta >= LEAST_QUANTA {
            let after = quanta / 5;
            let before = quanta - 1 - after;
            let fits = before <= MOST_BEFORE && after <= MOST_AFTER;
            if let (true, Some(rate)) = (fits, bit_rate.checked_mul(quanta))
                && rate > 0
                && clock_hz.is_multiple_of(rate)
                && clock_hz / rate <= MOST_CYCLES
                && clock_hz >= rate
            {
                return Some(Self {
                    cycles: clock_hz / rate,
                    before,
                    after,
                });
            }
            quanta -= 1;
        }
        None
    }

    /// `BRPR`.
    pub(super) const fn prescaler_register(self) -> u32 {
        self.cycles - 1
    }

    /// `BTR`: `SJW`, `TS2`, `TS1`, the jump width as long as a bit's end allows.
    pub(super) const fn timing_register(self) -> u32 {
        let jump = if self.after < 4 { self.after } else { 4 };
        (jump - 1) << 7 | (self.after - 1) << 4 | (self.before - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_rates_are_exact_and_sampled_late() {
        for clock_hz in [100_000_000, 24_000_000, 80_000_000] {
            for rate in [125_000, 250_000, 500_000, 1_000_000] {
                let timing = BitTiming::new(clock_hz, rate).unwrap();
                let quanta = 1 + timing.before + timing.after;
                assert_eq!(timing.cycles * quanta * rate, clock_hz);
                let sample = (1 + timing.before) * 1000 / quanta;
                assert!((800..=875).contains(&sample), "{timing:?}");
            }
        }
        // 20 quanta of 10 cycles: 1, 15 and 4.
        let timing = BitTiming::new(100_000_000, 500_000).unwrap();
        assert_eq!(timing.prescaler_register(), 9);
        assert_eq!(timing.timing_register(), 3 << 7 | 3 << 4 | 14);
    }

    #[test]
    fn a_rate_that_does_not_divide_the_clock_is_none() {
        for (clock_hz, rate) in [
            (100_000_000, 0),
            (100_000_000, 333_333),
            (100_000_000, 1_000),
            (1_000_000, 500_000),
            (0, 500_000),
            (u32::MAX, u32::MAX),
        ] {
            assert_eq!(BitTiming::new(clock_hz, rate), None, "{clock_hz} {rate}");
        }
    }
}
