//! A CPU interface told naively from IHI 0048, chapters 3 and 5: a list of entries and a stack of
//! what runs; no bits but those in which answers are given.

use crate::machine::vgic::{Done, ListRegister};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub entries: Vec<ListRegister>,
    pub enabled: [bool; 2],
    pub acknowledge_all: bool,
    pub fast: bool,
    pub common_point: bool,
    pub split: bool,
    pub mask: u8,
    /// `GICC_BPR` and `GICC_ABPR`.
    pub points: [u8; 2],
    /// Group priorities of what was taken, innermost last.
    pub running: Vec<u8>,
    pub ends: u32,
}

impl Model {
    /// IHI 0048, "Priority grouping": binary point n leaves bits 7 to n + 1, Group 1's own one bit
    /// more.
    fn group_priority(&self, entry: &ListRegister) -> u8 {
        let own = entry.group1 && !self.common_point;
        let exponent = if own {
            self.points[1]
        } else {
            self.points[0] + 1
        };
        let block = 2_u32.pow(exponent.into());
        u8::try_from(u32::from(entry.priority) / block * block).expect("it only got less")
    }

    fn best(&self) -> Option<&ListRegister> {
        self.entries
            .iter()
            .filter(|entry| entry.pending && !entry.active)
            .filter(|entry| self.enabled[usize::from(entry.group1)])
            .min_by_key(|entry| (entry.priority, entry.intid))
    }

    fn signalled(&self) -> Option<&ListRegister> {
        let best = self.best()?;
        let preempts = match self.running.last() {
            Some(running) => self.group_priority(best) < *running,
            None => true,
        };
        (best.priority < self.mask && preempts).then_some(best)
    }

    /// Whether an IRQ, and whether an FIQ is signalled.
    pub fn signals(&self) -> (bool, bool) {
        let fast = |entry: &ListRegister| !entry.group1 && self.fast;
        match self.signalled() {
            None => (false, false),
            Some(entry) => (!fast(entry), fast(entry)),
        }
    }

    fn told(&self, entry: Option<&ListRegister>, alias: bool) -> u64 {
        match entry {
            None => 1023,
            Some(entry) if alias && !entry.group1 => 1023,
            Some(entry) if !alias && entry.group1 && !self.acknowledge_all => 1022,
            Some(entry) => u64::from(entry.intid) + u64::from(entry.source) * 1024,
        }
    }

    pub fn highest_pending(&self, alias: bool) -> u64 {
        self.told(self.best(), alias)
    }

    pub fn running_priority(&self) -> u64 {
        self.running
            .last()
            .map_or(0xFF, |running| (*running).into())
    }

    pub fn acknowledge(&mut self, alias: bool) -> u64 {
        let told = self.told(self.signalled(), alias);
        if told & 0x3FF >= 1020 {
            return told;
        }
        let taken = self.signalled().cloned().expect("it was told");
        self.running.push(self.group_priority(&taken));
        for entry in &mut self.entries {
            if entry.intid == taken.intid {
                (entry.pending, entry.active) = (false, true);
            }
        }
        told
    }

    pub fn end(&mut self, value: u64) -> Done {
        if value % 1024 >= 1020 || self.running.pop().is_none() || self.split {
            return Done::Nothing;
        }
        self.ended(value).unwrap_or_else(|| {
            self.ends += 1;
            Done::Nothing
        })
    }

    pub fn deactivate(&mut self, value: u64) -> Done {
        if value % 1024 >= 1020 || !self.split {
            return Done::Nothing;
        }
        let id = u32::try_from(value % 1024).expect("it is small");
        self.ended(value).unwrap_or(Done::Unlisted(id))
    }

    fn ended(&mut self, value: u64) -> Option<Done> {
        let (id, source) = (value % 1024, value / 1024 % 8);
        for entry in &mut self.entries {
            let same = u64::from(entry.intid) == id;
            let from = id >= 16 || u64::from(entry.source) == source;
            if same && from && entry.active {
                entry.active = false;
                return Some(match entry.physical {
                    Some(physical) => Done::Physical(physical),
                    None => Done::Nothing,
                });
            }
        }
        None
    }
}
