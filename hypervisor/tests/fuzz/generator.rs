//! Numbers by chance, the same in every run (SplitMix64: Steele, Lea and Flood, 2014).

/// Numbers from a seed.
pub struct Generator(u64);

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    /// One of `0..limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).expect("less than a usize")
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// What registers are written with: a few bits, all, a small number, or anything.
    pub fn value(&mut self) -> u64 {
        match self.below(6) {
            0 => 1 << self.below(64),
            1 => u64::MAX,
            2 => self.number() & 0x3FF,
            3 => 1 << self.below(32) | 1 << self.below(32),
            4 => self.number() & 0xFFFF_FFFF,
            _ => self.number(),
        }
    }
}
