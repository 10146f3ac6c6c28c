//! Delays by a counter, such as the generic timer's.

use embedded_hal::delay::DelayNs;

/// A counter that never stops.
pub trait Counter {
    /// Ticks in a second; 0 if nobody has said.
    fn frequency_hz(&self) -> u64;

    /// Ticks so far.
    fn now(&self) -> u64;
}

/// Waits by looking at a counter.
#[derive(Clone, Copy, Debug)]
pub struct CounterDelay<C>(pub C);

/// `nanoseconds` in ticks, rounded up. 4.3 s, the most that fits, are 2^64 ticks at 4 GHz only.
fn ticks(nanoseconds: u32, frequency_hz: u64) -> u64 {
    u64::from(nanoseconds)
        .saturating_mul(frequency_hz)
        .div_ceil(1_000_000_000)
}

impl<C: Counter> DelayNs for CounterDelay<C> {
    fn delay_ns(&mut self, nanoseconds: u32) {
        let start = self.0.now();
        let wanted = ticks(nanoseconds, self.0.frequency_hz());
        while self.0.now().wrapping_sub(start) < wanted {}
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Counts how often it is looked at, from shortly before its end.
    struct Fake(Cell<u64>);

    impl Counter for &Fake {
        fn frequency_hz(&self) -> u64 {
            19_200_000
        }

        fn now(&self) -> u64 {
            self.0.set(self.0.get().wrapping_add(1));
            self.0.get()
        }
    }

    #[test]
    fn never_shorter() {
        assert_eq!(ticks(1, 19_200_000), 1);
        assert_eq!(ticks(1_000_000, 19_200_000), 19_200);
        assert_eq!(ticks(u32::MAX, 1_000_000_000), u64::from(u32::MAX));
        assert_eq!(ticks(5, 0), 0, "no frequency, no delay");
    }

    #[test]
    fn it_waits_over_the_counters_end() {
        let fake = Fake(Cell::new(u64::MAX - 3));
        CounterDelay(&fake).delay_us(1);
        // From the first look on: 1 µs is 19.2 ticks.
        assert_eq!(fake.0.get(), 17);
    }
}
