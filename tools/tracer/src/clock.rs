//! Board time at any instruction.
//!
//! A plugin can't ask QEMU for the time within a block. But the hypervisor reads the counter at nearly every
//! exit, and the plugin sees what it reads; in between each instruction of any CPU takes 1 ns. So the time is
//! the number of instructions so far and an offset, which each reading narrows down to a tick, and which jumps
//! when all CPUs wait.

/// Nanoseconds in a second.
const SECOND_NS: u128 = 1_000_000_000;

/// From instructions to board time.
#[derive(Debug)]
pub struct Clock {
    frequency_hz: u64,
    /// Board time less instructions, in nanoseconds.
    offset: i128,
    /// The offset before the last reading, and the instructions up to which it holds, if a CPU might have waited
    /// in between.
    before: Option<(i128, u64)>,
    /// Instructions when a CPU first might have waited since the last reading.
    waits: Option<u64>,
}

impl Clock {
    /// A clock that was not read yet, of a counter of this frequency.
    pub fn new(frequency_hz: u64) -> Self {
        Self {
            frequency_hz: frequency_hz.max(1),
            offset: i128::MIN / 2,
            before: None,
            waits: None,
        }
    }

    /// A CPU waits after so many instructions, so time may jump.
    pub fn may_jump(&mut self, executed: u64) {
        self.waits.get_or_insert(executed);
    }

    /// After so many instructions the counter was read.
    pub fn read(&mut self, executed: u64, ticks: u64) {
        let at = |ticks: u128| {
            let ns = (ticks * SECOND_NS).div_ceil(u128::from(self.frequency_hz));
            i128::try_from(ns).unwrap_or(i128::MAX) - i128::from(executed)
        };
        let (least, next) = (at(ticks.into()), at(u128::from(ticks) + 1));
        let offset = self.offset.clamp(least, (next - 1).max(least));
        self.before = self.waits.take().map(|first| (self.offset, first));
        self.offset = offset;
    }

    /// Board time in nanoseconds from the counter's zero when so many instructions had run, which is since the
    /// reading before the last one.
    pub fn time_ns(&self, executed: u64) -> u64 {
        let offset = match self.before {
            Some((before, until)) if executed <= until => before,
            _ => self.offset,
        };
        u64::try_from(offset + i128::from(executed)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_takes_a_nanosecond_between_readings() {
        let mut clock = Clock::new(62_500_000);
        clock.read(100, 10);
        assert_eq!(clock.time_ns(100), 160);
        clock.read(120, 11);
        assert_eq!(clock.time_ns(110), 170, "within a tick by instructions");
        clock.read(133, 11);
        assert_eq!(clock.time_ns(133), 191, "no later than the tick's end");
    }

    #[test]
    fn what_was_before_a_wait_keeps_its_time() {
        let mut clock = Clock::new(1_000_000_000);
        clock.read(100, 1000);
        clock.may_jump(150);
        clock.read(160, 5000);
        assert_eq!(clock.time_ns(150), 1050);
        assert_eq!(clock.time_ns(151), 4991);
        assert_eq!(clock.time_ns(160), 5000);
    }

    #[test]
    fn a_frequency_that_is_no_whole_number_of_nanoseconds() {
        let mut clock = Clock::new(19_200_000);
        clock.read(0, 3);
        assert_eq!(clock.time_ns(0), 157, "3 ticks are 156.25 ns");
    }
}
