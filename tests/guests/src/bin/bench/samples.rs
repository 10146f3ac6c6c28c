//! A figure: the least, mean and greatest of a thousand samples.

/// How often everything is measured.
pub const COUNT: u64 = 1_000;

/// Samples of one figure, in ticks.
#[derive(Clone, Copy)]
pub struct Samples {
    count: u64,
    sum: u64,
    /// The least.
    pub min: u64,
    /// The greatest.
    pub max: u64,
}

impl Samples {
    /// None yet.
    pub const NONE: Self = Self {
        count: 0,
        sum: 0,
        min: u64::MAX,
        max: 0,
    };

    /// [`COUNT`] samples.
    pub fn take(sample: impl Fn() -> u64) -> Self {
        let mut samples = Self::NONE;
        for _ in 0..COUNT {
            samples.add(sample());
        }
        samples
    }

    /// One more.
    pub fn add(&mut self, ticks: u64) {
        self.count += 1;
        self.sum += ticks;
        self.min = self.min.min(ticks);
        self.max = self.max.max(ticks);
    }

    /// Their mean, rounded to the nearest tick.
    pub fn mean(&self) -> u64 {
        (self.sum + self.count / 2)
            .checked_div(self.count)
            .unwrap_or(0)
    }
}
