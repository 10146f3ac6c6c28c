//! Which CPU runs, by what the hypervisor keeps in `TPIDR_EL2`: each CPU has something else there.

/// The CPUs that were seen, in the order in which they came up.
#[derive(Debug, Default)]
pub struct Cpus {
    keys: Vec<u64>,
    current: usize,
}

impl Cpus {
    /// The CPU with this in the register is at hand. One that has nothing there yet is the next to come up.
    pub fn enter(&mut self, key: u64) {
        let found = self.keys.iter().position(|it| *it == key);
        self.current = found.unwrap_or(self.keys.len());
        if found.is_none() && key != 0 {
            self.keys.push(key);
        }
    }

    /// The CPU at hand.
    pub fn current(&self) -> usize {
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpu_keeps_its_number_once_it_has_its_register() {
        let mut cpus = Cpus::default();
        let mut seen = Vec::new();
        for key in [0, 0x1000, 0, 0x2000, 0x1000, 0x2000] {
            cpus.enter(key);
            seen.push(cpus.current());
        }
        assert_eq!(seen, [0, 0, 1, 1, 0, 1]);
    }
}
