//! The instructions to look at, by their addresses.
//!
//! A line each, addresses in hexadecimal: `exit ADDRESS VECTOR`, the first instruction of a vector, with its
//! offset; `return ADDRESS`, an `ERET`; `clock ADDRESS REGISTER` and `interrupt ADDRESS REGISTER`, a read of
//! the counter or of the interrupt that is taken, with the number of the register it goes to. Lines `text START
//! END` name where the hypervisor's instructions lie. A line `acknowledge ADDRESS` names the register of the
//! interrupt controller from which the hypervisor loads which interrupt it takes, if it does.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// What an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A guest was left by the vector at this offset.
    Exit(u32),
    /// A guest goes on behind it.
    Return,
    /// It reads the counter.
    Clock,
    /// It reads which interrupt is taken.
    Interrupt,
}

/// The instructions to look at.
#[derive(Debug, Default)]
pub struct Points {
    kinds: HashMap<u64, Kind>,
    registers: HashMap<u64, u32>,
    after: HashSet<u64>,
    texts: Vec<Range<u64>>,
    acknowledge: Option<u64>,
}

impl Points {
    /// The points in a text; nothing if it isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut points = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let kind = words.next()?;
            let address = u64::from_str_radix(words.next()?, 16).ok()?;
            let kind = match kind {
                "text" => {
                    let end = u64::from_str_radix(words.next()?, 16).ok()?;
                    points.texts.push(address..end);
                    continue;
                }
                "acknowledge" => {
                    points.acknowledge = Some(address);
                    continue;
                }
                "exit" => Kind::Exit(u32::from_str_radix(words.next()?, 16).ok()?),
                "return" => Kind::Return,
                "clock" => Kind::Clock,
                "interrupt" => Kind::Interrupt,
                _ => return None,
            };
            if matches!(kind, Kind::Clock | Kind::Interrupt) {
                points
                    .registers
                    .insert(address, words.next()?.parse().ok()?);
                points.after.insert(address + 4);
            }
            points.kinds.insert(address, kind);
        }
        Some(points)
    }

    /// Whether the instruction at `address` is to be looked at, for itself or for the result of the one before.
    pub fn is_one(&self, address: u64) -> bool {
        self.kinds.contains_key(&address) || self.after.contains(&address)
    }

    /// Whether the instruction at `address` is the hypervisor's.
    pub fn is_privileged(&self, address: u64) -> bool {
        self.texts.iter().any(|text| text.contains(&address))
    }

    /// Where the hypervisor loads from which interrupt it takes.
    pub fn acknowledge(&self) -> Option<u64> {
        self.acknowledge
    }

    /// What the instruction at `address` is.
    pub fn kind(&self, address: u64) -> Option<Kind> {
        self.kinds.get(&address).copied()
    }

    /// What the instruction at `address` reads, and the number of the register it goes to.
    pub fn reading(&self, address: u64) -> Option<(Kind, u32)> {
        Some((self.kind(address)?, *self.registers.get(&address)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_by_address() {
        let text = "exit 400 400\nreturn 7fc\nclock 100 9\ninterrupt 104 0\ntext 100 800\nacknowledge 801000c\n";
        let points = Points::parse(text).unwrap();
        assert_eq!(points.kind(0x400), Some(Kind::Exit(0x400)));
        assert_eq!(points.kind(0x7FC), Some(Kind::Return));
        assert_eq!(points.reading(0x100), Some((Kind::Clock, 9)));
        assert_eq!(points.reading(0x104), Some((Kind::Interrupt, 0)));
        assert!(points.is_one(0x108) && !points.is_one(0x10C) && !points.is_one(0x800));
        assert_eq!(points.reading(0x400), None);
        assert_eq!(points.acknowledge(), Some(0x0801_000C));
        assert!(points.is_privileged(0x7FC) && !points.is_privileged(0x800));
        assert!(Points::parse("clock 100").is_none() && Points::parse("x 1").is_none());
    }
}
