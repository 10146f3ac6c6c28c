//! What comes from outside: devices' levels and edges, and physical interrupts.

use super::banks::{Vgic, place};
use super::block::{BitRegister, bit};
use super::effect::{Effect, VcpuSet};

impl<const VCPUS: usize, const SHARED: usize> Vgic<VCPUS, SHARED> {
    /// The input of an interrupt is now high or low. `vcpu` says whose a private interrupt is.
    /// Answers whose list registers that concerns.
    #[inline(never)]
    pub fn set_line(&mut self, vcpu: usize, intid: u32, high: bool) -> VcpuSet {
        let (bank, index) = place(vcpu, intid);
        let Some(block) = self.block_mut(bank) else {
            return VcpuSet::NONE;
        };
        let bit = bit(index);
        if (block.line & bit != 0) == high {
            return VcpuSet::NONE;
        }
        block.set_line(bit, high);
        self.attention(bank, bit)
    }

    /// An interrupt comes once: an edge, or the physical interrupt to which it is linked, which the
    /// caller has acknowledged and leaves active.
    pub fn pulse(&mut self, vcpu: usize, intid: u32) -> VcpuSet {
        let (bank, index) = place(vcpu, intid);
        if let Some(block) = self.block_mut(bank) {
            block.pulse(bit(index));
        }
        self.attention(bank, bit(index))
    }

    /// Whether a level-sensitive interrupt that is linked came and waits to be taken, outside of list
    /// registers; not because software made it pending.
    #[inline]
    #[must_use]
    pub fn is_level_latched(&self, vcpu: usize, intid: u32) -> bool {
        let (bank, index) = place(vcpu, intid);
        self.block(bank).is_some_and(|block| {
            let waiting = block.latch & !block.by_software & !block.active & !block.loaded;
            waiting & block.linked & !block.edge & bit(index) != 0
        })
    }

    /// An interrupt that came and wasn't taken goes away: the level behind it has gone.
    pub fn withdraw(&mut self, vcpu: usize, intid: u32) -> Effect {
        let (bank, index) = place(vcpu, intid);
        self.write_bits(bank, bit(index), BitRegister::ClearPending)
    }

    /// The vCPU to which a shared interrupt goes when it is taken next, if there is one.
    #[must_use]
    pub fn target_of(&self, intid: u32) -> Option<usize> {
        let (bank, index) = place(0, intid);
        self.target(bank, index)
    }

    /// The guest deactivates an interrupt by `ICC_DIR_EL1`, trapped because
    /// [`super::Maintenance::TRAP_DEACTIVATION`] asked for it.
    #[inline(never)]
    pub fn deactivate(&mut self, vcpu: usize, intid: u32) -> Effect {
        let (bank, index) = place(vcpu, intid);
        let Some(block) = self.block_mut(bank) else {
            return Effect::NONE;
        };
        let bit = bit(index);
        let change = block.deactivate(bit);
        block.acknowledged &= !bit;
        self.effect(bank, bit, change)
    }
}
