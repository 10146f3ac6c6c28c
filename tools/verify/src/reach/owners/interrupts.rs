//! Whose each interrupt is.

use super::{Interrupt, Look, Of};
use crate::reach::declared::{Declaration, Partition};
use crate::reach::finding::{About, Finding};
use crate::reach::held::Record;
use crate::reach::regimes::{FACTS, Whose};

/// The virtual timer's interrupt (PPI 11), every partition's while it runs.
pub const TIMER: u32 = 27;
/// The performance monitors' interrupt, as a guest sees it (PPI 7).
const MONITORS: u32 = 23;
/// Interrupts below are software-generated ones.
const FIRST_PRIVATE: u32 = 16;

impl Look<'_> {
    /// Its interrupts, as its controller hands them on.
    pub(super) fn interrupts(&mut self, of: &Of<'_>) -> Result<(), Finding> {
        let held = self.held;
        let interrupts = held.refers(self.facts(of)?, "interrupts", "Interrupts")?;
        let (first, count) = held.slice(interrupts, "links")?;
        let wanted = links(self.declared, of.partition);
        if count != wanted.len() as u64 {
            let at = held.field(interrupts, "links")?;
            let fact = format!(
                "there are {count}, but {} follow from its devices",
                wanted.len()
            );
            self.complain(About::Interrupts, self.at(of, "interrupts", at), fact);
        }
        for (index, wanted) in
            (0..count.min(1024)).zip(wanted.iter().map(Some).chain(std::iter::repeat(None)))
        {
            let link = Record {
                at: first + index * held.size("Link")?,
                kind: "Link",
            };
            let found = (held.half(link, "guest")?, held.half(link, "physical")?);
            if let Some(wanted) = wanted
                && found != *wanted
            {
                let fact = format!(
                    "its interrupt {} is the board's {}, but {} being the board's {} follows from its devices",
                    found.0, found.1, wanted.0, wanted.1
                );
                self.complain(About::Interrupts, self.at(of, "interrupt", link.at), fact);
            }
            self.owners.interrupts.push(Interrupt {
                physical: found.1,
                who: Whose::Partition(of.index).name(self.declared),
                guest: found.0,
            });
        }
        Ok(())
    }

    /// No shared interrupt is two partitions', or one's twice.
    pub(super) fn disjoint(&mut self) {
        let mut all: Vec<Interrupt> = self.owners.interrupts.clone();
        all.retain(|interrupt| interrupt.physical >= 32);
        all.sort_by_key(|interrupt| interrupt.physical);
        for pair in all.windows(2) {
            if pair[0].physical == pair[1].physical {
                let fact = format!(
                    "it is {}'s and {}'s, but may be one's only",
                    pair[0].who, pair[1].who
                );
                self.complain(
                    About::Interrupts,
                    format!("the board's interrupt {}", pair[0].physical),
                    fact,
                );
            }
        }
    }

    /// The private interrupts that are on while each vCPU runs: its timer, its monitors, and one by which
    /// its partition alone is called.
    pub(super) fn private(&mut self) -> Result<(), Finding> {
        let mut calls: Vec<(u32, usize)> = Vec::new();
        for (vcpu, owner) in self.declared.vcpus().into_iter().enumerate() {
            let facts = self.held.row(FACTS, "Facts", vcpu)?;
            let found = self.held.half(facts, "private")?;
            let of = Of {
                index: owner,
                partition: &self.declared.partitions[owner],
            };
            let private = links(self.declared, of.partition)
                .into_iter()
                .map(|(_, physical)| physical);
            let wanted = private
                .filter(|id| *id < 32)
                .fold(0, |all, id| all | 1 << id);
            let (called, others) = (
                found & ((1 << FIRST_PRIVATE) - 1),
                found >> FIRST_PRIVATE << FIRST_PRIVATE,
            );
            let place = self.at(
                &of,
                &format!("private interrupts of vCPU {vcpu} of all"),
                self.held.field(facts, "private")?,
            );
            if others != wanted || called.count_ones() > 1 {
                let fact = format!(
                    "they are {found:#x}, but {wanted:#x} and at most one below 16 must be"
                );
                self.complain(About::Interrupts, place.clone(), fact);
            }
            let other = calls
                .iter()
                .find(|(call, whose)| call & called != 0 && *whose != owner);
            if let Some((_, other)) = other {
                let fact = format!(
                    "it is called by {called:#x}, as {} is",
                    Whose::Partition(*other).name(self.declared)
                );
                self.complain(About::Interrupts, place, fact);
            }
            calls.push((called, owner));
        }
        Ok(())
    }
}

/// A partition's interrupts by its declaration: its own numbers and the board's.
#[must_use]
pub fn links(declared: &Declaration, partition: &Partition) -> Vec<(u32, u32)> {
    let mut all = vec![(TIMER, TIMER)];
    if let Some(monitors) = declared
        .board
        .monitors_interrupt
        .filter(|_| partition.has_monitors)
    {
        all.push((MONITORS, monitors));
    }
    for used in &partition.devices {
        let interrupts = declared
            .device(&used.device)
            .map(|device| &device.interrupts);
        all.extend(interrupts.into_iter().flatten().map(|id| (*id, *id)));
    }
    all
}
