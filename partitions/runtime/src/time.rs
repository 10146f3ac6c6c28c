//! Time: the virtual counter, which counts from the schedule's epoch, and the virtual timer.

use core::time::Duration;

use cortex_a::asm::barrier;
use cortex_a::registers::{
    CNTFRQ_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTVCT_EL0, Readable, Writeable,
};
use embedded_hal::delay::DelayNs;

/// A number of ticks of the virtual counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticks(pub u64);

impl Ticks {
    /// `duration` in ticks, rounded up.
    #[must_use]
    pub fn from_duration(duration: Duration) -> Self {
        let frequency = CNTFRQ_EL0.get();
        let fraction = u64::from(duration.subsec_nanos()) * frequency;
        Self(duration.as_secs() * frequency + fraction.div_ceil(1_000_000_000))
    }

    /// These ticks as a time, rounded down to the nanosecond.
    #[must_use]
    pub fn to_duration(self) -> Duration {
        let frequency = CNTFRQ_EL0.get();
        let nanos = (self.0 % frequency) * 1_000_000_000 / frequency;
        Duration::from_secs(self.0 / frequency) + Duration::from_nanos(nanos)
    }
}

/// A moment: ticks since the schedule's epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub u64);

impl Instant {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        // The counter may be read early otherwise (Arm ARM DDI 0487, D12.1.2).
        barrier::isb(barrier::SY);
        Self(CNTVCT_EL0.get())
    }

    /// The time since the schedule's epoch.
    #[must_use]
    pub fn since_epoch(self) -> Duration {
        Ticks(self.0).to_duration()
    }

    /// The ticks since `earlier`; zero if it isn't earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Ticks {
        Ticks(self.0.saturating_sub(earlier.0))
    }

    /// The moment `ticks` later.
    #[must_use]
    pub const fn plus(self, ticks: Ticks) -> Self {
        Self(self.0.saturating_add(ticks.0))
    }
}

/// Waits by looking at the counter, also while the partition's window is over.
#[derive(Clone, Copy, Debug)]
pub struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, nanoseconds: u32) {
        let end = Instant::now().plus(Ticks::from_duration(Duration::from_nanos(u64::from(
            nanoseconds,
        ))));
        while Instant::now() < end {}
    }
}

/// The partition's virtual timer; its interrupt id is in the passport.
#[derive(Clone, Copy, Debug)]
pub struct Timer;

impl Timer {
    /// Asserts the timer's interrupt from `at` on, until [`Timer::cancel`].
    pub fn set(self, at: Instant) {
        CNTV_CVAL_EL0.set(at.0);
        CNTV_CTL_EL0.write(CNTV_CTL_EL0::ENABLE::SET + CNTV_CTL_EL0::IMASK::CLEAR);
        barrier::isb(barrier::SY);
    }

    /// Takes the timer's interrupt back.
    pub fn cancel(self) {
        CNTV_CTL_EL0.write(CNTV_CTL_EL0::ENABLE::CLEAR);
        barrier::isb(barrier::SY);
    }
}
