//! Time: the virtual counter, which counts from the schedule's epoch, and the virtual timer.

use core::fmt;
use core::time::Duration;

use cortex_a::asm::barrier;
use cortex_a::registers::{
    CNTFRQ_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTVCT_EL0, Readable, Writeable,
};
use embedded_hal::delay::DelayNs;

/// A number of ticks of the virtual counter.
///
/// ```
/// use paratia_runtime::time::Ticks;
///
/// assert!(Ticks(5) < Ticks(6));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticks(pub u64);

impl Ticks {
    /// `duration` in ticks, rounded up.
    ///
    /// ```no_run
    /// use core::time::Duration;
    /// use paratia_runtime::time::Ticks;
    ///
    /// let frame = Ticks::from_duration(Duration::from_millis(20));
    /// ```
    #[must_use]
    pub fn from_duration(duration: Duration) -> Self {
        let frequency = CNTFRQ_EL0.get();
        let fraction = u64::from(duration.subsec_nanos()) * frequency;
        Self(duration.as_secs() * frequency + fraction.div_ceil(1_000_000_000))
    }

    /// `duration` in ticks, rounded down.
    pub(crate) fn within(duration: Duration) -> Self {
        let frequency = CNTFRQ_EL0.get();
        let fraction = u64::from(duration.subsec_nanos()) * frequency;
        Self(duration.as_secs() * frequency + fraction / 1_000_000_000)
    }

    /// These ticks as a time, rounded down to the nanosecond.
    ///
    /// ```no_run
    /// use paratia_runtime::println;
    /// use paratia_runtime::time::Ticks;
    ///
    /// println!("{:?}", Ticks(62_500_000).to_duration());
    /// ```
    #[must_use]
    pub fn to_duration(self) -> Duration {
        let frequency = CNTFRQ_EL0.get();
        let nanos = (self.0 % frequency) * 1_000_000_000 / frequency;
        Duration::from_secs(self.0 / frequency) + Duration::from_nanos(nanos)
    }
}

/// A moment: ticks since the schedule's epoch.
///
/// ```no_run
/// use paratia_runtime::println;
/// use paratia_runtime::time::Instant;
///
/// println!("it is {}", Instant::now()); // it is 1.020000 s
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub u64);

impl Instant {
    /// Now.
    ///
    /// ```no_run
    /// use paratia_runtime::time::Instant;
    ///
    /// let before = Instant::now();
    /// assert!(Instant::now() >= before);
    /// ```
    #[must_use]
    pub fn now() -> Self {
        // The counter may be read early otherwise (Arm ARM DDI 0487, D12.1.2).
        barrier::isb(barrier::SY);
        Self(CNTVCT_EL0.get())
    }

    /// The time since the schedule's epoch.
    ///
    /// ```no_run
    /// use core::time::Duration;
    /// use paratia_runtime::time::Instant;
    ///
    /// let is_warm = Instant::now().since_epoch() > Duration::from_secs(5);
    /// ```
    #[must_use]
    pub fn since_epoch(self) -> Duration {
        Ticks(self.0).to_duration()
    }

    /// The ticks since `earlier`; zero if it isn't earlier.
    ///
    /// ```
    /// use paratia_runtime::time::{Instant, Ticks};
    ///
    /// assert_eq!(Instant(7).since(Instant(5)), Ticks(2));
    /// assert_eq!(Instant(5).since(Instant(7)), Ticks(0));
    /// ```
    #[must_use]
    pub const fn since(self, earlier: Self) -> Ticks {
        Ticks(self.0.saturating_sub(earlier.0))
    }

    /// The moment `ticks` later.
    ///
    /// ```
    /// use paratia_runtime::time::{Instant, Ticks};
    ///
    /// assert_eq!(Instant(5).plus(Ticks(2)), Instant(7));
    /// ```
    #[must_use]
    pub const fn plus(self, ticks: Ticks) -> Self {
        Self(self.0.saturating_add(ticks.0))
    }
}

/// Seconds since the schedule's epoch: `1.020000 s`.
impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let since = self.since_epoch();
        write!(
            formatter,
            "{}.{:06} s",
            since.as_secs(),
            since.subsec_micros()
        )
    }
}

/// Waits by looking at the counter, also while the partition's window is over.
///
/// ```no_run
/// use embedded_hal::delay::DelayNs as _;
/// use paratia_runtime::time::Delay;
///
/// Delay.delay_us(500);
/// ```
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
///
/// ```no_run
/// use core::time::Duration;
/// use paratia_runtime::interrupt;
/// use paratia_runtime::time::{Instant, Ticks, Timer};
///
/// interrupt::enable(); // the timer's is among those that come
/// Timer.set(Instant::now().plus(Ticks::from_duration(Duration::from_millis(2))));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Timer;

impl Timer {
    /// Asserts the timer's interrupt from `at` on, until [`Timer::cancel`].
    ///
    /// ```no_run
    /// # use paratia_runtime::time::{Instant, Timer};
    /// Timer.set(Instant::now());
    /// ```
    pub fn set(self, at: Instant) {
        CNTV_CVAL_EL0.set(at.0);
        CNTV_CTL_EL0.write(CNTV_CTL_EL0::ENABLE::SET + CNTV_CTL_EL0::IMASK::CLEAR);
        barrier::isb(barrier::SY);
    }

    /// Takes the timer's interrupt back.
    ///
    /// ```no_run
    /// # use paratia_runtime::time::Timer;
    /// Timer.cancel(); // in the handler: it comes no more
    /// ```
    pub fn cancel(self) {
        CNTV_CTL_EL0.write(CNTV_CTL_EL0::ENABLE::CLEAR);
        barrier::isb(barrier::SY);
    }
}
