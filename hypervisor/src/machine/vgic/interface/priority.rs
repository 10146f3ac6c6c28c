//! Which interrupt is signalled: groups, priorities, mask and preemption (IHI 0048, chapter 3).

use super::{CpuInterface, LISTS};
use crate::machine::vgic::{ListRegister, PRIORITY_BITS};

/// `GICC_CTLR.EnableGrp0`; `EnableGrp1` is the next bit.
const ENABLE_GROUP_0: u32 = 1 << 0;
/// `FIQEn`: Group 0 is signalled as FIQ.
const FAST: u32 = 1 << 3;
/// `CBPR`: `GICC_BPR` is for both groups.
const COMMON_POINT: u32 = 1 << 4;

impl CpuInterface {
    /// Whether an IRQ is signalled: `HCR_EL2.VI`.
    #[must_use]
    pub fn signal(&self) -> bool {
        let signalled = self.list.get(self.signalled());
        signalled.is_some_and(|register| !self.is_fast(register))
    }

    /// Whether an FIQ is signalled, which only a guest that sets `FIQEn` sees: `HCR_EL2.VF`.
    #[must_use]
    pub fn fast_signal(&self) -> bool {
        let signalled = self.list.get(self.signalled());
        signalled.is_some_and(|register| self.is_fast(register))
    }

    const fn is_fast(&self, register: &ListRegister) -> bool {
        !register.group1 && self.control & FAST != 0
    }

    /// The list register of the best pending interrupt whose group is enabled; else beyond them.
    pub(super) fn best(&self) -> usize {
        let enabled = |register: &ListRegister| {
            self.control & ENABLE_GROUP_0 << u32::from(register.group1) != 0
        };
        let pending = self
            .list
            .iter()
            .enumerate()
            .filter(|(_, register)| register.pending && !register.active && enabled(register));
        let best = pending.min_by_key(|(_, register)| (register.priority, register.intid));
        best.map_or(LISTS, |(index, _)| index)
    }

    /// The list register of the interrupt that is signalled: it passes the mask and would preempt
    /// what runs (IHI 0048, "Interrupt prioritization"). Else beyond them.
    pub(super) fn signalled(&self) -> usize {
        let best = self.best();
        let passes = self.list.get(best).is_some_and(|register| {
            register.priority < self.mask && self.group_priority(register) < self.running()
        });
        if passes { best } else { LISTS }
    }

    /// The part of a priority that preempts: what lies above the binary point (IHI 0048, "Priority
    /// grouping"). The same number in Group 1's own register leaves one bit more.
    pub(super) const fn group_priority(&self, register: &ListRegister) -> u8 {
        let [point, group1_point] = self.points;
        let lowest = if register.group1 && self.control & COMMON_POINT == 0 {
            group1_point
        } else {
            point.saturating_add(1)
        };
        let keep = 0xFF_u32 << (lowest & 0xF);
        register.priority & PRIORITY_BITS & keep.to_le_bytes()[0]
    }

    /// `GICC_RPR`: the group priority of what runs; 0xFF if nothing does.
    pub(super) fn running(&self) -> u8 {
        match u8::try_from(self.levels.trailing_zeros()) {
            Ok(level) if level < 32 => level << 3,
            _ => 0xFF,
        }
    }
}
