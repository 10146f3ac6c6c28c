//! A GICv2 CPU interface in software, where the hardware has none to lend: on boards without a GIC,
//! and for a guest that wants a GICv2 on a board with a GICv3.
//!
//! It is the *virtual* CPU interface of IHI 0048 (chapter 5, `GICV_*`), acting on list registers as
//! the hardware does, so that everything around it (collect, fill, maintenance) is the same. After each
//! access and each fill the caller sets `HCR_EL2.VI` to what [`CpuInterface::signal`] says, and does
//! for [`CpuInterface::needs`] what it does for a maintenance interrupt.
//!
//! The guest sees one Security state with both groups, 32 priorities, and a preemption level for
//! each. Where the architecture leaves a choice: of equal priorities the lowest id comes first;
//! `GICC_HPPIR` ignores the priority mask; an end that drops no priority ends nothing.

mod maintenance;
mod priority;
mod registers;
#[cfg(test)]
mod tests;

use super::ListRegister;
pub use registers::BYTES;

/// List registers, as many as common hardware has.
pub const LISTS: usize = 4;

/// `GICC_CTLR.AckCtl`: `GICC_IAR` also takes Group 1.
const ACKNOWLEDGE_ALL: u32 = 1 << 2;
/// `EOImode`: an end only drops the priority, `GICC_DIR` deactivates.
const SPLIT_END: u32 = 1 << 9;

/// Least binary points that 32 preemption levels allow: `GICC_BPR` and `GICC_ABPR`.
const LEAST_POINTS: [u8; 2] = [2, 3];

/// No interrupt is there to be taken.
const NONE: u32 = 1023;
/// One is there, in Group 1 (IHI 0048, "Special interrupt numbers").
const OTHER_GROUP: u32 = 1022;
/// The first special number.
const SPECIAL: u32 = 1020;
/// Those below have a source.
const SGIS: u32 = 16;

/// A CPU interface: one a vCPU.
#[derive(Clone, Debug)]
pub struct CpuInterface {
    /// Its list registers, filled by [`super::Vgic::fill`] and collected by [`super::Vgic::collect`].
    pub list: [ListRegister; LISTS],
    control: u32,
    mask: u8,
    points: [u8; 2],
    /// `GICH_APR`: the preemption levels of what was taken and not ended, bit n for priority 8n.
    levels: u32,
    /// `GICH_HCR.EOICount`.
    ends_unlisted: u32,
}

/// What a write asks of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Done {
    /// Nothing.
    Nothing,
    /// Deactivate this physical interrupt: the one behind it was ended.
    Physical(u32),
    /// The guest deactivated an interrupt that is in no list register: [`super::Vgic::deactivate`].
    Unlisted(u32),
}

impl Default for CpuInterface {
    fn default() -> Self {
        Self::new()
    }
}

impl CpuInterface {
    /// After reset: nothing enabled, everything masked.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            list: [ListRegister::EMPTY; LISTS],
            control: 0,
            mask: 0,
            points: LEAST_POINTS,
            levels: 0,
            ends_unlisted: 0,
        }
    }

    /// What the guest is told of the interrupt in a list register: its id, and of an SGI who sent
    /// it. `GICC_IAR` and its kin show Group 0 (and 1 with `AckCtl`), their aliases Group 1.
    fn shown(&self, index: usize, alias: bool) -> Result<&ListRegister, u32> {
        let register = self.list.get(index).ok_or(NONE)?;
        match (alias, register.group1) {
            (true, false) => Err(NONE),
            (false, true) if self.control & ACKNOWLEDGE_ALL == 0 => Err(OTHER_GROUP),
            _ => Ok(register),
        }
    }

    /// `GICC_HPPIR`, `GICC_AHPPIR`.
    fn highest_pending(&self, alias: bool) -> u32 {
        let shown = self.shown(self.best(), alias);
        shown.map_or_else(|special| special, number)
    }

    /// `GICC_IAR`, `GICC_AIAR`: the interrupt that is signalled is taken.
    fn acknowledge(&mut self, alias: bool) -> u32 {
        let index = self.signalled();
        let (taken, level) = match self.shown(index, alias) {
            Ok(register) => (number(register), self.group_priority(register) >> 3),
            Err(special) => return special,
        };
        self.levels |= 1 << (level & 31);
        if let Some(register) = self.list.get_mut(index) {
            register.pending = false;
            register.active = true;
        }
        taken
    }

    /// `GICC_EOIR`, `GICC_AEOIR`: the highest priority that is active is dropped and, unless
    /// `EOImode` leaves that to [`CpuInterface::deactivate`], the interrupt ended. One that is in no
    /// list register is counted.
    fn end(&mut self, value: u32) -> Done {
        if value & 0x3FF >= SPECIAL || self.levels == 0 {
            return Done::Nothing;
        }
        self.levels &= self.levels.wrapping_sub(1);
        if self.control & SPLIT_END != 0 {
            return Done::Nothing;
        }
        match self.deactivate_listed(value) {
            Some(done) => done,
            None => {
                self.ends_unlisted = self.ends_unlisted.saturating_add(1);
                Done::Nothing
            }
        }
    }

    /// `GICC_DIR`; without `EOImode` it does nothing.
    fn deactivate(&mut self, value: u32) -> Done {
        if value & 0x3FF >= SPECIAL || self.control & SPLIT_END == 0 {
            return Done::Nothing;
        }
        let unlisted = Done::Unlisted(value & 0x3FF);
        self.deactivate_listed(value).unwrap_or(unlisted)
    }

    fn deactivate_listed(&mut self, value: u32) -> Option<Done> {
        let meant = |register: &&mut ListRegister| {
            let ours = number(register) & 0x3FF == value & 0x3FF;
            let source = register.intid >= SGIS || number(register) == value & 0x1FFF;
            register.active && ours && source
        };
        let register = self.list.iter_mut().find(meant)?;
        register.active = false;
        Some(register.physical.map_or(Done::Nothing, Done::Physical))
    }
}

/// Id and source as the registers show them; a source is zero where there is none
/// ([`ListRegister::source`]).
fn number(register: &ListRegister) -> u32 {
    register.intid & 0x3FF | u32::from(register.source & 7) << 10
}
